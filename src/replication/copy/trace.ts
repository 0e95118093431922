import { type TrendRules, TrendWindow } from '../forecast/trend.ts';
import type { CopyingTable } from '../model/copy.ts';
import type { TableState } from '../model/subscription.ts';

/** A copy is looked at every second or two, and shorter than what else is foretold. */
export const copyRules: TrendRules = { windowMs: 120_000, minSpanMs: 5000, minSamples: 4, gapMs: 35_000 };

/** Attempts that ended this recently are what goes on now, milliseconds. */
const recentMs = 60_000;

/** What is remembered of one table that is not copied yet, from beat to beat. */
export class TableTrace {
  readonly rows: TrendWindow;
  readonly size: TrendWindow;
  #at = -Infinity;
  #row: CopyingTable | null = null;
  #state: TableState | null = null;
  #stateSince = 0;
  #workerPid: number | null = null;
  #workerSeenAt = 0;
  /** Bytes here that are not of the present attempt: rows there before, dead ones of attempts that failed. */
  #base: number | null = null;
  #ended: readonly number[] = [];
  #afterGap = false;

  constructor(rules: TrendRules = copyRules) {
    this.rows = new TrendWindow(rules);
    this.size = new TrendWindow(rules);
  }

  /**
   * Takes a beat; `at` in milliseconds since the epoch, `row` null where the table isn't listed. Another worker than
   * before means that an attempt ended: the next one begins with no rows, and with the dead ones of the last in the table.
   */
  observe(at: number, state: TableState, row: CopyingTable | null): void {
    if (at <= this.#at) return;
    this.#at = at;
    // Nothing was seen later than now: the clock was set back.
    this.#stateSince = Math.min(this.#stateSince, at);
    this.#workerSeenAt = Math.min(this.#workerSeenAt, at);
    this.#ended = this.#ended.filter((one) => one <= at);
    if (state !== this.#state) this.#stateSince = at;
    if (state !== this.#state || row?.workerPid) this.#workerSeenAt = at;
    const before = this.#state;
    this.#state = state;
    this.#row = state === 'copying' ? row : null;
    const pid = row?.workerPid ?? null;
    if (state === 'copying' && this.#workerPid !== null && pid !== this.#workerPid) {
      this.#ended = [...this.#ended.filter((one) => at - one < recentMs), at];
    }
    this.#base = this.#baseNow(before, row);
    this.#afterGap = false;
    if (state !== 'copying') this.#workerPid = null;
    else this.#workerPid = pid;
    this.rows.record(at, row?.rows ?? null, pid);
    this.size.record(at, this.#row?.tableBytes ?? null, pid);
  }

  /** What of the table's size this attempt did not bring; null where nobody watched when it began. */
  #baseNow(before: TableState | null, row: CopyingTable | null): number | null {
    const here = row?.tableBytes ?? null;
    const pid = row?.workerPid ?? null;
    // Without a worker no attempt goes on: whatever is there is of none.
    if (this.#state !== 'copying' || (pid === null && row !== null)) return here;
    const sameWorker = before === 'copying' && pid === this.#workerPid;
    const ended = before === 'copying' && this.#workerPid !== null && !sameWorker;
    // In a gap whole attempts may have come and gone, unless the worker is still the same.
    const unseen = before === null || (this.#afterGap && (!sameWorker || pid === null));
    const base = unseen ? null : ended ? here : this.#base;
    if (here === null) return base;
    // What is empty has had nothing, and what shrank (the dead rows were removed) has had less.
    if (base === null) return here === 0 || row?.emptyBefore === true ? 0 : null;
    return Math.min(base, here);
  }

  /** Begins its rates anew: nothing may be computed from the samples so far to the next. */
  restart(): void {
    this.rows.restart();
    this.size.restart();
    this.#afterGap = true;
    // The clock may have been set back.
    this.#at = -Infinity;
  }

  /** The last beat's row; null while no rows are copied. */
  get row(): CopyingTable | null {
    return this.#row;
  }

  /** What the table here has grown by since the present attempt began, bytes; null where that isn't known. */
  get grownBytes(): number | null {
    const bytes = this.#row?.tableBytes ?? null;
    return bytes === null || this.#base === null ? null : bytes - this.#base;
  }

  /** Milliseconds in the present state, as far as it was watched. */
  get inStateMs(): number {
    return Math.max(0, this.#at - this.#stateSince);
  }

  /** Milliseconds without a worker in the present state, as far as it was watched. */
  get workerlessMs(): number {
    return Math.max(0, this.#at - this.#workerSeenAt);
  }

  /** How many attempts were seen to end without success in the last minute. */
  get failedAttempts(): number {
    return this.#ended.filter((one) => this.#at - one < recentMs).length;
  }
}
