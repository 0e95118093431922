/** An answer that took less than this is never slow, milliseconds. */
const neverSlowMs = 500;
/** A slow server is sampled at least this often, milliseconds (less often only where that was asked for). */
const slowestMs = 30_000;
/** So many slow answers in a row make a server slow; one alone may be our own busy moment. */
const slowInARow = 2;
/** So many quick ones in a row make it quick again. */
const quickInARow = 3;
/** How long a server may take for an answer before the connection counts as lost, milliseconds. */
const shortestDeadlineMs = 4_000;
const longestDeadlineMs = 30_000;

/**
 * How often one server is sampled: as was asked for, and less often while its answers take long, so that a sample
 * never takes more than half of the time. What it takes is told by its answers.
 */
export class Pace {
  #backedOffMs = 0;
  #answers: readonly number[] = [];
  #unanswered = 0;

  /** Milliseconds between two samples of a server that is to be sampled every `intervalMs`. */
  everyMs(intervalMs: number): number {
    return Math.max(intervalMs, this.#backedOffMs);
  }

  /** Whether the server is sampled less often than every `intervalMs`, because it answers slowly. */
  isSlow(intervalMs: number): boolean {
    return this.#backedOffMs > intervalMs;
  }

  /** Milliseconds after which a server that owes an answer counts as lost. One known to be slow is given more time. */
  get deadlineMs(): number {
    const patience = Math.max(shortestDeadlineMs * 2 ** this.#unanswered, 2 * this.#backedOffMs);
    return Math.min(patience, longestDeadlineMs);
  }

  /** Takes how long a sample took, milliseconds, where one was asked for every `intervalMs`. */
  answered(tookMs: number, intervalMs: number): void {
    // One that took long for once needs the same patience again.
    if (tookMs <= shortestDeadlineMs / 2) this.#unanswered = 0;
    this.#answers = [...this.#answers, tookMs].slice(-quickInARow);
    const everyMs = this.everyMs(intervalMs);
    const last = this.#answers.slice(-slowInARow);
    const isSlow = (took: number) => took > neverSlowMs && took > everyMs / 2;
    if (last.length === slowInARow && last.every(isSlow)) this.#backOff(fitting(2 * Math.min(...last), intervalMs));
    else if (this.#answers.length === quickInARow) this.#goOn(fitting(room(Math.max(...this.#answers)), intervalMs));
  }

  /** The server owed an answer for longer than the deadline; the next one is waited for longer. */
  gaveUp(): void {
    this.#unanswered += 1;
  }

  #backOff(everyMs: number): void {
    this.#backedOffMs = Math.max(this.#backedOffMs, everyMs);
    this.#answers = [];
  }

  #goOn(everyMs: number): void {
    if (everyMs >= this.#backedOffMs) return;
    this.#backedOffMs = everyMs;
    this.#answers = [];
  }
}

/** The beat, milliseconds, in which answers that take so long have twice the room that they need not to be slow. */
function room(tookMs: number): number {
  return tookMs <= neverSlowMs / 2 ? 0 : 4 * tookMs;
}

/** The interval, doubled until `wantedMs` has room in it. */
function fitting(wantedMs: number, intervalMs: number): number {
  const doublings = Math.max(0, Math.ceil(Math.log2(Math.max(1, wantedMs) / intervalMs)));
  return Math.max(intervalMs, Math.min(intervalMs * 2 ** doublings, slowestMs));
}
