import type Mocha from 'mocha';

import type { SuiteResults } from './results.ts';

/** Listens to a mocha run and gives its results so far, whenever asked. */
export function collect(runner: Mocha.Runner): () => SuiteResults {
  const passed: string[] = [];
  const failed: { title: string; message: string }[] = [];
  const skipped: string[] = [];
  runner.on('pass', (test) => passed.push(test.fullTitle()));
  runner.on('pending', (test) => skipped.push(test.fullTitle()));
  // What a parallel worker reports is a plain copy of its error.
  runner.on('fail', (test, error: Partial<Error>) => {
    failed.push({ title: test.fullTitle(), message: error.stack ?? error.message ?? 'it failed without an error' });
  });
  return () => ({ passed, failed, skipped });
}
