import type { Inventory } from '../model/snapshot.ts';
import type { Table } from '../model/table.ts';

/** What a publication, there or only chosen, is made of as far as its tables go. */
export interface PublicationMembers {
  readonly allTables: boolean;
  readonly schemas: readonly string[];
  readonly tables: readonly { readonly schema: string; readonly name: string }[];
  readonly viaRoot: boolean;
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
  if (members.allTables) return logged;
  const schemas = new Set(members.schemas);
  const find = tablesByName(logged);
  const chosen = members.tables.flatMap(({ schema, name }) => find(schema, name) ?? []);
  return [...logged.filter((table) => schemas.has(table.schema)), ...chosen];
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
