import type { ConnectionSource } from '../model/connect.ts';
import type { Pulse } from '../model/snapshot.ts';
import type { LagScope, Stream, StreamLag } from '../model/stream.ts';
import type { ReplicationService, ServerChange } from '../service.ts';
import { type Cluster, groupClusters, type KnownServer } from '../topology/clusters.ts';
import { pairStreams } from '../topology/pairStreams.ts';
import { type PublisherEnd, publisherEnd, serverView, type SubscriberEnd, subscriberEnd } from './ends.ts';
import { measureLag } from './measure.ts';
import { LagSeries } from './series.ts';
import { ServerTraces } from './serverTraces.ts';
import { StreamTrace } from './streamTrace.ts';

/** What the monitor needs. */
export interface LagMonitorParts {
  readonly service: Pick<ReplicationService, 'state' | 'onDidChange'>;
  readonly connections: Pick<ConnectionSource, 'all' | 'facts'>;
  /** Milliseconds since the epoch; the clock that pulses carry. */
  readonly now?: () => number;
}

/** What is known of one stream. */
interface Entry {
  stream: Stream;
  lag: StreamLag | null;
  readonly trace: StreamTrace;
  readonly series: LagSeries;
}

/** Evidence changes with the beat; pairs are looked at again this often, milliseconds. */
const pairAgainMs = 10_000;
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
  readonly #listeners = new Set<() => void>();
  readonly #servers = new ServerTraces();
  readonly #entries = new Map<string, Entry>();
  readonly #shapes = new Map<string, string>();
  #streams: readonly Stream[] = [];
  #streamsOf: ReadonlyMap<string, readonly string[]> = new Map();
  #clusterOf: ReadonlyMap<string, Cluster> = new Map();
  #pairedAt = -Infinity;

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
    return this.#streams;
  }

  /** The lag of the streams in `scope`, as of their last beat. */
  lags(scope: LagScope = { kind: 'all' }): readonly StreamLag[] {
    return this.#streams
      .filter((stream) => this.#isIn(scope, stream))
      .map(({ id }) => this.#entries.get(id)?.lag)
      .filter((lag) => lag !== undefined && lag !== null);
  }

  /** The lag of a subscription's stream; undefined while nothing is known of it. */
  lagOfSubscription(connectionId: string, subscriptionName: string): StreamLag | undefined {
    const stream = this.#streams.find(
      ({ subscriber }) =>
        subscriber?.subscriptionName === subscriptionName && this.#sameDatabase(subscriber.connectionId, connectionId),
    );
    return (stream && this.#entries.get(stream.id)?.lag) ?? undefined;
  }

  /** The figures of a stream over time. */
  series(streamId: string): LagSeries | undefined {
    return this.#entries.get(streamId)?.series;
  }

  /** Calls back after figures or states changed. Returns the way to stop it. */
  onDidSample(listener: () => void): () => void {
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
    const shape = pulse ? shapeOf(pulse) : null;
    const changed = change !== 'pulse' || shape !== this.#shapes.get(connectionId);
    if (shape === null) this.#shapes.delete(connectionId);
    else this.#shapes.set(connectionId, shape);
    const paired = changed || this.#now() - this.#pairedAt >= pairAgainMs;
    if (paired) this.#pair();
    if (pulse) this.#servers.record(connectionId, pulse);
    for (const id of paired ? this.#streams.map((stream) => stream.id) : (this.#streamsOf.get(connectionId) ?? [])) {
      this.#measure(id, pulse === null ? null : connectionId);
    }
    for (const listener of this.#listeners) listener();
  }

  #pair(): void {
    this.#pairedAt = this.#now();
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
      const entry = this.#entries.get(stream.id);
      if (entry) entry.stream = stream;
      else this.#entries.set(stream.id, { stream, lag: null, trace: new StreamTrace(), series: new LagSeries() });
      const ids = new Set([stream.publisher, stream.subscriber].flatMap((end) => (end ? this.#serverOf(end) : [])));
      for (const id of ids) streamsOf.set(id, [...(streamsOf.get(id) ?? []), stream.id]);
    }
    this.#streamsOf = streamsOf;
    this.#forget(new Set(facts.map(({ id }) => id)));
  }

  #forget(connectionIds: ReadonlySet<string>): void {
    const current = new Set(this.#streams.map(({ id }) => id));
    const oldest = this.#now() - keepMs;
    for (const [id, { series, stream }] of this.#entries) {
      const owner = (stream.publisher ?? stream.subscriber)?.connectionId ?? '';
      if (!current.has(id) && (!connectionIds.has(owner) || (series.lastAt ?? 0) < oldest)) this.#entries.delete(id);
    }
  }

  /** `beat`: the connection whose pulse it is; null where none came. */
  #measure(streamId: string, beat: string | null): void {
    const entry = this.#entries.get(streamId);
    if (!entry) return;
    const { series, stream, trace } = entry;
    const publisherId = stream.publisher && this.#bestOf(stream.publisher.connectionId, false);
    const subscriberId = stream.subscriber && this.#bestOf(stream.subscriber.connectionId, true);
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
      positions: server?.positions ?? null,
      writtenBytesPerSecond: server?.written.bytesPerSecond ?? null,
      trace,
      now: this.#now(),
    });
    if (beat !== null && beat === (publisherId ?? subscriberId)) series.record(entry.lag);
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
    const { currentLsn, sampledAt, startedAt } = pulse;
    const reader = subscriber?.server.open ? subscriber : null;
    trace.observePublisher({
      at: sampledAt,
      startedAt,
      currentLsn,
      confirmedLsn,
      receivedLsn: reader?.receivedLsn ?? null,
      lastMessageAt: reader && lastMessageByOurClock(reader),
    });
  }
  if (subscriber?.server.open && subscriber.subscription) {
    const { pulse, receivedLsn, subscription, worker } = subscriber;
    const { appliedLsn, applyErrors, enabled, slotName, syncErrors } = subscription;
    const atWork = receivedLsn !== null || (publisher?.server.open === true && publisher.slot?.active === true);
    trace.observeSubscriber({
      at: pulse.sampledAt,
      startedAt: pulse.startedAt,
      enabled,
      slotName,
      working: worker !== null && atWork,
      errors: applyErrors === null ? null : applyErrors + (syncErrors ?? 0),
      appliedLsn,
    });
  }
}

function lastMessageByOurClock({ pulse, worker }: SubscriberEnd): number | null {
  if (worker === null || worker.lastMessageAt === null) return null;
  return worker.lastMessageAt + pulse.sampledAt - pulse.serverTime;
}

/** What pairing depends on and changes seldom. Compare for equality only. */
function shapeOf({ inRecovery, slots, startedAt, subscriptions, workers }: Pulse): string {
  return JSON.stringify([
    startedAt,
    inRecovery,
    slots.map(({ activePid, database, name, synced }) => [name, database, activePid, synced]),
    subscriptions.map(({ enabled, name, oid, slotName }) => [oid, name, enabled, slotName]),
    workers.map(({ kind, pid, subscriptionOid }) => [kind, pid, subscriptionOid]),
  ]);
}
