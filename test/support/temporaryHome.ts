import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { isAlive } from './installOnce.ts';

const prefixes = {
  server: 'pg-replication-test-server-',
  editor: 'pg-replication-test-vscode-',
  demo: 'postgres-replication-demo-',
} as const;
const ownerFile = 'owner.pid';

/** Linux's file system in memory. */
const memoryFolder = '/dev/shm';
/** The servers of the files that run at once need less than half of it. */
const enoughBytes = 4 * 1024 ** 3;

/** Makes a temporary folder for what this process starts, marked as this process's. */
export function makeTemporaryHome(kind: keyof typeof prefixes): string {
  // A new cluster is a thousand files: on a busy disk, making one takes longer than the tests that need it.
  const base = kind !== 'demo' && hasRoom(memoryFolder) ? memoryFolder : os.tmpdir();
  const home = mkdtempSync(path.join(base, prefixes[kind]));
  writeFileSync(path.join(home, ownerFile), String(process.pid));
  return home;
}

/** Takes a folder out of what `removeLeftovers` would remove: it is to stay. */
export function keepTemporaryHome(home: string): void {
  rmSync(path.join(home, ownerFile), { force: true });
}

/**
 * Ends the servers and editors, and removes the folders, that earlier runs left behind because they were killed.
 * Gives the folders that were removed. Touches nothing of a run that is still alive, or of another user.
 */
export function removeLeftovers(): string[] {
  const left = [os.tmpdir(), memoryFolder]
    .flatMap((base) => entriesOf(base).map((name) => path.join(base, name)))
    .filter((home) => Object.values(prefixes).some((prefix) => path.basename(home).startsWith(prefix)))
    .filter((home) => isMine(home) && isAbandoned(home));
  for (const home of left) {
    processesOf(home).forEach(end);
    rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
  return left;
}

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= enoughBytes;
  } catch {
    return false;
  }
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isMine(home: string): boolean {
  return statSync(home, { throwIfNoEntry: false })?.uid === process.getuid?.();
}

function isAbandoned(home: string): boolean {
  try {
    return !isAlive(Number(readFileSync(path.join(home, ownerFile), 'utf8')));
  } catch {
    return false;
  }
}

/** The processes that were started with a path inside the folder: these lead their own groups. */
function processesOf(home: string): number[] {
  const listed = spawnSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' }).stdout ?? '';
  return listed
    .split('\n')
    .filter((line) => line.includes(`${home}${path.sep}`))
    .map((line) => Number.parseInt(line, 10));
}

/** SIGQUIT makes a PostgreSQL server end its backends at once; an editor's server just ends. */
function end(pid: number): void {
  try {
    process.kill(-pid, 'SIGQUIT');
  } catch {
    // It has ended by itself, or leads no group.
  }
}
