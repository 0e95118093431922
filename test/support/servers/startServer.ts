import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { appendFile, chmod, copyFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { Client, escapeLiteral } from 'pg';

import { onProcessEnd } from '../processEnd.ts';
import { makeTemporaryHome } from '../temporaryHome.ts';
import { giveTo, serverAccount, type Account } from './account.ts';
import { installBinaries, type Binaries } from './binaries.ts';
import { copyCluster, makeCluster, passwordOfCopies } from './cluster.ts';
import { freePort } from './freePort.ts';
import { configuration, hostAccess, type ServerOptions } from './options.ts';
import { Postmaster } from './postmaster.ts';
import { TestServer } from './testServer.ts';

/**
 * Installs (once) and starts a real server of the wanted version, with a new, empty cluster, and gives it when
 * it takes connections. It ends with `dispose()`, or with this process.
 * Throws when the binaries cannot be had or the server does not start, with what it logged.
 */
export async function startServer(options: ServerOptions): Promise<TestServer> {
  const account = serverAccount();
  return startServerFrom(await installBinaries(options.major, account), options);
}

/** As `startServer`, with binaries that are already there. */
export async function startServerFrom(binaries: Binaries, options: ServerOptions): Promise<TestServer> {
  const account = serverAccount();
  const home = options.dataFolder === undefined ? makeTemporaryHome('server') : undefined;
  if (home !== undefined) {
    await chmod(home, 0o711);
  }
  const dataFolder = options.dataFolder ?? path.join(home ?? '', 'data');
  const logFile = `${dataFolder}.log`;
  const password = options.password ?? randomBytes(12).toString('base64url');
  try {
    const isNew = !existsSync(path.join(dataFolder, 'PG_VERSION'));
    const isCopied = isNew && (await initialise(binaries, account, dataFolder, password, options));
    const postmaster = new Postmaster(binaries, account, dataFolder, logFile);
    const forget = onProcessEnd(() => {
      postmaster.endNow();
      if (home !== undefined) {
        rmSync(home, { recursive: true, force: true, maxRetries: 5 });
      }
    });
    const port = await startOnFreePort(postmaster, options.port);
    if (isCopied) {
      await givePassword(port, password).catch(async (error: unknown) => {
        await postmaster.kill();
        throw error;
      });
    }
    return new TestServer({ major: options.major, port, password, dataFolder, logFile, postmaster, home, forget });
  } catch (error) {
    if (home !== undefined) {
      await rm(home, { recursive: true, force: true });
    }
    throw error;
  }
}

/** Gives whether the superuser's password is still that of copies: it is changed once the server runs. */
async function initialise(
  binaries: Binaries,
  account: Account | undefined,
  dataFolder: string,
  password: string,
  options: ServerOptions,
): Promise<boolean> {
  // Only where the superuser is let in with a password can it be changed.
  const copied = options.auth === undefined && options.hba === undefined;
  if (copied) {
    await copyCluster(binaries, account, dataFolder);
  } else {
    await makeCluster(binaries, account, dataFolder, password);
  }
  await appendFile(path.join(dataFolder, 'postgresql.conf'), `\n${configuration(options)}`);
  await writeFile(path.join(dataFolder, 'pg_hba.conf'), hostAccess(options));
  const { tls } = options;
  const files = tls === undefined ? {} : { 'server.crt': tls.cert, 'server.key': tls.key, 'root.crt': tls.ca };
  for (const [name, source] of Object.entries(files)) {
    if (source !== undefined) {
      const copy = path.join(dataFolder, name);
      await copyFile(source, copy);
      await chmod(copy, 0o600);
      giveTo(account, copy);
    }
  }
  return copied;
}

async function givePassword(port: number, password: string): Promise<void> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    database: 'postgres',
    user: 'postgres',
    password: passwordOfCopies,
    // Whatever the settings of the test say; and its log is not to show it.
    options: '-c default_transaction_read_only=off -c log_statement=none',
  });
  await client.connect();
  try {
    await client.query(`ALTER ROLE postgres PASSWORD ${escapeLiteral(password)}`);
  } finally {
    await client.end();
  }
}

async function startOnFreePort(postmaster: Postmaster, wanted: number | undefined): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const port = wanted ?? (await freePort());
    try {
      await postmaster.start(port);
      return port;
    } catch (error) {
      const taken = error instanceof Error && error.message.includes('could not bind');
      if (wanted !== undefined || !taken || attempt === 5) {
        throw error;
      }
    }
  }
}
