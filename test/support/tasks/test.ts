import { endWithParent } from '../processEnd.ts';
// `npm test`: everything, or the suites named: npm test -- unit database [--grep <pattern>]
import { removeLeftovers } from '../temporaryHome.ts';
import { merge, type SuiteResults } from './results.ts';
import { runSuite } from './runSuite.ts';
import { suites } from './suites.ts';

async function main(args: readonly string[]): Promise<void> {
  const firstOption = args.findIndex((word) => word.startsWith('--'));
  const names = firstOption === -1 ? args : args.slice(0, firstOption);
  const options = firstOption === -1 ? [] : args.slice(firstOption);
  const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    console.error(`There is no suite ${unknown.join(', ')}; there are ${suites.map(({ name }) => name).join(', ')}`);
    process.exitCode = 2;
    return;
  }
  removeLeftovers();
  const results: Record<string, SuiteResults> = {};
  const seconds: string[] = [];
  const needed = suites.filter(({ name }) => names.includes(name)).map(({ needs }) => needs);
  for (const suite of suites) {
    if (names.length === 0 || names.includes(suite.name) || needed.includes(suite.name)) {
      console.log(`\n━━ ${suite.name}`);
      const start = performance.now();
      results[suite.name] = await runSuite(suite, options);
      seconds.push(`${suite.name} ${((performance.now() - start) / 1000).toFixed(1)} s`);
    }
  }
  const all = merge(results);
  print('Skipped', all.skipped);
  print(
    'Failed',
    all.failed.map(({ title, message }) => `${title}\n${message.replaceAll(/^/gm, '      ')}`),
  );
  console.log(`\nTime: ${seconds.join(', ')}`);
  process.exitCode = all.failed.length > 0 ? 1 : 0;
  console.log(`${all.passed.length} passed, ${all.failed.length} failed`);
}

function print(heading: string, lines: readonly string[]): void {
  if (lines.length > 0) {
    console.log(`\n${heading}:`);
    lines.forEach((line) => console.log(`  - ${line}`));
  }
}

endWithParent();
void main(process.argv.slice(2));
