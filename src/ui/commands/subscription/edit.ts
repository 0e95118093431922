import { ReplicationError } from '../../../replication/model/errors.ts';
import type { Services } from '../../services.ts';
import type { SubscriptionNode } from '../../tree/node.ts';

/** Edit Subscription. */
export async function editSubscription(_services: Services, _node?: SubscriptionNode): Promise<void> {
  throw new ReplicationError('unsupported', 'not built yet');
}
