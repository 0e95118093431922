import * as vscode from 'vscode';

import type { HistoryRef } from '../../../contributions.ts';
import { ReplicationError } from '../../../replication/model/errors.ts';
import { ask } from '../../confirm.ts';
import { entrySqlText } from '../../plans/entryText.ts';
import type { HistoryEntry } from '../../plans/history.ts';
import type { PlanPreviews } from '../../plans/preview.ts';
import { undoEntry } from '../../plans/undo.ts';
import type { Services } from '../../services.ts';

type Deps = Pick<Services, 'history' | 'notifier' | 'plans'>;

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

/** Takes back what a plan did, as a plan of its own. */
export async function undoHistory(services: Deps, ref?: HistoryRef): Promise<void> {
  const entry = entryOf(services, ref);
  const undo = undoEntry(entry);
  if (!undo) {
    throw new ReplicationError('unsupported', `${entry.title} can’t be undone as a whole.`, {
      advice: 'Show its SQL to see what it did.',
    });
  }
  await services.plans.run(undo);
}

/** Forgets what was run; the servers stay as they are. */
export async function clearHistory(services: Deps): Promise<void> {
  const size = services.history.entries().length;
  if (size === 0) return;
  const answer = await ask({
    message: 'Clear the history?',
    detail: `${size} entries, and with them their undo, are forgotten. Nothing changes on the servers.`,
    verb: 'Clear',
  });
  if (answer === 'yes') await services.history.clear();
}

function entryOf({ history }: Deps, ref: HistoryRef | undefined): HistoryEntry {
  const entry = ref && history.entry(ref.entryId);
  if (!entry) throw new ReplicationError('missing', 'This entry is no longer in the history.');
  return entry;
}
