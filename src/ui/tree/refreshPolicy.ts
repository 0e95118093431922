import type { ServerChange } from '../../replication/service.ts';
import { Paced } from '../paced.ts';
import type { LiveModel } from './liveModel.ts';
import { connectionNode, type TreeNode } from './node.ts';
import type { ServersTree } from './provider.ts';

/** Milliseconds in which changes are gathered before rows are drawn again. */
const gatherMs = 100;
/** Rows that only follow pulses are looked at again so often, milliseconds: many servers beat at every moment. */
const restMs = 500;

/** What the policy is made from. */
export interface RefreshParts {
  readonly tree: ServersTree;
  readonly model: LiveModel;
  readonly log: { trace(message: string): void };
}

/**
 * Decides what is drawn again: the smallest node that changed. A pulse draws only rows whose words differ; an
 * inventory or a new state draws the connection, of which VS Code asks only what is expanded.
 */
export class RefreshPolicy {
  readonly #parts: RefreshParts;
  readonly #dirty = new Map<string, TreeNode>();
  /** Connections whose pulse was read; undefined stands for all of them. */
  readonly #beaten = new Set<string | undefined>();
  readonly #drawing = new Paced(() => this.#draw(), { gatherMs, restMs: () => restMs });
  #visible = true;

  constructor(parts: RefreshParts) {
    this.#parts = parts;
  }

  /** What only moves isn't looked at while nobody sees it; it is drawn when the view shows again. */
  setVisible(visible: boolean): void {
    this.#visible = visible;
    if (visible) this.#drawing.askSoon();
  }

  /** Takes a change that the service reported. */
  onChange(connectionId: string, change: ServerChange): void {
    this.#parts.model.changed();
    if (this.#parts.tree.isOpening(connectionId)) return;
    if (change !== 'pulse') this.connection(connectionId, change);
    // A server that came or went changes what the other end of its streams shows.
    this.#beaten.add(change === 'pulse' ? connectionId : undefined);
    if (!this.#visible) return;
    if (change === 'pulse') this.#drawing.ask();
    else this.#drawing.askSoon();
  }

  /** Draws again what looks different now, of whichever connection, though no server said anything new. */
  outdated(): void {
    this.#parts.model.changed();
    this.#beaten.add(undefined);
    if (this.#visible) this.#drawing.ask();
  }

  /** Draws a connection again, with everything below it. */
  connection(connectionId: string, reason: string): void {
    this.#parts.log.trace(`tree: ${connectionId} is drawn again (${reason})`);
    this.node(this.#parts.tree.known(connectionNode(connectionId)));
  }

  /** Draws one node again, with everything below it. */
  node(node: TreeNode): void {
    this.#dirty.set(node.id, node);
    this.#drawing.askSoon();
  }

  /** Draws what is waiting, now. */
  flush(): void {
    this.#drawing.now();
  }

  dispose(): void {
    this.#drawing.stop();
  }

  #draw(): void {
    if (this.#visible) this.#findOutdated();
    if (this.#dirty.size === 0) return;
    const nodes = [...this.#dirty.values()].filter((node) => !this.#hasDirtyAncestor(node));
    this.#dirty.clear();
    this.#parts.tree.redraw(nodes);
  }

  #findOutdated(): void {
    const connectionIds = this.#beaten.has(undefined) ? [undefined] : this.#withSubscribers();
    this.#beaten.clear();
    for (const id of connectionIds) {
      for (const node of this.#parts.tree.outdated(id)) this.#dirty.set(node.id, node);
    }
  }

  /** A publisher's pulse changes what the rows of its subscribers say, and those needn't wait for a beat of their own. */
  #withSubscribers(): readonly string[] {
    const ids = new Set([...this.#beaten].filter((id) => id !== undefined));
    return [...new Set([...ids, ...this.#parts.model.subscribersBehind(ids)])];
  }

  #hasDirtyAncestor(node: TreeNode): boolean {
    for (let above = this.#parts.tree.getParent(node); above; above = this.#parts.tree.getParent(above)) {
      if (this.#dirty.has(above.id)) return true;
    }
    return false;
  }
}
