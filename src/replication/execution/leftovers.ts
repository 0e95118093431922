import type { Leftover, Step } from '../model/plan.ts';
import type { Session } from '../postgres/session.ts';
import { renderForServer } from '../postgres/statement.ts';
import type { ExecutorDependencies } from './dependencies.ts';
import { pause } from './pause.ts';

/** How long a server gets to let go of what it had half made, and how often it is looked. In milliseconds. */
const patienceMs = 10_000;
const everyMs = 100;
/** A server that is silent for longer, in milliseconds, is taken for lost. */
const deadlineMs = 10_000;

/** What a step that was ended left behind. */
export interface LeftBehind {
  /** Still there. */
  readonly there: readonly string[];
  /** Nobody could look. */
  readonly unknown: readonly string[];
}

/**
 * Looks whether an ended step left anything on the servers, and makes them let go of what is only half made.
 * Waits a while for it to go. `by`: the sessions that are there anyway; or, where connections just broke, ones of its
 * own. Never rejects.
 */
export async function clearLeftovers(
  step: Step,
  dependencies: ExecutorDependencies,
  by: 'watching' | 'own' = 'watching',
): Promise<LeftBehind> {
  const there: string[] = [];
  const unknown: string[] = [];
  for (const leftover of step.leftovers ?? []) {
    try {
      if (!(await looked(leftover, dependencies, by))) there.push(leftover.what);
    } catch {
      unknown.push(leftover.what);
    }
  }
  return { there, unknown };
}

async function looked(
  leftover: Leftover,
  dependencies: ExecutorDependencies,
  by: 'watching' | 'own',
): Promise<boolean> {
  if (by === 'watching') return goes(leftover, await dependencies.watchSession(leftover.connectionId));
  const session = await dependencies.session(leftover.connectionId, AbortSignal.timeout(deadlineMs));
  try {
    return await goes(leftover, session);
  } finally {
    await session.close();
  }
}

async function goes(leftover: Leftover, session: Session): Promise<boolean> {
  const doing = `look for ${leftover.what}`;
  for (const until = Date.now() + patienceMs; ; await pause(everyMs)) {
    const rows = await session.query<object>(renderForServer(leftover.probe), [], { doing, deadlineMs });
    if (rows.length === 0) return true;
    if (Date.now() >= until) return false;
    if (leftover.release) {
      // A role that may not end the other's session leaves it there, and it is named.
      await session.query<object>(renderForServer(leftover.release), [], { doing, deadlineMs }).catch(() => {});
    }
  }
}

/** The result as a sentence, for the end of an advice. */
export function leftBehindInWords({ there, unknown }: LeftBehind): string {
  if (there.length === 0 && unknown.length === 0) return 'Nothing was left behind.';
  return [
    ...(there.length > 0 ? [`Still there: ${there.join(', ')}. Drop it before trying again.`] : []),
    ...(unknown.length > 0 ? [`It couldn’t be told whether this is still there: ${unknown.join(', ')}.`] : []),
  ].join(' ');
}
