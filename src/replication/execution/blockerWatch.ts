import { readBlockers, readLockHolders } from '../catalog/blockers.ts';
import type { Blocker, Step } from '../model/plan.ts';
import type { ExecutorDependencies } from './dependencies.ts';
import { aborted, pause } from './pause.ts';

/** Statements that don't have to wait are over by then. In milliseconds, as is the pause between two looks. */
const firstLookMs = 400;
const everyMs = 1000;

/**
 * Looks at what a waiting step waits for, again and again until `ended` is aborted, and tells it. `pid` is the
 * backend that runs the step. A look that fails is left out: it must not end the step. Resolves with what was
 * seen last.
 */
export async function watchBlockers(
  step: Step,
  pid: number,
  dependencies: ExecutorDependencies,
  ended: AbortSignal,
  tell: (blockers: readonly Blocker[], remainingMs: number) => void,
): Promise<readonly Blocker[]> {
  const { wait } = step;
  if (!wait) return [];
  const began = Date.now();
  const over = aborted(ended);
  let seen: readonly Blocker[] = [];
  for (await pause(firstLookMs, ended); !ended.aborted; await pause(everyMs, ended)) {
    // A publisher that doesn't answer must not hold up a step that is over.
    const found = await Promise.race([look(step, wait.blockersOn, pid, dependencies), over]);
    if (found === null || ended.aborted) break;
    seen = found;
    tell(found, Math.max(0, wait.limitMs - (Date.now() - began)));
  }
  return seen;
}

/** Open transactions that have written on the servers named, and whoever holds a lock the step itself waits for. */
async function look(
  step: Step,
  blockersOn: readonly string[],
  pid: number,
  dependencies: ExecutorDependencies,
): Promise<readonly Blocker[]> {
  const looks = [
    ...blockersOn.map(async (id) => readBlockers(await dependencies.watchSession(id), id)),
    (async () => readLockHolders(await dependencies.watchSession(step.connectionId), step.connectionId, pid))(),
  ];
  const found = new Map<string, Blocker>();
  for (const result of await Promise.allSettled(looks)) {
    if (result.status === 'rejected') continue;
    for (const blocker of result.value) found.set(keyOf(blocker), blocker);
  }
  return [...found.values()];
}

function keyOf({ connectionId, pid, preparedGid }: Blocker): string {
  return JSON.stringify([connectionId, pid, preparedGid]);
}
