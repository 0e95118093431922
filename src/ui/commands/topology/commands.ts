import { openTopologyPanel } from '../../panels/topologyPanel.ts';
import type { CommandParts, HandlersOf } from '../typed.ts';

/** The handlers of the topology panel: of what hangs together with a server, or of all where it is called on none. */
export function topologyCommands({ services }: CommandParts): HandlersOf<'topology'> {
  return {
    'pgReplication.topology.open': (node) =>
      openTopologyPanel(
        services,
        node?.connectionId === undefined ? { kind: 'all' } : { kind: 'server', connectionId: node.connectionId },
      ),
  };
}
