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
        readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[];
      }
    >
  >;
}

/** Builds the package and prints the sizes of the host's bundle, of each page with all it loads, and of the package. */
export async function benchSizes(print: (line: string) => void): Promise<void> {
  const packaged = await packageExtension();
  const hostFiles = outputsOf('host');
  const bytesOf = (files: Iterable<string>): number =>
    [...files].reduce((sum, name) => sum + (hostFiles[name]?.bytes ?? 0), 0);
  const atStart = reachable(hostFiles, 'dist/host/extension.mjs');
  print(`host bundle: ${kilobytes(bytesOf(atStart))} at the start (${atStart.size} files)`);
  print(`host bundle: ${kilobytes(bytesOf(Object.keys(hostFiles)))} with all that is loaded when it is needed`);
  const outputs = outputsOf('pages');
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
    for (const { path: imported, kind, external } of outputs[from]?.imports ?? []) {
      // A page loads what it imports later too, sooner or later; the host may never.
      if (external !== true && (kind !== 'dynamic-import' || from.startsWith('dist/webviews'))) {
        reachable(outputs, imported, seen);
      }
    }
  }
  return seen;
}

function outputsOf(part: 'host' | 'pages'): Metafile['outputs'] {
  const text = readFileSync(path.join(repositoryRoot, `dist/${part}.meta.json`), 'utf8');
  return (JSON.parse(text) as Metafile).outputs;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}
