// The one way into everything under test/: makes sure that the packages of the lock file are installed (so that it
// works on a fresh clone), then hands over to the TypeScript that does the task.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const tasks = {
  test: 'test/support/tasks/test.ts',
  demo: 'test/demo/main.ts',
  bench: 'test/bench/main.ts',
  screenshots: 'test/workbench/screenshots.ts',
  electron: 'test/host/runnerElectron.ts',
};

const [task = '', ...args] = process.argv.slice(2);
if (!(task in tasks)) {
  console.error(`Usage: node test/start.mjs <${Object.keys(tasks).join(' | ')}> [arguments]`);
  process.exit(2);
}
if (!isInstalled()) {
  install();
}
const child = spawn(process.execPath, ['--import', 'tsx', path.join(root, tasks[task]), ...args], {
  cwd: root,
  stdio: 'inherit',
});
// Ctrl-C reaches the child by itself (it is in the same group); what is sent to this process alone is passed on.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) {
  process.on(signal, () => child.kill(signal));
}
// npm passes no signal on, so that this process is left alone when npm is ended: then it ends too.
const parent = process.ppid;
setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 500).unref();
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));

/** Whether node_modules holds exactly what the lock file asks for (what is optional may be missing). */
function isInstalled() {
  const installedFile = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) {
    return false;
  }
  const wanted = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([name, { version, optional }]) =>
      name === '' || (installed[name] === undefined ? optional === true : installed[name].version === version),
  );
}

/** Installs the lock file's packages. None of them needs its install script here, so none is run. */
function install() {
  console.log('Installing the packages of package-lock.json …');
  const windows = process.platform === 'win32';
  const npm = spawnSync(
    windows ? 'npm.cmd' : 'npm',
    ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund'],
    {
      cwd: root,
      stdio: 'inherit',
      shell: windows,
    },
  );
  if (npm.status !== 0) {
    process.exit(npm.status ?? 1);
  }
}
