import { ReplicationError } from '../../../replication/model/errors.ts';
import type { Services } from '../../services.ts';
import type { SubscriptionNode } from '../../tree/node.ts';

/** Skip Transaction. */
export async function skipTransaction(_services: Services, _node?: SubscriptionNode): Promise<void> {
  throw new ReplicationError('unsupported', 'not built yet');
}
