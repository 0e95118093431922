import type { Copies } from '../copy/copies.ts';
import type { Forecasts } from '../forecast/forecasts.ts';
import type { LagMonitor } from '../lag/monitor.ts';
import type { ConnectionSource } from '../model/connect.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { StreamLag } from '../model/stream.ts';
import type { ReplicationService } from '../service.ts';
import type { ActiveAlert, AlertEvent, EarlierAlert } from './alert.ts';
import { AlertBook } from './alertBook.ts';
import { alertConditions } from './conditions.ts';
import type { AlertThresholds } from './thresholds.ts';

/** What alerts are made from. */
export interface AlertParts {
  readonly monitor: Pick<LagMonitor, 'lags' | 'streams' | 'onDidSample'>;
  readonly service: Pick<ReplicationService, 'state'>;
  readonly connections: Pick<ConnectionSource, 'facts'>;
  readonly forecasts: Pick<Forecasts, 'ofStream'>;
  readonly copies: Pick<Copies, 'ofSubscription'>;
  /** The thresholds of a stream between these connections; a later name counts more. */
  readonly thresholds: (connectionNames: readonly string[]) => AlertThresholds;
  /** Two samples further apart than this prove nothing about the time between them, milliseconds. */
  readonly gapMs: () => number;
  /** Beats of many servers come within this time and are looked at together, milliseconds; 0 looks at each at once. */
  readonly gatherMs?: number;
}

/** Alerts that began and ended at one look. */
export interface AlertChange {
  readonly raised: readonly ActiveAlert[];
  readonly cleared: readonly EarlierAlert[];
}

/**
 * The alerts of all streams, from what the monitor measures. It samples nothing by itself: while nobody looks at a stream
 * nothing is known of it, and its alerts stay as they were.
 */
export class Alerts {
  readonly #parts: AlertParts;
  readonly #book: AlertBook;
  readonly #listeners = new Set<(change: AlertChange) => void>();
  readonly #stopListening: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: AlertParts) {
    this.#parts = parts;
    this.#book = new AlertBook({ gapMs: parts.gapMs });
    const { gatherMs = 200 } = parts;
    this.#stopListening = parts.monitor.onDidSample(() => {
      if (gatherMs === 0) this.look();
      else this.#timer ??= setTimeout(() => this.look(), gatherMs);
    });
  }

  /** Alerts that an earlier window had raised: where they still hold they aren't raised anew. */
  restore(alerts: readonly EarlierAlert[]): void {
    this.#book.restore(alerts);
  }

  /** What holds of a stream, or of all, worst first. */
  active(streamId?: string): readonly ActiveAlert[] {
    return this.#book.active(streamId);
  }

  /** The thresholds a stream has crossed in this window, in both directions, oldest first; the last 200. */
  events(streamId: string): readonly AlertEvent[] {
    return this.#book.events(streamId);
  }

  /** Calls back after alerts began or ended. Returns the way to stop it. */
  onDidChange(listener: (change: AlertChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks at what every stream showed last. What was looked at already changes nothing. */
  look(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const changes = this.#parts.monitor.lags().map((lag) => this.#observe(lag));
    const away = this.#book.keepOnly(new Set(this.#parts.monitor.streams().map(({ id }) => id)));
    const raised = changes.flatMap((one) => one.raised);
    const cleared = changes.flatMap((one) => one.cleared);
    if (raised.length + cleared.length === 0 && !away) return;
    for (const listener of this.#listeners) listener({ raised, cleared });
  }

  /** Stops listening. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#stopListening();
    this.#listeners.clear();
  }

  #observe(lag: StreamLag): AlertChange {
    const { copies, forecasts, thresholds } = this.#parts;
    if (this.#book.hasTaken(lag.stream.id, lag.sampledAt)) return { raised: [], cleared: [] };
    const { publisher, subscriber } = lag.stream;
    const publisherName = this.#name(publisher?.connectionId);
    const subscriberName = this.#name(subscriber?.connectionId);
    const snapshot = publisher && this.#snapshot(publisher.connectionId);
    const read = snapshot ?? (subscriber && this.#snapshot(subscriber.connectionId));
    const conditions = alertConditions({
      lag,
      loss: publisher ? forecasts.ofStream(lag).loss : null,
      copy: subscriber ? copies.ofSubscription(subscriber.connectionId, subscriber.subscriptionName) : null,
      idleSeconds: snapshot && publisher ? idleSeconds(snapshot, publisher.slotName) : null,
      // Whose WAL is kept decides where both ends are set.
      thresholds: thresholds([subscriberName, publisherName].filter((name) => name !== null)),
      publisherName,
      subscriberName,
    });
    return this.#book.observe(lag.stream.id, {
      at: lag.sampledAt,
      afterGap: read?.pulse.afterGap === true,
      conditions,
    });
  }

  #snapshot(connectionId: string): Snapshot | null {
    const state = this.#parts.service.state(connectionId);
    return state.phase === 'open' ? state.snapshot : null;
  }

  #name(connectionId: string | undefined): string | null {
    return connectionId === undefined ? null : (this.#parts.connections.facts(connectionId)?.name ?? null);
  }
}

/** Both by the server's clock. */
function idleSeconds({ pulse }: Snapshot, slotName: string): number | null {
  const since = Date.parse(pulse.slots.find(({ name }) => name === slotName)?.inactiveSince ?? '');
  return Number.isNaN(since) ? null : Math.max(0, (pulse.serverTime - since) / 1000);
}
