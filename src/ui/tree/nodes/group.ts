import type { Slot } from '../../../replication/model/slot.ts';
import { type Kind, paged, readOnly, writable } from '../kind.ts';
import { byText, type InventoryIndex, type TreeModel } from '../model.ts';
import { childId, type GroupName, type GroupNode, type TreeNode } from '../node.ts';
import { contextValue, type RowIcon } from '../row.ts';
import { tableNode } from './table.ts';

const names: Readonly<Record<GroupName, { readonly title: string; readonly icon: RowIcon }>> = {
  publications: { title: 'Publications', icon: { id: 'broadcast' } },
  subscriptions: { title: 'Subscriptions', icon: { id: 'inbox' } },
  slots: { title: 'Replication Slots', icon: { id: 'plug' } },
  tables: { title: 'Tables', icon: { id: 'list-tree' } },
};

/** Publications, Subscriptions, Replication Slots, Tables: each with its count. */
export const groupKind: Kind<GroupNode> = {
  row(node, model) {
    const { title, icon } = names[node.group];
    const size = groupSize(node, model);
    const stale = model.stale(node.connectionId);
    return {
      label: title,
      description: stale ? `(${size.toLocaleString('en-US')} when last seen)` : `(${size.toLocaleString('en-US')})`,
      icon,
      contextValue: contextValue(node.group, {
        writable: writable(node.connectionId, model),
        readOnly: readOnly(node.connectionId, model),
      }),
      accessibleLabel: stale ? `${title}, ${size} when last seen` : `${title}, ${size}`,
      children: 'collapsed',
      dimmed: stale,
    };
  },

  children(node, model) {
    const index = model.index(node.connectionId);
    if (!index) return [];
    const nodes = members(node, index, model);
    if (nodes.length > 0) return nodes;
    return [{ kind: 'empty', id: childId(node.id, 'empty', ''), connectionId: node.connectionId, of: node.group }];
  },
};

function groupSize(node: GroupNode, model: TreeModel): number {
  const snapshot = model.snapshot(node.connectionId);
  if (!snapshot) return 0;
  return node.group === 'slots' ? snapshot.pulse.slots.length : snapshot.inventory[node.group].length;
}

function members(node: GroupNode, index: InventoryIndex, model: TreeModel): readonly TreeNode[] {
  const { connectionId, id } = node;
  switch (node.group) {
    case 'publications':
      return paged(node, [...index.publications.keys()].sort(byText), model, (name) => ({
        kind: 'publication',
        id: childId(id, 'publication', name),
        connectionId,
        name,
      }));
    case 'subscriptions':
      return paged(node, [...index.subscriptions.keys()].sort(byText), model, (name) => ({
        kind: 'subscription',
        id: childId(id, 'subscription', name),
        connectionId,
        name,
      }));
    case 'slots':
      return paged(node, sortedSlots(connectionId, model), model, ({ name }) => ({
        kind: 'slot',
        id: childId(id, 'slot', name),
        connectionId,
        name,
      }));
    case 'tables':
      return tablesOrSchemas(node, index, model);
  }
}

/** Slots of the connection's database, then physical ones, then those of the server's other databases. */
export function sortedSlots(connectionId: string, model: TreeModel): readonly Slot[] {
  const snapshot = model.snapshot(connectionId);
  if (!snapshot) return [];
  const { database } = snapshot.inventory.server;
  const rank = (slot: Slot): number => {
    if (slot.database === database) return 0;
    return slot.database === null ? 1 : 2;
  };
  return [...snapshot.pulse.slots].sort(
    (a, b) => rank(a) - rank(b) || byText(a.database ?? '', b.database ?? '') || byText(a.name, b.name),
  );
}

function tablesOrSchemas(node: GroupNode, index: InventoryIndex, model: TreeModel): readonly TreeNode[] {
  const { connectionId, id } = node;
  const schemas = [...index.tablesBySchema.keys()];
  const [only] = schemas;
  if (schemas.length === 1 && only !== undefined) {
    return paged(node, index.tablesBySchema.get(only) ?? [], model, (table) => tableNode(node, table));
  }
  return paged(node, schemas, model, (schema) => ({
    kind: 'schema',
    id: childId(id, 'schema', schema),
    connectionId,
    schema,
  }));
}
