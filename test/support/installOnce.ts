import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { eventually } from './eventually.ts';

const longestInstall = 15 * 60_000;

/**
 * Makes sure that `folder` exists, filled by `fill`, which is given an empty folder beside it. The finished
 * folder appears in one step, so a half-done install is never taken for a whole one; other processes that
 * want the same folder wait for this one.
 * Gives `folder`. Throws what `fill` throws.
 */
export async function installOnce(folder: string, fill: (empty: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) {
    return folder;
  }
  await mkdir(path.dirname(folder), { recursive: true });
  const lock = `${folder}.lock`;
  await eventually(() => existsSync(folder) || tryLock(lock), {
    within: longestInstall,
    every: 100,
    what: `the lock ${lock}`,
  });
  if (existsSync(folder)) {
    return folder;
  }
  const partial = `${folder}.partial-${randomUUID().slice(0, 8)}`;
  try {
    await removePartials(folder);
    await mkdir(partial);
    await fill(partial);
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
    await rm(lock, { force: true });
  }
  return folder;
}

async function removePartials(folder: string): Promise<void> {
  const prefix = `${path.basename(folder)}.partial-`;
  const siblings = await readdir(path.dirname(folder));
  await Promise.all(
    siblings
      .filter((name) => name.startsWith(prefix))
      .map((name) => rm(path.join(path.dirname(folder), name), { recursive: true, force: true })),
  );
}

async function tryLock(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
  }
  if (await isAbandoned(lock)) {
    await rm(lock, { force: true });
  }
  return false;
}

async function isAbandoned(lock: string): Promise<boolean> {
  try {
    const owner = Number(await readFile(lock, 'utf8'));
    if (owner > 0) {
      return !isAlive(owner);
    }
    return Date.now() - (await stat(lock)).mtimeMs > 10_000;
  } catch {
    return false;
  }
}

/** Whether a process with this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
