import { type LagMetric, lagMetrics, type StreamLag } from '../model/stream.ts';

/** An hour at a beat of one second. */
const capacity = 3600;
/** Samples of a faster beat than this share one place, in which the last of them stays; milliseconds. */
const shortestStepMs = 900;

/** A stretch of time in equal parts. Times in milliseconds since the epoch. */
export interface Buckets {
  readonly from: number;
  readonly widthMs: number;
  readonly count: number;
  /** Samples at most this far apart belong together; with more between them there is a gap. */
  readonly joinMs: number;
}

/** The figures of one stream over the last hour. Bounded; unknown figures stay unknown. */
export class LagSeries {
  #size = 0;
  #start = 0;
  /** When the first sample of the last place was taken. */
  #begunAt = -Infinity;
  #times = new Float64Array(64);
  #values = new Map(lagMetrics.map((metric) => [metric, new Float32Array(64)]));

  /** Adds a sample. One that isn't newer than the last is ignored. */
  record(lag: StreamLag): void {
    const last = this.lastAt ?? -Infinity;
    if (lag.sampledAt <= last) return;
    if (lag.sampledAt - this.#begunAt >= shortestStepMs) {
      this.#advance();
      this.#begunAt = lag.sampledAt;
    }
    const index = this.#index(this.#size - 1);
    this.#times[index] = lag.sampledAt;
    for (const [metric, column] of this.#values) column[index] = lag[metric] ?? Number.NaN;
  }

  /**
   * Nothing is known between the last sample and the one that is taken at `at` (see Pulse.afterGap): no line leads over
   * it. Samples of a future that the clock was set back from are dropped.
   */
  interrupt(at: number): void {
    while (this.#size > 0 && this.#at(this.#size - 1) > at) this.#size -= 1;
    this.#begunAt = -Infinity;
    const last = this.lastAt;
    if (last === null || last === at) return;
    this.#advance();
    const index = this.#index(this.#size - 1);
    this.#times[index] = last;
    for (const column of this.#values.values()) column[index] = Number.NaN;
  }

  /** When the last sample was taken; null before the first. */
  get lastAt(): number | null {
    return this.#size === 0 ? null : this.#at(this.#size - 1);
  }

  /** The worst value of each part: null where there was no sample or the figure wasn't known. */
  buckets(metric: LagMetric, { count, from, joinMs, widthMs }: Buckets): (number | null)[] {
    const column = this.#values.get(metric);
    const result = Array.from<number | null>({ length: count }).fill(null);
    if (!column) return result;
    const partOf = (at: number) => Math.floor((at - from) / widthMs);
    for (let sample = this.#firstFrom(from - joinMs); sample < this.#size; sample += 1) {
      const at = this.#at(sample);
      const value = column[this.#index(sample)] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      const next = sample + 1 < this.#size ? this.#at(sample + 1) : at;
      // A beat that came late leaves a part without a sample of its own; that is no gap.
      const last = next - at <= joinMs ? Math.max(partOf(at), partOf(next) - 1) : partOf(at);
      for (let part = Math.max(0, partOf(at)); part <= Math.min(last, count - 1); part += 1) {
        result[part] = Math.max(result[part] ?? value, value);
      }
    }
    return result;
  }

  #advance(): void {
    if (this.#size === capacity) {
      this.#start = (this.#start + 1) % capacity;
      return;
    }
    if (this.#size === this.#times.length) this.#grow();
    this.#size += 1;
  }

  #grow(): void {
    const length = Math.min(capacity, this.#times.length * 2);
    const times = new Float64Array(length);
    times.set(this.#times);
    this.#times = times;
    for (const [metric, column] of this.#values) {
      const grown = new Float32Array(length);
      grown.set(column);
      this.#values.set(metric, grown);
    }
  }

  #index(sample: number): number {
    return (this.#start + sample) % this.#times.length;
  }

  #at(sample: number): number {
    return this.#times[this.#index(sample)] ?? 0;
  }

  #firstFrom(at: number): number {
    let [low, high] = [0, this.#size];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#at(middle) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
