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
  const ready = (): string | undefined => (existsSync(folder) ? folder : undefined);
  return oneAtATime(`${folder}.lock`, ready, async () => {
    // Who had the lock before may have finished between the question and the lock.
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
    }
    return folder;
  });
}

/**
 * Gives what `ready` gives; while that is undefined, gives what `make` gives, which runs in one process at a time: the
 * others wait at the lock file and ask `ready` again. What `ready` waits for may have come just before `make` is called.
 * Throws what `make` throws.
 */
export async function oneAtATime<T extends string>(
  lock: string,
  ready: () => T | undefined,
  make: () => Promise<T>,
): Promise<T> {
  const there = ready();
  if (there !== undefined) {
    return there;
  }
  await mkdir(path.dirname(lock), { recursive: true });
  const madeElsewhere = await eventually(async () => ready() ?? ((await tryLock(lock)) ? lock : undefined), {
    within: longestInstall,
    every: 100,
    what: `the lock ${lock}`,
  });
  if (madeElsewhere !== lock) {
    return madeElsewhere as T;
  }
  try {
    return await make();
  } finally {
    await rm(lock, { force: true });
  }
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
