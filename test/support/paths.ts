import { existsSync } from 'node:fs';
import path from 'node:path';

/** The absolute path of the repository's root folder. */
export const repositoryRoot = rootAbove(__dirname);

/** The git-ignored folder that keeps what the tests download: servers, editors. */
export const cacheFolder = path.join(repositoryRoot, '.test-cache');

/** The git-ignored folder for what a build or a test run leaves behind: bundles, packages, pictures, results. */
export const outFolder = path.join(repositoryRoot, 'out');

/** The nearest folder with a lock file: this code also runs bundled, from elsewhere in the repository. */
function rootAbove(folder: string): string {
  const parent = path.dirname(folder);
  return existsSync(path.join(folder, 'package-lock.json')) || parent === folder ? folder : rootAbove(parent);
}
