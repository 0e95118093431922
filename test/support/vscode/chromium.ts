import { existsSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { oneAtATime } from '../installOnce.ts';
import { cacheFolder } from '../paths.ts';
import { run } from '../run.ts';

/**
 * Gives the path of a Chromium (or Chrome, or Edge) of this machine: the one that `CHROMIUM` names, one on the path,
 * Playwright's own, or one where it is usually installed. As root on Debian and its like it is installed if there is
 * none, by one
 * process while the others wait. Throws with what to install when there is none.
 */
export async function findChromium(): Promise<string> {
  const lock = path.join(cacheFolder, 'chromium.lock');
  // Its program is there before all of it is: not while somebody installs it.
  const ready = (): string | undefined => (existsSync(lock) ? undefined : present());
  return oneAtATime(lock, ready, async () => {
    const found = present();
    if (found !== undefined) {
      return found;
    }
    const reason = await installByApt();
    const installed = present();
    if (installed !== undefined) {
      return installed;
    }
    throw new Error(
      `There is no Chromium here (${reason}). Install Chromium or Chrome, run "npx playwright-core install chromium", ` +
        'or name one in the environment variable CHROMIUM.',
    );
  });
}

function present(): string | undefined {
  return [process.env['CHROMIUM'], ...onPath(), ...playwrightOwn(), ...usualPlaces()].find(
    (file): file is string => file !== undefined && existsSync(file),
  );
}

function onPath(): string[] {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'];
  const endings = process.platform === 'win32' ? ['.exe'] : [''];
  return (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => names.flatMap((name) => endings.map((ending) => path.join(folder, name + ending))));
}

function playwrightOwn(): string[] {
  const home = os.homedir();
  const caches = [
    process.env['PLAYWRIGHT_BROWSERS_PATH'],
    path.join(home, '.cache', 'ms-playwright'),
    path.join(home, 'Library', 'Caches', 'ms-playwright'),
    path.join(process.env['LOCALAPPDATA'] ?? home, 'ms-playwright'),
  ].filter((cache): cache is string => cache !== undefined && existsSync(cache));
  const programs = [
    path.join('chrome-linux', 'chrome'),
    path.join('chrome-linux64', 'chrome'),
    path.join('chrome-mac', 'Chromium.app', 'Contents', 'MacOS', 'Chromium'),
    path.join('chrome-win', 'chrome.exe'),
    path.join('chrome-win64', 'chrome.exe'),
  ];
  return caches.flatMap((cache) =>
    readdirSync(cache)
      .filter((name) => /^chromium-\d+$/.test(name))
      .sort()
      .toReversed()
      .flatMap((name) => programs.map((file) => path.join(cache, name, file))),
  );
}

function usualPlaces(): string[] {
  const windows = [process.env['PROGRAMFILES'], process.env['PROGRAMFILES(X86)'], process.env['LOCALAPPDATA']];
  return [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ...windows.flatMap((folder) =>
      folder === undefined
        ? []
        : [
            path.join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
            path.join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
          ],
    ),
  ];
}

async function installByApt(): Promise<string> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    return 'none was found, and only root on a machine with apt-get can have it installed';
  }
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const minutes = 60_000;
  await run('apt-get', ['update', '-q'], { env: environment, within: 3 * minutes });
  const packages = ['chromium', 'fonts-dejavu-core'];
  const args = ['install', '-y', '-q', '--no-install-recommends', ...packages];
  const installed = await run('apt-get', args, { env: environment, within: 8 * minutes });
  return installed.code === 0 ? 'apt-get installed it, yet it is not there' : `apt-get: ${installed.stderr.trim()}`;
}
