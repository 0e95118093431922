import { chosenConnection, type ConnectionRef } from '../../connections/chosen.ts';
import type { Services } from '../../services.ts';

/** Marks a connection as read-only (changes are refused), or takes the mark away. */
export async function markReadOnly(services: Services, readOnly: boolean, node?: ConnectionRef): Promise<void> {
  const { connections, notifier } = services;
  const connectionId = await chosenConnection(
    services,
    node,
    readOnly ? 'Mark which connection as read-only?' : 'Which connection may be changed again?',
    {
      only: (id) => connections.get(id)?.readOnly !== readOnly,
      none: readOnly ? 'Every connection is marked as read-only already.' : 'No connection is marked as read-only.',
    },
  );
  const { name } = await connections.update(connectionId, { readOnly });
  notifier.done(readOnly ? `${name} is read-only now` : `${name} accepts changes again`);
}
