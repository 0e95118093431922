import * as vscode from 'vscode';

import type { HistoryRef } from '../../../contributions.ts';
import { ReplicationError } from '../../../replication/model/errors.ts';
import type { Plan } from '../../../replication/model/plan.ts';
import { momentText } from '../../plans/entryWords.ts';
import type { PlanPreviews } from '../../plans/preview.ts';
import { runbookFileName, runbookText } from '../../plans/runbook.ts';
import { planToWrite } from '../../plans/storedPlan.ts';
import type { Services } from '../../services.ts';
import { entryOf } from '../history/subject.ts';
import { documentUri } from './document.ts';

type Deps = Pick<Services, 'connections' | 'notifier' | 'history'>;

/** Saves the plan of the preview in front as a script that psql can run, without secrets. */
export async function saveRunbook(services: Deps, previews: PlanPreviews, uri?: unknown): Promise<void> {
  const plan = previews.planOf(documentUri(uri));
  if (!plan) {
    throw new ReplicationError('stalePlan', 'This document only shows what was run, or is of an earlier window.', {
      advice: 'Make the change again from the tree, or save it from the History view.',
    });
  }
  await save(services, plan);
}

/** Saves the plan of a history entry as such a script: all of its steps, whatever became of them. */
export async function saveHistoryRunbook(services: Deps, ref?: HistoryRef): Promise<void> {
  const entry = entryOf(services, ref);
  if (!entry.plan) {
    throw new ReplicationError('unsupported', `${entry.title} was run by an earlier version, which kept no plan.`, {
      advice: 'Copy its SQL instead.',
    });
  }
  await save(services, planToWrite(entry.plan));
}

async function save({ connections, notifier }: Deps, plan: Plan): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = runbookFileName(plan.title);
  const uri = await vscode.window.showSaveDialog({
    title: 'Save as Runbook',
    saveLabel: 'Save Runbook',
    filters: { SQL: ['sql'] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : { defaultUri: vscode.Uri.file(name) }),
  });
  if (!uri) throw new vscode.CancellationError();
  const text = runbookText({
    plan,
    target: (connectionId) => connections.facts(connectionId)?.target,
    madeAt: momentText(Date.now()),
  });
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  notifier.done('Runbook saved');
  // Beside the plan that it was saved from: as a preview it would take that one's tab.
  await vscode.window.showTextDocument(uri, { preview: false });
}
