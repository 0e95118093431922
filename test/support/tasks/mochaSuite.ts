// Runs one suite of mocha tests in this process, and its workers:
// mochaSuite.ts <folder> <results file> <timeout in ms> <files at once> [--grep <pattern>]
import Mocha from 'mocha';

import { endWithParent } from '../processEnd.ts';
import { collect } from './collect.ts';
import { writeResults } from './results.ts';
import { testFiles } from './testFiles.ts';

async function main([
  folder = '',
  results = '',
  timeout = '',
  jobs = '1',
  ...more
]: readonly string[]): Promise<number> {
  const files = testFiles(folder);
  if (files.length === 0) {
    console.error(`There are no tests in ${folder}`);
    return 1;
  }
  const grep = more[more.indexOf('--grep') + 1];
  const mocha = new Mocha({
    reporter: 'spec',
    timeout: Number(timeout),
    slow: Number(timeout),
    ...(Number(jobs) > 1 ? { parallel: true, jobs: Number(jobs) } : {}),
    ...(more.includes('--grep') && grep !== undefined ? { grep } : {}),
  });
  mocha.files = files;
  if (!mocha.options.parallel) {
    await mocha.loadFilesAsync();
  }
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run((count) => {
      void writeResults(results, collected()).then(() => resolve(count));
    });
    const collected = collect(runner);
  });
  return failures > 0 ? 1 : 0;
}

endWithParent();
main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
