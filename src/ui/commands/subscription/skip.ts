import * as vscode from 'vscode';

import { ReplicationError } from '../../../replication/model/errors.ts';
import type { Lsn } from '../../../replication/model/lsn.ts';
import { planSkipTransaction } from '../../../replication/operations/subscription/skipTransaction.ts';
import { findPublisher, type KnownPublisher } from '../../panels/subscriptionPublisher.ts';
import { type Choice, pickOne } from '../../pickers/pick.ts';
import { withoutLinks } from '../../plainText.ts';
import type { Services } from '../../services.ts';
import type { SubscriptionNode } from '../../tree/node.ts';
import { count } from '../../tree/words.ts';
import { subscriptionSubject, type SubscriptionSubject } from './subject.ts';
import { finishLsnIn, skipFault, waitingTransactions } from './transactions.ts';

/** Changes of the slot that are looked through for the failing transaction. */
const mostChanges = 5000;

type Way = 'log' | 'slot' | 'takeBack';
interface Skip {
  readonly lsn: Lsn | null;
  readonly endLsn?: Lsn;
}

/** Skip Transaction…: which one is said by the subscriber's log, or found in the slot on the publisher. */
export async function skipTransaction(services: Services, node?: SubscriptionNode): Promise<void> {
  const subject = await subscriptionSubject(services, node, 'Skip a transaction of which subscription?');
  const { subscription, target } = subject;
  const publisher = await findPublisher(services, target.connectionId, subscription.name);
  const skip = await askSkip(services, subject, publisher);
  await services.plans.run(planSkipTransaction(target, subscription.name, skip));
}

async function askSkip(
  services: Services,
  subject: SubscriptionSubject,
  publisher: KnownPublisher | null,
): Promise<Skip> {
  const ways = waysFor(subject, publisher);
  const [only] = ways;
  const way =
    ways.length === 1 && only ? only.value : await pickOne('Which transaction is to be skipped as a whole?', ways);
  if (way === 'takeBack') return { lsn: null };
  if (way === 'slot' && publisher) return pickWaiting(services, subject, publisher);
  return askPosition(subject, saysFinish(subject.target) ? null : await endOfWal(services, publisher));
}

function waysFor(
  { subscription, target }: SubscriptionSubject,
  publisher: KnownPublisher | null,
): readonly Choice<Way>[] {
  const { skipLsn, slotName } = subscription;
  const known = publisher !== null && slotName !== null;
  return [
    ...(skipLsn === null
      ? []
      : [
          {
            value: 'takeBack' as const,
            label: `None: take back the skip of ${skipLsn}`,
            detail: 'It was not reached yet; the transaction is tried again.',
          },
        ]),
    ...(known
      ? [
          {
            value: 'slot' as const,
            label: `Look for it in the replication slot ${slotName} on ${publisher.serverName}`,
            detail: 'Consumes nothing. Works while nothing reads the slot.',
          },
        ]
      : []),
    {
      value: 'log',
      label: 'Give its position in the WAL',
      detail: saysFinish(target)
        ? 'The error in the log of the subscriber ends with it: “finished at 0/19B4DB0”.'
        : 'The end of its commit record, as peeking at the slot on the publisher shows it.',
    },
  ];
}

/** Since 15 the log of the subscriber says where a failing transaction finishes, and the server skips it by that. */
function saysFinish({ snapshot }: SubscriptionSubject['target']): boolean {
  return snapshot.inventory.server.capabilities['subscription.disableOnError'].can;
}

/** Null where the publisher isn't a connection, or can't be asked now. */
async function endOfWal({ service }: Services, publisher: KnownPublisher | null): Promise<Lsn | null> {
  if (!publisher) return null;
  return service.refresh(publisher.connectionId).then(
    ({ pulse }) => pulse.currentLsn,
    () => null,
  );
}

async function askPosition({ subscription, target }: SubscriptionSubject, end: Lsn | null): Promise<Skip> {
  const byFinish = saysFinish(target);
  const applied = appliedLsn({ subscription, target });
  const typed = await vscode.window.showInputBox({
    title: `Skip a transaction of ${subscription.name}`,
    prompt: withoutLinks(
      byFinish
        ? `Where the failing transaction finishes: look in the log of ${target.serverName} for “finished at”, in the CONTEXT of the error. The whole line will do.`
        : 'The end LSN of its commit record, as peeking at the slot on the publisher shows it beside COMMIT.',
    ),
    placeHolder: '0/19B4DB0',
    ignoreFocusOut: true,
    validateInput: (text) => (text === '' ? null : skipFault(text, applied, end)),
  });
  if (typed === undefined || typed === '') throw new vscode.CancellationError();
  const lsn = finishLsnIn(typed);
  return byFinish || lsn === null ? { lsn } : { lsn, endLsn: lsn };
}

/** The transactions the slot still holds beyond what was applied; the first is the one that fails. */
async function pickWaiting(
  { service }: Services,
  subject: SubscriptionSubject,
  publisher: KnownPublisher,
): Promise<Skip> {
  const { subscription } = subject;
  const peeked = await service.reads.peek(publisher.connectionId, {
    slotName: subscription.slotName ?? '',
    limit: mostChanges,
    publications: subscription.publications,
  });
  const waiting = waitingTransactions(peeked.changes, appliedLsn(subject));
  const [first] = waiting;
  if (!first) {
    throw new ReplicationError(
      'missing',
      peeked.more
        ? `The transaction that ${subscription.name} stopped at is larger than the ${mostChanges} changes that were looked through.`
        : `No transaction waits for ${subscription.name} in its slot on ${publisher.serverName}.`,
      { advice: 'Look in the log of the subscriber for the error and for “finished at”, and give that position.' },
    );
  }
  return pickOne(
    `Which transaction is to be skipped as a whole? ${subscription.name} stopped at the first.`,
    waiting.slice(0, 20).map(({ changes, commitLsn, endLsn, first: change }, index) => ({
      value: { lsn: commitLsn, endLsn },
      label: `${index === 0 ? 'The first: ' : ''}finishes at ${commitLsn}`,
      description: count(changes, 'change'),
      detail: change,
    })),
  );
}

function appliedLsn({ subscription, target }: SubscriptionSubject): Lsn | null {
  return target.snapshot.pulse.subscriptions.find(({ name }) => name === subscription.name)?.appliedLsn ?? null;
}
