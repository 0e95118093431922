import { chosenConnection, type ConnectionRef } from '../../connections/chosen.ts';
import { reopen } from '../../connections/reopen.ts';
import type { Services } from '../../services.ts';

/** Reads a server anew. */
export async function refreshConnection(services: Services, node?: ConnectionRef): Promise<void> {
  await reopen(services, await chosenConnection(services, node, 'Refresh which server?'));
}
