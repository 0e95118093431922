import type { LagChart, LagMark, LagRange, LagView } from '../../protocol/lag.ts';
import type { LagMonitor } from '../../replication/lag/monitor.ts';
import { joinSparse } from '../../replication/lag/sparse.ts';
import type { LagEvents } from '../../replication/model/lagEvent.ts';
import type { SampleStore } from '../../replication/samples/sampleStore.ts';

/** What streams showed over time. */
export interface LagChartSources {
  readonly monitor: Pick<LagMonitor, 'lags'>;
  /** What was sampled before, also by earlier windows. */
  readonly samples: Pick<SampleStore, 'of'>;
  /** What happened meanwhile; nothing is marked where it is absent. */
  readonly lagEvents?: LagEvents;
}

/** What is to be drawn. */
export interface ChartWish {
  /** In the order of their lines; `ends`: the connections at both ends. */
  readonly streams: readonly { readonly id: string; readonly label: string; readonly ends: readonly string[] }[];
  readonly leftOut: number;
  /** Milliseconds since the epoch: the newest sample; null before the first. */
  readonly sampledAt: number | null;
  /** Milliseconds between samples. */
  readonly beatMs: number;
}

/** Equal steps of time: where they begin (milliseconds since the epoch), their width in seconds, and how many. */
interface Grid {
  readonly from: number;
  readonly step: number;
  readonly count: number;
}

const stepSeconds: Readonly<Record<LagRange, number>> = {
  60: 1,
  300: 1,
  900: 3,
  3600: 10,
  86_400: 240,
  2_592_000: 7200,
};
const dayMs = 86_400_000;
/** What is kept of a day before: minutes for a day, half hours for a month. */
const pastWidthsMs = [60_000, 1_800_000];
/** The most steps of a part that is looked at closely. */
const mostSteps = 360;
/** The most marks: the newest. */
const mostMarks = 100;
/** A chart of long steps is made anew this often, milliseconds. */
const longStepsEveryMs = 5000;

/** Makes the charts of one panel. Those of long steps are kept for some seconds: nobody sees them move. */
export class LagCharts {
  readonly #sources: LagChartSources;
  #kept: { readonly key: string; readonly chart: LagChart } | null = null;

  constructor(sources: LagChartSources) {
    this.#sources = sources;
  }

  /** The chosen figure of these streams over the chosen time, with what happened in it. */
  chart(view: LagView, wish: ChartWish): LagChart {
    const grid = gridOf(view, wish.sampledAt);
    if (grid.step < 10) return this.#make(view, wish, grid);
    const { metric, yesterday } = view;
    const { leftOut, sampledAt, streams } = wish;
    const turn = Math.floor((sampledAt ?? 0) / longStepsEveryMs);
    const key = JSON.stringify([metric, yesterday, grid, leftOut, turn, streams.map(({ id, label }) => [id, label])]);
    if (this.#kept?.key !== key) this.#kept = { key, chart: this.#make(view, wish, grid) };
    return this.#kept.chart;
  }

  #make(view: LagView, wish: ChartWish, grid: Grid): LagChart {
    const { count, from, step } = grid;
    const nothing = wish.sampledAt === null;
    return {
      metric: view.metric,
      stepSeconds: step,
      times: Array.from({ length: nothing ? 0 : count }, (_, index) => from / 1000 + index * step),
      series: wish.streams.map(({ id, label }) => ({
        id,
        label,
        values: nothing ? [] : this.#values(id, view, grid, wish.beatMs),
        ...(view.yesterday ? { yesterday: nothing ? [] : this.#dayBefore(id, view, grid) } : {}),
      })),
      marks: nothing ? [] : this.#marks(wish, grid),
      leftOut: wish.leftOut,
    };
  }

  #values(id: string, { metric }: LagView, { count, from, step }: Grid, beatMs: number): (number | null)[] {
    const buckets = { from, count, widthMs: step * 1000, joinMs: Math.max(3000, beatMs * 2.5) };
    return joinSparse(this.#sources.samples.of(id)?.buckets(metric, buckets) ?? [], step);
  }

  /** By the minute where that is kept, otherwise by the half hour: each step has the value of the part it is in. */
  #dayBefore(id: string, { metric }: LagView, { count, from, step }: Grid): (number | null)[] {
    const samples = this.#sources.samples.of(id);
    const result = Array.from<number | null>({ length: count }).fill(null);
    if (!samples) return result;
    for (const pastMs of pastWidthsMs) {
      const widthMs = Math.max(step * 1000, pastMs);
      const first = Math.floor((from - dayMs) / widthMs) * widthMs;
      const partOf = (index: number) => Math.floor((from - dayMs + index * step * 1000 - first) / widthMs);
      const parts = samples.buckets(metric, { from: first, count: partOf(count - 1) + 1, widthMs, joinMs: 0 });
      for (let index = 0; index < count; index += 1) result[index] ??= parts[partOf(index)] ?? null;
    }
    return result;
  }

  #marks({ streams }: ChartWish, { count, from, step }: Grid): readonly LagMark[] {
    const ids = new Set(streams.map(({ id }) => id));
    const ends = new Set(streams.flatMap((stream) => stream.ends));
    const events = this.#sources.lagEvents?.between(from, from + count * step * 1000) ?? [];
    return events
      .filter(({ connectionIds, streamId }) =>
        streamId === undefined ? connectionIds.some((id) => ends.has(id)) : ids.has(streamId),
      )
      .toSorted((a, b) => a.at - b.at)
      .slice(-mostMarks)
      .map(({ at, kind, text }) => ({ at: at / 1000, kind, text }));
  }
}

function gridOf({ rangeSeconds, zoom }: LagView, sampledAt: number | null): Grid {
  if (zoom && zoom.to > zoom.from) {
    const span = Math.max(10, zoom.to - zoom.from);
    const step = Math.max(finestStep((sampledAt ?? 0) / 1000 - zoom.from), Math.ceil(span / mostSteps));
    const from = Math.floor(zoom.from / step) * step * 1000;
    return { from, step, count: Math.min(mostSteps, Math.ceil(span / step)) + 1 };
  }
  const step = stepSeconds[rangeSeconds];
  const count = rangeSeconds / step;
  const widthMs = step * 1000;
  // On a grid of whole steps, so that points stay where they are from beat to beat.
  return { from: (Math.floor((sampledAt ?? 0) / widthMs) - count + 1) * widthMs, step, count };
}

/** The finest steps that are kept of what is so long ago; seconds. */
function finestStep(ageSeconds: number): number {
  if (ageSeconds <= 3600) return 1;
  return ageSeconds <= 86_400 ? 60 : 1800;
}
