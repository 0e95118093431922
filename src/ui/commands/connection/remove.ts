import { ask } from '../../confirm.ts';
import { chosenConnections, type ConnectionRef } from '../../connections/chosen.ts';
import type { Services } from '../../services.ts';
import type { TreeNode } from '../../tree/node.ts';

/** Forgets connections and their passwords, once that is confirmed. Nothing changes on the servers. */
export async function removeConnection(
  services: Services,
  node?: ConnectionRef,
  selected?: readonly TreeNode[],
): Promise<void> {
  const { connections, service } = services;
  const ids = await chosenConnections(services, node, selected, 'Remove which connection?');
  const names = ids.flatMap((id) => connections.get(id)?.name ?? []);
  const [first] = names;
  if (first === undefined) return;
  const what = names.length === 1 ? `the connection ${first}` : `${names.length} connections`;
  const list = names.length === 1 ? '' : `${names.join('\n')}\n\n`;
  const password = names.length === 1 ? 'Its stored password is' : 'Their stored passwords are';
  const answer = await ask({
    message: `Remove ${what} from this list?`,
    detail: `${list}${password} deleted. Nothing changes on the server: publications, subscriptions and replication slots stay.`,
    verb: 'Remove',
  });
  if (answer !== 'yes') return;
  for (const id of ids) {
    await connections.remove(id);
    await service.close(id);
  }
}
