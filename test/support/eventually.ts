/** How long to ask, how often, and what for. */
export interface EventuallyOptions {
  /** Milliseconds until the wait fails; 30,000 unless told: what takes a moment may take long on a busy machine. */
  readonly within?: number;
  /** Milliseconds between two attempts; 50 unless told. */
  readonly every?: number;
  /** What is waited for, in words, for the message of the failure. */
  readonly what?: string;
}

/**
 * Asks `attempt` again and again until it gives something other than `false`, `null` or `undefined`, and
 * gives that. An attempt that throws counts as "not yet".
 * Throws when the time is over, with the last error (if any) as its cause.
 */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  { within = 30_000, every = 50, what = 'the condition' }: EventuallyOptions = {},
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = Date.now() + within;
  let failure: unknown;
  for (;;) {
    try {
      const value = await attempt();
      if (value !== false && value !== null && value !== undefined) {
        return value as Exclude<T, false | null | undefined>;
      }
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    if (Date.now() >= deadline) {
      const reason = failure instanceof Error ? `: ${failure.message}` : '';
      throw new Error(`${what} did not come within ${within} ms${reason}`, { cause: failure });
    }
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}

/**
 * Blocks this thread until `condition` gives true or `within` milliseconds are over; gives whether it came
 * true. Only for the end of a process, where nothing asynchronous runs any more.
 */
export function eventuallySync(condition: () => boolean, within: number): boolean {
  const deadline = Date.now() + within;
  const cell = new Int32Array(new SharedArrayBuffer(4));
  while (!condition()) {
    if (Date.now() >= deadline) {
      return false;
    }
    Atomics.wait(cell, 0, 0, 10);
  }
  return true;
}
