import * as vscode from 'vscode';

import type { FormReader } from '../../../protocol/publication.ts';
import type { Plan, PlanOutcome } from '../../../replication/model/plan.ts';
import type { RefreshOn } from '../../../replication/operations/target.ts';
import { chosenRefreshes } from '../../panels/publicationReaders.ts';
import { confirmationFor } from '../../plans/confirmation.ts';
import type { Services } from '../../services.ts';
import { sentenceList } from '../../tree/words.ts';

/** A change of a publication that its readers learn of only when they are refreshed, or told. */
export interface ReadChange {
  /** "Add", "Remove": on the buttons. */
  readonly verb: string;
  /** On the button that takes the readers along: "Add and Refresh". */
  readonly verbWithReaders: string;
  /** What it means to the readers, after their names: "a subscription learns of it only when it is refreshed." */
  readonly meaning: string;
  /** "Add public.orders to orders_pub on shop-primary?" */
  readonly question: string;
  /** What else is to be known before it is done. */
  readonly warnings: readonly string[];
  readonly readers: readonly FormReader[];
  /** Asked also where nobody reads it and nothing is lost (something was dropped by the mouse). */
  readonly always: boolean;
  readonly planFor: (refresh: readonly RefreshOn[]) => Plan;
}

/**
 * Runs a change of a publication, and where subscriptions are known to read it, asks whether they are refreshed (or
 * told) on their own servers too. Undefined where the person declined.
 */
export async function runWithRefresh(services: Services, change: ReadChange): Promise<PlanOutcome | undefined> {
  const able = change.readers.filter(({ readOnly }) => !readOnly);
  const wishes = able.map(({ connectionId, subscription }) => ({ connectionId, subscription, copyData: true }));
  const only = change.planFor([]);
  const withRefresh = wishes.length === 0 ? null : change.planFor(chosenRefreshes(services, change.readers, wishes));
  const offered = withRefresh ?? only;
  const { question } = confirmationFor(offered, (id) => services.connections.facts(id));
  if (!change.always && change.readers.length === 0 && change.warnings.length === 0 && question === null) {
    return services.plans.run(only);
  }
  const asIs = withRefresh ? `${change.verb} Only` : change.verb;
  const showSql = 'Show SQL';
  const consequences = question === null ? offered.remarks : [question.detail];
  const detail = [readerWords(change), ...change.warnings, ...consequences].filter((text) => text !== '').join('\n\n');
  const buttons = [...(withRefresh ? [change.verbWithReaders] : []), asIs, showSql];
  const options = { modal: true, detail };
  const pressed =
    question === null
      ? await vscode.window.showInformationMessage(change.question, options, ...buttons)
      : await vscode.window.showWarningMessage(change.question, options, ...buttons);
  if (pressed === showSql) await services.plans.preview(offered);
  if (pressed === change.verbWithReaders && withRefresh) return services.plans.run(withRefresh, { confirmed: true });
  return pressed === asIs ? services.plans.run(only, { confirmed: true }) : undefined;
}

function readerWords({ meaning, readers }: ReadChange): string {
  if (readers.length === 0) return '';
  const names = (some: readonly FormReader[]) =>
    sentenceList(some.map(({ serverName, subscription }) => `${subscription} on ${serverName}`));
  const marked = readers.filter(({ readOnly }) => readOnly);
  return [
    `It is read by ${names(readers)}: ${meaning}`,
    marked.length > 0 && `${names(marked)} can’t be changed from here, because the connection is marked read-only.`,
  ]
    .filter((text) => typeof text === 'string')
    .join(' ');
}
