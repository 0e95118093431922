import type { Publication } from '../../replication/model/publication.ts';
import type { Table } from '../../replication/model/table.ts';
import { byText, type InventoryIndex, isExcepted } from './model.ts';
import { count, tableName } from './words.ts';

/** How a publication sends what is written to a table. */
export interface Sending {
  readonly publication: string;
  /**
   * `itself`: under its own name. `partitions`: it is partitioned, and each of its partitions is sent under its own.
   * `partition`: it is a partition, sent under its own name because `of` is published. `root`: it is a partition, sent
   * as if it were written to `of` (publish_via_partition_root).
   */
  readonly way: 'itself' | 'partitions' | 'partition' | 'root';
  /** The published table that it is a partition of, by whatever level; null for the others. */
  readonly of: Table | null;
}

/** The publications that send what is written to a table, by name, each with how. Unlogged tables are never sent. */
export function sendingsOf(table: Table, index: InventoryIndex): readonly Sending[] {
  if (table.unlogged) return [];
  return index.inventory.publications
    .flatMap((publication) => sendingBy(publication, table, index) ?? [])
    .toSorted((a, b) => byText(a.publication, b.publication));
}

/** How one publication sends what is written to a table; null where it doesn't. */
export function sendingBy(publication: Publication, table: Table, index: InventoryIndex): Sending | null {
  const { name, viaRoot } = publication;
  const published = ancestorsOf(table, index).filter((one) => has(publication, one, index));
  const own = has(publication, table, index);
  if (!own && published.length === 0) return null;
  if (viaRoot) {
    const root = published.at(-1);
    return root ? { publication: name, way: 'root', of: root } : { publication: name, way: 'itself', of: null };
  }
  if (table.partitioned) return { publication: name, way: 'partitions', of: null };
  return own
    ? { publication: name, way: 'itself', of: null }
    : { publication: name, way: 'partition', of: published[0] ?? null };
}

/** How a table is published, for its row: "in orders_pub", "in events_pub, through its partitions", "not published". */
export function publishedWords(table: Table, index: InventoryIndex): string {
  const sendings = sendingsOf(table, index);
  const [only] = sendings;
  if (!only) return sentInPart(table, index) ?? 'not published';
  return sendings.length === 1 ? `in ${sendingWords(only)}` : `in ${count(sendings.length, 'publication')}`;
}

/** "events_pub, as public.events": a publication, with how it sends the table where that isn't simply by itself. */
export function sendingWords({ of, publication, way }: Sending): string {
  switch (way) {
    case 'itself':
      return publication;
    case 'partitions':
      return `${publication}, through its partitions`;
    case 'partition':
      return of ? `${publication}, through ${tableName(of)}` : publication;
    case 'root':
      return of ? `${publication}, as ${tableName(of)}` : publication;
  }
}

/** "2 of 3 partitions published", of a partitioned table that is in no publication itself; null where none is. */
function sentInPart(table: Table, index: InventoryIndex): string | null {
  const leaves = leavesOf(table, index);
  const sent = leaves.filter((leaf) => sendingsOf(leaf, index).length > 0);
  return sent.length === 0 ? null : `${sent.length} of ${count(leaves.length, 'partition')} published`;
}

/** The tables without partitions of their own that hold a partitioned table's rows, at whatever level. */
export function leavesOf(table: Table, index: InventoryIndex): readonly Table[] {
  return (index.partitions.get(table.oid) ?? []).flatMap((one) => (one.partitioned ? leavesOf(one, index) : [one]));
}

/** Whether a publication names a table, its schema, or all tables. */
function has(publication: Publication, table: Table, index: InventoryIndex): boolean {
  if (publication.allTables) return !isExcepted(table, publication, index);
  return index.namedIn.get(table.oid)?.has(publication.name) === true || publication.schemas.includes(table.schema);
}

/** The tables it is a partition of, the nearest first. */
function ancestorsOf(table: Table, index: InventoryIndex): readonly Table[] {
  const parent = table.partitionOf === undefined ? undefined : index.tables.get(table.partitionOf);
  return parent ? [parent, ...ancestorsOf(parent, index)] : [];
}
