import * as vscode from 'vscode';

import { ReplicationError } from '../../../replication/model/errors.ts';
import { refuseUnlessReadable, refuseWhileUsed, slotOf } from '../../../replication/operations/slot/slotOf.ts';
import type { PlanTarget } from '../../../replication/operations/target.ts';
import type { PeekDocuments } from '../../peek/peekDocuments.ts';
import { namedObjects } from '../../pickers/object.ts';
import { pickMany } from '../../pickers/pick.ts';
import { withoutLinks } from '../../plainText.ts';
import type { Services } from '../../services.ts';
import type { SlotNode } from '../../tree/node.ts';
import { openItsDatabase } from './itsDatabase.ts';
import { knownReaders } from './knownReaders.ts';

/** The most lines of a document: what one can read, and one answer of the server. */
const mostChanges = 500;

/** Peek Changes: the changes that wait in a slot, without consuming them, in a document that can be searched. */
export async function peekChanges(services: Services, documents: PeekDocuments, node?: SlotNode): Promise<void> {
  const { names, target: clicked } = await namedObjects(services, 'slot', [node, undefined], {
    question: 'Peek at the changes of which replication slot?',
    fits: ({ active, lost, type }) => type === 'logical' && !lost && !active,
    none: 'no logical replication slot to peek at',
    advice: 'One in use can’t be read by somebody else: copy it, and peek at the copy.',
    changes: false,
  });
  const slot = slotOf(clicked, names[0]);
  refuseUnlessReadable(clicked, slot, 'decoded');
  refuseWhileUsed(clicked, slot, 'peek again; or copy the slot, and peek at the copy');
  const target = await openItsDatabase(services, clicked, slot, 'decoded');
  const publications = slot.plugin === 'pgoutput' ? await choosePublications(services, target, slot.name) : [];
  const { connectionId, serverName, snapshot } = target;
  const peeked = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: withoutLinks(`Peeking at the changes of ${slot.name} on ${serverName}`),
    },
    () => services.service.reads.peek(connectionId, { slotName: slot.name, limit: mostChanges, publications }),
  );
  await documents.show(connectionId, {
    slotName: slot.name,
    serverName,
    database: snapshot.inventory.server.database,
    plugin: slot.plugin ?? 'unknown',
    publications,
    position: slot.confirmedFlushLsn,
    currentLsn: snapshot.pulse.currentLsn,
    at: Date.now(),
    peeked,
  });
}

/** Those of the subscriptions known to read the slot are picked already; the only one there is isn't asked for. */
async function choosePublications(
  services: Services,
  target: PlanTarget,
  slotName: string,
): Promise<readonly string[]> {
  const { publications } = target.snapshot.inventory;
  const [first] = publications;
  if (!first) {
    throw new ReplicationError(
      'missing',
      `The changes of ${slotName} can be decoded only by a publication, and ${target.serverName} has none in this database.`,
      { advice: 'Create a publication of the tables; changes that are made from then on can be decoded by it.' },
    );
  }
  if (publications.length === 1) return [first.name];
  const known = new Set(knownReaders(services, target.connectionId, slotName).flatMap((reader) => reader.publications));
  return pickMany(
    known.size > 0
      ? 'Decode by which publications? Those of its subscription are picked.'
      : 'Decode by which publications? Choose those that its reader asks for.',
    publications.map(({ name }) => ({ value: name, label: name, picked: known.has(name) })),
  );
}
