import { showSubscriptionEdit } from '../../panels/subscriptionEditPanel.ts';
import type { Services } from '../../services.ts';
import type { SubscriptionNode } from '../../tree/node.ts';
import { subscriptionSubject } from './subject.ts';

/** Edit Subscription…: the form, filled with what is there. */
export async function editSubscription(services: Services, node?: SubscriptionNode): Promise<void> {
  const { target, subscription } = await subscriptionSubject(services, node, 'Edit which subscription?');
  showSubscriptionEdit(services, { connectionId: target.connectionId, subscription: subscription.name });
}
