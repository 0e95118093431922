import type { Blocker, Plan, PlanOutcome, PlanProgress, Step } from '../../replication/model/plan.ts';
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

/** Where it stopped, and at which step of several; the error's own sentence says why. */
export function failedStepWords(plan: Plan, outcome: PlanOutcome): string {
  const step = stoppedAt(plan, outcome);
  if (!step) return `${plan.title}:`;
  return plan.steps.length === 1
    ? `On ${step.serverName}:`
    : `${plan.title}: stopped at step ${step.id} of ${plan.steps.length}, on ${step.serverName}.`;
}

/** How much of a plan of several steps stands now, in a sentence; nothing for a plan of one step. */
export function standsWords(plan: Plan, outcome: PlanOutcome): string {
  if (plan.steps.length === 1) return '';
  const done = outcome.steps.filter(({ status }) => status === 'done').length;
  if (done === 0) return outcome.status === 'unknown' ? '' : 'No step was done before it.';
  if (done === 1) return 'One step was done before it, and stays done.';
  return `${done} steps were done before it, and stay done.`;
}

/** What was done, what may have been, what was not, and what can be done now by the buttons of the message. */
export function reportWords(plan: Plan, outcome: PlanOutcome, ways: readonly string[] = []): string {
  const line = (heading: string, statuses: readonly string[]): string => {
    const steps = plan.steps.filter((step) => statuses.includes(statusOf(step.id, outcome)));
    return steps.length === 0
      ? ''
      : `${heading}\n${steps.map((step) => `• ${step.title} (${step.serverName})`).join('\n')}`;
  };
  return [
    line('Done, and stays so:', ['done']),
    line('Failed:', ['failed']),
    line('Not known, because the connection broke:', ['unknown']),
    line('Not run:', ['pending', 'skipped']),
    ways.length > 0 && `What you can do:\n${ways.map((way) => `• ${way}`).join('\n')}`,
    noticesOf(outcome).length > 0 && `The server sent:\n${noticesOf(outcome).join('\n')}`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** Everything the server sent along, in order. */
export function noticesOf(outcome: PlanOutcome): readonly string[] {
  return outcome.steps.flatMap(({ notices }) => notices);
}

function stoppedAt(plan: Plan, outcome: PlanOutcome): Step | undefined {
  const ended = outcome.steps.find(({ status }) => status === 'failed' || status === 'unknown');
  return plan.steps.find(({ id }) => id === ended?.stepId);
}

function statusOf(stepId: string, outcome: PlanOutcome): string {
  return outcome.steps.find((ended) => ended.stepId === stepId)?.status ?? 'pending';
}
