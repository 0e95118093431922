import type { Plan, PlanOutcome, Step, StepOutcome } from '../model/plan.ts';
import type { ExecutorDependencies } from './dependencies.ts';
import { findOut, type Finding } from './findOut.ts';
import { clearLeftovers, leftBehindInWords } from './leftovers.ts';
import { notKnown } from './loss.ts';

/**
 * The outcome with what the servers say now about steps that nobody knew of: 'done', 'pending' where it didn't happen
 * (with what was left behind, if anything was), or still 'unknown', and why. Changes nothing but half-made slots,
 * which the publisher is asked to let go of. Never rejects.
 */
export async function recheckPlan(
  plan: Plan,
  outcome: PlanOutcome,
  dependencies: ExecutorDependencies,
): Promise<PlanOutcome> {
  const steps: StepOutcome[] = [];
  for (const ended of outcome.steps) {
    const step = plan.steps.find(({ id }) => id === ended.stepId);
    const unsure = step && ended.status === 'unknown';
    steps.push(unsure ? await settleStep(step, ended, await findOut(step, dependencies), dependencies) : ended);
  }
  return { ...outcome, status: statusOf(outcome, steps), steps };
}

/** As `recheckPlan`, for one step that ended 'unknown' and of which this was found out. */
export async function settleStep(
  step: Step,
  ended: StepOutcome,
  finding: Finding,
  dependencies: ExecutorDependencies,
): Promise<StepOutcome> {
  if (finding.kind === 'done') return { ...ended, status: 'done', error: null, foundOut: true };
  if (finding.kind === 'notDone') {
    const left = await clearLeftovers(step, dependencies, 'own');
    const clean = left.there.length === 0 && left.unknown.length === 0;
    const message = `This was not carried out on ${step.serverName}: ${step.title}.`;
    const error = clean ? null : { kind: 'connectionLost' as const, message, advice: leftBehindInWords(left) };
    return { ...ended, status: 'pending', tookMs: null, error };
  }
  const cause = finding.kind === 'unreachable' ? finding.error : null;
  return {
    ...ended,
    error: {
      kind: 'connectionLost',
      ...notKnown(step, finding),
      ...(cause ? { server: cause.server ?? { message: cause.message } } : {}),
    },
  };
}

function statusOf(outcome: PlanOutcome, steps: readonly StepOutcome[]): PlanOutcome['status'] {
  if (steps.some(({ status }) => status === 'unknown')) return 'unknown';
  if (steps.every(({ status }) => status === 'done')) return 'done';
  return outcome.status === 'unknown' ? 'failed' : outcome.status;
}
