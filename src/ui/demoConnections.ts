import { readFile } from 'node:fs/promises';

import { sameTarget } from '../connections/connection.ts';
import { type DemoConnection, missingDemoConnections, parseDemoFile } from '../connections/demoFile.ts';
import { currentUser } from '../connections/imports/surroundings.ts';
import { describeError } from '../replication/model/errors.ts';
import type { Services } from './services.ts';

/**
 * Adds the connections of the file that the setting `pgReplication.demo.connectionsFile` names, where it is set, if
 * they aren't there yet. Their passwords go to the secret storage. Never rejects: the demo is no reason not to start.
 */
export async function importDemoConnections(
  services: Pick<Services, 'connections' | 'service' | 'settings' | 'log'>,
): Promise<void> {
  const { connections, settings, log } = services;
  const file = settings.get('demo.connectionsFile');
  if (file === '') return;
  try {
    const wanted = parseDemoFile(await readFile(file, 'utf8'), currentUser());
    const missing = missingDemoConnections(wanted, connections.all());
    for (const { draft, password } of missing) await connections.add(draft, password);
    await restorePasswords(services, wanted);
    log.info(`Demo connections: ${missing.length} added, ${wanted.length - missing.length} there already.`);
  } catch (error) {
    log.warn(`The demo connections could not be added: ${describeError(error).message}`);
  }
}

/** An editor in a browser may keep secrets only until the window is reloaded. */
async function restorePasswords(
  { connections, service }: Pick<Services, 'connections' | 'service'>,
  wanted: readonly DemoConnection[],
): Promise<void> {
  for (const { draft, password } of wanted) {
    const known = connections.all().find(({ name, target }) => name === draft.name && sameTarget(target, draft.target));
    if (!known || !password || (await connections.hasPassword(known.id))) continue;
    await connections.update(known.id, {}, password);
    // A panel of the last window may have tried without it already.
    if (service.state(known.id).phase === 'failed') await service.refresh(known.id);
  }
}
