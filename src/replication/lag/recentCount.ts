/** How far back it counts, milliseconds. */
const windowMs = 60_000;

/** How much a counter that only grows has grown in the last minute. */
export class RecentCount {
  #grown: { readonly at: number; readonly by: number }[] = [];
  #last: number | null = null;
  #at = -Infinity;

  /**
   * Adds a sample; `at` in milliseconds since the epoch. A counter that went back was reset or begins anew, and one that
   * isn't known says nothing: what it was before doesn't count as growth, nor does what it grew by over more than a
   * minute without a sample. Older samples are ignored, unless the clock was set back: then it begins anew.
   */
  record(at: number, value: number | null): void {
    if (at < this.#at - windowMs) {
      this.#at = -Infinity;
      this.#grown = [];
    }
    if (at <= this.#at) return;
    const lately = at - this.#at <= windowMs;
    this.#at = at;
    if (lately && value !== null && this.#last !== null && value > this.#last) {
      this.#grown.push({ at, by: value - this.#last });
    }
    this.#last = value;
    this.#grown = this.#grown.filter((one) => at - one.at < windowMs);
  }

  /** Growth within the last minute before the last sample, or since the first; null while the counter isn't known. */
  get inLastMinute(): number | null {
    return this.#last === null ? null : this.#grown.reduce((sum, { by }) => sum + by, 0);
  }
}
