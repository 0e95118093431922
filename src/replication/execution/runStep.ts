import { describeError, ReplicationError, type ErrorDescription } from '../model/errors.ts';
import type { PlanProgress, Step, StepOutcome } from '../model/plan.ts';
import type { Session } from '../postgres/session.ts';
import { renderForServer } from '../postgres/statement.ts';
import { watchBlockers } from './blockerWatch.ts';
import { cancelWhenWanted } from './cancel.ts';
import type { ExecutorDependencies } from './dependencies.ts';
import { explainFailure, type StepFailure } from './failure.ts';
import { afterLoss } from './loss.ts';
import type { PlanSessions } from './planSessions.ts';
import type { Redactor } from './redact.ts';

/** After the server's own limit it gets this long to say so, until the connection is taken for dead. Milliseconds. */
const silenceMs = 15_000;

/** What a step needs of the plan that it belongs to. */
export interface StepContext {
  readonly dependencies: ExecutorDependencies;
  readonly sessions: PlanSessions;
  readonly redactor: Redactor;
  readonly signal: AbortSignal | undefined;
  /** Resolves when what listens has written it down. Never rejects. */
  readonly tell: (progress: PlanProgress) => Promise<void>;
}

export interface StepResult {
  readonly outcome: StepOutcome;
  readonly cancelled: boolean;
}

/** Runs one step: one statement, one message of the simple protocol, in autocommit. Never rejects. */
export async function runStep(step: Step, context: StepContext): Promise<StepResult> {
  const { redactor, tell } = context;
  const began = Date.now();
  const took = (): number => Date.now() - began;
  await tell({ type: 'started', stepId: step.id });
  const result = await attempt(step, context);
  if ('notices' in result) {
    const notices = result.notices.map((notice) => redactor.text(notice));
    const outcome: StepOutcome = {
      stepId: step.id,
      status: 'done',
      tookMs: took(),
      notices,
      error: null,
      ...(result.foundOut ? { foundOut: true } : {}),
    };
    await tell({ type: 'finished', stepId: step.id, tookMs: took(), notices });
    return { outcome, cancelled: false };
  }
  const error = redactor.error(result.error);
  await tell({ type: 'failed', stepId: step.id, error });
  return {
    outcome: { stepId: step.id, status: result.status, tookMs: took(), notices: [], error },
    cancelled: result.cancelled,
  };
}

/** What the server sent along. `foundOut` as in StepOutcome. */
interface StepSuccess {
  readonly notices: readonly string[];
  readonly foundOut?: true;
}

async function attempt(step: Step, context: StepContext): Promise<StepSuccess | StepFailure> {
  const { sessions, signal } = context;
  let session: Session | undefined;
  try {
    session = await sessions.ready(step, signal);
  } catch (error) {
    // Nothing was sent yet, so whatever it is, the step didn't happen.
    if (!signal?.aborted) return { status: 'failed', cancelled: false, error: notBegun(step, describeError(error)) };
  }
  if (!session || signal?.aborted) {
    const message = `Cancelled before it began on ${step.serverName}: ${step.title}.`;
    return { status: 'failed', cancelled: true, error: { kind: 'cancelled', message } };
  }
  return send(step, session, context);
}

function notBegun(step: Step, error: ErrorDescription): ErrorDescription {
  const advice = [`Nothing was sent to ${step.serverName} for this step.`, error.advice];
  return { ...error, advice: advice.filter((part) => part !== undefined).join(' ') };
}

async function send(
  step: Step,
  session: Session,
  { dependencies, signal, tell }: StepContext,
): Promise<StepSuccess | StepFailure> {
  const ended = new AbortController();
  const watching = watchBlockers(step, session.backendPid, dependencies, ended.signal, (blockers, remainingMs) => {
    void tell({ type: 'waiting', stepId: step.id, blockers, remainingMs });
  });
  const cancelling = cancelWhenWanted(step, session, dependencies, signal, ended.signal);
  const limitMs = step.wait?.limitMs ?? dependencies.facts(step.connectionId)?.target.statementTimeoutMs ?? 0;
  try {
    return await session.execute(renderForServer(step.statement), {
      doing: step.title.charAt(0).toLowerCase() + step.title.slice(1),
      ...(limitMs > 0 ? { deadlineMs: limitMs + silenceMs } : {}),
    });
  } catch (error) {
    ended.abort();
    await cancelling;
    if (ReplicationError.is(error, 'connectionLost')) {
      const became = await afterLoss(step, describeError(error), dependencies, signal);
      return became === 'done' ? { notices: [], foundOut: true } : became;
    }
    return await explainFailure(step, error, {
      dependencies,
      aborted: signal?.aborted ?? false,
      blockers: await watching,
    });
  } finally {
    ended.abort();
    await Promise.all([watching, cancelling]);
  }
}
