import { appendFile, chmod, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { mustRun } from '../run.ts';
import { makeTemporaryHome } from '../temporaryHome.ts';
import { giveTo, serverAccount } from './account.ts';
import { startServer } from './startServer.ts';
import type { TestServer } from './testServer.ts';

/** How a standby is made. */
export interface StandbyChoice {
  /** A physical slot that keeps its WAL, made before by the caller. */
  readonly slotName?: string;
  /** Settings of its own. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A physical standby, and the way to end it and remove its data. */
export interface Standby {
  readonly server: TestServer;
  dispose(): Promise<void>;
}

/**
 * Makes a physical standby of a server from a cold copy of its files: the server is stopped for as long as that takes.
 * It streams over a WAL sender.
 */
export async function startStandby(primary: TestServer, choice: StandbyChoice = {}): Promise<Standby> {
  const { settings = {}, slotName } = choice;
  const account = serverAccount();
  const home = makeTemporaryHome('server');
  await chmod(home, 0o711);
  const dataFolder = path.join(home, 'data');
  await primary.stop();
  try {
    await mustRun('cp', ['-a', primary.dataFolder, dataFolder]);
  } finally {
    await primary.start();
  }
  // A base backup leaves replication slots out.
  const slots = path.join(dataFolder, 'pg_replslot');
  for (const slot of await readdir(slots)) await rm(path.join(slots, slot), { recursive: true });
  const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const lines = [
    `primary_conninfo = ${quoted(primary.conninfo().replace(/dbname='[^']*' /, ''))}`,
    ...(slotName === undefined ? [] : [`primary_slot_name = ${quoted(slotName)}`]),
  ];
  const own = Object.entries(settings).map(([name, value]) => `${name} = ${quoted(value)}\n`);
  await appendFile(path.join(dataFolder, 'postgresql.conf'), own.join(''));
  // Since 12 they are settings; before, they are in the file whose being there makes a standby.
  if (primary.major >= 12) {
    await appendFile(path.join(dataFolder, 'postgresql.auto.conf'), `${lines.join('\n')}\n`);
    await signal(path.join(dataFolder, 'standby.signal'), '');
  } else {
    await signal(path.join(dataFolder, 'recovery.conf'), `${["standby_mode = 'on'", ...lines].join('\n')}\n`);
  }
  const server = await startServer({ major: primary.major, dataFolder, password: primary.password });
  return {
    server,
    dispose: async () => {
      await server.dispose();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };

  async function signal(file: string, text: string): Promise<void> {
    await writeFile(file, text, { mode: 0o600 });
    giveTo(account, file);
  }
}
