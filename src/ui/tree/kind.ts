import type { TreeModel } from './model.ts';
import type { MoreNode, TreeNode } from './node.ts';
import type { Row } from './row.ts';

/** How one kind of node is drawn. Pure: from the model, which never asks a server. */
export interface Kind<Node extends TreeNode> {
  row(node: Node, model: TreeModel): Row;
  /** Absent for leaves. */
  readonly children?: (node: Node, model: TreeModel) => readonly TreeNode[];
  /** Markdown, escaped; asked for on hover only. */
  readonly tooltip?: (node: Node, model: TreeModel) => string;
}

/** The first children of a long list, and "Load more…" where there are others. */
export function paged<Item>(
  parent: { readonly id: string; readonly connectionId: string },
  items: readonly Item[],
  model: TreeModel,
  toNode: (item: Item) => TreeNode,
): readonly TreeNode[] {
  const limit = model.limit(parent.id);
  if (items.length <= limit) return items.map(toNode);
  const more: MoreNode = {
    kind: 'more',
    id: `${parent.id}/more`,
    connectionId: parent.connectionId,
    of: parent.id,
    remaining: items.length - limit,
  };
  return [...items.slice(0, limit).map(toNode), more];
}

/** The row of something that was there a moment ago; the next refresh takes it away. */
export function goneRow(noun: string, label: string): Row {
  return {
    label,
    description: 'no longer there',
    contextValue: `${noun}.gone`,
    accessibleLabel: `${label}, no longer there`,
    children: 'none',
    dimmed: true,
  };
}

/** Whether the connection is marked read-only: its menus then offer to take the mark off. */
export function readOnly(connectionId: string, model: TreeModel): boolean {
  return model.connection(connectionId)?.readOnly === true;
}

/** Whether changes may be offered: the connection isn't marked read-only. */
export function writable(connectionId: string, model: TreeModel): boolean {
  return model.connection(connectionId)?.readOnly === false;
}
