import type { Publication } from '../../model/publication.ts';
import type { Inventory } from '../../model/snapshot.ts';
import type { ReplicaIdentity, Table, TableDetails } from '../../model/table.ts';
import { offers } from '../offers.ts';
import { leavesOut } from '../publication/publishedTables.ts';
import { listInWords, tableLabel } from '../words.ts';

/**
 * What UPDATE and DELETE on a published table would fail by once it has an identity, in words; null where nothing is
 * known to. `details` tell the columns; without them only the loss of every identity is seen. Row filters are not
 * looked into: where there is one, it says what it may use.
 */
export function identityConsequence(
  inventory: Inventory,
  table: Table,
  wanted: { readonly identity: ReplicaIdentity; readonly index: string | null },
  details: TableDetails | undefined,
): string | null {
  const object = tableLabel(table.schema, table.name);
  const publications = inventory.publications.filter(
    (publication) => sends(publication, table) && (publication.operations.update || publication.operations.delete),
  );
  if (publications.length === 0) return null;
  const columns = identityColumns(wanted, details);
  if (columns === 'none') {
    const why = wanted.identity === 'default' ? ' and has no primary key' : '';
    return `${object} is published${why}: UPDATE and DELETE on it fail from then on where they are published.`;
  }
  if (columns === null) return null;
  for (const publication of publications) {
    const member = publication.tables.find(({ oid }) => oid === table.oid);
    const listed = member?.columns ?? null;
    if (listed !== null && wanted.identity === 'full') {
      return `UPDATE and DELETE on ${object} fail from then on: the publication ${publication.name} has a column list for it, which an identity of all columns doesn’t allow.`;
    }
    const missing = listed === null ? [] : columns.filter((column) => !listed.includes(column));
    if (missing.length > 0) {
      return `UPDATE and DELETE on ${object} fail from then on: the column list of the publication ${publication.name} leaves out ${listInWords(missing)}.`;
    }
  }
  return (
    generatedConsequence(inventory, object, wanted.identity, publications, details) ??
    filterConsequence(object, table, wanted.identity, publications, columns)
  );
}

/** Which columns a filter uses only the server knows, and it says so not before the first UPDATE. */
function filterConsequence(
  object: string,
  table: Table,
  identity: ReplicaIdentity,
  publications: readonly Publication[],
  columns: readonly string[],
): string | null {
  if (identity === 'full') return null;
  const filtered = publications.filter(({ tables }) => tables.some(({ oid, filter }) => oid === table.oid && filter));
  if (filtered.length === 0) return null;
  return `UPDATE and DELETE on ${object} fail from then on if the row filter of ${listInWords(filtered.map(({ name }) => name))} uses any column but ${listInWords(columns)}.`;
}

/** Since 18 an identity of all columns fails with a stored generated column that isn't published (before, it worked). */
function generatedConsequence(
  inventory: Inventory,
  object: string,
  identity: ReplicaIdentity,
  publications: readonly Publication[],
  details: TableDetails | undefined,
): string | null {
  const generated = details?.columns.find((column) => column.generated !== null);
  const unsent = publications.find(({ generatedColumns }) => generatedColumns === 'none');
  if (identity !== 'full' || !generated || !unsent || !offers(inventory, 'publication.generatedColumns')) return null;
  return `UPDATE and DELETE on ${object} fail from then on: all its columns identify a row, and the publication ${unsent.name} doesn’t send the generated column ${generated.name}.`;
}

/** The columns that then identify a row; 'none' where nothing does, null where nobody knows. */
function identityColumns(
  { identity, index }: { readonly identity: ReplicaIdentity; readonly index: string | null },
  details: TableDetails | undefined,
): readonly string[] | 'none' | null {
  if (identity === 'nothing') return 'none';
  if (!details) return null;
  if (identity === 'full') return details.columns.map(({ name }) => name);
  const serving = details.uniqueIndexes.find(({ name, primary }) =>
    identity === 'default' ? primary : name === index,
  );
  return serving && serving.unfit === null ? serving.columns : 'none';
}

/** Directly, by its schema, or by ALL TABLES; a publication of a table above it isn't looked for. */
function sends(publication: Publication, table: Table): boolean {
  return (
    (publication.allTables && !leavesOut(publication, table)) ||
    publication.schemas.includes(table.schema) ||
    publication.tables.some(({ oid }) => oid === table.oid)
  );
}

/** What has to be known of an identity whatever is published. */
export function identityRemarks(identity: ReplicaIdentity, tables: readonly Table[]): readonly string[] {
  return [
    ...(identity === 'full'
      ? [
          'With FULL the old row is written to the WAL as a whole, and a subscriber without a fitting index looks for it through the whole table.',
        ]
      : []),
    // ALTER TABLE doesn't hand a replica identity down, and it is the partitions' own that counts.
    ...tables
      .filter(({ partitioned }) => partitioned)
      .map(
        ({ name, schema }) =>
          `The partitions of ${tableLabel(schema, name)} keep their own replica identity, and theirs is the one that counts.`,
      ),
  ];
}
