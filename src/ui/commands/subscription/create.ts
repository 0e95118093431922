import { openSubscriptionPanel } from '../../panels/subscriptionPanel.ts';
import { lacksCapability } from '../../pickers/need.ts';
import { pickTarget } from '../../pickers/object.ts';
import type { Services } from '../../services.ts';
import type { ConnectionNode, EmptyNode, GroupNode } from '../../tree/node.ts';

/** Opens the form of a new subscription on a connection. */
export async function createSubscription(
  services: Services,
  node?: ConnectionNode | GroupNode | EmptyNode,
): Promise<void> {
  const { connectionId } = await pickTarget(services, node, {
    question: 'Create a subscription on which connection? It is where the tables are copied to.',
    changes: true,
    lacks: lacksCapability('subscription.create', 'have a new subscription'),
    none: 'can have a new subscription',
  });
  await openSubscriptionPanel(services, { subscriberConnectionId: connectionId });
}
