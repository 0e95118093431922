import { ReplicationError } from '../../../replication/model/errors.ts';
import type { Services } from '../../services.ts';
import type { PublishedSchemaNode, PublishedTableNode, TreeNode } from '../../tree/node.ts';

/** Remove From Publication. */
export async function removeMember(
  _services: Services,
  _node?: PublishedTableNode | PublishedSchemaNode,
  _selected?: readonly TreeNode[],
): Promise<void> {
  throw new ReplicationError('unsupported', 'not built yet');
}
