// `npm run test:electron`: the host tests in a desktop VS Code, downloaded by @vscode/test-electron (or the one that the
// environment variable VSCODE_EXECUTABLE names).
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { runTests } from '@vscode/test-electron';

import { outFolder, repositoryRoot } from '../support/paths.ts';
import { mustRun } from '../support/run.ts';
import { readResults } from '../support/tasks/results.ts';
import { bundleHostTests } from './runnerBundle.ts';

async function main(): Promise<void> {
  await mustRun(process.execPath, ['esbuild.js'], { cwd: repositoryRoot });
  const extensionTestsPath = await bundleHostTests();
  const results = path.join(outFolder, 'results', 'host-electron.json');
  rmSync(results, { force: true });
  const userData = mkdtempSync(path.join(os.tmpdir(), 'pgr-'));
  const executable = process.env['VSCODE_EXECUTABLE'];
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  try {
    await runTests({
      extensionDevelopmentPath: repositoryRoot,
      extensionTestsPath,
      extensionTestsEnv: { HOST_TEST_RESULTS: results },
      launchArgs: ['--disable-extensions', '--user-data-dir', userData, ...asRoot],
      cachePath: path.join(repositoryRoot, '.vscode-test'),
      ...(executable === undefined ? {} : { vscodeExecutablePath: executable }),
    });
  } finally {
    rmSync(userData, { recursive: true, force: true });
    const found = readResults(results);
    if (found !== undefined) {
      const { passed, failed, skipped } = found;
      failed.forEach(({ title, message }) => console.log(`✘ ${title}\n${message}`));
      console.log(`${passed.length} passed, ${failed.length} failed, ${skipped.length} skipped`);
    }
  }
}

main().catch((error: unknown) => {
  console.error(
    `The tests did not run in a desktop VS Code: ${error instanceof Error ? error.message : String(error)}`,
  );
  process.exitCode = 1;
});
