import { openLagPanel } from '../../panels/lagPanel.ts';
import type { Services } from '../../services.ts';
import type { ConnectionNode, GroupNode, SlotNode, SubscriptionNode } from '../../tree/node.ts';

/** Opens the lag panel: of a slot, of a server, or of all servers where it is called on none. */
export function openLag(services: Services, node?: ConnectionNode | GroupNode | SlotNode | SubscriptionNode): void {
  switch (node?.kind) {
    case 'slot':
      openLagPanel(services, { kind: 'slot', connectionId: node.connectionId, slotName: node.name });
      return;
    case 'subscription': {
      // The slot is on the publisher: where that is known, the panel shows this stream alone.
      const publisher = services.monitor.lagOfSubscription(node.connectionId, node.name)?.stream.publisher;
      if (publisher) openLagPanel(services, { kind: 'slot', ...publisher });
      else openLagPanel(services, { kind: 'server', connectionId: node.connectionId });
      return;
    }
    case 'connection':
    case 'group':
      openLagPanel(services, { kind: 'server', connectionId: node.connectionId });
      return;
    case undefined:
      openLagPanel(services, { kind: 'all' });
  }
}
