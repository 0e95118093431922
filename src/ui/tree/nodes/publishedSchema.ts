import type { Table } from '../../../replication/model/table.ts';
import { type Kind, paged, writable } from '../kind.ts';
import { sentByAllTables, type TreeModel } from '../model.ts';
import { childId, type PublishedSchemaNode, type PublishedTableNode } from '../node.ts';
import { contextValue } from '../row.ts';
import { count } from '../words.ts';

/** A schema in a publication: all its tables, also those to come. */
export const publishedSchemaKind: Kind<PublishedSchemaNode> = {
  row(node, model) {
    const size = tablesOf(node, model).length;
    const description = `all tables in the schema (${size.toLocaleString('en-US')})`;
    return {
      label: node.schema,
      description,
      icon: { id: 'symbol-namespace' },
      contextValue: contextValue('publishedSchema', { writable: writable(node.connectionId, model) }),
      accessibleLabel: `${node.schema}, schema, published as a whole, ${count(size, 'table')}`,
      children: 'collapsed',
    };
  },
  children(node, model) {
    const tables = tablesOf(node, model);
    return paged(node, tables, model, ({ oid, schema, name }): PublishedTableNode => ({
      kind: 'publishedTable',
      id: childId(node.id, 'publishedTable', String(oid)),
      connectionId: node.connectionId,
      publication: node.publication,
      oid,
      schema,
      name,
    }));
  },
};

function tablesOf(node: PublishedSchemaNode, model: TreeModel): readonly Table[] {
  const index = model.index(node.connectionId);
  const publication = index?.publications.get(node.publication);
  if (!index || !publication) return [];
  return index.tablesBySchema.get(node.schema)?.filter((table) => sentByAllTables(table, publication)) ?? [];
}
