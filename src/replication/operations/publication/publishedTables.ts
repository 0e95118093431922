import type { PublishedTableChoice } from '../../model/choices.ts';
import type { Inventory } from '../../model/snapshot.ts';
import type { Table } from '../../model/table.ts';

/** What a publication, there or only chosen, is made of as far as its tables go. */
export interface PublicationMembers {
  readonly allTables: boolean;
  readonly schemas: readonly string[];
  readonly tables: readonly { readonly schema: string; readonly name: string }[];
  readonly viaRoot: boolean;
  /** What ALL TABLES leaves out, each table for itself (19, untried); a partitioned one with all its partitions. */
  readonly exceptTables?: readonly { readonly schema: string; readonly name: string }[];
}

/** The tables of an inventory by schema and name, for many look-ups. */
export function tablesByName(tables: readonly Table[]): (schema: string, name: string) => Table | undefined {
  const bySchema = new Map<string, Map<string, Table>>();
  for (const table of tables) {
    const ofSchema = bySchema.get(table.schema) ?? new Map<string, Table>();
    bySchema.set(table.schema, ofSchema.set(table.name, table));
  }
  return (schema, name) => bySchema.get(schema)?.get(name);
}

/** A text that is the same for the same table, and for no two others. */
export function tableKey({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return JSON.stringify([schema, name]);
}

/**
 * The members that a choice of tables makes, each one for itself: a table that others inherit from brings them along
 * as members of their own with its columns and filter, unless ONLY it is chosen. One that is named itself is as it is
 * named; one that is named twice counts as it is named first.
 */
export function exactMembers(
  inventory: Inventory,
  chosen: readonly PublishedTableChoice[],
): readonly PublishedTableChoice[] {
  const named = new Set(chosen.map(tableKey));
  const heirs = heirsIn(inventory);
  const members = new Map<string, PublishedTableChoice>();
  for (const table of chosen) {
    const { schema, name, columns, filter } = table;
    if (!members.has(tableKey(table))) members.set(tableKey(table), { schema, name, columns, filter });
    if (table.only === true) continue;
    for (const heir of heirs(table)) {
      const key = tableKey(heir);
      if (!named.has(key) && !members.has(key)) {
        members.set(key, { schema: heir.schema, name: heir.name, columns, filter });
      }
    }
  }
  return [...members.values()];
}

/**
 * How members are written in a statement, so that it makes exactly `members` (of those that `chosen` makes): with ONLY
 * where that was chosen, and where a table's heirs aren't all to come with it just as it does.
 */
export function writtenMembers(
  inventory: Inventory,
  chosen: readonly PublishedTableChoice[],
  members: readonly PublishedTableChoice[] = exactMembers(inventory, chosen),
): readonly PublishedTableChoice[] {
  const heirs = heirsIn(inventory);
  const byKey = new Map(members.map((member) => [tableKey(member), member]));
  const asChosen = new Map(chosen.map((table) => [tableKey(table), table]));
  const broughtAlong = new Set<string>();
  const written = members.map((member): PublishedTableChoice => {
    const { schema, name, columns, filter } = member;
    const below = heirs(member).map((heir) => byKey.get(tableKey(heir)));
    const wanted = asChosen.get(tableKey(member));
    const alone = wanted?.only === true || (below.length > 0 && wanted === undefined);
    if (alone || below.some((heir) => heir === undefined || !isAlike(heir, member))) {
      return { schema, name, columns, filter, only: true };
    }
    for (const heir of below) if (heir) broughtAlong.add(tableKey(heir));
    return { schema, name, columns, filter };
  });
  return written.filter((member) => !broughtAlong.has(tableKey(member)));
}

function isAlike(one: PublishedTableChoice, other: PublishedTableChoice): boolean {
  return one.filter === other.filter && JSON.stringify(one.columns) === JSON.stringify(other.columns);
}

/** Gives the tables that inherit from one (not as partitions), at any depth, each once. */
function heirsIn(inventory: Inventory): (of: { readonly schema: string; readonly name: string }) => readonly Table[] {
  const children = new Map<number, Table[]>();
  for (const table of inventory.tables) {
    for (const parent of table.inheritsFrom ?? []) {
      const siblings = children.get(parent);
      if (siblings) siblings.push(table);
      else children.set(parent, [table]);
    }
  }
  if (children.size === 0) return () => [];
  const find = tablesByName(inventory.tables);
  return ({ schema, name }) => {
    const found = new Set<Table>();
    const next = [...(children.get(find(schema, name)?.oid ?? -1) ?? [])];
    for (let table = next.shift(); table; table = next.shift()) {
      if (found.has(table)) continue;
      found.add(table);
      next.push(...(children.get(table.oid) ?? []));
    }
    return [...found];
  };
}

/**
 * The tables that hold the rows a publication sends: ordinary tables and leaf partitions. An UPDATE or DELETE
 * is judged by the replica identity of these, via the root or not (execReplication.c, CheckCmdReplicaIdentity).
 */
export function rowsHeldBy(inventory: Inventory, members: PublicationMembers): readonly Table[] {
  const published = new Set(namedTables(inventory, members));
  for (const table of partitionsUnder(inventory, published)) published.add(table);
  return [...published].filter((table) => !table.partitioned);
}

/**
 * The tables as a subscriber is told of them, which it must have under the same names: the root of a
 * partition tree where the publication goes via the root, otherwise its leaves.
 */
export function tablesSentTo(inventory: Inventory, members: PublicationMembers): readonly Table[] {
  const named = new Set(namedTables(inventory, members));
  if (!members.viaRoot) return rowsHeldBy(inventory, members);
  const below = new Set(partitionsUnder(inventory, named));
  return [...named].filter((table) => !below.has(table));
}

/** Named one by one, by schema, or by ALL TABLES; without the unlogged ones, which are never published. */
function namedTables(inventory: Inventory, members: PublicationMembers): readonly Table[] {
  const logged = inventory.tables.filter((table) => !table.unlogged);
  if (members.allTables) return leavingOut(inventory, logged, members.exceptTables ?? []);
  const schemas = new Set(members.schemas);
  const find = tablesByName(logged);
  const chosen = members.tables.flatMap(({ schema, name }) => find(schema, name) ?? []);
  return [...logged.filter((table) => schemas.has(table.schema)), ...chosen];
}

/** `tables` without those that are left out, and without their partitions. */
function leavingOut(
  inventory: Inventory,
  tables: readonly Table[],
  except: readonly { readonly schema: string; readonly name: string }[],
): readonly Table[] {
  if (except.length === 0) return tables;
  const find = tablesByName(inventory.tables);
  const out = new Set(except.flatMap(({ schema, name }) => find(schema, name) ?? []));
  for (const partition of partitionsUnder(inventory, out)) out.add(partition);
  return tables.filter((table) => !out.has(table));
}

/** Whether a publication FOR ALL TABLES leaves out just this table (19, untried); one above it isn't looked for. */
export function leavesOut(
  { exceptTables = [] }: Pick<PublicationMembers, 'exceptTables'>,
  { name, schema }: { readonly schema: string; readonly name: string },
): boolean {
  return exceptTables.some((table) => table.schema === schema && table.name === name);
}

/** Every partition at any depth below the given tables. */
function partitionsUnder(inventory: Inventory, roots: ReadonlySet<Table>): readonly Table[] {
  const byOid = new Map(inventory.tables.map((table) => [table.oid, table]));
  const isBelow = (table: Table): boolean => {
    for (let parent = parentOf(table); parent; parent = parentOf(parent)) {
      if (roots.has(parent)) return true;
    }
    return false;
  };
  const parentOf = (table: Table): Table | undefined =>
    table.partitionOf === undefined ? undefined : byOid.get(table.partitionOf);
  return inventory.tables.filter((table) => table.partitionOf !== undefined && isBelow(table));
}
