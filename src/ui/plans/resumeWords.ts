import type { PlanOutcome, StepStatus } from '../../replication/model/plan.ts';
import { count } from '../tree/words.ts';
import type { StoredPlan } from './storedPlan.ts';

/** What is asked before a plan is resumed: what was done, what is to be run, and what was found left behind. */
export function resumeDetail(plan: StoredPlan, outcome: PlanOutcome): string {
  return paragraphs([
    list('Done, and not run again:', plan, outcome, ['done']),
    list('To be run now:', plan, outcome, ['pending', 'failed', 'skipped', 'unknown']),
    ...leftBehind(outcome),
    ...consequences(plan, outcome),
  ]);
}

/** What is asked before a plan is given up: what stays, and what doesn't happen. */
export function abandonDetail(plan: StoredPlan, outcome: PlanOutcome): string {
  return paragraphs([
    list('Done, and stays so:', plan, outcome, ['done']) || 'Nothing of it was done.',
    list('Not known, because the connection broke (look again to find out):', plan, outcome, ['unknown']),
    list('Not done:', plan, outcome, ['pending', 'failed', 'skipped']),
    ...leftBehind(outcome),
    'Nothing changes on the servers; only the history says that it was given up.',
  ]);
}

/** What a look at the servers found out, in a line. */
export function recheckWords(plan: StoredPlan, before: PlanOutcome, found: PlanOutcome): string {
  const looked = before.steps.filter(({ status }) => status === 'unknown').map(({ stepId }) => stepId);
  if (looked.length === 0) return `Nothing to find out, all is known: ${plan.title}`;
  const done = found.steps.filter(({ stepId, status }) => looked.includes(stepId) && status === 'done');
  const titles = plan.steps.filter(({ id }) => looked.includes(id)).map(({ title }) => title);
  const what = titles.length === 1 ? (titles[0] ?? '') : count(titles.length, 'step');
  return done.length === looked.length ? `It was carried out: ${what}` : `It was not carried out: ${what}`;
}

function list(heading: string, plan: StoredPlan, outcome: PlanOutcome, statuses: readonly StepStatus[]): string {
  const steps = plan.steps.filter((step) =>
    statuses.includes(outcome.steps.find(({ stepId }) => stepId === step.id)?.status ?? 'pending'),
  );
  if (steps.length === 0) return '';
  return `${heading}\n${steps.map(({ title, serverName }) => `• ${title} (${serverName})`).join('\n')}`;
}

/** What a step that didn't happen was found to have left behind. */
function leftBehind({ steps }: PlanOutcome): readonly string[] {
  return steps.flatMap(({ status, error }) => (status === 'pending' && error?.advice ? [error.advice] : []));
}

function consequences(plan: StoredPlan, outcome: PlanOutcome): readonly string[] {
  const done = new Set(outcome.steps.filter(({ status }) => status === 'done').map(({ stepId }) => stepId));
  return [...new Set(plan.steps.flatMap(({ id, consequence }) => (done.has(id) ? [] : [consequence ?? ''])))];
}

function paragraphs(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}
