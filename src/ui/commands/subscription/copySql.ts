import type { SecretConninfo } from '../../../replication/model/choices.ts';
import { ReplicationError } from '../../../replication/model/errors.ts';
import { isSameCluster } from '../../../replication/operations/subscription/sameCluster.ts';
import type { PlanTarget } from '../../../replication/operations/target.ts';
import { scriptSubscription, subscriptionScriptNotes } from '../../../replication/script/subscription.ts';
import { publisherTarget } from '../../panels/subscriptionPublisher.ts';
import { namedObjects } from '../../pickers/object.ts';
import type { Services } from '../../services.ts';
import type { SubscriptionNode } from '../../tree/node.ts';
import { copyScripts } from '../scriptText.ts';

/** Copies the statements that make a subscription again; its password is dots in them. */
export async function copySubscriptionSql(services: Services, node?: SubscriptionNode): Promise<void> {
  const { target, names } = await namedObjects(services, 'subscription', [node, undefined], {
    question: 'Copy the SQL of which subscription?',
    changes: false,
  });
  const [name] = names;
  const { inventory } = target.snapshot;
  const publisher = await publisherTarget(services, target.connectionId, name);
  const conninfo = await readableConninfo(services, target, name);
  const facts = {
    ...(conninfo ? { conninfo } : {}),
    sameCluster: isSameCluster({ subscriber: target, publisher, publisherInventory: null }),
  };
  const title = `Subscription ${name} on ${target.serverName} (PostgreSQL ${inventory.server.version})`;
  const notes = subscriptionScriptNotes(inventory, name, facts);
  await copyScripts(services, [{ title, statements: scriptSubscription(inventory, name, facts), notes }]);
}

/** Null where the role may not read it: then the script holds what the snapshot knows. */
async function readableConninfo(
  { service }: Pick<Services, 'service'>,
  { connectionId }: PlanTarget,
  name: string,
): Promise<SecretConninfo | null> {
  try {
    return await service.reads.subscriptionConninfo(connectionId, name);
  } catch (error) {
    if (ReplicationError.is(error, 'privilege', 'unsupported')) return null;
    throw error;
  }
}
