import type { Publication } from '../../model/publication.ts';
import type { ColumnDefinition } from '../../model/reads.ts';
import type { Inventory } from '../../model/snapshot.ts';
import type { Table } from '../../model/table.ts';
import { tablesSentTo } from './publishedTables.ts';

type Column = Pick<ColumnDefinition, 'name' | 'generated'>;

/**
 * Gives the names of the columns that publications of `publisher` send of a table, together: those of its column list,
 * otherwise all but the generated ones (of which 18 sends the stored ones where publish_generated_columns says so).
 * Of a partition that is sent itself its own list counts, not that of what it is a partition of. Empty for a table
 * that none of them sends.
 */
export function sentColumnsOf(
  publisher: Inventory,
  publications: readonly Publication[],
): (table: Pick<Table, 'oid'>, columns: readonly Column[]) => ReadonlySet<string> {
  const senders = publications.map((publication) => ({
    lists: new Map(publication.tables.map(({ oid, columns }) => [oid, columns])),
    stored: publication.generatedColumns === 'stored',
    sends: new Set(tablesSentTo(publisher, publication).map(({ oid }) => oid)),
  }));
  return ({ oid }, columns) =>
    new Set(
      senders
        .filter(({ sends }) => sends.has(oid))
        .flatMap(({ lists, stored }) => {
          const list = lists.get(oid) ?? null;
          if (list !== null) return list;
          return columns
            .filter(({ generated }) => generated === null || (stored && generated === 'stored'))
            .map(({ name }) => name);
        }),
    );
}
