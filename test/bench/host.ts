import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { runInVsCode } from '../host/runnerInVscode.ts';
import { packageExtension } from '../support/extension.ts';
import { bundleBench } from './bundle.ts';

/** Prints what activation and tree expansion cost in the extension host of the newest editor. */
export async function benchHost(print: (line: string) => void): Promise<void> {
  await packageExtension();
  for (const line of await figuresOfHost(await bundleBench('inHost'), {})) print(line);
}

/**
 * Runs a module in the extension host of the newest editor, beside the extension, and gives the lines it wrote to the
 * file that `BENCH_RESULTS` names. `longestRun`: milliseconds after which it is given up.
 */
export async function figuresOfHost(
  module: string,
  environment: Readonly<Record<string, string>>,
  longestRun?: number,
): Promise<readonly string[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pg-replication-bench-'));
  const figures = path.join(folder, 'figures.txt');
  try {
    const said = await runInVsCode('newest', module, { BENCH_RESULTS: figures, ...environment }, longestRun);
    const lines = readLines(figures);
    return lines.length > 0 ? lines : [`not measured: ${said.failed.map(({ message }) => message).join('\n')}`];
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
