import assert from 'node:assert/strict';
import { join } from 'node:path';

import { build } from 'esbuild';

const root = join(import.meta.dirname, '../..');

describe('the bundle of the extension', () => {
  it('loads pg on the first connection, not on activation', async () => {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: ['src/extension.ts'],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      format: 'cjs',
      external: ['vscode', 'pg-native', 'pg-cloudflare'],
      logLevel: 'silent',
    });
    const atOnce = new Set<string>();
    const reached = new Set<string>();
    const follow = (file: string, now: boolean): void => {
      if ((now ? atOnce : reached).has(file)) return;
      reached.add(file);
      if (now) atOnce.add(file);
      for (const { path, kind } of metafile.inputs[file]?.imports ?? []) follow(path, now && kind !== 'dynamic-import');
    };
    follow('src/extension.ts', true);
    const client = 'node_modules/pg/lib/client.js';
    assert.ok(reached.has(client), 'pg is in the bundle');
    assert.ok(!atOnce.has(client), 'pg is not loaded with the extension');
  });
});
