import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { eventually, eventuallySync } from '../eventually.ts';
import { isAlive } from '../installOnce.ts';
import type { Account } from './account.ts';
import { program, type Binaries } from './binaries.ts';

/** How a server is told to stop: wait for clients, drop them, or drop everything and recover at the next start. */
export type StopMode = 'smart' | 'fast' | 'immediate';

const stopSignals = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

/** The main process of one server, which can be started and stopped again and again. */
export class Postmaster {
  readonly #binaries: Binaries;
  readonly #account: Account | undefined;
  readonly #dataFolder: string;
  readonly #logFile: string;
  #child: ChildProcess | undefined;

  constructor(binaries: Binaries, account: Account | undefined, dataFolder: string, logFile: string) {
    this.#binaries = binaries;
    this.#account = account;
    this.#dataFolder = dataFolder;
    this.#logFile = logFile;
  }

  /** The process id while the server runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /**
   * Starts the server on a port of loopback and waits until it takes connections. After a crash it is tried
   * again until the last backend of the server before is gone. Throws with its log if it does not start.
   */
  async start(port: number): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (this.#child === undefined) {
      const before = this.#logText().length;
      this.#spawn(port);
      try {
        await eventually(() => this.#child === undefined || this.#isReady(), {
          within: deadline - Date.now(),
          every: 20,
          what: 'the start of PostgreSQL',
        });
      } catch (error) {
        await this.kill();
        throw error;
      }
      const said = this.#logText().slice(before);
      const crashedJustNow = said.includes('is still in use') && Date.now() < deadline;
      if (this.#child === undefined && !crashedJustNow) {
        throw new Error(`PostgreSQL ${this.#binaries.major} did not start:\n${said}`);
      }
    }
  }

  /** Stops the server and waits until it is gone. Throws when that takes more than a minute. */
  async stop(mode: StopMode): Promise<void> {
    await this.#signalAndWait(stopSignals[mode]);
  }

  /** Ends the main process and its children at once, as a crash of the machine would. */
  async kill(): Promise<void> {
    const children = childrenOf(this.#child?.pid);
    await this.#signalAndWait('SIGKILL');
    for (const child of children.filter(isAlive)) {
      process.kill(child, 'SIGKILL');
    }
  }

  /** Ends the server at once, without giving other code a turn: for the end of this process. */
  endNow(): void {
    const child = this.#child;
    if (child === undefined) {
      return;
    }
    child.kill('SIGQUIT');
    const lockFile = path.join(this.#dataFolder, 'postmaster.pid');
    if (!eventuallySync(() => !existsSync(lockFile), 5_000)) {
      child.kill('SIGKILL');
    }
  }

  #spawn(port: number): void {
    const log = openSync(this.#logFile, 'a');
    const child = spawn(program(this.#binaries, 'postgres'), ['-D', this.#dataFolder, '-p', String(port)], {
      ...this.#account,
      cwd: this.#dataFolder,
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, LC_ALL: 'C' },
    });
    closeSync(log);
    const gone = (): void => {
      this.#child = undefined;
    };
    child.once('error', gone);
    child.once('exit', gone);
    this.#child = child;
  }

  async #signalAndWait(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined) {
      return;
    }
    child.kill(signal);
    await eventually(() => this.#child !== child, { within: 60_000, every: 10, what: 'the end of PostgreSQL' });
  }

  #isReady(): boolean {
    const lines = readFileSync(path.join(this.#dataFolder, 'postmaster.pid'), 'utf8').split('\n');
    return lines[7]?.trim() === 'ready' && Number(lines[0]) === this.#child?.pid;
  }

  #logText(): string {
    return existsSync(this.#logFile) ? readFileSync(this.#logFile, 'utf8') : '';
  }
}

function childrenOf(parent: number | undefined): number[] {
  if (parent === undefined || process.platform === 'win32') {
    return [];
  }
  const listed = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return (listed.stdout ?? '')
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, ppid]) => ppid === parent)
    .map(([pid]) => pid ?? 0);
}
