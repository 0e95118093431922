import * as vscode from 'vscode';

import { historyScheme, planScheme } from '../../../contributions.ts';
import { ReplicationError } from '../../../replication/model/errors.ts';
import type { PlanPreviews } from '../../plans/preview.ts';
import type { Services } from '../../services.ts';

/** Runs the plan of the preview in front. */
export async function runPreviewedPlan(services: Services, previews: PlanPreviews, uri?: unknown): Promise<void> {
  const plan = previews.planOf(documentUri(uri));
  if (!plan) {
    throw new ReplicationError('stalePlan', 'This document only shows what was run, or is of an earlier window.', {
      advice: 'Make the change again from the tree to run it.',
    });
  }
  await services.plans.run(plan);
}

/** Copies the SQL of the preview in front; passwords are dots in it. */
export async function copyPreviewedPlan(services: Services, previews: PlanPreviews, uri?: unknown): Promise<void> {
  const text = previews.textOf(documentUri(uri));
  if (text === undefined) throw new ReplicationError('missing', 'There is no SQL to copy.');
  await vscode.env.clipboard.writeText(text);
  services.notifier.done('SQL copied');
}

/** The document a button of its title bar was pressed on, or the one in front. */
export function documentUri(uri: unknown): vscode.Uri {
  const found = uri instanceof vscode.Uri ? uri : vscode.window.activeTextEditor?.document.uri;
  if (found?.scheme === planScheme || found?.scheme === historyScheme) return found;
  throw new ReplicationError('missing', 'No plan is in front.', { advice: 'Open one with Show SQL.' });
}
