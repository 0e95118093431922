import type { Forecast, ForecastBasis, Moving } from '../model/forecast.ts';

/** How a figure moves over the last samples. */
export interface Trend {
  /** Change per second by all samples of the window (least squares); negative where it falls. */
  readonly perSecond: number;
  /** The least and the greatest change per second among the whole and its two halves. */
  readonly least: number;
  readonly greatest: number;
  /** It moved further than it swings about its line: steps and teeth that lead nowhere do not. */
  readonly steady: boolean;
  /** The last sample: milliseconds since the epoch, and the figure. */
  readonly at: number;
  readonly value: number;
  readonly samples: number;
  readonly spanSeconds: number;
}

/** Which samples make a trend. Times in milliseconds. */
export interface TrendRules {
  /** How far back it looks. */
  readonly windowMs: number;
  /** Shorter than this it says nothing yet. */
  readonly minSpanMs: number;
  readonly minSamples: number;
  /** With more than this between two samples nobody knows what happened: it begins anew. */
  readonly gapMs: number;
}

/** Five minutes back, from ten seconds on; the tree alone samples every ten seconds. */
export const usualRules: TrendRules = { windowMs: 300_000, minSpanMs: 10_000, minSamples: 5, gapMs: 35_000 };

/** When full, every second of the older half goes. */
const mostSamples = 120;

interface Sample {
  readonly at: number;
  readonly value: number;
}

/** The last samples of one figure. Bounded: 120 samples at the most. */
export class TrendWindow {
  readonly #rules: TrendRules;
  #samples: Sample[] = [];
  #epoch: unknown;
  /** What the samples make, once somebody asked; undefined since they changed. */
  #trend: Trend | null | undefined;

  constructor(rules: TrendRules = usualRules) {
    this.#rules = rules;
  }

  /**
   * Adds a sample; `at` in milliseconds since the epoch, null where the figure isn't known. `epoch` stands for what the
   * samples have in common (whether the slot is read, which worker copies): with another one it begins anew, as it does
   * after a gap.
   */
  record(at: number, value: number | null, epoch: unknown = null): void {
    const last = this.#samples.at(-1);
    if (epoch !== this.#epoch || value === null || (last !== undefined && at - last.at > this.#rules.gapMs)) {
      this.restart();
    }
    this.#epoch = epoch;
    if (value === null || at <= (this.#samples.at(-1)?.at ?? -Infinity)) return;
    this.#trend = undefined;
    this.#samples.push({ at, value });
    const oldest = at - this.#rules.windowMs;
    while (this.#samples.length > 2 && (this.#samples[0]?.at ?? at) < oldest) this.#samples.shift();
    if (this.#samples.length > mostSamples) {
      this.#samples = this.#samples.filter((_, index) => index >= mostSamples / 2 || index % 2 === 0);
    }
  }

  /** Begins anew: nothing may be computed from the samples so far to the next. */
  restart(): void {
    this.#samples = [];
    this.#trend = undefined;
  }

  /** The last figure; null where it isn't known. */
  get value(): number | null {
    return this.#samples.at(-1)?.value ?? null;
  }

  /** Seconds from the first sample to the last. */
  get spanSeconds(): number {
    return ((this.#samples.at(-1)?.at ?? 0) - (this.#samples[0]?.at ?? 0)) / 1000;
  }

  /** Null while there are too few samples, or over too short a time. */
  trend(): Trend | null {
    if (this.#trend === undefined) this.#trend = this.#make();
    return this.#trend;
  }

  #make(): Trend | null {
    const { minSamples, minSpanMs } = this.#rules;
    const samples = this.#samples;
    const last = samples.at(-1);
    if (!last || samples.length < minSamples || this.spanSeconds * 1000 < minSpanMs) return null;
    const middle = samples.length >> 1;
    const end = samples.length;
    const slopes = [slope(samples, 0, end), slope(samples, 0, middle + 1), slope(samples, middle, end)];
    const perSecond = slopes[0] ?? 0;
    return {
      perSecond,
      steady: Math.abs(perSecond) * this.spanSeconds > swing(samples, perSecond),
      least: Math.min(...slopes),
      greatest: Math.max(...slopes),
      at: last.at,
      value: last.value,
      samples: samples.length,
      spanSeconds: this.spanSeconds,
    };
  }

  /** Why there is no trend yet, as a sentence's end. */
  get lacks(): string {
    return this.#samples.length === 0
      ? 'nothing was measured yet'
      : `measured for ${Math.round(this.spanSeconds)} s so far, ${Math.round(this.#rules.minSpanMs / 1000)} s are needed`;
  }
}

/** Of the samples from one place to before another, by least squares, so that no two points alone decide. Per second. */
function slope(samples: readonly Sample[], from: number, to: number): number {
  const first = samples[from];
  const count = to - from;
  if (!first || count < 2) return 0;
  let [sumAt, sumValue] = [0, 0];
  for (let place = from; place < to; place += 1) {
    const { at, value } = samples[place] ?? first;
    sumAt += at - first.at;
    sumValue += value - first.value;
  }
  let [above, below] = [0, 0];
  for (let place = from; place < to; place += 1) {
    const { at, value } = samples[place] ?? first;
    const distance = at - first.at - sumAt / count;
    above += distance * (value - first.value - sumValue / count);
    below += distance * distance;
  }
  return below === 0 ? 0 : (above / below) * 1000;
}

/** How far the samples lie from each other across a line of this slope. */
function swing(samples: readonly Sample[], perSecond: number): number {
  const first = samples[0]?.at ?? 0;
  const offsets = samples.map(({ at, value }) => value - ((at - first) / 1000) * perSecond);
  return Math.max(...offsets) - Math.min(...offsets);
}

/** What is said of a trend: what moves, and what holds where it leads away from what is waited for. */
export interface TrendWords {
  readonly never: string;
  readonly moves: Moving;
}

/** Nothing goes on unchanged for longer than this, seconds: a figure that hardly moves is no forecast. */
const farthestSeconds = 365 * 86_400;

/**
 * When a figure that moves by `trend` has gone `distance` further (towards zero where `direction` is -1). `distance` is
 * what is left at the last sample.
 */
export function reach(distance: number, trend: Trend, direction: 1 | -1, { moves, never }: TrendWords): Forecast {
  const pace = trend.perSecond * direction;
  const left = Math.max(0, distance);
  if (!(pace > 0)) return { kind: 'never', reason: never };
  if (left / pace > farthestSeconds) return { kind: 'never', reason: 'at the present rate it takes more than a year' };
  const [slowest, fastest] =
    direction === 1 ? [trend.least, trend.greatest] : [trend.greatest * direction, trend.least * direction];
  const basis: ForecastBasis = { samples: trend.samples, spanSeconds: trend.spanSeconds, perSecond: pace, moves };
  return {
    kind: 'in',
    seconds: left / pace,
    earliest: left / Math.max(fastest, pace),
    latest: slowest > 0 && left / slowest <= farthestSeconds ? left / slowest : null,
    basis,
    asOf: trend.at,
  };
}
