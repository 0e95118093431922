import { ReplicationError } from '../../../replication/model/errors.ts';
import type { Services } from '../../services.ts';
import type { PublishedTableNode, TableNode } from '../../tree/node.ts';

/** Copy SQL of Replica Identity. */
export async function copyIdentitySql(_services: Services, _node?: TableNode | PublishedTableNode): Promise<void> {
  throw new ReplicationError('unsupported', 'not built yet');
}
