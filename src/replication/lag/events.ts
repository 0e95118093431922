import type { ConnectionSource } from '../model/connect.ts';
import type { LagEvents } from '../model/lagEvent.ts';
import type { Pulse } from '../model/snapshot.ts';
import type { ReplicationService } from '../service.ts';
import type { EventBook } from './eventBook.ts';

/** What several know together, oldest first. */
export function joinEvents(...sources: readonly LagEvents[]): LagEvents {
  return {
    between: (from, to) => sources.flatMap((source) => source.between(from, to)).toSorted((a, b) => a.at - b.at),
  };
}

/** What is watched for events. */
export interface SeenEventsParts {
  readonly service: Pick<ReplicationService, 'state' | 'onDidChange'>;
  readonly connections: Pick<ConnectionSource, 'facts'>;
  /** Where they are kept. */
  readonly book: Pick<EventBook, 'add'>;
}

/** A server as it was last seen. */
interface Seen {
  readonly startedAt: number;
  readonly enabled: ReadonlyMap<string, boolean>;
}

/** A server's clock may be set by this much without that being a restart, milliseconds. */
const sameStartMs = 5000;

/**
 * Starts of servers, and subscriptions that are enabled or disabled, as the samples show them: since when a server runs is
 * known from the first sample on, the rest from one sample to the next. What changed while nobody looked has no moment.
 */
export class SeenEvents {
  readonly #parts: SeenEventsParts;
  readonly #seen = new Map<string, Seen>();
  readonly #stop: () => void;

  constructor(parts: SeenEventsParts) {
    this.#parts = parts;
    this.#stop = parts.service.onDidChange((connectionId) => this.#take(connectionId));
  }

  /** Stops watching. */
  dispose(): void {
    this.#stop();
    this.#seen.clear();
  }

  #take(connectionId: string): void {
    const state = this.#parts.service.state(connectionId);
    if (state.phase === 'closed' && !this.#parts.connections.facts(connectionId)) this.#seen.delete(connectionId);
    if (state.phase !== 'open') return;
    const { pulse } = state.snapshot;
    const before = this.#seen.get(connectionId);
    const enabled = new Map(pulse.subscriptions.map((one) => [one.name, one.enabled]));
    const name = this.#parts.connections.facts(connectionId)?.name ?? 'A server';
    if (!before || Math.abs(pulse.startedAt - before.startedAt) > sameStartMs) {
      this.#parts.book.add({
        at: startOf(pulse),
        kind: 'restart',
        connectionIds: [connectionId],
        subject: String(pulse.startedAt),
        text: `${name} was started`,
      });
    }
    for (const [subscription, on] of enabled) {
      const was = before?.enabled.get(subscription);
      if (was === undefined || was === on) continue;
      this.#parts.book.add({
        at: pulse.sampledAt,
        kind: on ? 'enabled' : 'disabled',
        connectionIds: [connectionId],
        subject: subscription,
        text: `Subscription ${subscription} on ${name} was ${on ? 'enabled' : 'disabled'}`,
      });
    }
    this.#seen.set(connectionId, { startedAt: pulse.startedAt, enabled });
  }
}

/** When a server was started, by our clock. */
function startOf({ sampledAt, serverTime, startedAt }: Pulse): number {
  return startedAt + sampledAt - serverTime;
}
