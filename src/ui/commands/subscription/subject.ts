import { ReplicationError } from '../../../replication/model/errors.ts';
import type { Subscription } from '../../../replication/model/subscription.ts';
import type { PlanTarget } from '../../../replication/operations/target.ts';
import { subscriptionOf } from '../../../replication/operations/target.ts';
import { namedObjects } from '../../pickers/object.ts';
import type { Services } from '../../services.ts';
import type { SubscriptionNode } from '../../tree/node.ts';

/** The one subscription that a command is about. */
export interface SubscriptionSubject {
  readonly target: PlanTarget;
  readonly subscription: Subscription;
}

/**
 * The subscription of a row, or the one the person picks, for a command that changes it. Throws
 * ReplicationError 'readOnlyConnection' before anything else is asked, 'missing', or a cancellation.
 */
export async function subscriptionSubject(
  services: Services,
  node: SubscriptionNode | undefined,
  question: string,
): Promise<SubscriptionSubject> {
  if (node) refuseReadOnly(services, node.connectionId);
  const { target, names } = await namedObjects(services, 'subscription', [node, undefined], question);
  refuseReadOnly(services, target.connectionId);
  return { target, subscription: subscriptionOf(target, names[0]) };
}

/** Says that a server is marked read-only before somebody answers questions for nothing. */
export function refuseReadOnly({ connections }: Pick<Services, 'connections'>, connectionId: string): void {
  const facts = connections.facts(connectionId);
  if (!facts?.readOnly) return;
  throw new ReplicationError('readOnlyConnection', `${facts.name} is marked read-only, so nothing is changed on it.`, {
    advice: 'Take the mark off the connection to change the server.',
  });
}
