/**
 * What a row of the Servers tree stands for. A node is an identity, never a value: its row is drawn from the
 * present snapshot, so that a node that VS Code keeps can be redrawn at any time. `id` is the path in the tree
 * (for VS Code), `connectionId` the key of everything that is remembered about a server.
 */
export type TreeNode =
  | FolderNode
  | ConnectionNode
  | GroupNode
  | PublicationNode
  | PublishedSchemaNode
  | PublishedTableNode
  | SubscriptionNode
  | SubscribedTableNode
  | SlotNode
  | SchemaNode
  | TableNode
  | RetryNode
  | EmptyNode
  | HiddenNode
  | MoreNode;

export type NodeKind = TreeNode['kind'];
export type NodeOf<K extends NodeKind> = Extract<TreeNode, { kind: K }>;

interface Identity {
  /** Unique in the tree and the same after every refresh. */
  readonly id: string;
}

interface OnServer extends Identity {
  readonly connectionId: string;
}

export interface FolderNode extends Identity {
  readonly kind: 'folder';
  readonly name: string;
}

export interface ConnectionNode extends OnServer {
  readonly kind: 'connection';
}

export const groupNames = ['publications', 'subscriptions', 'slots', 'tables'] as const;
export type GroupName = (typeof groupNames)[number];

export interface GroupNode extends OnServer {
  readonly kind: 'group';
  readonly group: GroupName;
}

export interface PublicationNode extends OnServer {
  readonly kind: 'publication';
  readonly name: string;
}

/** A schema that is published as a whole. */
export interface PublishedSchemaNode extends OnServer {
  readonly kind: 'publishedSchema';
  readonly publication: string;
  readonly schema: string;
}

export interface PublishedTableNode extends OnServer {
  readonly kind: 'publishedTable';
  readonly publication: string;
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
}

export interface SubscriptionNode extends OnServer {
  readonly kind: 'subscription';
  readonly name: string;
}

export interface SubscribedTableNode extends OnServer {
  readonly kind: 'subscribedTable';
  readonly subscription: string;
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
}

export interface SlotNode extends OnServer {
  readonly kind: 'slot';
  readonly name: string;
}

/** A schema under Tables. */
export interface SchemaNode extends OnServer {
  readonly kind: 'schema';
  readonly schema: string;
}

export interface TableNode extends OnServer {
  readonly kind: 'table';
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
}

/** The one row below a connection that failed. */
export interface RetryNode extends OnServer {
  readonly kind: 'retry';
}

/** The one row of an empty group. */
export interface EmptyNode extends OnServer {
  readonly kind: 'empty';
  readonly of: GroupName | 'publication' | 'subscription';
}

/** What the role may not read; `index` counts in Inventory.hidden. */
export interface HiddenNode extends OnServer {
  readonly kind: 'hidden';
  readonly index: number;
}

/** "Load more…" at the end of a long list, whose parent has the id `of`. */
export interface MoreNode extends OnServer {
  readonly kind: 'more';
  readonly of: string;
  readonly remaining: number;
}

/** The id of a child: the path of its parent, its kind and its own name, with `/` in names escaped. */
export function childId(parentId: string, kind: NodeKind, name: string): string {
  return `${parentId}/${kind}:${encodeURIComponent(name)}`;
}

/** The node of a connection; its id doesn't depend on its folder, so that moving it keeps it open. */
export function connectionNode(connectionId: string): ConnectionNode {
  return { kind: 'connection', id: `connection:${connectionId}`, connectionId };
}

/** The node of a folder of connections. */
export function folderNode(name: string): FolderNode {
  return { kind: 'folder', id: `folder:${encodeURIComponent(name)}`, name };
}

/** The node of one of the four groups below a connection. */
export function groupNode(connectionId: string, group: GroupName): GroupNode {
  return { kind: 'group', id: childId(connectionNode(connectionId).id, 'group', group), connectionId, group };
}
