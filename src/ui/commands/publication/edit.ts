import { ReplicationError } from '../../../replication/model/errors.ts';
import type { Services } from '../../services.ts';
import type { PublicationNode } from '../../tree/node.ts';

/** Edit Publication. */
export async function editPublication(_services: Services, _node?: PublicationNode): Promise<void> {
  throw new ReplicationError('unsupported', 'not built yet');
}
