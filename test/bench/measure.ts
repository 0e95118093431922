/** Durations in milliseconds. */
export interface Durations {
  readonly median: number;
  readonly best: number;
  readonly worst: number;
}

/** Runs `work` once to warm up and then `times` times, one after the other. */
export async function measure(times: number, work: () => Promise<unknown>): Promise<Durations> {
  await work();
  const taken: number[] = [];
  for (let run = 0; run < times; run += 1) {
    const begin = performance.now();
    await work();
    taken.push(performance.now() - begin);
  }
  return summarize(taken);
}

/** Median, best and worst of durations. Throws where there are none. */
export function summarize(taken: readonly number[]): Durations {
  const sorted = taken.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  const [best] = sorted;
  const worst = sorted.at(-1);
  if (median === undefined || best === undefined || worst === undefined) throw new Error('nothing was measured');
  return { median, best, worst };
}

/** As it is printed: "12.3 ms (11.9 to 14.0)". */
export function formatDurations({ median, best, worst }: Durations): string {
  return `${median.toFixed(1)} ms (${best.toFixed(1)} to ${worst.toFixed(1)})`;
}
