import type { StreamLag } from '../model/stream.ts';
import { encodeSample, type KeptFigure } from './coding.ts';
import { Tier, type TierShape } from './tier.ts';

/** A stretch of time in equal parts. Times in milliseconds since the epoch. */
export interface Buckets {
  readonly from: number;
  readonly widthMs: number;
  readonly count: number;
  /** Samples at most this far apart belong together; with more between them there is a gap. */
  readonly joinMs: number;
}

/** The three resolutions: an hour by seconds, a day by minutes, a month (31 days) by half hours. */
export const tierShapes = {
  seconds: { widthMs: 1000, cellsPerChunk: 60, chunks: 61, rollsUp: false },
  minutes: { widthMs: 60_000, cellsPerChunk: 60, chunks: 25, rollsUp: true },
  halfHours: { widthMs: 1_800_000, cellsPerChunk: 48, chunks: 32, rollsUp: true },
} as const satisfies Readonly<Record<string, TierShape>>;
export type TierName = keyof typeof tierShapes;
export const tierNames = Object.keys(tierShapes) as readonly TierName[];

/** A sample that is older than the last by more than this was taken after the clock was set back, milliseconds. */
const setBackMs = 60_000;

/**
 * The figures of one stream over an hour, a day and a month. Each tier is filled from the samples themselves, so that a
 * peak of one second is the greatest of its half hour. At most 142 kB.
 */
export class StreamSamples {
  readonly tiers: Readonly<Record<TierName, Tier>> = {
    seconds: new Tier(tierShapes.seconds),
    minutes: new Tier(tierShapes.minutes),
    halfHours: new Tier(tierShapes.halfHours),
  };
  #lastAt: number | null = null;

  /**
   * Adds a sample, and gives whether it did: one that isn't newer than the last is ignored, unless the clock was set back
   * (it says so itself, or is so much older).
   */
  record(lag: StreamLag): boolean {
    const ago = (this.#lastAt ?? -Infinity) - lag.sampledAt;
    const setBack = ago > setBackMs || (ago > 0 && lag.afterGap === true);
    if (ago >= 0 && !setBack) return false;
    this.#lastAt = lag.sampledAt;
    // In coarser tiers a gap that leaves no cell empty can't be seen.
    if (lag.afterGap === true) this.tiers.seconds.interrupt(lag.sampledAt);
    const codes = encodeSample(lag);
    for (const name of tierNames) this.tiers[name].record(lag.sampledAt, codes);
    return true;
  }

  /** When the last sample of this window was taken; null before the first. */
  get lastAt(): number | null {
    return this.#lastAt;
  }

  /** Bytes in memory, without what the objects themselves take. */
  get bytes(): number {
    return tierNames.reduce((sum, name) => sum + this.tiers[name].bytes, 0);
  }

  /**
   * The worst value of each part (the greatest, unless told), from the finest tier that reaches back far enough: null where
   * there was no sample or the figure wasn't known.
   */
  buckets(figure: KeptFigure, buckets: Buckets, pick: 'least' | 'greatest' = 'greatest'): (number | null)[] {
    const { count, from, widthMs } = buckets;
    const result = Array.from<number | null>({ length: count }).fill(null);
    const tier = this.tiers[this.#tierFor(buckets)];
    const joinMs = Math.max(buckets.joinMs, tier.shape.widthMs);
    const partOf = (at: number) => Math.floor((at - from) / widthMs);
    const worse = pick === 'greatest' ? Math.max : Math.min;
    let before: { readonly at: number; readonly value: number } | null = null;
    const fill = (first: number, last: number, value: number): void => {
      for (let part = Math.max(0, first); part <= Math.min(last, count - 1); part += 1) {
        result[part] = worse(result[part] ?? value, value);
      }
    };
    for (const cell of tier.cells(from - joinMs, from + count * widthMs)) {
      // A beat that came late leaves a part without a sample of its own; that is no gap, unless it is marked as one.
      if (before && !cell.isGap && cell.at - before.at <= joinMs)
        fill(partOf(before.at), partOf(cell.at) - 1, before.value);
      const value = cell.value(figure, pick);
      before = value === null ? null : { at: cell.at, value };
      if (value !== null) fill(partOf(cell.at), partOf(cell.at), value);
    }
    return result;
  }

  #tierFor({ from, widthMs }: Buckets): TierName {
    const fits = (name: TierName) => {
      const { oldestAt, shape } = this.tiers[name];
      return shape.widthMs <= Math.max(1000, widthMs) && (oldestAt ?? Infinity) <= from + widthMs;
    };
    // The coarser one where parts are wide anyway: fewer cells to look at.
    const coarse = tierNames.toReversed().find(fits);
    if (coarse) return coarse;
    // None reaches back so far: the finest that the parts can show has what there is.
    return tierNames.toReversed().find((name) => tierShapes[name].widthMs <= Math.max(1000, widthMs)) ?? 'seconds';
  }
}
