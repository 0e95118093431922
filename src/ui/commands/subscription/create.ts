import { openSubscriptionPanel } from '../../panels/subscriptionPanel.ts';
import { pickTarget } from '../../pickers/object.ts';
import type { Services } from '../../services.ts';
import type { ConnectionNode, EmptyNode, GroupNode } from '../../tree/node.ts';

/** Opens the form of a new subscription on a connection. */
export async function createSubscription(
  services: Services,
  node?: ConnectionNode | GroupNode | EmptyNode,
): Promise<void> {
  const { connectionId } = await pickTarget(services, node);
  await openSubscriptionPanel(services, { subscriberConnectionId: connectionId });
}
