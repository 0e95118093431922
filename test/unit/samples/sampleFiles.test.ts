import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { SampleFiles } from '../../../src/replication/samples/sampleFiles.ts';
import { SampleStore } from '../../../src/replication/samples/sampleStore.ts';
import { facts } from '../lag/handmade.ts';
import { sample, second, start, streamOf } from './handmade.ts';

describe('the lag history on disk', () => {
  let folder: string;
  const known = new Set(['shop', 'other']);
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lag-history-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  /** One window of the editor: a store and its files. */
  function openWindow(): { readonly store: SampleStore; readonly files: SampleFiles; readonly said: string[] } {
    const store = new SampleStore();
    const said: string[] = [];
    const files = new SampleFiles({
      store,
      folder: () => path.join(folder, 'lag-history'),
      connections: { facts: (id) => (known.has(id) ? facts({ id }) : undefined) },
      log: { info: (text) => said.push(text), warn: (text) => said.push(text) },
      now: () => start + 60 * second,
    });
    return { store, files, said };
  }
  const values = (store: SampleStore, slotName = 'orders') =>
    store.of(streamOf(slotName).id)?.buckets('notAppliedBytes', { from: start, widthMs: second, count: 5, joinMs: 0 });
  const written = () => fs.readdirSync(path.join(folder, 'lag-history')).filter((name) => name.endsWith('.lag'));

  it('is there again after a restart, whether it was written in the background or at the end', async () => {
    const first = openWindow();
    await first.files.load();
    first.store.record(sample(start, { notAppliedBytes: 10 }));
    await first.files.save();
    first.store.record(sample(start + second, { notAppliedBytes: 20 }));
    first.files.dispose();
    const again = openWindow();
    await again.files.load();
    assert.deepEqual(values(again.store), [10, 20, null, null, null]);
    assert.equal(again.store.streams()[0]?.stream.subscriber?.subscriptionName, 'orders of ours');
    again.files.dispose();
    assert.deepEqual([...first.said, ...again.said], []);
    assert.deepEqual(fs.readdirSync(path.join(folder, 'lag-history')), written(), 'nothing is left beside the files');
  });

  it('is added to by several windows at once, and none takes from another', async () => {
    const windows = [openWindow(), openWindow(), openWindow()];
    for (const { files } of windows) await files.load();
    for (const [index, { store }] of windows.entries()) {
      store.record(sample(start + index * second, { notAppliedBytes: index + 1 }));
      store.record(sample(start, {}, `own_${index}`));
    }
    // At once, as often as it happens: whoever was overtaken adds its own again the next time.
    for (let time = 0; time < 2; time += 1) {
      await Promise.all(windows.map(({ files }) => files.save()));
      for (const { store } of windows) store.markChanged('shop');
    }
    for (const { files } of windows) files.dispose();
    const after = openWindow();
    await after.files.load();
    assert.deepEqual(values(after.store), [1, 2, 3, null, null]);
    assert.equal(after.store.streams().length, 4);
    assert.deepEqual(
      windows.flatMap(({ said }) => said),
      [],
    );
    after.files.dispose();
  });

  it('is begun anew where a file is damaged, which is said and kept beside it', async () => {
    const first = openWindow();
    await first.files.load();
    first.store.record(sample(start));
    first.store.record(sample(start, { notAppliedBytes: 77 }, 'audit', 'other'));
    first.files.dispose();
    const [file = ''] = written();
    const whole = path.join(folder, 'lag-history', file);
    const content = fs.readFileSync(whole);
    for (const damage of [content.subarray(0, content.length - 9), Buffer.from('nonsense'), Buffer.alloc(0)]) {
      fs.writeFileSync(whole, damage);
      const next = openWindow();
      await next.files.load();
      assert.match(
        next.said.join('\n'),
        /is damaged \(.+\)\. It is begun anew; the damaged file is kept as .*\.damaged\.$/,
      );
      assert.ok(fs.existsSync(`${whole}.damaged`));
      assert.equal(next.store.streams().length, 1, 'the other file is whole');
      next.files.dispose();
    }
  });

  it('does not stop a window that finds the file damaged while it writes', async () => {
    const one = openWindow();
    await one.files.load();
    one.store.record(sample(start, { notAppliedBytes: 5 }));
    await one.files.save();
    const [file = ''] = written();
    fs.writeFileSync(path.join(folder, 'lag-history', file), 'nonsense');
    one.store.record(sample(start + second, { notAppliedBytes: 6 }));
    one.files.dispose();
    assert.match(one.said.join('\n'), /damaged/);
    const next = openWindow();
    await next.files.load();
    assert.deepEqual(values(next.store), [5, 6, null, null, null]);
    next.files.dispose();
  });

  it('is not replaced where what is there can’t be read, and is written as soon as it can', async () => {
    const first = openWindow();
    await first.files.load();
    first.store.record(sample(start, { notAppliedBytes: 1 }));
    first.files.dispose();
    const [file = ''] = written();
    const whole = path.join(folder, 'lag-history', file);
    // As a file that another program holds: a folder is there and can't be read.
    fs.renameSync(whole, `${whole}.away`);
    fs.mkdirSync(whole);
    const next = openWindow();
    await next.files.load();
    assert.match(next.said.join('\n'), /could not be read/);
    next.store.record(sample(start + second, { notAppliedBytes: 2 }));
    await next.files.save();
    assert.match(next.said.join('\n'), /could not be written/);
    assert.ok(!fs.existsSync(`${whole}.damaged`));
    fs.rmdirSync(whole);
    fs.renameSync(`${whole}.away`, whole);
    await next.files.save();
    next.files.dispose();
    const last = openWindow();
    await last.files.load();
    assert.deepEqual(values(last.store), [1, 2, null, null, null]);
    last.files.dispose();
  });

  it('is whole where the window ends while it is being written, and nothing is left beside it', async () => {
    const first = openWindow();
    await first.files.load();
    first.store.record(sample(start, { notAppliedBytes: 1 }));
    first.store.record(sample(start, { notAppliedBytes: 1 }, 'audit', 'other'));
    const saving = first.files.save();
    await Promise.resolve();
    first.files.dispose();
    const after = openWindow();
    await after.files.load();
    assert.deepEqual(values(after.store), [1, null, null, null, null]);
    assert.equal(after.store.streams().length, 2);
    after.files.dispose();
    await saving;
    assert.deepEqual(fs.readdirSync(path.join(folder, 'lag-history')), written());
  });

  it('goes with its connection, and is left alone where another version wrote it', async () => {
    const first = openWindow();
    await first.files.load();
    first.store.record(sample(start));
    await first.files.save();
    const [file = ''] = written();
    const newer = path.join(folder, 'lag-history', file.replace('.v1.', '.v2.'));
    fs.writeFileSync(newer, 'of a newer version');
    known.delete('shop');
    try {
      first.store.record(sample(start + second));
      await first.files.save();
      assert.deepEqual(written(), [path.basename(newer)]);
      assert.equal(first.store.streams().length, 0);
    } finally {
      known.add('shop');
      first.files.dispose();
    }
    assert.equal(fs.readFileSync(newer, 'utf8'), 'of a newer version');
  });

  it('holds names of objects and figures, and nothing of how a server is reached', async () => {
    const one = openWindow();
    await one.files.load();
    one.store.record(sample(start));
    assert.deepEqual(Object.keys(one.store.streams()[0]?.stream ?? {}).sort(), [
      'consumer',
      'id',
      'publisher',
      'subscriber',
    ]);
    one.files.dispose();
  });
});
