import path from 'node:path';

import { packageFile } from '../extension.ts';
import { repositoryRoot } from '../paths.ts';

/** One part of `npm test`: a command that either succeeds (one test), or writes the results of its tests. */
export interface Suite {
  /** The name to pick it by: `npm test -- unit`. */
  readonly name: string;
  readonly command: readonly string[];
  /** Milliseconds after which it is ended and counts as failed. */
  readonly within: number;
  /** Whether the command writes a results file, whose path replaces `{results}` in the command. */
  readonly writesResults: boolean;
  /** The part that must have run before, picked or not. */
  readonly needs?: string;
  /** The file it makes. What an earlier run left there is removed first, so that nothing goes on with that. */
  readonly makes?: string;
  /** Variables for the command beside those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

const minute = 60_000;
const node = process.execPath;

/** Every part, in the order in which it runs. */
export const suites: readonly Suite[] = [
  check('types', [node, bin('typescript', 'bin', 'tsc'), '-b']),
  check('lint', [node, bin('oxlint', 'bin', 'oxlint'), '--type-aware', '--deny-warnings']),
  check('format', [node, bin('oxfmt', 'bin', 'oxfmt'), '--check']),
  check('build', [node, 'esbuild.js']),
  {
    ...check('package', process.platform === 'win32' ? ['npm.cmd', 'run', 'package'] : ['npm', 'run', 'package']),
    makes: packageFile,
  },
  mochaSuite('unit', { timeout: 60_000, jobs: 2, within: 8 * minute }),
  mochaSuite('database', { timeout: 180_000, jobs: 4, within: 30 * minute }),
  {
    name: 'host',
    command: [node, '--import', 'tsx', 'test/host/runner.ts', '{results}'],
    within: 10 * minute,
    writesResults: true,
    needs: 'build',
  },
  {
    ...mochaSuite('workbench', { timeout: 180_000, jobs: 1, within: 20 * minute }),
    needs: 'package',
    // Otherwise each of its windows would make the package anew.
    environment: { EXTENSION_PACKAGE: packageFile },
  },
];

function check(name: string, command: readonly string[]): Suite {
  return { name, command, within: 5 * minute, writesResults: false };
}

function mochaSuite(name: string, numbers: { timeout: number; jobs: number; within: number }): Suite {
  const script = ['--import', 'tsx', 'test/support/tasks/mochaSuite.ts'];
  const args = [`test/${name}`, '{results}', String(numbers.timeout), String(numbers.jobs)];
  return { name, command: [node, ...script, ...args], within: numbers.within, writesResults: true };
}

function bin(...parts: readonly string[]): string {
  return path.join(repositoryRoot, 'node_modules', ...parts);
}
