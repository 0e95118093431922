import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';

import { outFolder, repositoryRoot } from '../paths.ts';
import { onProcessEnd } from '../processEnd.ts';
import { readResults, single, type SuiteResults } from './results.ts';
import type { Suite } from './suites.ts';

/**
 * Runs one suite as a child process that writes to this terminal, and gives its results. Never throws: a suite that
 * crashes, or does not end in time, is a failed test of its own beside those it could report. `more` is added to
 * the command.
 */
export async function runSuite(suite: Suite, more: readonly string[]): Promise<SuiteResults> {
  const file = path.join(outFolder, 'results', `${suite.name}.json`);
  rmSync(file, { force: true });
  if (suite.makes !== undefined) {
    rmSync(suite.makes, { force: true });
  }
  const [command = '', ...args] = suite.command.map((word) => word.replace('{results}', file));
  const problem = await ending(command, [...args, ...(suite.writesResults ? more : [])], suite);
  if (!suite.writesResults) {
    return single(suite.name, problem);
  }
  const results = readResults(file);
  if (results === undefined) {
    return single(`${suite.name} runs to its end`, problem ?? 'it left no results');
  }
  const explained = problem === undefined || (problem === 'exit code 1' && results.failed.length > 0);
  return explained
    ? results
    : { ...results, failed: [...results.failed, { title: 'runs to its end', message: problem }] };
}

function ending(command: string, args: readonly string[], { within, environment }: Suite): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: repositoryRoot,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...environment },
      shell: command.endsWith('.cmd'),
    });
    const forget = onProcessEnd(() => child.kill('SIGTERM'));
    let late = false;
    const grace = 20_000;
    const timers = [
      setTimeout(() => {
        late = true;
        child.kill('SIGTERM');
      }, within),
      setTimeout(() => child.kill('SIGKILL'), within + grace),
    ];
    const finish = (problem: string | undefined): void => {
      timers.forEach(clearTimeout);
      forget();
      resolve(problem);
    };
    child.once('error', (error) => finish(`it did not start: ${error.message}`));
    child.once('exit', (code, signal) => {
      const ended = code === null ? `ended by ${signal ?? 'a signal'}` : `exit code ${code}`;
      finish(late ? `it was still running after ${within / 1000} s` : code === 0 ? undefined : ended);
    });
  });
}
