import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { installOnce } from '../installOnce.ts';
import { cacheFolder } from '../paths.ts';
import { mustRun, run } from '../run.ts';
import { serverAccount } from './account.ts';
import { program, usableBinaries, type Binaries } from './binaries.ts';
import type { ServerOptions } from './options.ts';
import { startServerFrom } from './startServer.ts';
import type { TestServer } from './testServer.ts';

const packages = ['postgresql-15', 'postgresql-15-wal2json'] as const;
const binaryFolder = path.join('usr', 'lib', 'postgresql', '15', 'bin');

/**
 * Starts Debian's PostgreSQL 15, which has the output plugin wal2json. Its packages are fetched with apt-get and
 * unpacked into the cache folder: nothing is installed on the machine. Where that cannot be, gives the reason, for
 * a test to print and skip.
 */
export async function startDebian15(
  options: Omit<ServerOptions, 'major'> = {},
): Promise<{ readonly server: TestServer } | { readonly reason: string }> {
  let binaries: Binaries;
  try {
    binaries = await unpack();
  } catch (error) {
    return { reason: `Debian's PostgreSQL 15 cannot be had here: ${String(error)}` };
  }
  const settings = { ...(await allowance(binaries)), ...options.settings };
  return { server: await startServerFrom(binaries, { ...options, major: 15, settings }) };
}

/** A server since September 2026 decodes only with the plugins that a setting lists; an older one does not know that setting. */
async function allowance(binaries: Binaries): Promise<Record<string, string>> {
  const known = await mustRun(program(binaries, 'postgres'), ['--describe-config'], {
    ...serverAccount(),
    cwd: os.tmpdir(),
  });
  return known.includes('output_plugin_libraries')
    ? { output_plugin_libraries: 'pgoutput, test_decoding, wal2json' }
    : {};
}

async function unpack(): Promise<Binaries> {
  const home = await installOnce(path.join(cacheFolder, 'postgres', 'debian-15'), fill);
  const usable = await usableBinaries(home, binaryFolder, serverAccount());
  return { major: 15, name: 'debian-15', folder: path.join(usable, binaryFolder) };
}

async function fill(empty: string): Promise<void> {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get')) {
    throw new Error('this machine has no apt-get');
  }
  if (!(await download(empty))) {
    if (process.getuid?.() !== 0) {
      throw new Error('apt-get knows no postgresql-15-wal2json, and only root may update its lists');
    }
    await mustRun('apt-get', ['update', '-q'], { within: 120_000 });
    await mustRun('apt-get', ['download', ...packages], { cwd: empty, within: 120_000 });
  }
  const files = (await readdir(empty)).filter((name) => name.endsWith('.deb'));
  for (const file of files) {
    await mustRun('dpkg-deb', ['-x', path.join(empty, file), empty]);
    await rm(path.join(empty, file));
  }
  const linked = await mustRun('ldd', [path.join(empty, binaryFolder, 'postgres')]);
  const missing = [...linked.matchAll(/(\S+) => not found/g)].map(([, name]) => name);
  if (missing.length > 0) {
    throw new Error(`it needs the libraries ${missing.join(', ')}`);
  }
}

async function download(folder: string): Promise<boolean> {
  const finished = await run('apt-get', ['download', ...packages], { cwd: folder, within: 120_000 });
  return finished.code === 0;
}
