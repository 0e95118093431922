import type { Subscription } from '../../../replication/model/subscription.ts';
import type { PlanTarget } from '../../../replication/operations/target.ts';
import { subscriptionOf } from '../../../replication/operations/target.ts';
import { namedObjects, type ObjectQuestion } from '../../pickers/object.ts';
import type { Services } from '../../services.ts';
import type { SubscriptionNode } from '../../tree/node.ts';

/** The one subscription that a command is about. */
export interface SubscriptionSubject {
  readonly target: PlanTarget;
  readonly subscription: Subscription;
}

/**
 * The subscription of a row, or the one the person picks `among` those that fit, for a command that changes it. Throws
 * ReplicationError 'readOnlyConnection' before anything else is asked, 'missing', or a cancellation.
 */
export async function subscriptionSubject(
  services: Services,
  node: SubscriptionNode | undefined,
  question: string,
  among: Pick<ObjectQuestion<'subscription'>, 'fits' | 'none' | 'advice'> = {},
): Promise<SubscriptionSubject> {
  const { target, names } = await namedObjects(services, 'subscription', [node, undefined], {
    advice: 'Open the connection of the subscriber, or create a subscription first.',
    ...among,
    question,
    changes: true,
  });
  return { target, subscription: subscriptionOf(target, names[0]) };
}
