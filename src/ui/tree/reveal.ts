import type * as vscode from 'vscode';

import type { ReplicationService } from '../../replication/service.ts';
import type { RevealTarget } from '../services.ts';
import type { LiveModel } from './liveModel.ts';
import { byText } from './model.ts';
import { childId, connectionNode, type GroupName, groupNode, type TreeNode } from './node.ts';
import { sortedSlots } from './nodes/group.ts';
import type { ServersTree } from './provider.ts';
import type { RefreshPolicy } from './refreshPolicy.ts';

/** What revealing needs. */
export interface RevealParts {
  readonly service: ReplicationService;
  readonly model: LiveModel;
  readonly tree: ServersTree;
  readonly refresh: RefreshPolicy;
  readonly view: vscode.TreeView<TreeNode>;
}

const groupOf = { publication: 'publications', subscription: 'subscriptions', slot: 'slots' } as const satisfies Record<
  string,
  GroupName
>;

/**
 * Shows an object in the tree and selects it. Where the snapshot doesn't have it yet the server is read once
 * more; where it isn't there then either, its group is shown. Rejects where the server can't be reached.
 */
export async function revealTarget(parts: RevealParts, target: RevealTarget): Promise<void> {
  const { service, refresh, tree } = parts;
  const { connectionId } = target;
  if (target.kind === 'connection') {
    refresh.flush();
    await select(parts, tree.known(connectionNode(connectionId)));
    return;
  }
  await service.open(connectionId);
  const group = groupNode(connectionId, groupOf[target.kind]);
  let position = positionOf(parts, target);
  if (position === -1) {
    await service.refresh(connectionId);
    position = positionOf(parts, target);
  }
  parts.model.showAtLeast(group.id, position + 1);
  // What VS Code holds may be older than the snapshot: it finds only what it was told of.
  refresh.connection(connectionId, 'reveal');
  refresh.flush();
  const found: TreeNode =
    position === -1
      ? group
      : { kind: target.kind, id: childId(group.id, target.kind, target.name), connectionId, name: target.name };
  await select(parts, tree.known(found));
}

async function select({ view }: RevealParts, node: TreeNode): Promise<void> {
  await view.reveal(node, { select: true, focus: true, expand: node.kind !== 'slot' });
}

/** Where the object is in its group; -1 where the snapshot doesn't have it. */
function positionOf({ model }: RevealParts, target: Exclude<RevealTarget, { kind: 'connection' }>): number {
  const { connectionId, name } = target;
  const index = model.index(connectionId);
  switch (target.kind) {
    case 'slot':
      return sortedSlots(connectionId, model).findIndex((slot) => slot.name === name);
    case 'publication':
      return [...(index?.publications.keys() ?? [])].sort(byText).indexOf(name);
    case 'subscription':
      return [...(index?.subscriptions.keys() ?? [])].sort(byText).indexOf(name);
  }
}
