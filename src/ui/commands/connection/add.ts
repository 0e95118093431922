import { openConnectionPanel } from '../../panels/connectionPanel.ts';
import type { Services } from '../../services.ts';

/** Opens the form for a new connection. */
export async function addConnection(services: Services): Promise<void> {
  await openConnectionPanel(services, { mode: 'add' });
}
