import type { Cascade } from '../../replication/lag/cascade.ts';
import type { ConnectionFacts } from '../../replication/model/connect.ts';
import type { SubscriptionCopy, TableCopy } from '../../replication/model/copy.ts';
import type { Forecast, SlotLoss, StreamForecasts } from '../../replication/model/forecast.ts';
import type { Publication, PublishedTable } from '../../replication/model/publication.ts';
import type { ServerState } from '../../replication/model/serverState.ts';
import type { Slot } from '../../replication/model/slot.ts';
import type { Inventory, Snapshot } from '../../replication/model/snapshot.ts';
import type { StreamLag } from '../../replication/model/stream.ts';
import type { Subscription } from '../../replication/model/subscription.ts';
import type { Table } from '../../replication/model/table.ts';
import type { ShownAlerts } from '../alerts/alertCenter.ts';

/** A connection with how the person arranged it. */
export interface ArrangedConnection extends ConnectionFacts {
  /** Null at the top level. */
  readonly folder: string | null;
  /** Id of a theme colour; null for none. */
  readonly color: string | null;
}

/** A subscription on a connection that is open here too. */
export interface KnownSubscriber {
  /** The name of the subscriber's connection. */
  readonly serverName: string;
  readonly subscription: string;
}

/** Everything rows are drawn from. The tree reads it, and never asks a server. */
export interface TreeModel {
  connections(): readonly ArrangedConnection[];
  connection(connectionId: string): ArrangedConnection | undefined;
  state(connectionId: string): ServerState;
  /** What is known of a server: of the present, or of the past while it can't be reached. */
  snapshot(connectionId: string): Snapshot | null;
  /** Whether the snapshot is of the past, because the server can't be reached now. */
  stale(connectionId: string): boolean;
  index(connectionId: string): InventoryIndex | null;
  slot(connectionId: string, name: string): Slot | undefined;
  lagOfSlot(connectionId: string, slotName: string): StreamLag | undefined;
  lagOfSubscription(connectionId: string, name: string): StreamLag | undefined;
  /** The way over several servers that ends with this stream; undefined where it comes straight from its publisher. */
  cascadeTo(lag: StreamLag): Cascade | undefined;
  /** When a slot is lost. */
  lossOf(connectionId: string, slotName: string): SlotLoss;
  /** What lies ahead of a stream. */
  forecastsOf(lag: StreamLag): StreamForecasts;
  /** The alerts of a stream; none where nothing is known of it. */
  alertsOf(lag: StreamLag | undefined): ShownAlerts;
  /** The alerts of a slot: of its stream, or its own where it is physical. */
  alertsOfSlot(connectionId: string, slotName: string): ShownAlerts;
  /** How many streams, physical slots and standbys of a connection have alerts that their states don't say. */
  alertsAt(connectionId: string): number;
  /** When a server's WAL volume is full by what slots keep. */
  volumeFull(connectionId: string): Forecast;
  /** How far a subscription's initial copy is; null where it's done, or can't be seen. */
  copyOf(connectionId: string, subscription: string): SubscriptionCopy | null;
  copyOfTable(connectionId: string, subscription: string, tableOid: number): TableCopy | null;
  /** The known subscriptions that read a publication. */
  subscribersOf(connectionId: string, publication: string): readonly KnownSubscriber[];
  /** How many children a long list shows at present. */
  limit(parentId: string): number;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** An inventory by name, built once for each. */
export interface InventoryIndex {
  readonly inventory: Inventory;
  readonly publications: ReadonlyMap<string, Publication>;
  readonly subscriptions: ReadonlyMap<string, Subscription>;
  readonly tables: ReadonlyMap<number, Table>;
  /** Sorted by name; schemas in their order. */
  readonly tablesBySchema: ReadonlyMap<string, readonly Table[]>;
  /** The tables that are partitions of each, one level down, by its oid. */
  readonly partitions: ReadonlyMap<number, readonly Table[]>;
  /** Publications that name the table itself: by its oid, then by the publication's name. */
  readonly namedIn: ReadonlyMap<number, ReadonlyMap<string, PublishedTable>>;
}

/** Builds the index of an inventory; linear in its size. */
export function indexInventory(inventory: Inventory): InventoryIndex {
  const tablesBySchema = new Map<string, Table[]>();
  for (const table of inventory.tables) pushTo(tablesBySchema, table.schema, table);
  for (const tables of tablesBySchema.values()) tables.sort((a, b) => byText(a.name, b.name));
  const namedIn = new Map<number, Map<string, PublishedTable>>();
  for (const publication of inventory.publications) {
    for (const table of publication.tables) {
      const publications = namedIn.get(table.oid) ?? new Map<string, PublishedTable>();
      namedIn.set(table.oid, publications.set(publication.name, table));
    }
  }
  const partitions = new Map<number, Table[]>();
  for (const table of inventory.tables) {
    if (table.partitionOf !== undefined) pushTo(partitions, table.partitionOf, table);
  }
  return {
    inventory,
    partitions,
    publications: new Map(inventory.publications.map((publication) => [publication.name, publication])),
    subscriptions: new Map(inventory.subscriptions.map((subscription) => [subscription.name, subscription])),
    tables: new Map(inventory.tables.map((table) => [table.oid, table])),
    tablesBySchema: new Map([...tablesBySchema].sort(([a], [b]) => byText(a, b))),
    namedIn,
  };
}

/** Whether a publication of all tables sends this one: unlogged ones never; of a partitioned one, root or leaves. */
export function sentByAllTables(table: Table, publication: Publication): boolean {
  if (table.unlogged) return false;
  return publication.viaRoot ? !table.isPartition : !table.partitioned;
}

/** Whether a publication of all tables leaves this one out, by itself or with the partitioned table it is part of (19, untried). */
export function isExcepted(table: Table, { exceptTables }: Publication, index: InventoryIndex): boolean {
  if (!exceptTables) return false;
  for (let above: Table | undefined = table; above; above = parentOf(above, index)) {
    const { oid } = above;
    if (exceptTables.some((excepted) => excepted.oid === oid)) return true;
  }
  return false;
}

function parentOf({ partitionOf }: Table, index: InventoryIndex): Table | undefined {
  return partitionOf === undefined ? undefined : index.tables.get(partitionOf);
}

/** Compares names by code unit: fast, and the same on every machine. */
export function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function pushTo<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
