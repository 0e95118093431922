import type { ExecutorDependencies } from './execution/dependencies.ts';
import { refuseUnlessAllowed } from './execution/guard.ts';
import { PlanSessions } from './execution/planSessions.ts';
import { redactorFor } from './execution/redact.ts';
import { runStep, type StepContext } from './execution/runStep.ts';
import type { Plan, PlanOutcome, PlanProgress, Step, StepOutcome } from './model/plan.ts';
import type { RunOptions } from './service.ts';

/**
 * Runs a plan step by step on sessions of its own, and stops at the first step that fails, is cancelled, or whose
 * connection breaks; what comes after it stays 'pending'. Resolves with the outcome in all these cases. Rejects
 * only where nothing was run: 'unknownConnection', 'readOnlyConnection', 'notConfirmed'.
 */
export async function executePlan(
  plan: Plan,
  dependencies: ExecutorDependencies,
  options: RunOptions = {},
): Promise<PlanOutcome> {
  refuseUnlessAllowed(plan, dependencies, options.typedNames);
  const startedAt = Date.now();
  const sessions = new PlanSessions(dependencies);
  const context: StepContext = {
    dependencies,
    sessions,
    redactor: redactorFor(plan),
    signal: options.signal,
    tell: (progress) => tellSafely(options.onProgress, progress),
  };
  const outcomes: StepOutcome[] = [];
  let status: PlanOutcome['status'] = 'done';
  try {
    for (const step of plan.steps) {
      if (status === 'done' && options.signal?.aborted) status = 'cancelled';
      if (status !== 'done') {
        outcomes.push(notRun(step));
        continue;
      }
      const { outcome, cancelled } = await runStep(step, context);
      outcomes.push(outcome);
      if (outcome.status === 'unknown') status = 'unknown';
      else if (outcome.status === 'failed') status = cancelled ? 'cancelled' : 'failed';
    }
  } finally {
    await sessions.close();
  }
  const steps = outcomes.map((outcome) => withWhatStays(plan, outcomes, outcome));
  return { planId: plan.id, status, startedAt, endedAt: Date.now(), steps };
}

function notRun(step: Step): StepOutcome {
  return { stepId: step.id, status: 'pending', tookMs: null, notices: [], error: null };
}

/** A step that failed after others were done says that those stay; how to take them back is in their `undo`. */
function withWhatStays(plan: Plan, outcomes: readonly StepOutcome[], outcome: StepOutcome): StepOutcome {
  if (outcome.error === null) return outcome;
  const done = plan.steps.filter((step) =>
    outcomes.some(({ stepId, status }) => stepId === step.id && status === 'done'),
  );
  if (done.length === 0) return outcome;
  const stays = `Done before, and still so: ${done.map((step) => `${step.title} (${step.serverName})`).join('; ')}.`;
  const ways = done.flatMap((step) => (step.undo ? [step.undo.title] : []));
  const undo = ways.length > 0 ? ` To take it back: ${ways.toReversed().join('; ')}.` : '';
  const advice = [outcome.error.advice, `${stays}${undo}`].filter((part) => part !== undefined).join(' ');
  return { ...outcome, error: { ...outcome.error, advice } };
}

/** Whoever listens must not be able to stop a plan half way by throwing. */
function tellSafely(listener: RunOptions['onProgress'], progress: PlanProgress): void {
  try {
    listener?.(progress);
  } catch {
    // The outcome says all of it again.
  }
}
