import * as vscode from 'vscode';

import type { ReplicationService } from '../../replication/service.ts';
import { childrenOf, rowOf, tooltipOf } from './kinds.ts';
import type { TreeModel } from './model.ts';
import { connectionNode, folderNode, groupNode, type TreeNode } from './node.ts';
import { toTreeItem } from './treeItem.ts';

/** What the provider is made from. */
export interface ProviderParts {
  readonly model: TreeModel;
  readonly service: Pick<ReplicationService, 'state' | 'open'>;
  /** Called when a connection that was opened by its expansion is open, or has failed. */
  readonly onOpened: (connectionId: string) => void;
}

/** Gives VS Code the rows of the Servers view. It only dispatches: what is drawn is decided per kind. */
export class ServersTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #parts: ProviderParts;
  readonly #changed = new vscode.EventEmitter<readonly TreeNode[] | undefined>();
  /** VS Code knows nodes by identity, so each id keeps its object. */
  readonly #nodes = new Map<string, TreeNode>();
  readonly #parents = new Map<string, TreeNode | undefined>();
  /** What was drawn of the rows that change by themselves: by connection, then by id. */
  readonly #drawn = new Map<string, Map<string, string>>();
  readonly #shownChildren = new Map<string, string>();
  readonly #opening = new Set<string>();
  readonly #disconnected = new Set<string>();

  constructor(parts: ProviderParts) {
    this.#parts = parts;
  }

  readonly onDidChangeTreeData: vscode.Event<TreeNode[] | undefined> = (listener, thisArgs, disposables) =>
    this.#changed.event((nodes) => listener.call(thisArgs, nodes ? [...nodes] : undefined), undefined, disposables);

  getTreeItem(node: TreeNode): vscode.TreeItem {
    const row = rowOf(node, this.#parts.model);
    if ('connectionId' in node && moves(node)) {
      const drawn = this.#drawn.get(node.connectionId) ?? new Map<string, string>();
      this.#drawn.set(node.connectionId, drawn.set(node.id, JSON.stringify(row)));
    }
    return toTreeItem(node, row);
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (node?.kind === 'connection') await this.#openOnce(node.connectionId);
    const children = childrenOf(node, this.#parts.model).map((child) => this.known(child));
    if (node) this.#shownChildren.set(node.id, idsOf(children));
    for (const child of children) this.#parents.set(child.id, node);
    return children;
  }

  getParent(node: TreeNode): TreeNode | undefined {
    if (this.#parents.has(node.id)) return this.#parents.get(node.id);
    switch (node.kind) {
      case 'connection': {
        const folder = this.#parts.model.connection(node.connectionId)?.folder ?? null;
        return folder === null ? undefined : this.known(folderNode(folder));
      }
      case 'group':
        return this.known(connectionNode(node.connectionId));
      case 'publication':
        return this.known(groupNode(node.connectionId, 'publications'));
      case 'subscription':
        return this.known(groupNode(node.connectionId, 'subscriptions'));
      case 'slot':
        return this.known(groupNode(node.connectionId, 'slots'));
      default:
        return undefined;
    }
  }

  resolveTreeItem(item: vscode.TreeItem, node: TreeNode): vscode.TreeItem {
    const text = tooltipOf(node, this.#parts.model);
    if (text !== null) {
      const tooltip = new vscode.MarkdownString(text, false);
      tooltip.isTrusted = false;
      tooltip.supportHtml = false;
      item.tooltip = tooltip;
    }
    return item;
  }

  /** The node VS Code knows by this id; a new one where it knows none, or where the node says something new. */
  known(node: TreeNode): TreeNode {
    const existing = this.#nodes.get(node.id);
    if (existing && JSON.stringify(existing) === JSON.stringify(node)) return existing;
    this.#nodes.set(node.id, node);
    return node;
  }

  /** The nodes (of a connection, or of all) that were drawn, change by themselves, and would be drawn otherwise now. */
  outdated(connectionId?: string): readonly TreeNode[] {
    const drawn = connectionId === undefined ? [...this.#drawn.values()] : [this.#drawn.get(connectionId) ?? []];
    return drawn.flatMap((rows) =>
      [...rows].flatMap(([id, row]) => {
        const node = this.#nodes.get(id);
        return node && this.#looksDifferent(node, row) ? [node] : [];
      }),
    );
  }

  /** Draws these nodes again, with what is below them; undefined draws everything again. */
  redraw(nodes: readonly TreeNode[] | undefined): void {
    this.#changed.fire(nodes);
  }

  /** Whether its first opening is under way; then its row is drawn when that is over. */
  isOpening(connectionId: string): boolean {
    return this.#opening.has(connectionId);
  }

  /**
   * An expanded connection that was disconnected stays so until it is collapsed and expanded, or connected by hand.
   * Gives whether that is news.
   */
  setDisconnected(connectionId: string, disconnected: boolean): boolean {
    if (!disconnected) return this.#disconnected.delete(connectionId);
    const news = !this.#disconnected.has(connectionId);
    this.#disconnected.add(connectionId);
    return news;
  }

  /** Forgets everything about a connection that was removed. */
  forget(connectionId: string): void {
    const { id: root } = connectionNode(connectionId);
    this.#drawn.delete(connectionId);
    for (const map of [this.#nodes, this.#parents, this.#shownChildren]) {
      for (const id of map.keys()) if (id === root || id.startsWith(`${root}/`)) map.delete(id);
    }
    this.#disconnected.delete(connectionId);
  }

  /** Forgets in which folders connections were. */
  forgetArrangement(): void {
    for (const [id, parent] of this.#parents) if (!parent || parent.kind === 'folder') this.#parents.delete(id);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #openOnce(connectionId: string): Promise<void> {
    const { service } = this.#parts;
    const state = service.state(connectionId);
    const waits = state.phase === 'connecting' && state.snapshot === null;
    if (!waits && (state.phase !== 'closed' || this.#disconnected.has(connectionId))) return;
    this.#opening.add(connectionId);
    try {
      await service.open(connectionId);
    } catch {
      // The service remembers the failure; the retry row says it.
    } finally {
      this.#opening.delete(connectionId);
      this.#parts.onOpened(connectionId);
    }
  }

  #looksDifferent(node: TreeNode, drawn: string): boolean {
    const { model } = this.#parts;
    if (JSON.stringify(rowOf(node, model)) !== drawn) return true;
    const shown = this.#shownChildren.get(node.id);
    return node.kind === 'group' && shown !== undefined && idsOf(childrenOf(node, model)) !== shown;
  }
}

/** Whether the row or the children of a node change with the pulse. */
function moves(node: TreeNode): boolean {
  switch (node.kind) {
    case 'connection':
    case 'slot':
    case 'publication':
    case 'subscription':
    case 'subscribedTable':
      return true;
    case 'group':
      return node.group === 'slots';
    default:
      return false;
  }
}

function idsOf(nodes: readonly TreeNode[]): string {
  return nodes.map(({ id }) => id).join('\n');
}
