import { describeError, ReplicationError, type ErrorDescription } from '../model/errors.ts';
import type { Step } from '../model/plan.ts';
import type { Statement } from '../model/statement.ts';
import type { Session } from '../postgres/session.ts';
import { renderForServer } from '../postgres/statement.ts';
import type { ExecutorDependencies } from './dependencies.ts';
import { pause } from './pause.ts';
import { refuseAnotherServer } from './sameServer.ts';

/**
 * What became of a step whose answer never arrived. running: the server is still at it; unreachable: nobody could look;
 * nothingTells: the step has no effect that could be asked for; again: neither has it, but the server isn't at it any more,
 * and it can be run a second time (`Step.repeatable`).
 */
export type Finding =
  | { readonly kind: 'done' | 'notDone' | 'running' | 'nothingTells' | 'again' }
  | { readonly kind: 'unreachable'; readonly error: ErrorDescription };

/** Between two looks, in milliseconds. */
const everyMs = 250;
/** How long a server gets where nobody said otherwise, in milliseconds. */
const defaultPatienceMs = 5_000;
/** A look at a server that answers at all is over by then, in milliseconds. */
const leastMs = 5_000;
/** Characters that pg_stat_activity keeps of a statement for certain. */
const keptOfQuery = 90;

/**
 * Looks on sessions of its own, for as long as the executor's patience lasts, for what became of a step whose
 * connection broke. That it wasn't carried out counts only once the server has stopped working on it: its backend
 * doesn't notice that nobody listens any more, and may well go on. Never rejects.
 */
export async function findOut(step: Step, dependencies: ExecutorDependencies, signal?: AbortSignal): Promise<Finding> {
  if (!step.effect && !step.repeatable) return { kind: 'nothingTells' };
  const patienceMs = dependencies.patienceMs ?? defaultPatienceMs;
  const until = Date.now() + patienceMs;
  let session: Session | undefined;
  let absent = 0;
  try {
    for (;;) {
      const leftMs = Math.max(leastMs, until - Date.now());
      let finding: Finding;
      try {
        if (!session || session.closed) session = await open(step, dependencies, leftMs);
        finding = await look(step, session, Math.max(leastMs, until - Date.now()));
      } catch (error) {
        finding = { kind: 'unreachable', error: describeError(error) };
      }
      if (finding.kind === 'done') return finding;
      // Twice: the first time the statement might not have been begun with.
      const idle = finding.kind === 'notDone' || finding.kind === 'again';
      absent = idle ? absent + 1 : 0;
      if (absent >= 2) return finding;
      const over = Date.now() >= until || signal?.aborted === true;
      if (over && !idle) return finding;
      await pause(everyMs, over ? undefined : signal);
    }
  } finally {
    await session?.close();
  }
}

async function open(step: Step, dependencies: ExecutorDependencies, withinMs: number): Promise<Session> {
  const signal = AbortSignal.timeout(withinMs);
  try {
    const session = await dependencies.session(step.connectionId, signal);
    try {
      await refuseAnotherServer(step, session);
    } catch (error) {
      await session.close();
      throw error;
    }
    return session;
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new ReplicationError('timeout', `${step.serverName} didn’t answer.`, { cause: error });
  }
}

async function look(step: Step, session: Session, deadlineMs: number): Promise<Finding> {
  const options = { doing: 'find out what became of a step', deadlineMs };
  // In this order: what is over by the first look shows in the second.
  const working = await session.query<object>(
    `select 1 from pg_catalog.pg_stat_activity where pid <> pg_catalog.pg_backend_pid() and state = 'active'
      and datname = pg_catalog.current_database() and pg_catalog.left(query, pg_catalog.length($1::text)) = $1::text`,
    [beginning(step.statement)],
    options,
  );
  if (working.length > 0) return { kind: 'running' };
  if (!step.effect) return { kind: 'again' };
  const rows = await session.query<object>(renderForServer(step.effect), [], options);
  return { kind: rows.length > 0 ? 'done' : 'notDone' };
}

/** How the statement begins, as it shows in pg_stat_activity, up to the first thing in it that isn't plain text. */
function beginning([first]: Statement): string {
  return typeof first === 'string' ? first.slice(0, keptOfQuery) : '';
}
