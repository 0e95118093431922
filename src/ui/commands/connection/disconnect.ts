import { chosenConnection, type ConnectionRef } from '../../connections/chosen.ts';
import type { Services } from '../../services.ts';

/** Closes a connection's sessions. It opens again when it is expanded. */
export async function disconnect(services: Services, node?: ConnectionRef): Promise<void> {
  const connectionId = await chosenConnection(services, node, 'Disconnect from which server?', {
    only: (id) => services.service.state(id).phase !== 'closed',
    none: 'No connection is open.',
  });
  await services.service.close(connectionId);
}
