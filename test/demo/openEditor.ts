import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { onProcessEnd } from '../support/processEnd.ts';
import { mustRun } from '../support/run.ts';
import { startVsCode } from '../support/vscode/server.ts';
import type { Demo } from './startDemo.ts';

/** An editor with the extension and the demo's connections in it. */
export interface DemoEditor {
  /** Where a person finds it, in words. */
  readonly where: string;
  readonly dispose: () => Promise<void>;
}

/** How the editor is to be opened. */
export interface EditorOptions {
  /** The extension's package (.vsix). */
  readonly extension: string;
  /** Opens no window: only the address is given. */
  readonly headless: boolean;
  /** The TCP port of the editor in the browser; a free one unless told. */
  readonly port?: number;
}

/**
 * Opens VS Code on the demo: the desktop's `code` if it is on the path, with folders of its own, otherwise VS Code's
 * server for the browser, which is opened too where there is a display. Throws when it cannot be started.
 */
export async function openEditor(demo: Demo, options: EditorOptions): Promise<DemoEditor> {
  return !options.headless && hasDesktop() ? openDesktop(demo, options) : openInBrowser(demo, options);
}

async function openInBrowser(demo: Demo, { extension, headless, port }: EditorOptions): Promise<DemoEditor> {
  const server = await startVsCode({
    version: 'newest',
    extensions: [extension],
    settings: demo.settings,
    home: path.join(demo.folder, 'vscode'),
    ...(port === undefined ? {} : { port }),
  });
  const url = server.url(demo.workspaceFolder);
  if (!headless) {
    openAddress(url);
  }
  return { where: `VS Code in the browser: ${url}`, dispose: server.dispose };
}

async function openDesktop(demo: Demo, { extension }: EditorOptions): Promise<DemoEditor> {
  const userData = path.join(demo.folder, 'vscode', 'data');
  await mkdir(path.join(userData, 'User'), { recursive: true });
  const settings = { 'security.workspace.trust.enabled': false, 'workbench.startupEditor': 'none', ...demo.settings };
  await writeFile(path.join(userData, 'User', 'settings.json'), JSON.stringify(settings, undefined, 2));
  const folders = ['--user-data-dir', userData, '--extensions-dir', path.join(demo.folder, 'vscode', 'extensions')];
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const shell = process.platform === 'win32';
  await mustRun('code', [...folders, ...asRoot, '--install-extension', extension, '--force'], { shell });
  await mustRun('code', [...folders, ...asRoot, '--new-window', demo.workspaceFolder], { shell });
  const forget = onProcessEnd(() => endDesktop(userData));
  return {
    where: 'VS Code, in a window of its own',
    dispose: () => {
      endDesktop(userData);
      forget();
      return Promise.resolve();
    },
  };
}

/** Ends the desktop editor that uses this data folder: it keeps its process id there. */
function endDesktop(userData: string): void {
  const lock = path.join(userData, 'code.lock');
  try {
    if (existsSync(lock)) {
      process.kill(Number(readFileSync(lock, 'utf8')), 'SIGTERM');
    }
  } catch {
    // Its window was closed before.
  }
}

function hasDesktop(): boolean {
  const display = process.platform !== 'linux' || hasDisplay();
  return display && spawnSync('code', ['--version'], { shell: process.platform === 'win32' }).status === 0;
}

function hasDisplay(): boolean {
  return (process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'] ?? '') !== '';
}

function openAddress(url: string): void {
  const commands = { darwin: 'open', win32: 'explorer', linux: hasDisplay() ? 'xdg-open' : undefined };
  const command = commands[process.platform as keyof typeof commands];
  if (command !== undefined) {
    spawn(command, [url], { stdio: 'ignore', detached: true })
      .once('error', () => {})
      .unref();
  }
}
