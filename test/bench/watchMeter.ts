import { monitorEventLoopDelay } from 'node:perf_hooks';

import type { ReplicationService } from '../../src/replication/service.ts';

/** Milliseconds between samples that the bench asks for. */
export const beatMs = 1000;
/** A sample so much later than its beat was late, milliseconds. */
const lateMs = 500;

/** What watching cost one process, and whether it kept the beat. */
export interface WatchFigures {
  readonly seconds: number;
  readonly servers: number;
  readonly samples: number;
  /** Beats that passed without a sample. */
  readonly missed: number;
  /** Samples more than half a second later than their beat. */
  readonly late: number;
  /** The longest time between two samples of one server, milliseconds. */
  readonly longestMs: number;
  /** Of one core, percent. */
  readonly processorPercent: number;
  /** Event loop delay, 99th percentile and worst, milliseconds. */
  readonly delayMs: readonly [p99: number, worst: number];
  /** Megabytes at the start and at the end. */
  readonly heapMb: readonly [start: number, end: number];
  readonly residentMb: readonly [start: number, end: number];
}

/** Measures this process for so many seconds, while `service` watches these connections. */
export async function meterWatching(
  service: Pick<ReplicationService, 'onDidChange'>,
  connectionIds: readonly string[],
  seconds: number,
): Promise<WatchFigures> {
  const sampledAt = new Map<string, number[]>(connectionIds.map((id) => [id, []]));
  const start = usage();
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const begin = performance.now();
  const stop = service.onDidChange((id, change) => {
    if (change !== 'state') sampledAt.get(id)?.push(performance.now());
  });
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  stop();
  const took = performance.now() - begin;
  delay.disable();
  const end = usage();
  const steps = [...sampledAt.values()].flatMap((moments) =>
    [...moments, begin + took].map((at, index) => at - (moments[index - 1] ?? begin)),
  );
  const expected = Math.floor(took / beatMs);
  const counts = [...sampledAt.values()].map((moments) => moments.length);
  return {
    seconds: took / 1000,
    servers: connectionIds.length,
    samples: counts.reduce((sum, count) => sum + count, 0),
    missed: counts.reduce((sum, count) => sum + Math.max(0, expected - count), 0),
    late: steps.filter((step) => step > beatMs + lateMs).length,
    longestMs: Math.max(...steps),
    processorPercent: (end.processorMs - start.processorMs) / (took / 100),
    delayMs: [delay.percentile(99) / 1e6, delay.max / 1e6],
    heapMb: [start.heapMb, end.heapMb],
    residentMb: [start.residentMb, end.residentMb],
  };
}

/** What this process has used so far. With `--expose-gc` the heap is what is really in use. */
function usage(): { readonly processorMs: number; readonly heapMb: number; readonly residentMb: number } {
  globalThis.gc?.();
  const { system, user } = process.cpuUsage();
  const { heapUsed, rss } = process.memoryUsage();
  return { processorMs: (user + system) / 1000, heapMb: heapUsed / 1e6, residentMb: rss / 1e6 };
}

/** The figures in lines as they are printed. */
export function formatFigures(figures: WatchFigures): readonly string[] {
  const { delayMs, heapMb, late, longestMs, missed, processorPercent, residentMb, samples, seconds, servers } = figures;
  const whole = (value: number) => value.toFixed(0);
  return [
    `${servers} databases at 1 s for ${whole(seconds)} s: ${samples} samples, ${missed} beats missed, ${late} late by more than ${lateMs} ms, longest step ${whole(longestMs)} ms`,
    `  processor: ${processorPercent.toFixed(1)} % of one core; event loop delay ${delayMs[0].toFixed(1)} ms (99th percentile), ${whole(delayMs[1])} ms (worst)`,
    `  heap ${whole(heapMb[0])} MB at the start, ${whole(heapMb[1])} MB at the end; resident ${whole(residentMb[0])} MB, ${whole(residentMb[1])} MB`,
  ];
}
