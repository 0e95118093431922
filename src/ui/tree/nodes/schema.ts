import { type Kind, paged, writable } from '../kind.ts';
import type { SchemaNode } from '../node.ts';
import { contextValue } from '../row.ts';
import { count } from '../words.ts';
import { tableNode } from './table.ts';

/** A schema under Tables, where there is more than one. */
export const schemaKind: Kind<SchemaNode> = {
  row(node, model) {
    const size = model.index(node.connectionId)?.tablesBySchema.get(node.schema)?.length ?? 0;
    return {
      label: node.schema,
      description: count(size, 'table'),
      icon: { id: 'symbol-namespace' },
      contextValue: contextValue('schema', { writable: writable(node.connectionId, model) }),
      accessibleLabel: `${node.schema}, schema, ${count(size, 'table')}`,
      children: 'collapsed',
    };
  },
  children(node, model) {
    const tables = model.index(node.connectionId)?.tablesBySchema.get(node.schema) ?? [];
    return paged(node, tables, model, (table) => tableNode(node, table));
  },
};
