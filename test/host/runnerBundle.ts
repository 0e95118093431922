import path from 'node:path';

import { build, type BuildOptions } from 'esbuild';

import { outFolder, repositoryRoot } from '../support/paths.ts';
import { testFiles } from '../support/tasks/testFiles.ts';

/**
 * Compiles the host tests into `out/test/host`, and gives the module that VS Code is to load: `index.cjs`. The tests
 * lie beside it in `tests.cjs`; packages are not bundled. Throws when there is no test, or one does not compile.
 */
export async function bundleHostTests(): Promise<string> {
  const folder = path.join(outFolder, 'test', 'host');
  const tests = testFiles(path.join(repositoryRoot, 'test', 'host'));
  if (tests.length === 0) {
    throw new Error('There are no tests in test/host');
  }
  const common = {
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    sourcemap: 'inline',
    packages: 'external',
    external: ['vscode'],
    logLevel: 'warning',
  } satisfies BuildOptions;
  await build({
    ...common,
    entryPoints: [path.join(repositoryRoot, 'test', 'host', 'index.ts')],
    outfile: path.join(folder, 'index.cjs'),
  });
  await build({
    ...common,
    stdin: {
      contents: tests.map((file) => `import ${JSON.stringify(file)};\n`).join(''),
      resolveDir: repositoryRoot,
      sourcefile: 'tests.ts',
      loader: 'ts',
    },
    outfile: path.join(folder, 'tests.cjs'),
  });
  return path.join(folder, 'index.cjs');
}
