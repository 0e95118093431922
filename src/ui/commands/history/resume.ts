import * as vscode from 'vscode';

import { views, type HistoryRef } from '../../../contributions.ts';
import { ReplicationError } from '../../../replication/model/errors.ts';
import type { PlanOutcome } from '../../../replication/model/plan.ts';
import { ask } from '../../confirm.ts';
import { askSecrets } from '../../plans/askSecrets.ts';
import { refuseReadOnly } from '../../plans/readOnly.ts';
import { abandonDetail, recheckWords, resumeDetail } from '../../plans/resumeWords.ts';
import { planToRead, revivePlan, type StoredPlan, wantedSecrets } from '../../plans/storedPlan.ts';
import { isUndoable } from '../../plans/undo.ts';
import type { Services } from '../../services.ts';
import { runCommand } from '../typed.ts';
import { undoHistory } from './entry.ts';
import { openEntryOf, type OpenEntry } from './subject.ts';

type Deps = Pick<Services, 'history' | 'notifier' | 'plans' | 'service' | 'connections'>;

/** Goes on with a plan where it stopped: looks first what became of steps nobody knows of, and asks for its secrets. */
export async function resumeHistory(services: Deps, ref?: HistoryRef): Promise<void> {
  const open = openEntryOf(services, ref);
  const { entry, stored } = open;
  refuseReadOnly(planToRead(stored), services.connections);
  const found = await lookAgain(services, open);
  if (found.status === 'done') {
    services.notifier.done(`It turned out that all of it was carried out: ${entry.title}`);
    return;
  }
  const outcome = await decided(stored, found);
  if (!outcome) return;
  const question = { message: `Resume: ${entry.title}?`, detail: resumeDetail(stored, outcome), verb: 'Resume' };
  const answer = await ask({ ...question, other: 'Show SQL' });
  if (answer === 'other') await runCommand('pgReplication.history.showSql', { entryId: entry.id });
  if (answer !== 'yes') return;
  const left = outcome.steps.filter(({ status }) => status !== 'done').map(({ stepId }) => stepId);
  const secretFor = await askSecrets(services, entry.title, wantedSecrets(stored, left, 'run'));
  const plan = revivePlan(stored, secretFor);
  await services.plans.run(plan, { confirmed: true, resume: { entryId: entry.id, outcome } });
}

/** Looks at the servers for what became of steps nobody knows of, and keeps what was found. */
export async function recheckHistory(services: Deps, ref?: HistoryRef): Promise<void> {
  const open = openEntryOf(services, ref);
  const found = await lookAgain(services, open);
  const unsure = found.steps.find(({ status }) => status === 'unknown');
  if (unsure?.error) await services.notifier.failure({ description: unsure.error, context: `${open.entry.title}:` });
  else services.notifier.done(recheckWords(open.stored, open.outcome, found));
}

/** Gives a plan up: says what stays of it, and offers to take it back. */
export async function abandonHistory(services: Deps, ref?: HistoryRef): Promise<void> {
  const { entry, stored, outcome } = openEntryOf(services, ref);
  const answer = await ask({
    message: `Abandon: ${entry.title}?`,
    detail: abandonDetail(stored, outcome),
    verb: 'Abandon',
    ...(isUndoable(entry) ? { other: 'Abandon and Undo…' } : {}),
  });
  if (answer === undefined) return;
  await services.history.abandon(entry.id);
  if (answer === 'other') await undoHistory(services, { entryId: entry.id });
}

async function lookAgain(services: Deps, { entry, stored, outcome }: OpenEntry): Promise<PlanOutcome> {
  if (!outcome.steps.some(({ status }) => status === 'unknown')) return outcome;
  const found = await vscode.window.withProgress({ location: { viewId: views.history } }, () =>
    services.service.recheck(planToRead(stored), outcome),
  );
  await services.history.update(entry.id, found);
  return found;
}

/**
 * The outcome with the person's word on a step that nothing tells of; undefined where they leave it. Throws
 * ReplicationError where a server has to be asked and can't be yet.
 */
async function decided(stored: StoredPlan, found: PlanOutcome): Promise<PlanOutcome | undefined> {
  const unsure = found.steps.find(({ status }) => status === 'unknown');
  const step = stored.steps.find(({ id }) => id === unsure?.stepId);
  // What can be run a second time is, unless the server still works on it.
  if (!unsure || !step || (step.repeatable && !step.effect)) return found;
  if (step.effect) {
    const { message, advice } = unsure.error ?? { message: `It isn’t known yet how this ended: ${step.title}.` };
    throw new ReplicationError('connectionLost', message, advice === undefined ? {} : { advice });
  }
  const answer = await ask({
    message: `Was this carried out on ${step.serverName}: ${step.title}?`,
    detail:
      'The connection broke while it ran, and nothing in the catalogs tells. Look at the server before you answer.',
    verb: 'It Was Carried Out',
    other: 'Run It Again',
  });
  if (answer === undefined) return undefined;
  const word = answer === 'yes' ? ('done' as const) : ('pending' as const);
  const steps = found.steps.map((ended) => (ended === unsure ? { ...ended, status: word, error: null } : ended));
  return { ...found, status: 'failed', steps };
}
