import type { ExecutorDependencies } from './execution/dependencies.ts';
import { findOut } from './execution/findOut.ts';
import { refuseUnlessAllowed } from './execution/guard.ts';
import { pause } from './execution/pause.ts';
import { PlanSessions } from './execution/planSessions.ts';
import { settleStep } from './execution/recheck.ts';
import { redactorFor } from './execution/redact.ts';
import { runStep, type StepContext, type StepResult } from './execution/runStep.ts';
import { refuseStale } from './execution/stale.ts';
import { refuseStaleRest } from './execution/staleRest.ts';
import type { Plan, PlanOutcome, PlanProgress, Step, StepOutcome } from './model/plan.ts';
import type { RunOptions } from './service.ts';

/** Whoever writes down what happens gets this long for it, in milliseconds; then the plan goes on. */
const listenerMs = 2_000;

/**
 * Runs a plan step by step on sessions of its own, and stops at the first step that fails, is cancelled, or whose
 * connection breaks without that anybody can find out how it ended; what comes after it stays 'pending'. With
 * `resume`, what was done is not run again, and of a step nobody knew of the server is asked first. Resolves with the
 * outcome in all these cases. Rejects only where nothing was run: 'unknownConnection', 'readOnlyConnection',
 * 'notConfirmed', 'stalePlan' (of a plan that is resumed: where what it did, or what it hasn't touched, is no longer as it
 * was left), or the failure to read a server that the plan was made from.
 */
export async function executePlan(
  plan: Plan,
  dependencies: ExecutorDependencies,
  options: RunOptions = {},
): Promise<PlanOutcome> {
  refuseUnlessAllowed(plan, dependencies, options.typedNames, options.moved);
  if (options.resume) await refuseStaleRest(plan, options.resume, dependencies, options.signal);
  else await refuseStale(plan, dependencies, options.signal);
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
      const before = options.resume?.steps.find(({ stepId }) => stepId === step.id);
      if (before?.status === 'done') {
        outcomes.push(before);
        continue;
      }
      if (status === 'done' && options.signal?.aborted) status = 'cancelled';
      if (status !== 'done') {
        outcomes.push(before ?? notRun(step));
        continue;
      }
      const { outcome, cancelled } = await resumeStep(step, before, context);
      outcomes.push(outcome);
      if (outcome.status === 'unknown') status = 'unknown';
      else if (outcome.status === 'failed') status = cancelled ? 'cancelled' : 'failed';
    }
  } finally {
    await sessions.close();
  }
  return { planId: plan.id, status, startedAt, endedAt: Date.now(), steps: outcomes };
}

/** Runs a step, unless it turns out that it was carried out before, or that nobody can be asked yet. */
async function resumeStep(step: Step, before: StepOutcome | undefined, context: StepContext): Promise<StepResult> {
  if (before?.status !== 'unknown' || (!step.effect && !step.repeatable)) return runStep(step, context);
  await context.tell({ type: 'started', stepId: step.id });
  const finding = await findOut(step, context.dependencies, context.signal);
  if (finding.kind === 'again') return runStep(step, context);
  const outcome = await settleStep(step, before, finding, context.dependencies);
  if (outcome.status === 'pending') return runStep(step, context);
  if (outcome.status === 'done') {
    await context.tell({ type: 'finished', stepId: step.id, tookMs: outcome.tookMs ?? 0, notices: [] });
  } else if (outcome.error) {
    await context.tell({ type: 'failed', stepId: step.id, error: outcome.error });
  }
  return { outcome, cancelled: false };
}

function notRun(step: Step): StepOutcome {
  return { stepId: step.id, status: 'pending', tookMs: null, notices: [], error: null };
}

/** Whoever listens must not be able to stop a plan half way, neither by throwing nor by never answering. */
async function tellSafely(listener: RunOptions['onProgress'], progress: PlanProgress): Promise<void> {
  const over = new AbortController();
  try {
    await Promise.race([listener?.(progress), pause(listenerMs, over.signal)]);
  } catch {
    // The outcome says all of it again.
  } finally {
    over.abort();
  }
}
