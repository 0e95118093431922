import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { packageExtension } from '../support/extension.ts';
import { openWorkbench, type OpenWorkbench } from '../support/vscode/openWorkbench.ts';

/**
 * An ordinary window of the newest editor with the packaged extension in it, opened on an empty folder before the
 * tests of the enclosing `describe` and closed after them.
 */
export function useWindow(): { readonly current: OpenWorkbench } {
  let current: OpenWorkbench | undefined;
  let folder: string | undefined;
  before(async function () {
    this.timeout(240_000);
    folder = await mkdtemp(path.join(os.tmpdir(), 'pg-replication-window-'));
    const extension = await packageExtension();
    current = await openWorkbench({ version: 'newest', extensions: [extension], workspaceFolder: folder });
  });
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed' || current === undefined) return;
    // A picture of where it stopped says more than any message.
    await current.workbench.screenshot(
      `failed-${this.currentTest
        .fullTitle()
        .replaceAll(/[^\w]+/g, '-')
        .slice(0, 120)}`,
    );
  });
  after(async () => {
    await current?.dispose();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });
  return {
    get current() {
      if (current === undefined) throw new Error('The window is not open yet.');
      return current;
    },
  };
}
