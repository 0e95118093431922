import { askPassword } from '../../connections/askPassword.ts';
import { chosenConnection, type ConnectionRef } from '../../connections/chosen.ts';
import { reopen } from '../../connections/reopen.ts';
import type { Services } from '../../services.ts';

/**
 * Connects again at once. Where the server didn't let the role in, the password is asked for first: with the same one
 * it would only fail again.
 */
export async function retryConnection(services: Services, node?: ConnectionRef): Promise<void> {
  const connectionId = await chosenConnection(services, node, 'Connect to which server again?');
  const state = services.service.state(connectionId);
  if (state.phase === 'failed' && state.error.kind === 'authentication') await askPassword(services, connectionId);
  await reopen(services, connectionId);
}
