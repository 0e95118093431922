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
