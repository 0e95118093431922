import { openSubscriptionPanel } from '../../panels/subscriptionPanel.ts';
import { pickConnection } from '../../pickers/connection.ts';
import { lacksCapability } from '../../pickers/need.ts';
import { namedObjects } from '../../pickers/object.ts';
import type { Services } from '../../services.ts';
import type { PublicationNode, TreeNode } from '../../tree/node.ts';
import { sentenceList } from '../../tree/words.ts';

/** Subscribe From…: picks the subscriber, then opens the form with publisher and publications filled in. */
export async function subscribeFrom(
  services: Services,
  node?: PublicationNode,
  selected?: readonly TreeNode[],
): Promise<void> {
  const { target, names } = await namedObjects(services, 'publication', [node, selected], {
    question: 'Subscribe to which publication?',
    changes: false,
    advice: 'Create a publication on the publisher first.',
  });
  const question = `Which connection subscribes to ${sentenceList(names)}?`;
  const subscriberConnectionId = await pickConnection(services, question, {
    always: true,
    // The database itself can't be what it is copied to.
    only: (connectionId) => connectionId !== target.connectionId,
    need: { changes: true, lacks: lacksCapability('subscription.create', 'have a subscription') },
    none: 'There is no other connection that could subscribe.',
    advice: 'Add a connection to the database that the tables are to be copied to.',
  });
  await openSubscriptionPanel(services, {
    subscriberConnectionId,
    publisherConnectionId: target.connectionId,
    publications: names,
  });
}
