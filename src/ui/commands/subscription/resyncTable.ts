import { ReplicationError } from '../../../replication/model/errors.ts';
import type { Services } from '../../services.ts';
import type { SubscribedTableNode } from '../../tree/node.ts';

/** Copy Table Again. */
export async function resyncTable(_services: Services, _node?: SubscribedTableNode): Promise<void> {
  throw new ReplicationError('unsupported', 'not built yet');
}
