import type { ConnectionSource } from '../model/connect.ts';
import type { Pulse } from '../model/snapshot.ts';
import type { LagScope, Stream, StreamLag } from '../model/stream.ts';
import type { ReplicationService, ServerChange } from '../service.ts';
import { type Cluster, groupClusters, type KnownServer } from '../topology/clusters.ts';
import { pairStreams } from '../topology/pairStreams.ts';
import { type Cascade, cascades } from './cascade.ts';
import { type PublisherEnd, publisherEnd, serverView, type SubscriberEnd, subscriberEnd } from './ends.ts';
import { measureLag } from './measure.ts';
import type { MonitoredServer } from './physicalLags.ts';
import { ServerTraces } from './serverTraces.ts';
import { StreamTrace } from './streamTrace.ts';

/** What the monitor needs. */
export interface LagMonitorParts {
  readonly service: Pick<ReplicationService, 'state' | 'onDidChange'>;
  readonly connections: Pick<ConnectionSource, 'all' | 'facts'>;
  /** Milliseconds since the epoch; the clock that pulses carry. */
  readonly now?: () => number;
}

/**
 * Hears what was measured since it was called last: each sample of a stream at least once, in the order they were taken.
 * Nothing was where only a state changed.
 */
export type SampleListener = (measured: readonly StreamLag[]) => void;

/** What is known of one stream. */
interface Entry {
  stream: Stream;
  lag: StreamLag | null;
  readonly trace: StreamTrace;
  /** The connections it is measured by: of those that lead to its ends, the ones that see most. */
  publisherId: string | null;
  subscriberId: string | null;
}

/** Evidence changes with the beat; pairs are looked at again this often, milliseconds. */
const pairAgainMs = 10_000;
/** When much changes at once (many servers open), pairs are looked at anew so often a second, */
const atOnceASecond = 5;
/** and beyond that no more often than this, milliseconds. */
const gatherMs = 250;
/** What a stream showed is kept this long after it was last there, milliseconds. */
const keepMs = 3_600_000;

/**
 * Joins both ends of every stream and keeps their lag over time, from the pulses the service reads. It reads
 * nothing by itself: whoever wants live figures watches the connections.
 */
export class LagMonitor {
  readonly #service: LagMonitorParts['service'];
  readonly #connections: LagMonitorParts['connections'];
  readonly #now: () => number;
  readonly #stopListening: () => void;
  readonly #listeners = new Set<SampleListener>();
  readonly #servers = new ServerTraces();
  readonly #entries = new Map<string, Entry>();
  /** The last pulse of each connection. */
  readonly #pulses = new Map<string, Pulse>();
  /** What was measured since listeners were told. */
  #measured: StreamLag[] = [];
  #streams: readonly Stream[] = [];
  /** The streams that are measured by a connection. */
  #streamsOf: ReadonlyMap<string, readonly string[]> = new Map();
  #clusterOf: ReadonlyMap<string, Cluster> = new Map();
  #pairedAt = -Infinity;
  /** How often pairs were looked at in the second that began at `from`. */
  #lately = { from: -Infinity, times: 0 };
  /** What pairs depend on has changed since they were looked at. */
  #outdated = false;
  /** Connections that showed something since then. */
  readonly #waiting = new Set<string>();

  constructor({ connections, now = Date.now, service }: LagMonitorParts) {
    this.#service = service;
    this.#connections = connections;
    this.#now = now;
    this.#stopListening = service.onDidChange((connectionId, change) => this.#take(connectionId, change));
    this.#pair();
    for (const { id } of connections.all()) this.#take(id, 'state');
  }

  /** All streams the open connections show. */
  streams(): readonly Stream[] {
    this.#settle();
    return this.#streams;
  }

  /** The lag of the streams in `scope`, as of their last beat. */
  lags(scope: LagScope = { kind: 'all' }): readonly StreamLag[] {
    this.#settle();
    return this.#streams
      .filter((stream) => this.#isIn(scope, stream))
      .map(({ id }) => this.#entries.get(id)?.lag)
      .filter((lag) => lag !== undefined && lag !== null);
  }

  /** The lag of a subscription's stream; undefined while nothing is known of it. */
  lagOfSubscription(connectionId: string, subscriptionName: string): StreamLag | undefined {
    this.#settle();
    const stream = this.#streams.find(
      ({ subscriber }) =>
        subscriber?.subscriptionName === subscriptionName && this.#sameDatabase(subscriber.connectionId, connectionId),
    );
    return (stream && this.#entries.get(stream.id)?.lag) ?? undefined;
  }

  /** Ways over more than one server, with the lag end to end, as of the last beats. */
  cascades(): readonly Cascade[] {
    const databaseOf = (id: string) => {
      const members = this.#clusterOf.get(id)?.members;
      return members?.find(({ facts }) => facts.id === id)?.snapshot.inventory.server.database ?? '';
    };
    // A server goes by the first of the connections that lead to it.
    const key = (id: string, database: string | null) =>
      JSON.stringify([this.#serverOf({ connectionId: id })[0], database ?? databaseOf(id)]);
    return cascades(this.lags(), key);
  }

  /** Every running server that was read, in the order of the connections. */
  servers(): readonly MonitoredServer[] {
    this.#settle();
    return [...new Set(this.#clusterOf.values())].flatMap(({ members }): readonly MonitoredServer[] => {
      const connectionIds = members.map(({ facts }) => facts.id);
      const measuredBy = this.#bestOf(connectionIds[0] ?? '', false);
      const view = this.#view(measuredBy);
      return view
        ? [{ connectionIds, measuredBy, view, positions: this.#servers.of(measuredBy)?.positions ?? null }]
        : [];
    });
  }

  /**
   * The connections by which a stream's ends are measured: of those that lead to the same server, the ones that are open and
   * see most. Null for an end that none leads to.
   */
  measuredBy(streamId: string): { readonly publisherId: string | null; readonly subscriberId: string | null } {
    const { publisherId = null, subscriberId = null } = this.#entries.get(streamId) ?? {};
    return { publisherId, subscriberId };
  }

  /** Calls back after figures or states changed. Returns the way to stop it. */
  onDidSample(listener: SampleListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Stops listening and forgets everything. */
  dispose(): void {
    this.#stopListening();
    this.#listeners.clear();
    this.#entries.clear();
  }

  #take(connectionId: string, change: ServerChange): void {
    const state = this.#service.state(connectionId);
    const pulse = state.phase === 'open' ? state.snapshot.pulse : null;
    const before = this.#pulses.get(connectionId);
    const changed = change !== 'pulse' || !pulse || !before || !pairsAlike(before, pulse);
    if (pulse) this.#pulses.set(connectionId, pulse);
    else this.#pulses.delete(connectionId);
    // The clock may be set back.
    const pairedAgo = Math.abs(this.#now() - this.#pairedAt);
    if (changed || pairedAgo >= pairAgainMs) this.#outdated = true;
    if (pulse) this.#servers.record(connectionId, pulse);
    if (this.#outdated) this.#waiting.add(connectionId);
    if (this.#outdated && (this.#lately.times < atOnceASecond || pairedAgo >= gatherMs)) this.#settle();
    else for (const id of this.#streamsOf.get(connectionId) ?? []) this.#measure(id);
    const measured = this.#measured;
    this.#measured = [];
    for (const listener of this.#listeners) listener(measured);
  }

  /** Pairs anew where something changed that pairs depend on, and measures every stream. */
  #settle(): void {
    if (!this.#outdated) return;
    this.#outdated = false;
    this.#pair();
    for (const id of this.#waiting) {
      const state = this.#service.state(id);
      if (state.phase === 'open') this.#servers.record(id, state.snapshot.pulse);
    }
    this.#waiting.clear();
    for (const { id } of this.#streams) this.#measure(id);
  }

  #pair(): void {
    this.#pairedAt = this.#now();
    if (Math.abs(this.#pairedAt - this.#lately.from) > 1000) this.#lately = { from: this.#pairedAt, times: 0 };
    this.#lately.times += 1;
    const facts = this.#connections.all();
    const servers = facts.flatMap((one): readonly KnownServer[] => {
      const view = serverView(one.name, this.#service.state(one.id));
      return view ? [{ facts: one, snapshot: view.snapshot }] : [];
    });
    const clusters = groupClusters(servers);
    this.#clusterOf = new Map(clusters.flatMap((one) => one.members.map((member) => [member.facts.id, one])));
    this.#servers.arrange(clusters);
    this.#servers.keepOnly(new Set(facts.map(({ id }) => id)));
    this.#streams = pairStreams(servers, this.#streams);
    const streamsOf = new Map<string, string[]>();
    for (const stream of this.#streams) {
      const publisherId = stream.publisher && this.#bestOf(stream.publisher.connectionId, false);
      const subscriberId = stream.subscriber && this.#bestOf(stream.subscriber.connectionId, true);
      const entry = this.#entries.get(stream.id) ?? { lag: null, trace: new StreamTrace() };
      this.#entries.set(stream.id, Object.assign(entry, { stream, publisherId, subscriberId }));
      for (const id of new Set([publisherId, subscriberId])) {
        if (id !== null) streamsOf.set(id, [...(streamsOf.get(id) ?? []), stream.id]);
      }
    }
    this.#streamsOf = streamsOf;
    this.#forget(new Set(facts.map(({ id }) => id)));
  }

  #forget(connectionIds: ReadonlySet<string>): void {
    const current = new Set(this.#streams.map(({ id }) => id));
    const oldest = this.#now() - keepMs;
    for (const [id, { lag, stream }] of this.#entries) {
      const owner = (stream.publisher ?? stream.subscriber)?.connectionId ?? '';
      if (!current.has(id) && (!connectionIds.has(owner) || (lag?.sampledAt ?? 0) < oldest)) this.#entries.delete(id);
    }
  }

  #measure(streamId: string): void {
    const entry = this.#entries.get(streamId);
    if (!entry) return;
    const { publisherId, stream, subscriberId, trace } = entry;
    const publisherView = this.#view(publisherId);
    const subscriberView = this.#view(subscriberId);
    const publisher = publisherView && publisherEnd(stream, publisherView);
    const subscriber = subscriberView && subscriberEnd(stream, subscriberView);
    observe(trace, publisher, subscriber);
    const server = publisherId === null ? undefined : this.#servers.of(publisherId);
    entry.lag = measureLag({
      stream,
      publisher,
      subscriber,
      written: server ?? null,
      trace,
      now: this.#now(),
    });
    this.#measured.push(entry.lag);
  }

  #view(connectionId: string | null): ReturnType<typeof serverView> {
    if (connectionId === null) return null;
    return serverView(this.#connections.facts(connectionId)?.name ?? '', this.#service.state(connectionId));
  }

  /** The connections that lead to the same server, itself included. */
  #serverOf({ connectionId }: { readonly connectionId: string }): readonly string[] {
    return this.#clusterOf.get(connectionId)?.members.map(({ facts }) => facts.id) ?? [connectionId];
  }

  /** Of the connections to a server, one that is open and sees most; itself where it is as good as any. */
  #bestOf(connectionId: string, sameDatabase: boolean): string {
    const points = (id: string) => {
      const state = this.#service.state(id);
      if (state.phase !== 'open') return id === connectionId ? 0 : -1;
      const { readsAllStats, superuser } = state.snapshot.inventory.server.role;
      return 2 + (readsAllStats || superuser ? 2 : 0) + (id === connectionId ? 1 : 0);
    };
    return this.#serverOf({ connectionId })
      .filter((id) => !sameDatabase || this.#sameDatabase(id, connectionId))
      .reduce((best, id) => (points(id) > points(best) ? id : best), connectionId);
  }

  #sameDatabase(one: string, other: string): boolean {
    if (one === other) return true;
    const members = this.#clusterOf.get(one)?.members;
    const databaseOf = (id: string) =>
      members?.find(({ facts }) => facts.id === id)?.snapshot.inventory.server.database;
    return databaseOf(one) !== undefined && databaseOf(one) === databaseOf(other);
  }

  #isIn(scope: LagScope, { publisher, subscriber }: Stream): boolean {
    if (scope.kind === 'all') return true;
    if (scope.kind === 'slot' && publisher?.slotName !== scope.slotName) return false;
    const server = this.#serverOf(scope);
    const publishes = publisher !== null && server.includes(publisher.connectionId);
    if (scope.kind === 'slot') return publishes;
    return publishes || (subscriber !== null && server.includes(subscriber.connectionId));
  }
}

function observe(trace: StreamTrace, publisher: PublisherEnd | null, subscriber: SubscriberEnd | null): void {
  if (publisher?.server.open) {
    const { confirmedLsn, pulse } = publisher;
    const { afterGap = false, currentLsn, flushedLsn, sampledAt, startedAt } = pulse;
    const reader = subscriber?.server.open ? subscriber : null;
    trace.observePublisher({
      at: sampledAt,
      startedAt,
      afterGap,
      currentLsn: flushedLsn ?? currentLsn,
      confirmedLsn,
      sentLsn: publisher.sentLsn,
      decoding: publisher.slot?.decoding ?? null,
      receivedLsn: reader?.receivedLsn ?? null,
      lastMessageAt: reader && lastMessageByOurClock(reader),
    });
  }
  if (subscriber?.server.open && subscriber.subscription) {
    const { pulse, receivedLsn, subscription, worker } = subscriber;
    const { appliedLsn, applyErrors, conflicts = null, enabled, slotName, syncErrors } = subscription;
    const atWork = receivedLsn !== null || (publisher?.server.open === true && publisher.slot?.active === true);
    trace.observeSubscriber({
      at: pulse.sampledAt,
      startedAt: pulse.startedAt,
      afterGap: pulse.afterGap ?? false,
      enabled,
      slotName,
      working: worker !== null && atWork,
      workerPid: worker?.pid ?? null,
      errors: applyErrors === null ? null : applyErrors + (syncErrors ?? 0),
      conflicts,
      appliedLsn,
    });
  }
}

function lastMessageByOurClock({ pulse, worker }: SubscriberEnd): number | null {
  if (worker === null || worker.lastMessageAt === null) return null;
  return worker.lastMessageAt + pulse.sampledAt - pulse.serverTime;
}

/** Whether what pairing depends on, and what changes seldom, is the same in both. Objects that are the same needn't be looked into. */
function pairsAlike(one: Pulse, other: Pulse): boolean {
  return (
    one.startedAt === other.startedAt &&
    one.inRecovery === other.inRecovery &&
    alike(one.slots, other.slots, ({ activePid, database, name, synced }, slot) => {
      const same = name === slot.name && database === slot.database;
      return same && activePid === slot.activePid && synced === slot.synced;
    }) &&
    alike(one.subscriptions, other.subscriptions, ({ enabled, name, oid, slotName }, subscription) => {
      const same = oid === subscription.oid && name === subscription.name;
      return same && enabled === subscription.enabled && slotName === subscription.slotName;
    }) &&
    alike(one.workers, other.workers, ({ kind, pid, subscriptionOid }, worker) => {
      return kind === worker.kind && pid === worker.pid && subscriptionOid === worker.subscriptionOid;
    })
  );
}

function alike<Item>(ones: readonly Item[], others: readonly Item[], same: (a: Item, b: Item) => boolean): boolean {
  if (ones === others) return true;
  return (
    ones.length === others.length &&
    ones.every((one, index) => {
      const other = others[index];
      return other !== undefined && (one === other || same(one, other));
    })
  );
}
