import { endWithParent } from '../support/processEnd.ts';
// Runs the host tests in the oldest and the newest editor: runner.ts <results file> [lowest | newest]
import { merge, writeResults, type SuiteResults } from '../support/tasks/results.ts';
import { vsCodeParts, type VsCodeVersion } from '../support/vscode/versions.ts';
import { bundleHostTests } from './runnerBundle.ts';
import { runInVsCode } from './runnerInVscode.ts';

async function main([file = 'out/results/host.json', only]: readonly string[]): Promise<number> {
  const module = await bundleHostTests();
  const versions = (['lowest', 'newest'] satisfies VsCodeVersion[]).filter(
    (version) => only === undefined || only.startsWith('--') || only === version,
  );
  // Both at once, each with ports of its own for the servers that its tests start.
  const runs = await Promise.all(
    versions.map(async (version, index) => {
      const results = await runInVsCode(version, module, { MOCHA_WORKER_ID: String(index) });
      const name = `VS Code ${vsCodeParts[version].vscode}`;
      console.log(`\n  ${name}`);
      results.passed.forEach((title) => console.log(`    ✔ ${title}`));
      results.skipped.forEach((title) => console.log(`    - ${title}`));
      results.failed.forEach(({ title, message }) => console.log(`    ✘ ${title}\n${message}`));
      return [name, results] as const;
    }),
  );
  const merged = merge(Object.fromEntries<SuiteResults>(runs));
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
