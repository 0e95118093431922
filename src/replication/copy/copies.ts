import { type TrendRules, TrendWindow } from '../forecast/trend.ts';
import type { LagMonitor } from '../lag/monitor.ts';
import type { ConnectionSource } from '../model/connect.ts';
import type { CopySize, SubscriptionCopy, TableCopy } from '../model/copy.ts';
import { describeError } from '../model/errors.ts';
import type { Inventory, Snapshot, SubscriptionPulse, TableProgress } from '../model/snapshot.ts';
import type { Subscription } from '../model/subscription.ts';
import { listsAllNotReady } from '../model/tableProgress.ts';
import type { ReplicationService, ServiceLog } from '../service.ts';
import { CopySizes, nameKey } from './sizes.ts';
import { bytesDone, subscriptionCopy } from './subscriptionCopy.ts';
import { tableCopy } from './tableCopy.ts';
import { copyRules, TableTrace } from './trace.ts';
import { whyWaiting } from './waiting.ts';
import { whatComes } from './whatComes.ts';

/** What the progress of copies is made from. */
export interface CopyParts {
  readonly service: Pick<ReplicationService, 'state' | 'onDidChange'> & {
    readonly reads: Pick<ReplicationService['reads'], 'copySizes'>;
  };
  readonly connections: Pick<ConnectionSource, 'facts'>;
  /** Knows which publisher a subscription reads from. */
  readonly monitor: Pick<LagMonitor, 'lagOfSubscription'>;
  readonly log: Pick<ServiceLog, 'warn'>;
  readonly rules?: TrendRules;
}

/** What is remembered of one subscription while it copies. */
interface Entry {
  readonly tables: Map<number, TableTrace>;
  readonly done: TrendWindow;
  errors: number | null;
  errorsGrewAt: number | null;
  /** The connection of its publisher; null where that isn't known. */
  publisherId: string | null;
  comes: {
    readonly subscriber: Inventory;
    readonly publisher: Inventory | null;
    readonly of: ReturnType<typeof whatComes>;
  } | null;
}

/** Errors that grew this recently are the reason, milliseconds. */
const recentErrorMs = 30_000;

/**
 * The first copies that go on, from the pulses the service reads. It costs nothing while no table is to be copied; while
 * one is, the publisher is asked how much there is, once and then every minute where it couldn't say.
 */
export class Copies {
  readonly #parts: CopyParts;
  readonly #sizes: CopySizes;
  readonly #entries = new Map<string, Entry>();
  readonly #stopListening: () => void;

  constructor(parts: CopyParts) {
    this.#parts = parts;
    this.#sizes = new CopySizes(
      (connectionId, tables) => parts.service.reads.copySizes(connectionId, tables),
      (connectionId, error) => parts.log.warn(`${this.#name(connectionId)}: ${describeError(error).message}`),
    );
    this.#stopListening = parts.service.onDidChange((connectionId) => this.#take(connectionId));
  }

  /** How far a subscription's first copy is; null where it's done, or can't be seen. */
  ofSubscription(connectionId: string, name: string): SubscriptionCopy | null {
    const found = this.#find(connectionId, name);
    if (!found) return null;
    const { entry, progress } = found;
    const { open, sizes } = this.#judge(connectionId, found);
    return subscriptionCopy({ subscriptionName: name, counts: progress.counts, open, sizes, done: entry.done });
  }

  /** How far one table of it is; null where it's done, or can't be seen. */
  ofTable(connectionId: string, name: string, tableOid: number): TableCopy | null {
    const found = this.#find(connectionId, name);
    // Most tables of a long list are ready.
    if (!found?.progress.notReady.some((one) => one.tableOid === tableOid)) return null;
    return this.#judge(connectionId, found, tableOid).open[0] ?? null;
  }

  /** Stops listening and forgets everything. */
  dispose(): void {
    this.#stopListening();
    this.#entries.clear();
  }

  #take(connectionId: string): void {
    const snapshot = this.#snapshot(connectionId);
    const open = new Set<string>();
    for (const subscription of snapshot?.inventory.subscriptions ?? []) {
      const key = keyOf(connectionId, subscription.name);
      const progress = snapshot && progressOf(snapshot, subscription);
      if (!snapshot || !progress || progress.notReady.length === 0) continue;
      open.add(key);
      this.#observe(connectionId, snapshot, subscription, progress);
    }
    // One that is closed may come back; one that was removed doesn't.
    if (!snapshot && this.#parts.connections.facts(connectionId)) return;
    for (const [key, { publisherId }] of this.#entries) {
      if (!key.startsWith(`${connectionId}\0`) || open.has(key)) continue;
      this.#entries.delete(key);
      // What is copied another day has another size by then.
      if (publisherId !== null) this.#sizes.forget(publisherId);
    }
  }

  #observe(connectionId: string, snapshot: Snapshot, subscription: Subscription, progress: TableProgress): void {
    const { pulse } = snapshot;
    const key = keyOf(connectionId, subscription.name);
    const rules = this.#parts.rules ?? copyRules;
    const entry: Entry = this.#entries.get(key) ?? {
      tables: new Map(),
      done: new TrendWindow(rules),
      errors: null,
      errorsGrewAt: null,
      publisherId: null,
      comes: null,
    };
    this.#entries.set(key, entry);
    const errors = pulseOf(snapshot, subscription)?.syncErrors ?? null;
    if (pulse.afterGap === true) entry.errorsGrewAt = null;
    else if (errors !== null && entry.errors !== null && errors > entry.errors) entry.errorsGrewAt = pulse.sampledAt;
    entry.errors = errors;
    forgetReady(entry.tables, progress);
    const rows = new Map(
      (pulse.copying ?? [])
        .filter(({ subscriptionOid }) => subscriptionOid === progress.subscriptionOid)
        .map((row) => [row.tableOid, row]),
    );
    for (const { state, tableOid } of progress.notReady) {
      const trace = entry.tables.get(tableOid) ?? new TableTrace(rules);
      entry.tables.set(tableOid, trace);
      if (pulse.afterGap === true) trace.restart();
      trace.observe(pulse.sampledAt, state, rows.get(tableOid) ?? null);
    }
    const { open, sizes } = this.#judge(connectionId, { entry, progress, snapshot, subscription });
    if (pulse.afterGap === true) entry.done.restart();
    entry.done.record(pulse.sampledAt, bytesDone(open, sizes));
  }

  #find(connectionId: string, name: string): Found | null {
    const snapshot = this.#snapshot(connectionId);
    const subscription = snapshot?.inventory.subscriptions.find((one) => one.name === name);
    const progress = snapshot && subscription ? progressOf(snapshot, subscription) : null;
    const entry = this.#entries.get(keyOf(connectionId, name));
    if (!snapshot || !subscription || !progress || !entry) return null;
    return { entry, progress, snapshot, subscription };
  }

  /** The tables that aren't copied (or the one asked for), and what the publisher said of all. */
  #judge(
    connectionId: string,
    found: Found,
    only?: number,
  ): { readonly open: readonly TableCopy[]; readonly sizes: readonly CopySize[] | null } {
    const { entry, progress, snapshot, subscription } = found;
    const publisher = this.#publisherOf(connectionId, subscription.name);
    entry.publisherId = publisher?.connectionId ?? entry.publisherId;
    // Every beat asks for all that is missing; who asks for one table looks it up.
    const wanted = only === undefined ? subscription.tables : [];
    const sizes = publisher && this.#sizes.of(publisher.connectionId, wanted, snapshot.pulse.sampledAt);
    const own = pulseOf(snapshot, subscription);
    const workers = snapshot.pulse.workers.filter(({ subscriptionName }) => subscriptionName === subscription.name);
    const { settings } = snapshot.inventory.server;
    const comes = this.#comes(entry, subscription, snapshot.inventory, publisher?.snapshot.inventory ?? null);
    const grewAt = entry.errorsGrewAt;
    const concerned = only === undefined ? subscription.tables : subscription.tables.filter(({ oid }) => oid === only);
    const tableOf = new Map(concerned.map((table) => [table.oid, table]));
    const open = progress.notReady.flatMap(({ state, tableOid }): readonly TableCopy[] => {
      if (only !== undefined && tableOid !== only) return [];
      if (only === undefined && state !== 'init' && state !== 'copying') return [];
      const table = tableOf.get(tableOid);
      if (!table) return [];
      const trace = entry.tables.get(tableOid) ?? null;
      const waits = whyWaiting({
        state,
        trace,
        enabled: own?.enabled ?? subscription.enabled,
        workers,
        worker: workers.find((one) => one.tableOid === tableOid && one.pid !== null) ?? null,
        errorsGrow: grewAt !== null && snapshot.pulse.sampledAt - grewAt <= recentErrorMs,
        errors: own?.syncErrors ?? null,
        subscriber: {
          name: this.#name(connectionId),
          settings,
          workersInUse: snapshot.pulse.workersInUse ?? 0,
        },
        publisher: publisher && {
          name: this.#name(publisher.connectionId),
          settings: publisher.snapshot.inventory.server.settings,
          pulse: publisher.snapshot.pulse,
        },
      });
      return [
        tableCopy({ table, state, trace, size: sizes?.get(nameKey(table)) ?? null, leavesOut: comes(table), waits }),
      ];
    });
    const all = concerned.flatMap((table) => sizes?.get(nameKey(table)) ?? []);
    // What isn't listed would count as copied.
    const told = all.length === subscription.tables.length && listsAllNotReady(progress);
    return { open, sizes: told ? all : null };
  }

  /** What comes of each table; found out once for each reading of the two catalogs. */
  #comes(
    entry: Entry,
    subscription: Subscription,
    subscriber: Inventory,
    publisher: Inventory | null,
  ): ReturnType<typeof whatComes> {
    if (entry.comes?.subscriber !== subscriber || entry.comes.publisher !== publisher) {
      entry.comes = { subscriber, publisher, of: whatComes(subscription, subscriber, publisher) };
    }
    return entry.comes.of;
  }

  /** The publisher of a subscription, where it's open here. */
  #publisherOf(
    connectionId: string,
    name: string,
  ): { readonly connectionId: string; readonly snapshot: Snapshot } | null {
    const publisherId = this.#parts.monitor.lagOfSubscription(connectionId, name)?.stream.publisher?.connectionId;
    const snapshot = publisherId === undefined ? null : this.#snapshot(publisherId);
    return publisherId !== undefined && snapshot ? { connectionId: publisherId, snapshot } : null;
  }

  #snapshot(connectionId: string): Snapshot | null {
    const state = this.#parts.service.state(connectionId);
    return state.phase === 'open' ? state.snapshot : null;
  }

  #name(connectionId: string): string {
    return this.#parts.connections.facts(connectionId)?.name ?? 'the server';
  }
}

/** A subscription that copies, with what is known and remembered of it. */
interface Found {
  readonly entry: Entry;
  readonly progress: TableProgress;
  readonly snapshot: Snapshot;
  readonly subscription: Subscription;
}

/** Tables that have become ready: where not all that aren't are listed, one that isn't may be any of the others. */
function forgetReady(traces: Map<number, TableTrace>, progress: TableProgress): void {
  if (!listsAllNotReady(progress)) return;
  const listed = new Set(progress.notReady.map(({ tableOid }) => tableOid));
  for (const oid of traces.keys()) if (!listed.has(oid)) traces.delete(oid);
}

function progressOf({ pulse }: Snapshot, { oid }: Subscription): TableProgress | null {
  return pulse.tableProgress.find(({ subscriptionOid }) => subscriptionOid === oid) ?? null;
}

function pulseOf({ pulse }: Snapshot, { name }: Subscription): SubscriptionPulse | null {
  return pulse.subscriptions.find((one) => one.name === name) ?? null;
}

function keyOf(connectionId: string, name: string): string {
  return `${connectionId}\0${name}`;
}
