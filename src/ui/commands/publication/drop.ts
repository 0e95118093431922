import {
  planDropPublications,
  type PublicationReader,
} from '../../../replication/operations/publication/dropPublication.ts';
import { knownSlotsOf } from '../../panels/publicationReaders.ts';
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
  const { target, names } = await namedObjects(services, 'publication', [node, selected], {
    question: 'Drop which publication?',
    changes: true,
  });
  const readers = names.flatMap((publication): readonly PublicationReader[] =>
    model
      .subscribersOf(target.connectionId, publication)
      .map(({ serverName, subscription }) => ({ publication, serverName, subscription })),
  );
  const slots = new Map(names.map((name) => [name, knownSlotsOf(services, target.connectionId, name)]));
  await services.plans.run(planDropPublications(target, names, readers, slots));
}
