import { tableLabel } from '../../../replication/operations/words.ts';
import { scriptIdentity } from '../../../replication/script/identity.ts';
import { tableObjects } from '../../pickers/object.ts';
import type { Services } from '../../services.ts';
import type { PublishedTableNode, TableNode } from '../../tree/node.ts';
import { copyScripts } from '../scriptText.ts';

/** Copies the statement that sets a table's replica identity as it is. */
export async function copyIdentitySql(services: Services, node?: TableNode | PublishedTableNode): Promise<void> {
  const { target, names } = await tableObjects(services, [node, undefined], {
    question: 'Copy the SQL of the replica identity of which tables?',
    changes: false,
  });
  const { inventory } = target.snapshot;
  const scripts = names.map(({ schema, name }) => ({
    title: `Replica identity of ${tableLabel(schema, name)} on ${target.serverName}`,
    statements: scriptIdentity(inventory, { schema, name }),
    notes: [],
  }));
  await copyScripts(services, scripts);
}
