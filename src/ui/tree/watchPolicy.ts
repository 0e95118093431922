import type { ReplicationService } from '../../replication/service.ts';

/** Milliseconds between two readings of a server while it copies tables: there one waits for it. */
const copyingMs = 2000;

/** What the policy is made from. */
export interface WatchParts {
  readonly service: Pick<ReplicationService, 'state' | 'watch'>;
  readonly connectionIds: () => readonly string[];
  readonly intervalMs: () => number;
}

/**
 * Keeps the pulse of servers read while the view can be seen, and only of those that were opened: a connection
 * that never worked isn't tried again by itself, one that was lost is. Servers that copy tables are read more often.
 */
export class WatchPolicy {
  readonly #parts: WatchParts;
  readonly #copying = new Set<string>();
  #visible = false;
  #watched = '';
  #stops: readonly (() => void)[] = [];

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  setVisible(visible: boolean): void {
    this.#visible = visible;
    this.update();
  }

  /** Looks whether a server whose pulse was read began or ended copying. */
  onPulse(connectionId: string): void {
    const state = this.#parts.service.state(connectionId);
    const progress = state.phase === 'open' ? state.snapshot.pulse.tableProgress : [];
    const copies = progress.some(({ notReady }) => notReady.length > 0);
    if (copies === this.#copying.has(connectionId)) return;
    if (copies) this.#copying.add(connectionId);
    else this.#copying.delete(connectionId);
    this.update();
  }

  /** To be called when a state, the connections or the interval may have changed. */
  update(): void {
    const ids = this.#visible ? this.#parts.connectionIds().filter((id) => this.#wasOpen(id)) : [];
    const usualMs = this.#parts.intervalMs();
    const groups = [
      { intervalMs: usualMs, ids: ids.filter((id) => !this.#copying.has(id)) },
      { intervalMs: Math.min(usualMs, copyingMs), ids: ids.filter((id) => this.#copying.has(id)) },
    ].filter((group) => group.ids.length > 0);
    const wanted = JSON.stringify(groups);
    if (wanted === this.#watched) return;
    this.#watched = wanted;
    const stopsBefore = this.#stops;
    // The new watch begins before the old one ends, so that no connection is left alone in between.
    this.#stops = groups.map((group) => this.#parts.service.watch(group.ids, group.intervalMs));
    for (const stop of stopsBefore) stop();
  }

  dispose(): void {
    this.#visible = false;
    this.update();
  }

  #wasOpen(connectionId: string): boolean {
    const state = this.#parts.service.state(connectionId);
    return state.phase !== 'closed' && state.snapshot !== null;
  }
}
