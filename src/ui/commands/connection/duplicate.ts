import { chosenConnection, type ConnectionRef } from '../../connections/chosen.ts';
import { openConnectionPanel } from '../../panels/connectionPanel.ts';
import type { Services } from '../../services.ts';

/** Opens the form for a new connection that is like an existing one, its password included. */
export async function duplicateConnection(services: Services, node?: ConnectionRef): Promise<void> {
  const connectionId = await chosenConnection(services, node, 'Duplicate which connection?');
  await openConnectionPanel(services, { mode: 'duplicate', connectionId });
}
