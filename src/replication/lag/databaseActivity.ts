import type { DatabaseWrites } from '../model/snapshot.ts';

/** Statistics trail a commit by up to this, milliseconds: what is younger they can't tell. */
const statisticsDelayMs = 2000;

/** A sample that is older than the last by more than this was taken after the clock was set back, milliseconds. */
const setBackMs = 15_000;

interface Activity {
  readonly rows: number;
  readonly firstSeenAt: number;
  /** When its counter was last seen to have moved; null while it never did. */
  readonly movedAt: number | null;
}

/** In which databases of one server rows were written, and when that was last seen. */
export class DatabaseActivity {
  readonly #databases = new Map<string, Activity>();
  #at = -Infinity;

  /** Adds a sample; `at` in milliseconds since the epoch. Where the clock was set back, it begins anew. */
  record(at: number, writes: readonly DatabaseWrites[]): void {
    if (at < this.#at - setBackMs) {
      this.#databases.clear();
      this.#at = -Infinity;
    }
    if (at <= this.#at) return;
    this.#at = at;
    for (const { database, rows } of writes) {
      const known = this.#databases.get(database);
      const movedAt = known && known.rows !== rows ? at : (known?.movedAt ?? null);
      this.#databases.set(database, { rows, firstSeenAt: known?.firstSeenAt ?? at, movedAt });
    }
    const names = new Set(writes.map(({ database }) => database));
    for (const database of this.#databases.keys()) if (!names.has(database)) this.#databases.delete(database);
  }

  /** Whether rows of that database are known to have been written after `since`, milliseconds since the epoch. */
  wroteAfter(database: string | null, since: number): boolean {
    const movedAt = database === null ? null : (this.#databases.get(database)?.movedAt ?? null);
    return movedAt !== null && movedAt > since;
  }

  /**
   * The other databases that wrote since `since` (milliseconds since the epoch), where `own` wrote nothing meanwhile, by
   * name. Empty where `own` did write or may have: while the statistics can't tell yet, and before the first sample.
   */
  onlyOthersSince(own: string | null, since: number): readonly string[] {
    const activity = own === null ? undefined : this.#databases.get(own);
    const tooYoung = this.#at - since < statisticsDelayMs;
    if (!activity || tooYoung || activity.firstSeenAt > since || (activity.movedAt ?? -Infinity) >= since) return [];
    return [...this.#databases]
      .filter(([database, { movedAt }]) => database !== own && movedAt !== null && movedAt >= since)
      .map(([database]) => database)
      .toSorted();
  }
}
