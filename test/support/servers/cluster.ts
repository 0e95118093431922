import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { installOnce } from '../installOnce.ts';
import { cacheFolder } from '../paths.ts';
import { mustRun } from '../run.ts';
import { makeTemporaryHome } from '../temporaryHome.ts';
import { giveTo, type Account } from './account.ts';
import { program, type Binaries } from './binaries.ts';
import { giveOwnIdentifier } from './systemIdentifier.ts';

/** The superuser's password in every copied cluster, until it is given its own. */
export const passwordOfCopies = 'that of a cluster nobody has changed yet';

/**
 * Makes a new, empty cluster in `dataFolder` with initdb; `password` is the superuser's. The folder is made if needed.
 * Throws with what initdb said.
 */
export async function makeCluster(
  binaries: Binaries,
  account: Account | undefined,
  dataFolder: string,
  password: string,
): Promise<void> {
  await makeFolder(account, dataFolder);
  const passwordFile = `${dataFolder}.password`;
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  giveTo(account, passwordFile);
  try {
    const args = ['-D', dataFolder, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync'];
    await mustRun(program(binaries, 'initdb'), [...args, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`], {
      ...account,
      cwd: dataFolder,
      env: { ...process.env, LC_ALL: 'C' },
    });
  } finally {
    await rm(passwordFile);
  }
}

/**
 * As `makeCluster`, in a tenth of its time: a copy of what initdb made once for these binaries (kept in the cache
 * folder until it is removed there), with a system identifier of its own. The superuser's password is `passwordOfCopies`.
 */
export async function copyCluster(binaries: Binaries, account: Account | undefined, dataFolder: string): Promise<void> {
  // Nobody but its owner can read one.
  const owner = account?.uid ?? process.getuid?.() ?? 0;
  const folder = path.join(cacheFolder, 'clusters', `${binaries.name}-${owner}`);
  const kept = await installOnce(folder, async (empty) => {
    // initdb may not be able to enter the cache folder: it works as the account that runs the servers.
    const home = makeTemporaryHome('server');
    try {
      await chmod(home, 0o711);
      await makeCluster(binaries, account, path.join(home, 'data'), passwordOfCopies);
      await mkdir(path.join(empty, 'data'));
      await copyContents(path.join(home, 'data'), path.join(empty, 'data'));
    } finally {
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    }
  });
  await makeFolder(account, dataFolder);
  await copyContents(path.join(kept, 'data'), dataFolder);
  await giveOwnIdentifier(dataFolder, randomIdentifier());
}

async function makeFolder(account: Account | undefined, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  giveTo(account, folder);
}

/** Owners and modes stay as they are, where there are such. */
async function copyContents(from: string, to: string): Promise<void> {
  if (process.platform === 'win32') {
    await cp(from, to, { recursive: true });
  } else {
    await mustRun('cp', ['-a', `${from}/.`, to]);
  }
}

/** As PostgreSQL makes its own: the time in seconds in the upper half; the lower one tells those of one second apart. */
function randomIdentifier(): bigint {
  return (BigInt(Math.floor(Date.now() / 1000)) << 32n) | BigInt(randomBytes(4).readUInt32LE());
}
