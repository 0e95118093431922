import type { Copies } from '../../replication/copy/copies.ts';
import type { Forecasts } from '../../replication/forecast/forecasts.ts';
import type { Cascade } from '../../replication/lag/cascade.ts';
import type { Inventory } from '../../replication/model/snapshot.ts';
import type { LagScope, StreamLag } from '../../replication/model/stream.ts';
import type { ReplicationService } from '../../replication/service.ts';
import type { AlertCenter } from '../alerts/alertCenter.ts';
import { rowAlertWords } from '../alerts/alertWords.ts';
import {
  type ArrangedConnection,
  byText,
  indexInventory,
  type InventoryIndex,
  type KnownSubscriber,
  type TreeModel,
} from './model.ts';

/** How many children a long list shows before "Load more…". */
export const pageSize = 500;

/** The part of the lag monitor that the tree needs. */
export interface LagSource {
  lags(scope?: LagScope): readonly StreamLag[];
  lagOfSubscription(connectionId: string, subscriptionName: string): StreamLag | undefined;
  cascades(): readonly Cascade[];
}

/** What the live model is made from. */
export interface LiveModelParts {
  readonly service: Pick<ReplicationService, 'state'>;
  readonly connections: { all(): readonly ArrangedConnection[] };
  readonly monitor: LagSource;
  readonly forecasts: Pick<Forecasts, 'lossOf' | 'ofStream' | 'volumeFull'>;
  readonly copies: Pick<Copies, 'ofSubscription' | 'ofTable'>;
  /** None where it is absent. */
  readonly alerts?: Pick<AlertCenter, 'of' | 'ofStream' | 'physicalSlot' | 'countSubjects'>;
}

/** The model of the running extension: service, connections and lag monitor, with what is looked up kept by name. */
export class LiveModel implements TreeModel {
  readonly #parts: LiveModelParts;
  readonly #indexes = new WeakMap<Inventory, InventoryIndex>();
  readonly #limits = new Map<string, number>();
  /** What has alerts, counted by connection. */
  #alerting: ReadonlyMap<string, number> | undefined;
  #lags: LagIndex | undefined;
  #cascades: readonly Cascade[] | undefined;
  #subscribers: ReadonlyMap<string, readonly KnownSubscriber[]> | undefined;

  constructor(parts: LiveModelParts) {
    this.#parts = parts;
  }

  /** Forgets what was looked up; to be called when a server's pulse was read, or alerts changed. */
  changed(): void {
    this.#alerting = undefined;
    this.#lags = undefined;
    this.#cascades = undefined;
    this.#subscribers = undefined;
  }

  /** Shows at least `wanted` children of a long list from now on. */
  showAtLeast(parentId: string, wanted: number): void {
    this.#limits.set(parentId, Math.max(this.limit(parentId), Math.ceil(wanted / pageSize) * pageSize));
  }

  limit(parentId: string): number {
    return this.#limits.get(parentId) ?? pageSize;
  }

  now(): number {
    return Date.now();
  }

  connections(): readonly ArrangedConnection[] {
    return [...this.#parts.connections.all()].sort((a, b) => byText(a.name, b.name));
  }

  connection(connectionId: string): ArrangedConnection | undefined {
    return this.#parts.connections.all().find(({ id }) => id === connectionId);
  }

  state(connectionId: string): ReturnType<TreeModel['state']> {
    return this.#parts.service.state(connectionId);
  }

  snapshot(connectionId: string): ReturnType<TreeModel['snapshot']> {
    const state = this.state(connectionId);
    return state.phase === 'closed' ? null : state.snapshot;
  }

  stale(connectionId: string): boolean {
    return this.state(connectionId).phase !== 'open';
  }

  index(connectionId: string): InventoryIndex | null {
    const inventory = this.snapshot(connectionId)?.inventory;
    if (!inventory) return null;
    const known = this.#indexes.get(inventory);
    if (known) return known;
    const index = indexInventory(inventory);
    this.#indexes.set(inventory, index);
    return index;
  }

  slot(connectionId: string, name: string): ReturnType<TreeModel['slot']> {
    return this.snapshot(connectionId)?.pulse.slots.find((slot) => slot.name === name);
  }

  lagOfSlot(connectionId: string, slotName: string): StreamLag | undefined {
    const { bySlot } = this.#lagIndex();
    const id = key(connectionId, slotName);
    // A stream is shown under one connection; others may lead to the same server.
    const scope = { kind: 'slot', connectionId, slotName } as const;
    if (!bySlot.has(id)) bySlot.set(id, this.#parts.monitor.lags(scope)[0]);
    return bySlot.get(id);
  }

  lagOfSubscription(connectionId: string, name: string): StreamLag | undefined {
    const { bySubscription } = this.#lagIndex();
    const id = key(connectionId, name);
    if (!bySubscription.has(id)) bySubscription.set(id, this.#parts.monitor.lagOfSubscription(connectionId, name));
    return bySubscription.get(id);
  }

  lossOf(connectionId: string, slotName: string): ReturnType<TreeModel['lossOf']> {
    return this.#parts.forecasts.lossOf(connectionId, slotName);
  }

  forecastsOf(lag: StreamLag): ReturnType<TreeModel['forecastsOf']> {
    return this.#parts.forecasts.ofStream(lag);
  }

  alertsOf(lag: StreamLag | undefined): ReturnType<TreeModel['alertsOf']> {
    return (lag && this.#parts.alerts?.ofStream(lag.stream)) ?? noAlerts;
  }

  alertsOfSlot(connectionId: string, slotName: string): ReturnType<TreeModel['alertsOfSlot']> {
    if (this.slot(connectionId, slotName)?.type !== 'physical')
      return this.alertsOf(this.lagOfSlot(connectionId, slotName));
    const subject = this.#parts.alerts?.physicalSlot(connectionId, slotName);
    return (subject && this.#parts.alerts?.of(subject)) ?? noAlerts;
  }

  alertsAt(connectionId: string): number {
    this.#alerting ??= this.#parts.alerts?.countSubjects((alert) => rowAlertWords([alert]) !== null);
    return this.#alerting?.get(connectionId) ?? 0;
  }

  volumeFull(connectionId: string): ReturnType<TreeModel['volumeFull']> {
    return this.#parts.forecasts.volumeFull(connectionId);
  }

  copyOf(connectionId: string, subscription: string): ReturnType<TreeModel['copyOf']> {
    return this.#parts.copies.ofSubscription(connectionId, subscription);
  }

  copyOfTable(connectionId: string, subscription: string, tableOid: number): ReturnType<TreeModel['copyOfTable']> {
    return this.#parts.copies.ofTable(connectionId, subscription, tableOid);
  }

  cascadeTo(lag: StreamLag): Cascade | undefined {
    this.#cascades ??= this.#parts.monitor.cascades();
    return this.#cascades.find(({ hops }) => hops.at(-1)?.stream.id === lag.stream.id);
  }

  /** The connections of subscribers whose publisher is one of these. */
  subscribersBehind(connectionIds: ReadonlySet<string>): readonly string[] {
    return this.#parts.monitor.lags().flatMap(({ stream: { publisher, subscriber } }) => {
      const other =
        subscriber && publisher && connectionIds.has(publisher.connectionId) ? subscriber.connectionId : null;
      return other === null || connectionIds.has(other) ? [] : [other];
    });
  }

  subscribersOf(connectionId: string, publication: string): readonly KnownSubscriber[] {
    this.#subscribers ??= this.#findSubscribers();
    return this.#subscribers.get(key(connectionId, publication)) ?? [];
  }

  #findSubscribers(): ReadonlyMap<string, readonly KnownSubscriber[]> {
    const found = new Map<string, KnownSubscriber[]>();
    for (const { stream } of this.#parts.monitor.lags()) {
      if (!stream.publisher || !stream.subscriber) continue;
      const { connectionId, subscriptionName: subscription } = stream.subscriber;
      const serverName = this.connection(connectionId)?.name ?? 'unknown';
      for (const publication of this.index(connectionId)?.subscriptions.get(subscription)?.publications ?? []) {
        const id = key(stream.publisher.connectionId, publication);
        found.set(id, [...(found.get(id) ?? []), { serverName, subscription }]);
      }
    }
    for (const list of found.values()) {
      list.sort((a, b) => byText(a.serverName, b.serverName) || byText(a.subscription, b.subscription));
    }
    return found;
  }

  #lagIndex(): LagIndex {
    this.#lags ??= indexLags(this.#parts.monitor.lags());
    return this.#lags;
  }
}

const noAlerts: ReturnType<TreeModel['alertsOf']> = { alerts: [], mutedUntil: null };

/** Lags by connection and name; undefined where it was looked for in vain. */
interface LagIndex {
  readonly bySlot: Map<string, StreamLag | undefined>;
  readonly bySubscription: Map<string, StreamLag | undefined>;
}

function indexLags(all: readonly StreamLag[]): LagIndex {
  const bySlot: LagIndex['bySlot'] = new Map();
  const bySubscription: LagIndex['bySubscription'] = new Map();
  for (const lag of all) {
    const { publisher, subscriber } = lag.stream;
    if (publisher) bySlot.set(key(publisher.connectionId, publisher.slotName), lag);
    if (subscriber) bySubscription.set(key(subscriber.connectionId, subscriber.subscriptionName), lag);
  }
  return { bySlot, bySubscription };
}

function key(connectionId: string, name: string): string {
  return `${connectionId}\0${name}`;
}
