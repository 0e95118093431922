import { chosenConnection, type ConnectionRef } from '../../connections/chosen.ts';
import { openConnectionPanel } from '../../panels/connectionPanel.ts';
import type { Services } from '../../services.ts';

/** Opens the form of a connection. */
export async function editConnection(services: Services, node?: ConnectionRef): Promise<void> {
  const connectionId = await chosenConnection(services, node, 'Edit which connection?');
  await openConnectionPanel(services, { mode: 'edit', connectionId });
}
