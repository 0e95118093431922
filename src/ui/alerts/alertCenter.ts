import type { ActiveAlert } from '../../replication/alerts/alert.ts';
import type { Alerts } from '../../replication/alerts/alerts.ts';
import type { LagMonitor } from '../../replication/lag/monitor.ts';
import type { Stream } from '../../replication/model/stream.ts';
import type { AlertMutes, MutedUntil } from './mutes.ts';

/** What is to be shown of a stream's alerts. */
export interface StreamAlerts {
  /** Worst first; none while the stream is muted. */
  readonly alerts: readonly ActiveAlert[];
  /** Null where it isn't muted. */
  readonly mutedUntil: MutedUntil | null;
}

/** The alerts as the person wants them: those of muted streams are left out. For the tree, the status bar and the panels. */
export class AlertCenter {
  readonly #alerts: Alerts;
  readonly #mutes: AlertMutes;
  readonly #monitor: Pick<LagMonitor, 'streams'>;
  readonly #listeners = new Set<() => void>();
  readonly #stopListening: () => void;

  constructor(parts: {
    readonly alerts: Alerts;
    readonly mutes: AlertMutes;
    readonly monitor: Pick<LagMonitor, 'streams'>;
  }) {
    this.#alerts = parts.alerts;
    this.#mutes = parts.mutes;
    this.#monitor = parts.monitor;
    this.#stopListening = parts.alerts.onDidChange(() => this.#fire());
  }

  of(stream: Stream): StreamAlerts {
    const mutedUntil = this.#mutes.of(stream);
    return { alerts: mutedUntil === null ? this.#alerts.active(stream.id) : [], mutedUntil };
  }

  /** The alerts of all streams that aren't muted, worst first. */
  shown(): readonly ActiveAlert[] {
    const all = this.#alerts.active();
    if (all.length === 0) return all;
    const streams = new Map(this.#monitor.streams().map((stream) => [stream.id, stream]));
    return all.filter(({ streamId }) => {
      const stream = streams.get(streamId);
      return stream !== undefined && this.#mutes.of(stream) === null;
    });
  }

  /** How many streams of a connection have alerts, in either role, of those that `counts` says. */
  countAt(connectionId: string, counts: (alert: ActiveAlert) => boolean): number {
    const ids = new Set(this.shown().flatMap((alert) => (counts(alert) ? alert.streamId : [])));
    if (ids.size === 0) return 0;
    return this.#monitor.streams().filter(({ id, publisher, subscriber }) => {
      return ids.has(id) && [publisher, subscriber].some((end) => end?.connectionId === connectionId);
    }).length;
  }

  stream(streamId: string): Stream | undefined {
    return this.#monitor.streams().find(({ id }) => id === streamId);
  }

  /** The thresholds a stream has crossed in this window, in both directions, oldest first: for the marks of a chart. */
  events(streamId: string): ReturnType<Alerts['events']> {
    return this.#alerts.events(streamId);
  }

  async mute(stream: Stream, until: MutedUntil): Promise<void> {
    await this.#mutes.mute(stream, until);
    this.#fire();
  }

  async unmute(stream: Stream): Promise<void> {
    await this.#mutes.unmute(stream);
    this.#fire();
  }

  /** Calls back after alerts began or ended, or a stream was muted or not any more. Returns the way to stop it. */
  onDidChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispose(): void {
    this.#stopListening();
    this.#listeners.clear();
  }

  #fire(): void {
    for (const listener of this.#listeners) listener();
  }
}
