import type { Kind } from './kind.ts';
import type { TreeModel } from './model.ts';
import { folderNode, type NodeKind, type NodeOf, type TreeNode } from './node.ts';
import { connectionKind, rootNodes } from './nodes/connection.ts';
import { folderKind } from './nodes/folder.ts';
import { groupKind } from './nodes/group.ts';
import { emptyKind, hiddenKind, moreKind, retryKind } from './nodes/messages.ts';
import { publicationKind } from './nodes/publication.ts';
import { publishedSchemaKind } from './nodes/publishedSchema.ts';
import { publishedTableKind } from './nodes/publishedTable.ts';
import { schemaKind } from './nodes/schema.ts';
import { slotKind } from './nodes/slot.ts';
import { subscribedTableKind } from './nodes/subscribedTable.ts';
import { subscriptionKind } from './nodes/subscription.ts';
import { tableKind } from './nodes/table.ts';
import type { Row } from './row.ts';

const kinds: { readonly [K in NodeKind]: Kind<NodeOf<K>> } = {
  folder: folderKind,
  connection: connectionKind,
  group: groupKind,
  publication: publicationKind,
  publishedSchema: publishedSchemaKind,
  publishedTable: publishedTableKind,
  subscription: subscriptionKind,
  subscribedTable: subscribedTableKind,
  slot: slotKind,
  schema: schemaKind,
  table: tableKind,
  retry: retryKind,
  empty: emptyKind,
  hidden: hiddenKind,
  more: moreKind,
};

/** The kind of a node; the table above pairs each with its own type, which a lookup can't express. */
function kindOf(node: TreeNode): Kind<TreeNode> {
  return kinds[node.kind] as unknown as Kind<TreeNode>;
}

/** What is drawn for a node now. */
export function rowOf(node: TreeNode, model: TreeModel): Row {
  return kindOf(node).row(node, model);
}

/** The children of a node, or the top of the tree, from what is known now. */
export function childrenOf(node: TreeNode | undefined, model: TreeModel): readonly TreeNode[] {
  if (!node) return rootNodes(model, folderNode);
  return kindOf(node).children?.(node, model) ?? [];
}

/** The Markdown shown on hover; null where there is nothing more to say. */
export function tooltipOf(node: TreeNode, model: TreeModel): string | null {
  return kindOf(node).tooltip?.(node, model) ?? null;
}
