import type { PublicationDraft } from '../../protocol/publication.ts';

/** Anything that names a table. */
interface TableName {
  readonly schema: string;
  readonly name: string;
}

export type DraftTable = PublicationDraft['tables'][number];

/** One text for a table's two names, whatever characters they hold. */
export function tableKey(table: TableName): string {
  return JSON.stringify([table.schema, table.name]);
}

/** Whether tables and schemas are named: neither all tables are published nor all sequences. */
export function namesMembers({ allSequences, scope }: PublicationDraft): boolean {
  return scope === 'chosen' && allSequences !== true;
}

/** Leaves a table out of all tables; those that inherit from it with it, as PostgreSQL's default is. */
export function withException(draft: PublicationDraft, { name, schema }: TableName): PublicationDraft {
  return { ...draft, exceptTables: [...(draft.exceptTables ?? []), { schema, name }] };
}

/** Has all tables take in tables that were left out. */
export function withoutExceptions(draft: PublicationDraft, tables: readonly TableName[]): PublicationDraft {
  const back = new Set(tables.map(tableKey));
  const { exceptTables = [], ...others } = draft;
  const left = exceptTables.filter((table) => !back.has(tableKey(table)));
  return left.length === 0 ? others : { ...others, exceptTables: left };
}

/** Publishes all sequences, or does so no more. */
export function withSequences(draft: PublicationDraft, all: boolean): PublicationDraft {
  const { allSequences: _before, ...others } = draft;
  return all ? { ...others, allSequences: true } : others;
}

/** The chosen tables by their key. */
export function chosenTables(draft: PublicationDraft): ReadonlyMap<string, DraftTable> {
  return new Map(draft.tables.map((table) => [tableKey(table), table]));
}

/** Ticks the tables that aren't ticked yet, with all columns and all rows. */
export function withTables(draft: PublicationDraft, tables: readonly TableName[]): PublicationDraft {
  const chosen = chosenTables(draft);
  const added = tables
    .filter((table) => !chosen.has(tableKey(table)))
    .map(({ schema, name }) => ({ schema, name, columns: null, filter: null }));
  return { ...draft, tables: [...draft.tables, ...added] };
}

/** Unticks tables; their columns and filters go with them. */
export function withoutTables(draft: PublicationDraft, tables: readonly TableName[]): PublicationDraft {
  const gone = new Set(tables.map(tableKey));
  return { ...draft, tables: draft.tables.filter((table) => !gone.has(tableKey(table))) };
}

/** Sets the columns, the filter or the ONLY of a chosen table. */
export function withTable(
  draft: PublicationDraft,
  key: string,
  change: Partial<Pick<DraftTable, 'columns' | 'filter' | 'only'>>,
): PublicationDraft {
  return { ...draft, tables: draft.tables.map((table) => (tableKey(table) === key ? { ...table, ...change } : table)) };
}

/** Ticks or unticks a schema. */
export function toggledSchema(draft: PublicationDraft, schema: string): PublicationDraft {
  const schemas = draft.schemas.includes(schema)
    ? draft.schemas.filter((name) => name !== schema)
    : [...draft.schemas, schema];
  return { ...draft, schemas };
}

/** What of a chosen table is published, in words: "3 columns, filtered rows". */
export function partInWords(table: DraftTable): string {
  const { columns } = table;
  const columnWords =
    columns === null ? 'All columns' : `${columns.length} ${columns.length === 1 ? 'column' : 'columns'}`;
  return `${columnWords}, ${table.filter === null ? 'all rows' : 'filtered rows'}`;
}
