import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { outFolder, repositoryRoot } from '../support/paths.ts';
import { readResults, single, type SuiteResults } from '../support/tasks/results.ts';
import { openBrowser } from '../support/vscode/browser.ts';
import { startVsCode } from '../support/vscode/server.ts';
import { vsCodeParts, type VsCodeVersion } from '../support/vscode/versions.ts';

const usualLongestRun = 5 * 60_000;

/**
 * Runs the compiled host tests inside the extension host of an editor, with this repository as the extension under
 * development, and gives their results. A run that gives none is one failed test with what the editor said. `longestRun`:
 * milliseconds after which a run is given up.
 */
export async function runInVsCode(
  version: VsCodeVersion,
  module: string,
  environment: Readonly<Record<string, string>> = {},
  longestRun = usualLongestRun,
): Promise<SuiteResults> {
  const results = path.join(outFolder, 'results', `host-${version}.json`);
  rmSync(results, { force: true });
  const workspace = mkdtempSync(path.join(os.tmpdir(), 'pg-replication-test-workspace-'));
  const server = await startVsCode({
    version,
    testDriver: true,
    environment: { HOST_TEST_RESULTS: results, ...environment },
  });
  const browser = await openBrowser();
  const { page } = browser;
  try {
    const said: string[] = [];
    const exited = new Promise<number>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('it did not end in time')), longestRun);
      const exit = (code: number): void => {
        clearTimeout(late);
        resolve(code);
      };
      const ready = Promise.all([
        page.exposeFunction('codeAutomationLog', (type: string, args: readonly unknown[]) => {
          said.push(`${type}: ${args.map(String).join(' ')}`);
        }),
        page.exposeFunction('codeAutomationExit', exit),
      ]);
      const remote = `vscode-remote://127.0.0.1:${server.port}`;
      const address = server.url(workspace, {
        extensionDevelopmentPath: `${remote}${encodeURI(repositoryRoot)}`,
        extensionTestsPath: `${remote}${encodeURI(module)}`,
        skipWelcome: 'true',
      });
      ready.then(() => page.goto(address, { timeout: 120_000 })).catch(reject);
    });
    const code = await exited.catch((error: unknown) => String(error));
    const found = readResults(results);
    const why = `VS Code ${vsCodeParts[version].vscode} ended with ${code}\n${said.slice(-40).join('\n')}`;
    return found ?? single('runs to its end', why);
  } finally {
    await browser.dispose();
    await server.dispose();
    rmSync(workspace, { recursive: true, force: true });
  }
}
