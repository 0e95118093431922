import type { Copies } from '../copy/copies.ts';
import type { Forecasts } from '../forecast/forecasts.ts';
import type { LagMonitor } from '../lag/monitor.ts';
import type { PhysicalLags } from '../lag/physicalLags.ts';
import type { ConnectionSource } from '../model/connect.ts';
import type { PhysicalLag } from '../model/physical.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { StreamLag } from '../model/stream.ts';
import type { ReplicationService } from '../service.ts';
import type { ActiveAlert, AlertEvent, EarlierAlert } from './alert.ts';
import { AlertBook } from './alertBook.ts';
import { alertConditions } from './conditions.ts';
import { physicalConditions } from './physicalConditions.ts';
import { type AlertSubject, physicalSubject, streamSubject } from './subject.ts';
import type { AlertThresholds } from './thresholds.ts';

/** What alerts are made from. */
export interface AlertParts {
  readonly monitor: Pick<LagMonitor, 'lags' | 'streams' | 'measuredBy' | 'onDidSample'>;
  readonly physical: Pick<PhysicalLags, 'lags'>;
  readonly service: Pick<ReplicationService, 'state'>;
  readonly connections: Pick<ConnectionSource, 'facts'>;
  readonly forecasts: Pick<Forecasts, 'lossOf'>;
  readonly copies: Pick<Copies, 'ofSubscription'>;
  /** The thresholds of what is between these connections; a later name counts more. */
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
 * The alerts of all streams, physical slots and standbys, from what the monitor measures. It samples nothing by itself: while
 * nobody looks at them nothing is known of them, and their alerts stay as they were.
 */
export class Alerts {
  readonly #parts: AlertParts;
  readonly #book: AlertBook;
  readonly #listeners = new Set<(change: AlertChange) => void>();
  readonly #stopListening: () => void;
  /** What was seen in this window, by id; also what can't be seen now. */
  readonly #known = new Map<string, AlertSubject>();
  /** What there was at the last look. */
  #present: ReadonlySet<string> = new Set();
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

  /** What holds of a subject, or of all, worst first. */
  active(subjectId?: string): readonly ActiveAlert[] {
    return this.#book.active(subjectId);
  }

  /** What can be alerted for at present, as of the last look. */
  subjects(): readonly AlertSubject[] {
    return [...this.#present].flatMap((id) => this.#known.get(id) ?? []);
  }

  /** One of them; undefined where it can't be seen at present. */
  subject(id: string): AlertSubject | undefined {
    return this.#present.has(id) ? this.#known.get(id) : undefined;
  }

  /** The thresholds a subject has crossed in this window, in both directions, oldest first; the last 200. */
  events(subjectId: string): readonly AlertEvent[] {
    return this.#book.events(subjectId);
  }

  /** Calls back after alerts began or ended. Returns the way to stop it. */
  onDidChange(listener: (change: AlertChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks at what everything showed last. What was looked at already changes nothing. */
  look(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const physical = this.#parts.physical.lags();
    const subjects = [...this.#parts.monitor.streams().map(streamSubject), ...physical.map(physicalSubject)];
    for (const subject of subjects) this.#known.set(subject.id, subject);
    this.#present = new Set(subjects.map(({ id }) => id));
    const changes = [
      ...this.#parts.monitor.lags().map((lag) => this.#observe(lag)),
      ...physical.map((lag) => this.#observePhysical(lag)),
    ];
    const ended = this.#endGone(subjects);
    const away = this.#book.keepOnly(this.#present);
    const raised = changes.flatMap((one) => one.raised);
    const cleared = [...changes.flatMap((one) => one.cleared), ...ended];
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
    const { copies, forecasts, monitor, thresholds } = this.#parts;
    if (this.#book.hasTaken(lag.stream.id, lag.sampledAt)) return { raised: [], cleared: [] };
    const { publisher, subscriber } = lag.stream;
    const publisherName = this.#name(publisher?.connectionId);
    const subscriberName = this.#name(subscriber?.connectionId);
    const by = monitor.measuredBy(lag.stream.id);
    const publisherId = by.publisherId ?? publisher?.connectionId ?? null;
    const subscriberId = by.subscriberId ?? subscriber?.connectionId ?? null;
    const snapshot = publisherId === null ? null : this.#snapshot(publisherId);
    const conditions = alertConditions({
      lag,
      loss: publisher && publisherId !== null ? forecasts.lossOf(publisherId, publisher.slotName) : null,
      copy:
        subscriber && subscriberId !== null ? copies.ofSubscription(subscriberId, subscriber.subscriptionName) : null,
      idleSeconds: snapshot && publisher ? idleSeconds(snapshot, publisher.slotName) : null,
      // Whose WAL is kept decides where both ends are set.
      thresholds: thresholds([subscriberName, publisherName].filter((name) => name !== null)),
      publisherName,
      subscriberName,
    });
    return this.#book.observe(lag.stream.id, { at: lag.sampledAt, afterGap: lag.afterGap === true, conditions });
  }

  #observePhysical(lag: PhysicalLag): AlertChange {
    const { forecasts, thresholds } = this.#parts;
    if (this.#book.hasTaken(lag.id, lag.sampledAt)) return { raised: [], cleared: [] };
    const { connectionIds, measuredBy, slotName } = lag;
    const names = connectionIds.flatMap((id) => this.#name(id) ?? []);
    const conditions = physicalConditions({
      lag,
      loss: slotName === null ? null : forecasts.lossOf(measuredBy, slotName),
      // The connection it is shown under first counts most.
      thresholds: thresholds(names.toReversed()),
      serverName: names[0] ?? null,
    });
    const afterGap = this.#snapshot(measuredBy)?.pulse.afterGap === true;
    return this.#book.observe(lag.id, { at: lag.sampledAt, afterGap, conditions });
  }

  /** What isn't there any more though every server it was on answers, or is no connection any more, is over. */
  #endGone(subjects: readonly AlertSubject[]): readonly EarlierAlert[] {
    const { connections, service } = this.#parts;
    return [...this.#known].flatMap(([id, { connectionIds, names }]) => {
      if (this.#present.has(id)) return [];
      const seen = (one: string) => service.state(one).phase === 'open' || connections.facts(one) === undefined;
      if (!connectionIds.every(seen)) return [];
      this.#known.delete(id);
      const held = this.#book.end(id, Date.now());
      // A stream whose other end was found meanwhile has another id: it goes on under that.
      const heir = held.length > 0 && subjects.find((one) => one.names.some((name) => names.includes(name)));
      if (!heir) return held;
      this.#book.restore(held.map((alert) => ({ ...alert, subjectId: heir.id })));
      return [];
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
