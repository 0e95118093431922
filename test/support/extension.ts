import { existsSync } from 'node:fs';
import path from 'node:path';

import { outFolder, repositoryRoot } from './paths.ts';
import { mustRun } from './run.ts';

/** The package that `npm run package` makes. */
export const packageFile = path.join(outFolder, 'postgres-replication.vsix');

/**
 * Builds and packages the extension as it is now and gives the path of the .vsix; when the environment variable
 * `EXTENSION_PACKAGE` names one that was packaged before, gives that. Throws with what the build said.
 */
export async function packageExtension(): Promise<string> {
  const ready = process.env['EXTENSION_PACKAGE'];
  if (ready !== undefined && existsSync(ready)) {
    return ready;
  }
  const windows = process.platform === 'win32';
  await mustRun(windows ? 'npm.cmd' : 'npm', ['run', 'package'], { cwd: repositoryRoot, shell: windows });
  return packageFile;
}
