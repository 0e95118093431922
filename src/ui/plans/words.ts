import type { Blocker, Plan, PlanOutcome, PlanProgress } from '../../replication/model/plan.ts';
import { durationText } from '../../replication/model/quantity.ts';
import { joined, sentenceList } from '../tree/words.ts';

/** What the progress notification says behind the plan's title; of a single step only what it waits for. */
export function progressWords(
  plan: Plan,
  progress: PlanProgress,
  serverName: (connectionId: string) => string,
): string {
  const step = plan.steps.find(({ id }) => id === progress.stepId);
  const place = plan.steps.length > 1 ? `${progress.stepId} of ${plan.steps.length}: ${step?.title ?? ''}` : '';
  if (progress.type !== 'waiting') return place;
  return [place, waitingWords(progress, serverName)].filter(Boolean).join(': ');
}

function waitingWords(
  { blockers, remainingMs }: Extract<PlanProgress, { type: 'waiting' }>,
  serverName: (connectionId: string) => string,
): string {
  const left = `${Math.ceil(remainingMs / 1000)} s left`;
  if (blockers.length === 0) return `waiting for other transactions to end, ${left}`;
  const shown = blockers.slice(0, 3).map((blocker) => blockerWords(blocker, serverName(blocker.connectionId)));
  const others = blockers.length - shown.length;
  return `waiting for ${sentenceList(shown)}${others > 0 ? `, and ${others} more` : ''}, ${left}`;
}

/** A transaction that something waits for: who, from what, for how long, where. */
export function blockerWords(blocker: Blocker, server: string): string {
  const who =
    blocker.preparedGid === null ? `process ${blocker.pid}` : `the prepared transaction ${blocker.preparedGid}`;
  const more = joined([
    blocker.user,
    blocker.applicationName,
    blocker.database,
    blocker.ageSeconds !== null && `open for ${durationText(blocker.ageSeconds)}`,
  ]);
  return `${who} on ${server}${more === '' ? '' : ` (${more})`}`;
}

/** Where it failed, and in which step of several; the error's own sentence says what failed. */
export function failedStepWords(plan: Plan, outcome: PlanOutcome): string {
  const ended = outcome.steps.find(({ status }) => status === 'failed' || status === 'unknown');
  const step = plan.steps.find(({ id }) => id === ended?.stepId);
  if (!step) return `${plan.title}:`;
  return plan.steps.length === 1
    ? `On ${step.serverName}:`
    : `Step ${step.id} of ${plan.steps.length}, on ${step.serverName}:`;
}

/** What was done, what may have been, and what was not. */
export function reportWords(plan: Plan, outcome: PlanOutcome): string {
  const line = (heading: string, statuses: readonly string[]): string => {
    const steps = plan.steps.filter((step) => statuses.includes(statusOf(step.id, outcome)));
    return steps.length === 0
      ? ''
      : `${heading}\n${steps.map((step) => `• ${step.title} (${step.serverName})`).join('\n')}`;
  };
  return [
    line('Done:', ['done']),
    line('Failed:', ['failed']),
    line('Not known, because the connection broke:', ['unknown']),
    line('Not done:', ['pending', 'skipped']),
    noticesOf(outcome).length > 0 && `The server sent:\n${noticesOf(outcome).join('\n')}`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** Everything the server sent along, in order. */
export function noticesOf(outcome: PlanOutcome): readonly string[] {
  return outcome.steps.flatMap(({ notices }) => notices);
}

function statusOf(stepId: string, outcome: PlanOutcome): string {
  return outcome.steps.find((ended) => ended.stepId === stepId)?.status ?? 'pending';
}
