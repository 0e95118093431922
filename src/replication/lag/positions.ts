import { type Lsn, lsnToNumber } from '../model/lsn.ts';

interface Position {
  /** Milliseconds since the epoch, our clock. */
  readonly at: number;
  /** Byte position. Exact up to 2^53 (9 PB of WAL), which no server reaches. */
  readonly byte: number;
  /** Nobody sampled for a while before it. */
  readonly afterGap: boolean;
}

/** When WAL of a position was written, as far as samples tell. */
export type Written =
  /** Nothing was written after that position yet. */
  | { readonly kind: 'latest' }
  /** What follows that position was written at about `at`; the first sample past it was taken at `firstPast`. */
  | { readonly kind: 'at'; readonly at: number; readonly firstPast: number }
  /** Before `firstPast`, and nobody knows how long: before our first sample, or while no samples were taken. */
  | { readonly kind: 'before'; readonly firstPast: number };

/** Samples further apart than this say nothing about what happened between them, milliseconds. */
const gapMs = 15_000;

/**
 * Where the WAL of one server ended, over time. Bounded: when full, every second sample of the older half goes, so
 * that it reaches back far with less detail. Stretches without writing keep only their ends.
 */
export class PositionHistory {
  readonly #limit: number;
  #positions: Position[] = [];

  /** `limit`: the most samples to keep. */
  constructor(limit = 4096) {
    this.#limit = limit;
  }

  /**
   * Adds a sample; `at` in milliseconds since the epoch. An end before one we had (WAL that a crash took, a standby
   * that was promoted) makes void what was past it: by the time of the first such sample it was there, no more.
   * `gapBefore`: as Pulse.afterGap; where the clock was set back, what it showed before is of no use.
   */
  record(at: number, lsn: Lsn, gapBefore = false): void {
    const byte = lsnToNumber(lsn);
    if (gapBefore && at < (this.#positions.at(-1)?.at ?? 0) - gapMs) this.#positions = [];
    const firstVoid = this.#firstPast(byte);
    const reached = this.#positions[firstVoid];
    if (reached) this.#positions.splice(firstVoid, Infinity, { ...reached, byte });
    if (at <= (this.#positions.at(-1)?.at ?? 0)) return;
    const last = this.#positions.at(-1);
    const beforeLast = this.#positions.at(-2);
    const afterGap = gapBefore || last === undefined || at - last.at > gapMs;
    if (!afterGap && !last.afterGap && last.byte === byte && beforeLast?.byte === byte) this.#positions.pop();
    this.#positions.push({ at, byte, afterGap });
    if (this.#positions.length > this.#limit) this.#thin();
  }

  /** When what follows the position `lsn` was written. Null before the first sample. */
  writtenAfter(lsn: Lsn): Written | null {
    const byte = lsnToNumber(lsn);
    const last = this.#positions.at(-1);
    if (!last) return null;
    if (last.byte <= byte) return { kind: 'latest' };
    const index = this.#firstPast(byte);
    const past = this.#positions[index];
    const before = this.#positions[index - 1];
    if (!past) return { kind: 'latest' };
    if (!before || past.afterGap) return { kind: 'before', firstPast: past.at };
    const share = (byte - before.byte) / (past.byte - before.byte);
    return { kind: 'at', at: before.at + share * (past.at - before.at), firstPast: past.at };
  }

  #firstPast(byte: number): number {
    let [low, high] = [0, this.#positions.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#positions[middle]?.byte ?? 0) > byte) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #thin(): void {
    const half = this.#positions.length >> 1;
    const kept: Position[] = [];
    let gapDropped = false;
    for (const [index, position] of this.#positions.entries()) {
      if (index < half && index % 2 === 1) {
        gapDropped ||= position.afterGap;
      } else {
        kept.push(gapDropped ? { ...position, afterGap: true } : position);
        gapDropped = false;
      }
    }
    this.#positions = kept;
  }
}
