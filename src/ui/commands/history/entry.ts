import * as vscode from 'vscode';

import type { HistoryRef } from '../../../contributions.ts';
import { ReplicationError } from '../../../replication/model/errors.ts';
import { ask } from '../../confirm.ts';
import { askSecrets } from '../../plans/askSecrets.ts';
import { entrySqlText } from '../../plans/entryText.ts';
import type { PlanPreviews } from '../../plans/preview.ts';
import { refuseReadOnly } from '../../plans/readOnly.ts';
import { planToRead } from '../../plans/storedPlan.ts';
import { isUndoable, undoEntry, undoSecrets } from '../../plans/undo.ts';
import type { Services } from '../../services.ts';
import { entryOf } from './subject.ts';

type Deps = Pick<Services, 'history' | 'notifier' | 'plans' | 'connections'>;

/** Shows what was run as a read-only document. */
export async function showHistorySql(services: Deps, previews: PlanPreviews, ref?: HistoryRef): Promise<void> {
  const entry = entryOf(services, ref);
  await previews.showText(entry.id, entry.title, entrySqlText(entry));
}

/** Copies what was run, without secrets. */
export async function copyHistorySql(services: Deps, ref?: HistoryRef): Promise<void> {
  await vscode.env.clipboard.writeText(entrySqlText(entryOf(services, ref)));
  services.notifier.done('SQL copied');
}

/** Takes back what a plan did, as a plan of its own; asks for the secrets that this needs. */
export async function undoHistory(services: Deps, ref?: HistoryRef): Promise<void> {
  const entry = entryOf(services, ref);
  if (!isUndoable(entry)) {
    throw new ReplicationError('unsupported', `${entry.title} can’t be undone as a whole.`, {
      advice: 'Show its SQL to see what it did.',
    });
  }
  if (entry.plan) refuseReadOnly(planToRead(entry.plan), services.connections);
  const undo = undoEntry(entry, await askSecrets(services, `Undo: ${entry.title}`, undoSecrets(entry)));
  if (undo) await services.plans.run(undo);
}

/** Forgets what was run; the servers stay as they are. */
export async function clearHistory(services: Deps): Promise<void> {
  const size = services.history.entries().length;
  if (size === 0) throw new ReplicationError('missing', 'The history is empty already.');
  const answer = await ask({
    message: 'Clear the history?',
    detail: `${size} entries, and with them their undo, are forgotten. Nothing changes on the servers.`,
    verb: 'Clear',
  });
  if (answer === 'yes') await services.history.clear();
}
