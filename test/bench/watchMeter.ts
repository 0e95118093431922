import { monitorEventLoopDelay } from 'node:perf_hooks';

import type { ReplicationService } from '../../src/replication/service.ts';
import { collectGarbage, profiled } from './inspected.ts';

/** Milliseconds between samples that the bench asks for. */
export const beatMs = 1000;
/** A sample so much later than its beat was late, milliseconds. */
const lateMs = 500;
/** How often it is looked how much memory is resident, milliseconds. */
const lookMs = 1000;

/** Memory of one process, megabytes. */
export interface Memory {
  /** All that the system counts to it, with garbage. */
  readonly residentMb: number;
  /** In use on the JavaScript heap, after its garbage was collected. */
  readonly heapMb: number;
  /** Outside of it: buffers and arrays of numbers, after the collection too. */
  readonly externalMb: number;
}

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
  readonly memory: readonly [start: Memory, end: Memory];
  /** The most that was resident in between, megabytes. */
  readonly mostResidentMb: number;
}

/** Measures this process for so many seconds, while `service` watches these connections. Profiles it into `profile` where one is given. */
export async function meterWatching(
  service: Pick<ReplicationService, 'onDidChange'>,
  connectionIds: readonly string[],
  seconds: number,
  profile?: string,
): Promise<WatchFigures> {
  const sampledAt = new Map<string, number[]>(connectionIds.map((id) => [id, []]));
  const start = await memory();
  let mostResidentMb = 0;
  const look = setInterval(() => {
    mostResidentMb = Math.max(mostResidentMb, process.memoryUsage.rss() / 1e6);
  }, lookMs);
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const before = process.cpuUsage();
  const begin = performance.now();
  const stop = service.onDidChange((id, change) => {
    if (change !== 'state') sampledAt.get(id)?.push(performance.now());
  });
  await profiled(profile, () => new Promise((resolve) => setTimeout(resolve, seconds * 1000)));
  stop();
  const took = performance.now() - begin;
  const { system, user } = process.cpuUsage(before);
  delay.disable();
  clearInterval(look);
  const end = await memory();
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
    longestMs: steps.reduce((longest, step) => Math.max(longest, step), 0),
    processorPercent: (system + user) / 1000 / (took / 100),
    delayMs: [delay.percentile(99) / 1e6, delay.max / 1e6],
    memory: [start, end],
    mostResidentMb: Math.max(mostResidentMb, end.residentMb),
  };
}

/** What this process holds: resident as it is, the rest once garbage is collected. */
async function memory(): Promise<Memory> {
  const residentMb = process.memoryUsage.rss() / 1e6;
  await collectGarbage();
  const { external, heapUsed } = process.memoryUsage();
  return { residentMb, heapMb: heapUsed / 1e6, externalMb: external / 1e6 };
}

/** The figures in lines as they are printed. */
export function formatFigures(figures: WatchFigures): readonly string[] {
  const { delayMs, late, longestMs, memory: held, missed, mostResidentMb, samples, seconds, servers } = figures;
  return [
    `${servers} databases at 1 s for ${whole(seconds)} s: ${samples} samples, ${missed} beats missed, ${late} late by more than ${lateMs} ms, longest step ${whole(longestMs)} ms`,
    `  processor: ${figures.processorPercent.toFixed(1)} % of one core; event loop delay ${delayMs[0].toFixed(1)} ms (99th percentile), ${whole(delayMs[1])} ms (worst)`,
    `  at the start: ${formatMemory(held[0])}`,
    `  at the end: ${formatMemory(held[1])}; resident ${whole(mostResidentMb)} MB at the most`,
  ];
}

/** A process's memory in words. */
export function formatMemory({ externalMb, heapMb, residentMb }: Memory): string {
  return `resident ${whole(residentMb)} MB, in use of it on the heap ${whole(heapMb)} MB, outside of it ${whole(externalMb)} MB`;
}

function whole(value: number): string {
  return value.toFixed(0);
}
