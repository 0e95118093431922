import { ReplicationError } from '../../../replication/model/errors.ts';
import type { Services } from '../../services.ts';
import type { SubscriptionNode } from '../../tree/node.ts';

/** Rename Subscription. */
export async function renameSubscription(_services: Services, _node?: SubscriptionNode): Promise<void> {
  throw new ReplicationError('unsupported', 'not built yet');
}

/** Change Owner of Subscription. */
export async function changeSubscriptionOwner(_services: Services, _node?: SubscriptionNode): Promise<void> {
  throw new ReplicationError('unsupported', 'not built yet');
}

/** Set Comment of Subscription. */
export async function setSubscriptionComment(_services: Services, _node?: SubscriptionNode): Promise<void> {
  throw new ReplicationError('unsupported', 'not built yet');
}
