// What VS Code loads as the tests of an extension: runs inside the extension host, beside the extension.
import path from 'node:path';

import Mocha from 'mocha';

import { collect } from '../support/tasks/collect.ts';
import { writeResults } from '../support/tasks/results.ts';

/**
 * Runs every test of this folder (bundled into `tests.cjs`) and writes the results to the file that the environment
 * variable `HOST_TEST_RESULTS` names. Throws when a test failed, which VS Code gives on as its exit code.
 */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', reporter: 'spec', timeout: 120_000, slow: 120_000, color: false });
  mocha.addFile(path.join(__dirname, 'tests.cjs'));
  const failures = await new Promise<number>((resolve, reject) => {
    const runner = mocha.run((count) => {
      const file = process.env['HOST_TEST_RESULTS'];
      const written = file === undefined ? Promise.resolve() : writeResults(file, collected());
      written.then(() => resolve(count), reject);
    });
    const collected = collect(runner);
  });
  if (failures > 0) {
    throw new Error(`${failures} tests failed`);
  }
}
