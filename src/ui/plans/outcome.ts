import type { Plan, PlanOutcome } from '../../replication/model/plan.ts';
import type { Notifier } from '../notify.ts';
import { undoPlan } from './undo.ts';
import { failedStepWords, noticesOf, reportWords } from './words.ts';

/** What showing an outcome needs. */
export interface OutcomeParts {
  readonly plan: Plan;
  readonly outcome: PlanOutcome;
  readonly notifier: Pick<Notifier, 'done' | 'error' | 'failure' | 'serverWarnings'>;
  readonly runUndo: (undo: Plan) => Promise<unknown>;
  /** Looks at the servers again, where nobody knows how a step ended. */
  readonly lookAgain?: () => Promise<unknown>;
  /** Goes on where it stopped. */
  readonly resume?: () => Promise<unknown>;
}

/** Says how a plan ended: quietly where it worked, and where it didn't, what was done, what wasn't, and the way back. */
export async function showOutcome(parts: OutcomeParts): Promise<void> {
  const { plan, outcome, notifier, runUndo, lookAgain, resume } = parts;
  if (outcome.status === 'done') {
    notifier.done(plan.title);
    await notifier.serverWarnings(plan.title, noticesOf(outcome).filter(isWarning));
    return;
  }
  const doneSteps = outcome.steps.filter(({ status }) => status === 'done').length;
  if (outcome.status === 'cancelled' && doneSteps === 0) {
    notifier.done(`Cancelled: ${plan.title}`);
    return;
  }
  const undo = undoPlan(plan, outcome);
  const failed = outcome.steps.find(({ error }) => error !== null);
  const counted =
    doneSteps > 0 ? ` ${doneSteps} of ${plan.steps.length} steps ${doneSteps === 1 ? 'was' : 'were'} done before.` : '';
  await notifier.failure({
    description: failed?.error ?? {
      kind: outcome.status === 'cancelled' ? 'cancelled' : 'internal',
      message: endWords(outcome),
    },
    context: `${failedStepWords(plan, outcome)}${counted}`,
    report: reportWords(plan, outcome),
    // Where the undo is refused, nobody waits for it who could say so.
    actions: {
      ...(outcome.status === 'unknown' && lookAgain ? { 'Look Again': lookAgain } : {}),
      ...(outcome.status !== 'unknown' && doneSteps > 0 && resume ? { 'Resume…': resume } : {}),
      ...(undo ? { 'Undo What Was Done': () => runUndo(undo).catch((error: unknown) => notifier.error(error)) } : {}),
    },
  });
}

function endWords(outcome: PlanOutcome): string {
  return outcome.status === 'cancelled'
    ? 'cancelled on the way.'
    : 'nobody can say whether it was done. Look at the server.';
}

/** Notices carry their severity in front; what only informs is in the history and the log. */
function isWarning(notice: string): boolean {
  return !/^(?:NOTICE|INFO|LOG|DEBUG\d?)\b/.test(notice);
}
