import {
  type ChoosableTable,
  type PublicationDraft,
  type PublicationFormCapabilities,
  publicationFormCapabilities,
} from '../../protocol/publication.ts';
import type { Publication } from '../../replication/model/publication.ts';
import type { Inventory } from '../../replication/model/snapshot.ts';
import type { Table } from '../../replication/model/table.ts';
import { publicationDefaults } from '../../replication/operations/publication/publicationSql.ts';
import { tableLabel } from '../../replication/operations/words.ts';
import { publicationAsChoice } from '../../replication/script/publication.ts';

/** What a new publication starts with. */
export interface PublicationStart {
  readonly tables?: readonly { readonly schema: string; readonly name: string }[];
  readonly schemas?: readonly string[];
}

/** A publication of nothing yet, or of what was selected, with PostgreSQL's defaults for the rest. */
export function emptyPublication(start: PublicationStart): PublicationDraft {
  return {
    name: '',
    scope: 'chosen',
    schemas: [...(start.schemas ?? [])],
    tables: (start.tables ?? []).map(({ schema, name }) => ({ schema, name, columns: null, filter: null })),
    ...publicationDefaults,
    operations: { ...publicationDefaults.operations },
  };
}

/** A publication as the draft that is exactly it, every member by its own name. */
export function draftOf(publication: Publication, inventory: Inventory): PublicationDraft {
  const { exceptTables, operations, schemas, tables, ...choice } = publicationAsChoice(inventory, publication);
  return {
    ...choice,
    schemas: [...schemas],
    tables: tables.map(({ columns, ...table }) => ({ ...table, columns: columns === null ? null : [...columns] })),
    operations: { ...operations },
    ...(exceptTables ? { exceptTables: exceptTables.map((table) => ({ ...table })) } : {}),
  };
}

/** The tables of a server as the form lists them. */
export function choosableTables(inventory: Inventory): readonly ChoosableTable[] {
  const heirs = heirsOf(inventory.tables);
  return inventory.tables.map((table) => {
    const { oid, schema, name, partitioned, isPartition, unlogged, owner, ownedByMe, identityUsable } = table;
    const label = tableLabel(schema, name);
    const below = heirs(table);
    const shown = { oid, schema, name, label, partitioned, isPartition, unlogged, owner, ownedByMe, identityUsable };
    return below.length > 0 ? { ...shown, heirs: below.map((heir) => tableLabel(heir.schema, heir.name)) } : shown;
  });
}

/** What of a server decides what the form offers. */
export function formCapabilities(inventory: Inventory): PublicationFormCapabilities {
  const { capabilities } = inventory.server;
  return Object.fromEntries(
    publicationFormCapabilities.map((name) => [name, capabilities[name]]),
  ) as PublicationFormCapabilities;
}

/** Gives the tables that inherit from one, at any depth, each once. */
function heirsOf(tables: readonly Table[]): (of: Table) => readonly Table[] {
  const children = new Map<number, Table[]>();
  for (const table of tables) {
    for (const parent of table.inheritsFrom ?? []) {
      const siblings = children.get(parent);
      if (siblings) siblings.push(table);
      else children.set(parent, [table]);
    }
  }
  return (of) => {
    if (!children.has(of.oid)) return [];
    const found = new Set<Table>();
    const wanted = [...(children.get(of.oid) ?? [])];
    for (let next = wanted.pop(); next; next = wanted.pop()) {
      if (found.has(next)) continue;
      found.add(next);
      wanted.push(...(children.get(next.oid) ?? []));
    }
    return [...found];
  };
}
