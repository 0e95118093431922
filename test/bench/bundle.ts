import path from 'node:path';

import { build } from 'esbuild';

import { outFolder, repositoryRoot } from '../support/paths.ts';

/** Bundles a file of this folder into one that plain Node or VS Code can run; gives where it is. */
export async function bundleBench(name: string): Promise<string> {
  const outfile = path.join(outFolder, 'test', 'bench', `${name}.cjs`);
  await build({
    entryPoints: [path.join(repositoryRoot, 'test', 'bench', `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    packages: 'external',
    external: ['vscode'],
    logLevel: 'warning',
  });
  return outfile;
}
