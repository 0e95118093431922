import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { build } from 'esbuild';

import { runInVsCode } from '../host/runnerInVscode.ts';
import { packageExtension } from '../support/extension.ts';
import { outFolder, repositoryRoot } from '../support/paths.ts';

/** Prints what activation and tree expansion cost in the extension host of the newest editor. */
export async function benchHost(print: (line: string) => void): Promise<void> {
  await packageExtension();
  const module = path.join(outFolder, 'test', 'bench', 'inHost.cjs');
  await build({
    entryPoints: [path.join(repositoryRoot, 'test', 'bench', 'inHost.ts')],
    outfile: module,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    packages: 'external',
    external: ['vscode'],
    logLevel: 'warning',
  });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pg-replication-bench-'));
  const figures = path.join(folder, 'figures.txt');
  try {
    const said = await runInVsCode('newest', module, { BENCH_RESULTS: figures });
    for (const line of readLines(figures)) print(line);
    if (readLines(figures).length === 0) print(`not measured: ${said.failed.map(({ message }) => message).join('\n')}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}
