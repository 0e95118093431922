import type { Step } from '../model/plan.ts';
import type { Session } from '../postgres/session.ts';
import type { ExecutorDependencies } from './dependencies.ts';
import { aborted, pause } from './pause.ts';

const againMs = 500;
const mostAttempts = 10;

/**
 * Cancels what `session` runs once `wanted` is aborted, from another session (pg_cancel_backend), because
 * leaving the connection doesn't end a statement that waits. Asked again until `ended` is aborted: a cancel that
 * comes too early is lost. If nothing helps, the connection is closed, and the step ends as 'connectionLost'.
 */
export async function cancelWhenWanted(
  step: Step,
  session: Session,
  dependencies: ExecutorDependencies,
  wanted: AbortSignal | undefined,
  ended: AbortSignal,
): Promise<void> {
  if (!wanted) return;
  await aborted(AbortSignal.any([wanted, ended]));
  for (let attempt = 0; attempt < mostAttempts && !ended.aborted; attempt++) {
    try {
      const watch = await dependencies.watchSession(step.connectionId);
      await watch.query('select pg_catalog.pg_cancel_backend($1::int)', [session.backendPid], {
        doing: 'cancel the statement',
        deadlineMs: 10_000,
      });
    } catch {
      // The next attempt, or closing the connection, is what is left to do.
    }
    await pause(againMs, ended);
  }
  if (!ended.aborted) await session.close();
}
