import {
  planDropPublications,
  type PublicationReader,
} from '../../../replication/operations/publication/dropPublication.ts';
import { namedObjects } from '../../pickers/object.ts';
import type { Services } from '../../services.ts';
import type { TreeModel } from '../../tree/model.ts';
import type { PublicationNode, TreeNode } from '../../tree/node.ts';

/** Drops publications; the confirmation names the known subscriptions that read them. */
export async function dropPublication(
  services: Services,
  model: TreeModel,
  node?: PublicationNode,
  selected?: readonly TreeNode[],
): Promise<void> {
  const { target, names } = await namedObjects(services, 'publication', [node, selected], 'Drop which publication?');
  const readers = names.flatMap((publication): readonly PublicationReader[] =>
    model
      .subscribersOf(target.connectionId, publication)
      .map(({ serverName, subscription }) => ({ publication, serverName, subscription })),
  );
  await services.plans.run(planDropPublications(target, names, readers));
}
