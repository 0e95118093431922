import { ReplicationError } from '../model/errors.ts';
import type { Plan, PlanOutcome, PlanSubject, Step } from '../model/plan.ts';
import { subjectsOf } from '../model/planSubjects.ts';
import type { Session } from '../postgres/session.ts';
import { renderForServer } from '../postgres/statement.ts';
import type { ExecutorDependencies } from './dependencies.ts';
import { refuseAnotherServer } from './sameServer.ts';
import { refuseChanged, withNothingRun } from './stale.ts';

/** A server that is silent for longer, in milliseconds, while it is asked for the effect of a step, is taken for lost. */
const silenceMs = 15_000;

/**
 * As `refuseStale`, for a plan that was begun (`outcome`): what its steps haven't touched has to be as it was when the plan
 * was made, and what they brought about has to be there still, as far as a step's effect tells and no later step has
 * changed the same object again. Rejects as `refuseStale`, with the step's title; ends at once, unchecked, where `signal`
 * is aborted.
 */
export async function refuseStaleRest(
  plan: Plan,
  outcome: PlanOutcome,
  dependencies: ExecutorDependencies,
  signal?: AbortSignal,
): Promise<void> {
  const status = (step: Step): string | undefined => outcome.steps.find(({ stepId }) => stepId === step.id)?.status;
  const begun = plan.steps.filter((step) => status(step) === 'done' || status(step) === 'unknown');
  const touched = new Set(begun.flatMap((step) => touchedBy(plan, step)));
  const untouched = (plan.basis ?? []).filter((object) => !touched.has(keyOf(object.connectionId, object)));
  const ahead = plan.steps.filter((step) => status(step) !== 'done');
  const isBegun = begun.length > 0;
  await refuseChanged({ basis: untouched, ahead, begun: isBegun }, dependencies, signal);
  const lasting = begun.filter(
    (step, index) => status(step) === 'done' && isToLast(plan, step, begun.slice(index + 1)),
  );
  for (const connectionId of new Set(lasting.map((step) => step.connectionId))) {
    if (signal?.aborted) return;
    const there = (step: Step): boolean => step.connectionId === connectionId;
    try {
      await refuseUndone(connectionId, lasting.filter(there), dependencies, signal);
    } catch (error) {
      if (signal?.aborted) return;
      if (ReplicationError.is(error, 'stalePlan')) throw error;
      // A server to which nothing more is sent need not answer now.
      if (ahead.some(there)) throw withNothingRun(error, isBegun);
    }
  }
}

/** Whether the effect of a step has to be there as long as nobody else changes it: no later step changed the same again. */
function isToLast(plan: Plan, step: Step, later: readonly Step[]): boolean {
  if (!step.effect || step.passing) return false;
  const own = new Set(touchedBy(plan, step));
  return !later.some((other) => touchedBy(plan, other).some((key) => own.has(key)));
}

function touchedBy(plan: Plan, step: Step): readonly string[] {
  return subjectsOf(plan, step).map((subject) => keyOf(step.connectionId, subject));
}

function keyOf(connectionId: string, { kind, schema, name }: PlanSubject): string {
  return JSON.stringify([connectionId, kind, schema ?? null, name]);
}

async function refuseUndone(
  connectionId: string,
  steps: readonly Step[],
  dependencies: ExecutorDependencies,
  signal: AbortSignal | undefined,
): Promise<void> {
  const limit = AbortSignal.timeout(silenceMs);
  let session: Session | undefined;
  try {
    session = await dependencies.session(connectionId, signal ? AbortSignal.any([signal, limit]) : limit);
    for (const [index, step] of steps.entries()) {
      if (index === 0) await refuseAnotherServer(step, session);
      const options = { doing: 'see whether what was done is still there', deadlineMs: silenceMs };
      const rows = await session.query<object>(renderForServer(step.effect ?? []), [], options);
      if (rows.length === 0) throw undone(step);
    }
  } finally {
    await session?.close();
  }
}

function undone({ title, serverName }: Step): ReplicationError {
  return new ReplicationError(
    'stalePlan',
    `What this plan did on ${serverName} is no longer so: ${title}. Nothing more was run.`,
    { advice: 'Look at it as it is now. Then abandon this plan, and make the plan anew from there.' },
  );
}
