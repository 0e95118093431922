import { ReplicationError } from '../../../replication/model/errors.ts';
import type { Services } from '../../services.ts';
import type { PublishedTableNode } from '../../tree/node.ts';

/** Edit Columns and Filter. */
export async function editMember(_services: Services, _node?: PublishedTableNode): Promise<void> {
  throw new ReplicationError('unsupported', 'not built yet');
}
