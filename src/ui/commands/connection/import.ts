import * as vscode from 'vscode';

import { freeName } from '../../../connections/connection.ts';
import type { Offer } from '../../../connections/imports/offer.ts';
import { ReplicationError } from '../../../replication/model/errors.ts';
import { findOffers } from '../../connections/findOffers.ts';
import { toItem } from '../../pickers/pick.ts';
import type { Services } from '../../services.ts';
import { count } from '../../tree/words.ts';

/**
 * Offers the connections that can be found on this machine, grouped by where they are from, and adds those that are
 * chosen. Nothing is chosen beforehand.
 */
export async function importConnections(services: Services): Promise<void> {
  const { connections, notifier } = services;
  const { offers, problems, alreadyKnown } = await findOffers(services);
  if (offers.length === 0) throw nothingToImport(alreadyKnown, problems);
  const chosen = await chooseOffers(offers);
  let first: string | null = null;
  for (const { draft, password } of chosen) {
    const name = freeName(draft.name, new Set(connections.all().map((connection) => connection.name)));
    const { id } = await connections.add({ ...draft, name }, password);
    first ??= id;
  }
  notifier.done(`${count(chosen.length, 'connection')} imported`);
  if (problems.length > 0) void sayProblems(services, problems);
  if (first !== null) await services.reveal({ kind: 'connection', connectionId: first });
}

async function chooseOffers(offers: readonly Offer[]): Promise<readonly Offer[]> {
  const items = [...new Set(offers.map(({ source }) => source))].flatMap((source) => [
    { label: source, kind: vscode.QuickPickItemKind.Separator, value: null },
    ...offers.filter((offer) => offer.source === source).map(offerItem),
  ]);
  const picked = await vscode.window.showQuickPick<(typeof items)[number]>(items, {
    title: 'Import Connections',
    placeHolder: 'Choose the connections to add',
    canPickMany: true,
    matchOnDescription: true,
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  const chosen = (picked ?? []).flatMap(({ value }) => (value === null ? [] : [value]));
  if (chosen.length === 0) throw new vscode.CancellationError();
  return chosen;
}

function offerItem(offer: Offer) {
  const { user, host, port, database } = offer.draft.target;
  return toItem<Offer | null>({
    value: offer,
    label: offer.draft.name,
    description: `${user} · ${database} · ${host}:${port}`,
    detail: [offer.origin, offer.password ? 'with password' : 'no password found', ...offer.remarks].join(' · '),
  });
}

function nothingToImport(alreadyKnown: number, problems: readonly string[]): ReplicationError {
  const message =
    alreadyKnown > 0
      ? 'Every connection that was found on this machine is in the list already.'
      : 'No connections were found on this machine.';
  const looked =
    'Looked at: PG* variables and DATABASE_URL, pg_service.conf, the password file, and the settings of SQLTools and of the PostgreSQL extension by Microsoft.';
  return new ReplicationError('missing', message, { advice: [looked, ...problems].join(' ') });
}

/** What couldn't be read is no failure of the import, and still worth knowing. */
async function sayProblems({ notifier }: Services, problems: readonly string[]): Promise<void> {
  const details = 'Show Details';
  const message = `${count(problems.length, 'source')} of connections could not be read.`;
  const pressed = await vscode.window.showWarningMessage(message, details);
  if (pressed === details) await notifier.details(message, problems.join('\n\n'));
}
