import { chosenConnection, type ConnectionRef } from '../../connections/chosen.ts';
import type { Services } from '../../services.ts';

/** Marks a connection as production (a change asks for its name to be typed), or takes the mark away. */
export async function markProduction(services: Services, production: boolean, node?: ConnectionRef): Promise<void> {
  const { connections, notifier } = services;
  const connectionId = await chosenConnection(
    services,
    node,
    production ? 'Mark which connection as production?' : 'Which connection is not production any more?',
    {
      only: (id) => connections.get(id)?.production !== production,
      none: production ? 'Every connection is marked as production already.' : 'No connection is marked as production.',
    },
  );
  const { name } = await connections.update(connectionId, { production });
  notifier.done(production ? `${name} is marked as production` : `${name} is no longer marked as production`);
}
