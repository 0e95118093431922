import { bytesText } from '../../../replication/model/quantity.ts';
import type { Table } from '../../../replication/model/table.ts';
import { goneRow, type Kind, writable } from '../kind.ts';
import { tooltip } from '../markdown.ts';
import type { InventoryIndex } from '../model.ts';
import { childId, type GroupNode, type SchemaNode, type TableNode } from '../node.ts';
import { contextValue, spoken } from '../row.ts';
import { publishedWords, sendingsOf, sendingWords } from '../sending.ts';
import { joined, tableName } from '../words.ts';

/** The node of a table below Tables or below one of its schemas. */
export function tableNode(parent: GroupNode | SchemaNode, table: Table): TableNode {
  const { oid, schema, name } = table;
  const id = childId(parent.id, 'table', String(oid));
  return { kind: 'table', id, connectionId: parent.connectionId, oid, schema, name };
}

/** The replica identity in words. */
export function identityWords(table: Table): string {
  switch (table.replicaIdentity) {
    case 'default':
      return table.identityUsable ? 'primary key' : 'none (no primary key)';
    case 'index':
      return table.identityUsable ? 'a unique index' : 'a unique index that is gone';
    case 'full':
      return 'full';
    case 'nothing':
      return 'nothing';
  }
}

/** What stands in a row where UPDATE and DELETE of a published table would fail. */
export const noIdentity = '⚠ no replica identity';

/** A table of the connection's database, published or not. */
export const tableKind: Kind<TableNode> = {
  row(node, model) {
    const index = model.index(node.connectionId);
    const table = index?.tables.get(node.oid);
    const label = tableName(node);
    if (!index || !table) return goneRow('table', label);
    const publications = sendingsOf(table, index).map(({ publication }) => publication);
    const broken = needsIdentity(table, publications, index);
    const description = joined([
      table.unlogged ? 'unlogged, cannot be published' : publishedWords(table, index),
      !table.unlogged && (broken ? noIdentity : `identity: ${identityWords(table)}`),
      table.partitioned ? 'partitioned' : bytesText(table.sizeBytes),
    ]);
    return {
      label,
      description,
      icon: broken ? { id: 'warning', color: 'list.warningForeground' } : { id: 'table' },
      contextValue: contextValue('table', {
        published: publications.length > 0,
        unpublished: publications.length === 0,
        publishable: !table.unlogged,
        writable: writable(node.connectionId, model),
      }),
      accessibleLabel: spoken(label, 'table', description),
      children: 'none',
      hasTooltip: true,
    };
  },

  tooltip(node, model) {
    const index = model.index(node.connectionId);
    const table = index?.tables.get(node.oid);
    if (!index || !table) return tooltip(tableName(node), []);
    return tooltip(tableName(node), [
      ['Published in', sendingsOf(table, index).map(sendingWords).join('; ') || 'no publication'],
      ['Replica identity', identityWords(table)],
      ['Owner', table.owner],
      ['Size, estimated', bytesText(table.sizeBytes)],
      ['Rows, estimated', table.rowEstimate === null ? 'not analysed yet' : table.rowEstimate.toLocaleString('en-US')],
      ['', table.isPartition ? 'A partition of another table.' : null],
      ['', table.partitioned ? 'Partitioned: its rows are in its partitions.' : null],
    ]);
  },
};

/** Whether a publication sends this table's updates or deletes, which then fail for want of an identity. */
function needsIdentity(table: Table, publications: readonly string[], index: InventoryIndex): boolean {
  if (table.identityUsable || table.partitioned) return false;
  return publications.some((name) => {
    const operations = index.publications.get(name)?.operations;
    return operations?.update === true || operations?.delete === true;
  });
}
