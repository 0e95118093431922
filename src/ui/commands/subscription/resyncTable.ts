import { ReplicationError } from '../../../replication/model/errors.ts';
import type { TableName } from '../../../replication/model/reads.ts';
import { planResyncTable } from '../../../replication/operations/subscription/resyncTable.ts';
import { knownSlotsOf, planReaders, readersOf } from '../../panels/publicationReaders.ts';
import { findPublisher } from '../../panels/subscriptionPublisher.ts';
import { openTarget, refuseReadOnly } from '../../pickers/connection.ts';
import { mustHave, pickOne } from '../../pickers/pick.ts';
import type { Services } from '../../services.ts';
import type { SubscribedTableNode } from '../../tree/node.ts';
import { tableName } from '../../tree/words.ts';
import { subscriptionSubject, type SubscriptionSubject } from './subject.ts';

/** Copy Table Again…: one table of a subscription, from its publisher, over rows that are emptied or kept. */
export async function resyncTable(services: Services, node?: SubscribedTableNode): Promise<void> {
  const subject = await subjectOf(services, node);
  const { subscription, target } = subject;
  const table = await tableOf(subject, node);
  const label = tableName(table);
  const publisher = await findPublisher(services, target.connectionId, subscription.name);
  if (!publisher) {
    throw new ReplicationError(
      'unsupported',
      `To copy ${label} again it is taken out of its publication for a moment, and no connection that can be opened leads to the publisher of ${subscription.name}.`,
      { advice: 'Add a connection to the publisher’s database, or mend the one that is there.' },
    );
  }
  refuseReadOnly(services, publisher.connectionId);
  const source = await openTarget(services, publisher.connectionId);
  const truncate = await pickOne(`Copy ${label} again: what about the rows that are on ${target.serverName} now?`, [
    {
      value: true,
      label: 'Empty the table first',
      detail: 'The usual choice. Until it is copied, readers there see none or some of the rows.',
    },
    {
      value: false,
      label: 'Keep the rows',
      detail: 'For a table emptied by hand: a row that is there already makes the copy fail.',
    },
  ]);
  const readers = subscription.publications.flatMap((publication) =>
    planReaders(readersOf(services, publisher.connectionId, publication), publication),
  );
  const slots = new Map(
    subscription.publications.map((name) => [name, knownSlotsOf(services, publisher.connectionId, name)]),
  );
  const parties = { subscriber: target, publisher: source };
  const referencedBy = truncate ? await referringTables(services, subject, table) : [];
  await services.plans.run(
    planResyncTable(parties, subscription.name, table, { truncate, readers, referencedBy, slots }),
  );
}

/** The tables whose foreign keys refer to it on the subscriber. */
async function referringTables(
  { service }: Services,
  { subscription, target }: SubscriptionSubject,
  { schema, name }: TableName,
): Promise<readonly TableName[]> {
  const found = subscription.tables.find((table) => table.schema === schema && table.name === name);
  const [details] = found ? await service.tableDetails(target.connectionId, [found.oid]) : [];
  return details?.referencedBy ?? [];
}

async function subjectOf(services: Services, node: SubscribedTableNode | undefined): Promise<SubscriptionSubject> {
  const question = 'Copy a table again of which subscription?';
  if (!node) {
    return subscriptionSubject(services, undefined, question, {
      fits: ({ tables }) => tables.length > 0,
      none: 'no subscription with tables',
      advice: 'Refresh a subscription, so that it takes over the tables of its publications.',
    });
  }
  const { connectionId, id, subscription } = node;
  return subscriptionSubject(services, { kind: 'subscription', id, connectionId, name: subscription }, question);
}

async function tableOf(
  { subscription, target }: SubscriptionSubject,
  node: SubscribedTableNode | undefined,
): Promise<TableName> {
  if (node) return { schema: node.schema, name: node.name };
  return pickOne(
    'Copy which table again?',
    mustHave(
      subscription.tables.map(({ schema, name, state }) => ({
        value: { schema, name },
        label: tableName({ schema, name }),
        description: state,
      })),
      `${subscription.name} on ${target.serverName} has no tables.`,
      'Refresh it, so that it takes over the tables of its publications.',
    ),
  );
}
