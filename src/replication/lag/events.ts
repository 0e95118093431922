import type { ConnectionSource } from '../model/connect.ts';
import type { LagEvent, LagEvents } from '../model/lagEvent.ts';
import type { Pulse } from '../model/snapshot.ts';
import type { ReplicationService } from '../service.ts';

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
  /** The most events that are kept; the oldest go first. */
  readonly limit?: number;
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
 * known from the first sample on, the rest from one sample to the next. Bounded; forgotten with the window.
 */
export class SeenEvents implements LagEvents {
  readonly #parts: SeenEventsParts;
  readonly #limit: number;
  readonly #seen = new Map<string, Seen>();
  readonly #events: LagEvent[] = [];
  readonly #stop: () => void;

  constructor(parts: SeenEventsParts) {
    this.#parts = parts;
    this.#limit = parts.limit ?? 1000;
    this.#stop = parts.service.onDidChange((connectionId) => this.#take(connectionId));
  }

  between(from: number, to: number): readonly LagEvent[] {
    return this.#events.filter(({ at }) => at >= from && at <= to);
  }

  /** Stops watching, and forgets. */
  dispose(): void {
    this.#stop();
    this.#seen.clear();
    this.#events.length = 0;
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
      this.#add({ at: startOf(pulse), kind: 'restart', connectionIds: [connectionId], text: `${name} was started` });
    }
    for (const [subscription, on] of enabled) {
      const was = before?.enabled.get(subscription);
      if (was === undefined || was === on) continue;
      this.#add({
        at: pulse.sampledAt,
        kind: on ? 'enabled' : 'disabled',
        connectionIds: [connectionId],
        text: `Subscription ${subscription} on ${name} was ${on ? 'enabled' : 'disabled'}`,
      });
    }
    this.#seen.set(connectionId, { startedAt: pulse.startedAt, enabled });
  }

  #add(event: LagEvent): void {
    this.#events.push(event);
    if (this.#events.length > this.#limit) this.#events.splice(0, this.#events.length - this.#limit);
  }
}

/** When a server was started, by our clock. */
function startOf({ sampledAt, serverTime, startedAt }: Pulse): number {
  return startedAt + sampledAt - serverTime;
}
