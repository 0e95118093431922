import { type Lsn, lsnToNumber } from '../model/lsn.ts';

/** How far back a rate looks, milliseconds. */
const windowMs = 10_000;
/** With samples further apart than the window, two of them make a rate if they are at most this far apart. */
const longestStepMs = 35_000;

/** The speed at which a position moves, over the last samples. */
export class PositionRate {
  #samples: { readonly at: number; readonly byte: number }[] = [];
  #epoch: number | null = null;

  /**
   * Adds a sample; `at` in milliseconds since the epoch. `epoch` stands for what the position belongs to (when the
   * server was started): a new one begins anew, and so does a position that went back or isn't known, and a sample
   * `afterGap` (see Pulse): how fast it moved while nobody looked is not known.
   */
  record(at: number, lsn: Lsn | null, epoch: number, afterGap = false): void {
    const last = this.#samples.at(-1);
    const byte = lsn === null ? null : lsnToNumber(lsn);
    const isNew = at !== last?.at;
    const broken =
      (afterGap && isNew) || epoch !== this.#epoch || byte === null || (last !== undefined && byte < last.byte);
    if (broken || (last !== undefined && at - last.at > longestStepMs)) this.#samples = [];
    this.#epoch = epoch;
    if (byte === null || at <= (this.#samples.at(-1)?.at ?? 0)) return;
    this.#samples.push({ at, byte });
    while (this.#samples.length > 2 && at - (this.#samples[0]?.at ?? at) > windowMs) this.#samples.shift();
  }

  /** Bytes per second; null until two samples can be compared. */
  get bytesPerSecond(): number | null {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.at - first.at < 200) return null;
    return ((last.byte - first.byte) / (last.at - first.at)) * 1000;
  }
}
