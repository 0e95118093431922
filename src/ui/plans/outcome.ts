import type { ErrorDescription } from '../../replication/model/errors.ts';
import type { Plan, PlanOutcome } from '../../replication/model/plan.ts';
import type { Notifier } from '../notify.ts';
import { undoPlan } from './undo.ts';
import { failedStepWords, noticesOf, reportWords, standsWords } from './words.ts';

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
  const failed = outcome.steps.find(({ status, error }) => status !== 'done' && error !== null);
  const error: ErrorDescription = failed?.error ?? {
    kind: outcome.status === 'cancelled' ? 'cancelled' : 'internal',
    message: endWords(outcome),
  };
  const repeatable = plan.steps.some(({ id, repeatable: twice }) => id === failed?.stepId && twice === true);
  const looks = outcome.status === 'unknown' && !repeatable;
  const ways = [
    ...(looks && lookAgain ? [{ ...wayOf.lookAgain, act: lookAgain }] : []),
    ...(!looks && (doneSteps > 0 || repeatable) && resume ? [{ ...wayOf.resume, act: resume }] : []),
    // Where the undo is refused, nobody waits for it who could say so.
    ...(undo ? [{ ...wayOf.undo, act: () => runUndo(undo).catch((thrown: unknown) => notifier.error(thrown)) }] : []),
  ];
  const leave = doneSteps > 0 || outcome.status === 'unknown' ? [abandonWords] : [];
  const advice = [error.advice, standsWords(plan, outcome)].filter((part) => part !== undefined && part !== '');
  await notifier.failure({
    description: { ...error, ...(advice.length > 0 ? { advice: advice.join(' ') } : {}) },
    context: failedStepWords(plan, outcome),
    report: reportWords(plan, outcome, [...ways.map(({ button, does }) => `${button}: ${does}`), ...leave]),
    actions: Object.fromEntries(ways.map(({ button, act }) => [button, act])),
  });
}

/** What can be done with a plan that stopped: the button, and what it does. */
const wayOf = {
  lookAgain: { button: 'Look Again', does: 'asks the server whether the step was carried out.' },
  resume: { button: 'Resume…', does: 'goes on with the steps that are left. They are shown first.' },
  undo: { button: 'Undo What Was Done', does: 'takes back the steps that were done. They are shown first.' },
} as const;
const abandonWords = 'Abandon… (in the History view): leaves everything as it is now.';

function endWords(outcome: PlanOutcome): string {
  return outcome.status === 'cancelled'
    ? 'cancelled on the way.'
    : 'nobody can say whether it was done. Look at the server.';
}

/** Notices carry their severity in front; what only informs is in the history and the log. */
function isWarning(notice: string): boolean {
  return !/^(?:NOTICE|INFO|LOG|DEBUG\d?)\b/.test(notice);
}
