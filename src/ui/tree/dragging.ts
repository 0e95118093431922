import type { PublicationNode, PublishedTableNode, TableNode, TreeNode } from './node.ts';
import { sentenceList, tableName } from './words.ts';

/** A row that stands for a table and can be dragged onto a publication. */
export type DraggedTable = TableNode | PublishedTableNode;

/** The tables among the rows that are dragged, each once; none where anything else is dragged with them. */
export function draggedTables(rows: readonly TreeNode[]): readonly DraggedTable[] {
  const tables = rows.filter((row): row is DraggedTable => row.kind === 'table' || row.kind === 'publishedTable');
  if (tables.length < rows.length) return [];
  return [...new Map(tables.map((table) => [`${table.connectionId}/${table.oid}`, table])).values()];
}

/** Why dragged tables can't be added to a publication; null where they can. A publication knows its own database only. */
export function refusalOfDrop(
  onto: PublicationNode,
  tables: readonly DraggedTable[],
  serverName: (connectionId: string) => string,
): string | null {
  const foreign = tables.filter(({ connectionId }) => connectionId !== onto.connectionId);
  const [first] = foreign;
  if (!first) return null;
  const names = foreign.length > 3 ? `${foreign.length} tables` : sentenceList(foreign.map(tableName));
  const there = serverName(first.connectionId);
  return `${names} can’t be added to ${onto.name}: a publication publishes tables of its own database, ${serverName(onto.connectionId)}, and ${foreign.length === 1 ? 'it is' : 'they are'} of ${there}. To bring the data there, publish on ${there} and subscribe on ${serverName(onto.connectionId)}.`;
}
