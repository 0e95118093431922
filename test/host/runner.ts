import { endWithParent } from '../support/processEnd.ts';
// Runs the host tests in the oldest and the newest editor: runner.ts <results file> [lowest | newest]
import { merge, writeResults, type SuiteResults } from '../support/tasks/results.ts';
import { vsCodeParts, type VsCodeVersion } from '../support/vscode/versions.ts';
import { bundleHostTests } from './runnerBundle.ts';
import { runInVsCode } from './runnerInVscode.ts';

async function main([file = 'out/results/host.json', only]: readonly string[]): Promise<number> {
  const module = await bundleHostTests();
  const all: Record<string, SuiteResults> = {};
  for (const version of ['lowest', 'newest'] satisfies VsCodeVersion[]) {
    if (only === undefined || only.startsWith('--') || only === version) {
      const name = `VS Code ${vsCodeParts[version].vscode}`;
      console.log(`\n  ${name}`);
      const results = await runInVsCode(version, module);
      all[name] = results;
      results.passed.forEach((title) => console.log(`    ✔ ${title}`));
      results.skipped.forEach((title) => console.log(`    - ${title}`));
      results.failed.forEach(({ title, message }) => console.log(`    ✘ ${title}\n${message}`));
    }
  }
  const merged = merge(all);
  await writeResults(file, merged);
  return merged.failed.length > 0 ? 1 : 0;
}

endWithParent();
main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
