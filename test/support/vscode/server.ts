import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { eventually } from '../eventually.ts';
import { onProcessEnd } from '../processEnd.ts';
import { mustRun } from '../run.ts';
import { freePort } from '../servers/freePort.ts';
import { makeTemporaryHome } from '../temporaryHome.ts';
import { installVsCode, type InstalledVsCode } from './install.ts';
import type { VsCodeVersion } from './versions.ts';

/** What an editor is started with. */
export interface VsCodeOptions {
  readonly version: VsCodeVersion;
  /** Packages (.vsix files) to install before the start. */
  readonly extensions?: readonly string[];
  /** Settings, by their ids, beside those that keep an editor quiet in tests. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The TCP port; a free one unless told. */
  readonly port?: number;
  /** A folder for the editor's data and log, kept afterwards; a temporary one unless told. */
  readonly home?: string;
  /**
   * Whether the page honours the payload that names an extension under development and its tests. Such an editor
   * shows no notifications, so it is not for tests that look at what a person sees.
   */
  readonly testDriver?: boolean;
  /** Variables for the editor's environment, and so for the extension host. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A running editor: VS Code's own server, with the workbench for a browser. */
export interface VsCodeServer {
  readonly port: number;
  /** The address of the workbench with a folder open, and what else `payload` asks of it. */
  readonly url: (folder: string, payload?: Readonly<Record<string, string>>) => string;
  /** The folder with the editor's data: settings, logs, storage. */
  readonly dataFolder: string;
  /** Its process id while it runs. */
  readonly pid: number | undefined;
  /** What the server wrote so far. */
  readonly logText: () => Promise<string>;
  /** Ends it with everything it started, and removes its data unless that was given a folder to stay in. */
  readonly dispose: () => Promise<void>;
}

const quietSettings = {
  'chat.disableAIFeatures': true,
  'editor.accessibilitySupport': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'window.commandCenter': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
};

/**
 * Installs (once) and starts an editor on loopback, and gives it when it answers. It ends with `dispose()`, or with
 * this process. Throws when it cannot be installed or does not answer within a minute.
 */
export async function startVsCode(options: VsCodeOptions): Promise<VsCodeServer> {
  const installed = await installVsCode(options.version);
  const temporary = options.home === undefined;
  const home = options.home ?? makeTemporaryHome('editor');
  const dataFolder = path.join(home, 'data');
  const settings = JSON.stringify({ ...quietSettings, ...options.settings }, undefined, 2);
  for (const scope of ['User', 'Machine']) {
    await mkdir(path.join(dataFolder, 'data', scope), { recursive: true });
    await writeFile(path.join(dataFolder, 'data', scope, 'settings.json'), settings);
  }
  const folders = ['--server-data-dir', dataFolder, '--extensions-dir', path.join(home, 'extensions')];
  await installExtensions(installed, folders, options.extensions ?? []);
  const port = options.port ?? (await freePort({ ...process.env, ...options.environment }));
  const logFile = path.join(home, 'server.log');
  const driver = options.testDriver === true ? ['--enable-smoke-test-driver'] : [];
  const child = start(installed, [...folders, '--port', String(port), ...driver], logFile, options.environment ?? {});
  const forget = onProcessEnd(() => {
    endGroup(child);
    if (temporary) {
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    }
  });
  const dispose = async (): Promise<void> => {
    endGroup(child);
    await eventually(() => child.exitCode !== null || child.signalCode !== null, { what: 'the end of VS Code' });
    if (temporary) {
      await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    }
    forget();
  };
  try {
    await eventually(() => answers(port, child), { within: 60_000, what: 'an answer of VS Code' });
  } catch (error) {
    const log = await readFile(logFile, 'utf8');
    await dispose();
    throw new Error(`VS Code did not start:\n${log}`, { cause: error });
  }
  return {
    port,
    dataFolder,
    get pid() {
      return child.exitCode === null && child.signalCode === null ? child.pid : undefined;
    },
    url: (folder, payload = {}) => address(port, folder, payload),
    logText: () => readFile(logFile, 'utf8'),
    dispose,
  };
}

function address(port: number, folder: string, payload: Readonly<Record<string, string>>): string {
  const url = new URL(`http://127.0.0.1:${port}/`);
  url.searchParams.set('folder', folder);
  if (Object.keys(payload).length > 0) {
    url.searchParams.set('payload', JSON.stringify(Object.entries(payload)));
  }
  return url.href;
}

async function installExtensions(
  { node, server }: InstalledVsCode,
  folders: readonly string[],
  extensions: readonly string[],
): Promise<void> {
  const main = path.join(server, 'out', 'server-main.js');
  for (const extension of extensions) {
    const args = [main, '--accept-server-license-terms', ...folders, '--install-extension', extension, '--force'];
    await mustRun(node, args, { within: 120_000 });
  }
}

function start(
  { node, server }: InstalledVsCode,
  more: readonly string[],
  logFile: string,
  environment: Readonly<Record<string, string>>,
): ChildProcess {
  const log = openSync(logFile, 'a');
  const main = path.join(server, 'out', 'server-main.js');
  const loopback = ['--host', '127.0.0.1', '--without-connection-token', '--accept-server-license-terms'];
  const quiet = ['--disable-workspace-trust', '--telemetry-level', 'off'];
  const child = spawn(node, [main, ...loopback, ...quiet, ...more], {
    stdio: ['ignore', log, log],
    detached: true,
    env: { ...process.env, ...environment },
  });
  closeSync(log);
  child.once('error', () => {});
  return child;
}

async function answers(port: number, child: ChildProcess): Promise<boolean> {
  if (child.exitCode !== null) {
    throw new Error(`VS Code's server ended with ${child.exitCode}`);
  }
  return (await fetch(`http://127.0.0.1:${port}/version`)).ok;
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) {
    return;
  }
  try {
    if (process.platform === 'win32') {
      child.kill('SIGKILL');
    } else {
      process.kill(-child.pid, 'SIGKILL');
    }
  } catch {
    // It has ended already.
  }
}
