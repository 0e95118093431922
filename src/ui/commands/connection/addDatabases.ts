import { otherDatabases } from '../../../connections/imports/databases.ts';
import { chosenConnection, type ConnectionRef } from '../../connections/chosen.ts';
import { openTarget } from '../../pickers/connection.ts';
import { mustHave, pickMany } from '../../pickers/pick.ts';
import type { Services } from '../../services.ts';
import { count } from '../../tree/words.ts';

/** Adds other databases of a connection's server, reached the same way, in one step. */
export async function addDatabases(services: Services, node?: ConnectionRef): Promise<void> {
  const { connections, notifier } = services;
  const connectionId = await chosenConnection(services, node, 'Add the databases of which server?');
  const { snapshot, serverName } = await openTarget(services, connectionId);
  const connection = connections.get(connectionId);
  if (!connection) return;
  const drafts = otherDatabases(connection, snapshot.inventory.server.databases, connections.all());
  const choices = mustHave(
    drafts.map((draft) => ({ value: draft, label: draft.target.database, description: draft.name })),
    `Every database of ${serverName} that one can connect to is in the list already.`,
    'Create a database first, or use another role.',
  );
  const chosen = await pickMany(`Add which databases of ${connection.target.host}?`, choices);
  const { password } = await connections.params(connectionId);
  for (const draft of chosen) await connections.add(draft, password ?? null);
  notifier.done(`${count(chosen.length, 'connection')} added`);
}
