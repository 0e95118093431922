import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { ClaimFiles } from '../../../src/ui/alerts/claimFiles.ts';

describe('claims that windows share', () => {
  let home: string;
  before(async () => {
    home = await mkdtemp(path.join(os.tmpdir(), 'pg-replication-claims-'));
  });
  after(() => rm(home, { recursive: true, force: true }));

  it('are had by one window each, however many take them at once', async () => {
    const folder = () => path.join(home, 'made', 'when needed');
    const windows = Array.from({ length: 8 }, () => new ClaimFiles({ folder }));
    for (const key of ['a', '"../\u0000 ünusual"', 'x'.repeat(5000)]) {
      const taken = await Promise.all(windows.map(async (window) => window.take(key)));
      assert.equal(taken.filter(Boolean).length, 1, key.slice(0, 20));
    }
  });

  it('are removed when they are old', async () => {
    const folder = path.join(home, 'old');
    const first = new ClaimFiles({ folder: () => folder });
    await first.take('a');
    const [name = ''] = await readdir(folder);
    const longAgo = new Date(Date.now() - 48 * 3_600_000);
    await utimes(path.join(folder, name), longAgo, longAgo);
    assert.equal(await first.take('a'), false);
    assert.equal(await new ClaimFiles({ folder: () => folder }).take('a'), true);
  });

  it('are had by every window where no file can be made: told twice is better than never', async () => {
    const file = path.join(home, 'a file');
    await writeFile(file, '');
    const window = new ClaimFiles({ folder: () => file });
    assert.deepEqual([await window.take('a'), await window.take('a')], [true, true]);
  });
});
