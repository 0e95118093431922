import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { packageExtension } from '../support/extension.ts';
import { repositoryRoot } from '../support/paths.ts';

interface Metafile {
  readonly outputs: Readonly<
    Record<
      string,
      {
        readonly bytes: number;
        readonly entryPoint?: string;
        readonly imports: readonly { readonly path: string; readonly external?: boolean }[];
      }
    >
  >;
}

/** Builds the package and prints the sizes of the host's bundle, of each page with all it loads, and of the package. */
export async function benchSizes(print: (line: string) => void): Promise<void> {
  const packaged = await packageExtension();
  print(`host bundle: ${kilobytes(sizeOf('dist/extension.js'))}`);
  const { outputs } = JSON.parse(readFileSync(path.join(repositoryRoot, 'dist/pages.meta.json'), 'utf8')) as Metafile;
  for (const [file, { entryPoint }] of Object.entries(outputs)) {
    if (entryPoint !== undefined && file.endsWith('.js')) {
      const loaded = [...reachable(outputs, file)].reduce((sum, name) => sum + (outputs[name]?.bytes ?? 0), 0);
      print(`page ${path.basename(file, '.js')}, with what it shares: ${kilobytes(loaded)}`);
    }
  }
  print(`package: ${kilobytes(statSync(packaged).size)}`);
}

function reachable(outputs: Metafile['outputs'], from: string, seen = new Set<string>()): ReadonlySet<string> {
  if (!seen.has(from)) {
    seen.add(from);
    for (const { path: imported, external } of outputs[from]?.imports ?? []) {
      if (external !== true) {
        reachable(outputs, imported, seen);
      }
    }
  }
  return seen;
}

function sizeOf(file: string): number {
  return statSync(path.join(repositoryRoot, file)).size;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}
