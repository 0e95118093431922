import { ReplicationError } from '../../../replication/model/errors.ts';
import type { Services } from '../../services.ts';
import type { PublicationNode, TableNode, TreeNode } from '../../tree/node.ts';

/** Add Tables. */
export async function addTables(
  _services: Services,
  _node?: PublicationNode | TableNode,
  _selected?: readonly TreeNode[],
): Promise<void> {
  throw new ReplicationError('unsupported', 'not built yet');
}
