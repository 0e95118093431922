import type { PublishedTable } from '../../../replication/model/publication.ts';
import type { Table } from '../../../replication/model/table.ts';
import { listInWords } from '../../../replication/operations/words.ts';
import { type Kind, writable } from '../kind.ts';
import { tooltip } from '../markdown.ts';
import type { TreeModel } from '../model.ts';
import type { PublishedTableNode } from '../node.ts';
import { contextValue, type Row, spoken } from '../row.ts';
import { leavesOf } from '../sending.ts';
import { count, joined, sentenceList, tableName } from '../words.ts';
import { identityWords, noIdentity } from './table.ts';

/** A table in a publication. */
export const publishedTableKind: Kind<PublishedTableNode> = {
  row(node, model): Row {
    const { table, leaves, member, missesIdentity, viaRoot } = look(node, model);
    const label = tableName(node);
    const description = joined([
      member && columnWords(member),
      (member?.filter ?? null) !== null && 'filtered',
      table?.partitioned &&
        (viaRoot
          ? `with ${count(leaves.length, 'partition')}, sent as this table`
          : `sent as its ${count(leaves.length, 'partition')}`),
      missesIdentity && (table?.partitioned ? '⚠ partitions without replica identity' : noIdentity),
      table && !missesIdentity && `identity: ${identityWords(table)}`,
    ]);
    return {
      label,
      description,
      icon: missesIdentity ? { id: 'warning', color: 'list.warningForeground' } : { id: 'table' },
      contextValue: contextValue('publishedTable', {
        known: table !== undefined,
        named: member !== undefined,
        writable: writable(node.connectionId, model),
      }),
      accessibleLabel: spoken(label, 'published table', description),
      children: 'none',
      hasTooltip: true,
    };
  },

  tooltip(node, model) {
    const { table, leaves, member, missesIdentity } = look(node, model);
    return tooltip(tableName(node), [
      ['Publication', node.publication],
      ['Columns', member?.columns ? sentenceList(member.columns) : 'all'],
      ['Row filter', member?.filter ?? null],
      ['Replica identity', table ? identityWords(table) : null],
      ['', missesIdentity ? withoutIdentity(leaves) : null],
    ]);
  },
};

function withoutIdentity(leaves: readonly Table[]): string {
  if (leaves.length === 0) return 'UPDATE and DELETE on this table fail until it has a replica identity.';
  const missing = leaves.filter(({ identityUsable }) => !identityUsable).map(tableName);
  return `UPDATE and DELETE fail in partitions until they have a replica identity: ${listInWords(missing)}.`;
}

interface Look {
  readonly table: Table | undefined;
  /** Undefined where the table comes by its schema or by ALL TABLES. */
  readonly member: PublishedTable | undefined;
  /** Of a partitioned table: of one of its partitions. */
  readonly missesIdentity: boolean;
  /** Where the rows of a partitioned table are; empty for any other. */
  readonly leaves: readonly Table[];
  readonly viaRoot: boolean;
}

function look(node: PublishedTableNode, model: TreeModel): Look {
  const index = model.index(node.connectionId);
  const publication = index?.publications.get(node.publication);
  const table = index?.tables.get(node.oid);
  const member = index?.namedIn.get(node.oid)?.get(node.publication);
  const needsIdentity = publication?.operations.update === true || publication?.operations.delete === true;
  const leaves = index && table ? leavesOf(table, index) : [];
  const holders = table && !table.partitioned ? [table] : leaves;
  const missesIdentity = needsIdentity && holders.some(({ identityUsable }) => !identityUsable);
  return { table, member, leaves, missesIdentity, viaRoot: publication?.viaRoot === true };
}

function columnWords({ columns, columnCount }: PublishedTable): string | null {
  if (columns === null) return null;
  return columnCount === null ? `${columns.length} columns` : `${columns.length} of ${columnCount} columns`;
}
