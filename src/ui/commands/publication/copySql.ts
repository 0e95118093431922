import { scriptPublication } from '../../../replication/script/publication.ts';
import { namedObjects } from '../../pickers/object.ts';
import type { Services } from '../../services.ts';
import type { PublicationNode } from '../../tree/node.ts';
import { copyScripts } from '../scriptText.ts';

/** Copies the statements that make a publication again. */
export async function copyPublicationSql(services: Services, node?: PublicationNode): Promise<void> {
  const { target, names } = await namedObjects(services, 'publication', [node, undefined], {
    question: 'Copy the SQL of which publication?',
    changes: false,
  });
  const { inventory } = target.snapshot;
  const title = `Publication ${names[0]} on ${target.serverName} (PostgreSQL ${inventory.server.version})`;
  await copyScripts(services, [{ title, statements: scriptPublication(inventory, names[0]), notes: [] }]);
}
