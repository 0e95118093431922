import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { EventBook } from '../../../src/replication/lag/eventBook.ts';
import type { LagEvent } from '../../../src/replication/model/lagEvent.ts';
import { samplesCsv } from '../../../src/replication/samples/csv.ts';
import { SampleFiles } from '../../../src/replication/samples/sampleFiles.ts';
import { SampleStore } from '../../../src/replication/samples/sampleStore.ts';
import { facts } from '../lag/handmade.ts';
import { hour, minute, sample, second, start, streamOf } from './handmade.ts';

describe('the lag history on disk', () => {
  let folder: string;
  const known = new Set(['shop', 'other']);
  let now = 0;
  beforeEach(() => {
    now = start + minute;
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lag-history-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  /** One window of the editor: a store, what happened, and their files. */
  function openWindow(): {
    readonly store: SampleStore;
    readonly events: EventBook;
    readonly files: SampleFiles;
    readonly said: string[];
  } {
    const store = new SampleStore();
    const events = new EventBook(() => now);
    const said: string[] = [];
    const files = new SampleFiles({
      store,
      events,
      folder: () => path.join(folder, 'lag-history'),
      connections: { facts: (id) => (known.has(id) ? facts({ id }) : undefined) },
      log: { info: (text) => said.push(text), warn: (text) => said.push(text) },
      now: () => now,
    });
    return { store, events, files, said };
  }
  /** A window that only looks at what there is. */
  async function opened() {
    const window = openWindow();
    await window.files.load();
    window.files.dispose();
    return window;
  }
  const values = (store: SampleStore, slotName = 'orders') =>
    store.of(streamOf(slotName).id)?.buckets('notAppliedBytes', { from: start, widthMs: second, count: 5, joinMs: 0 });
  const all = () => fs.readdirSync(path.join(folder, 'lag-history'));
  const inFolder = (name: string) => path.join(folder, 'lag-history', name);
  const written = (kind: 'seconds' | 'journal' | 'whole') => all().filter((name) => name.endsWith(`.${kind}.v2.lag`));
  const only = (kind: 'seconds' | 'journal') => {
    const [name, another] = written(kind);
    assert.ok(name !== undefined && another === undefined, all().join(' '));
    return name;
  };

  it('is there again after a restart, whether it was written in the background or at the end', async () => {
    const first = openWindow();
    await first.files.load();
    first.store.record(sample(start, { notAppliedBytes: 10 }));
    first.events.add(event(start));
    await first.files.save();
    const size = fs.statSync(inFolder(only('seconds'))).size;
    first.store.record(sample(start + second, { notAppliedBytes: 20 }));
    await first.files.save();
    assert.ok(fs.statSync(inFolder(only('seconds'))).size > size, 'it is added to');
    await first.files.save();
    first.store.record(sample(start + 2 * second, { notAppliedBytes: 30 }));
    first.events.add(event(start + minute, { streamId: streamOf().id, text: 'another' }));
    first.files.dispose();
    const again = await opened();
    assert.deepEqual(values(again.store), [10, 20, 30, null, null]);
    assert.equal(again.store.streams()[0]?.stream.subscriber?.subscriptionName, 'orders of ours');
    assert.deepEqual(again.events.between(0, Infinity), first.events.between(0, Infinity));
    assert.equal(again.events.between(0, Infinity).length, 2);
    assert.deepEqual([...first.said, ...again.said], []);
    assert.equal(all().length, 4, 'two of the background and two of the end; nothing is left beside them');
  });

  it('has the last of each step, of however many writings it came', async () => {
    const window = openWindow();
    await window.files.load();
    for (let time = 0; time < 4; time += 1) {
      window.store.record(
        sample(start + time * second, { notAppliedBytes: time, state: time === 3 ? 'lost' : 'stopped' }),
      );
      await window.files.save();
    }
    const { store } = await opened();
    for (const tier of ['minutes', 'halfHours'] as const) {
      const [cell] = [...(store.of(streamOf().id)?.tiers[tier].cells(0, Infinity) ?? [])];
      const figures = (['least', 'greatest', 'last'] as const).map((pick) => cell?.value('notAppliedBytes', pick));
      assert.deepEqual([cell?.state, ...figures], ['lost', 0, 3, 3], tier);
    }
    window.files.dispose();
  });

  it('leaves a gap where nobody looked, in the seconds, the minutes and the half hours, and in the CSV', async () => {
    // Three windows, one after the other.
    const sessions = [0, 170, 220].map((minutes) => start + minutes * minute);
    for (const at of sessions) {
      now = at + minute;
      const window = openWindow();
      await window.files.load();
      for (const later of [0, 1, 10]) window.store.record(sample(at + later * second, { notAppliedBytes: 1 }));
      window.files.dispose();
    }
    const { store } = await opened();
    const shown = (from: number, widthMs: number, count: number) =>
      store
        .of(streamOf().id)
        ?.buckets('notAppliedBytes', { from, widthMs, count, joinMs: 3 * second })
        .map((value) => value ?? '-')
        .join('');
    const [, before = 0, last = 0] = sessions;
    assert.equal(shown(before, second, 3001), `11--------1${'-'.repeat(2989)}1`);
    assert.equal(shown(last, second, 12), '11--------1-');
    assert.equal(shown(start, minute, 222), `1${'-'.repeat(169)}1${'-'.repeat(49)}1-`);
    assert.equal(shown(start, hour / 2, 9), '1----1-1-');
    const moments = (tier: 'seconds' | 'minutes' | 'halfHours') =>
      [...samplesCsv({ streams: store.streams(), tier, from: 0, to: Infinity, nameOf: (id) => id })]
        .slice(1)
        .map((line) => /T(.{8})/.exec(line)?.[1]);
    const seconds = ['02:50:00', '02:50:01', '02:50:10', '03:40:00', '03:40:01', '03:40:10'];
    assert.deepEqual(moments('seconds'), seconds);
    assert.deepEqual(moments('minutes'), ['00:00:00', '02:50:00', '03:40:00']);
    assert.deepEqual(moments('halfHours'), ['00:00:00', '02:30:00', '03:30:00']);
  });

  it('is added to by several windows at once, and none takes from another', async () => {
    const windows = [openWindow(), openWindow(), openWindow()];
    for (const { files } of windows) await files.load();
    for (const [index, { events, store }] of windows.entries()) {
      store.record(sample(start + index * second, { notAppliedBytes: index + 1 }));
      store.record(sample(start, {}, `own_${index}`));
      // All see it, each at its own moment.
      events.add(event(start + index * second));
    }
    await Promise.all(windows.map(({ files }) => files.save()));
    await Promise.all(windows.map(({ files }) => files.save()));
    for (const { events, store } of windows) {
      assert.deepEqual(values(store), [1, 2, 3, null, null], 'each window has what the others took');
      assert.equal(events.between(0, Infinity).length, 1);
    }
    for (const { files } of windows) files.dispose();
    const after = await opened();
    assert.deepEqual(values(after.store), [1, 2, 3, null, null]);
    assert.equal(after.store.streams().length, 4);
    assert.equal(after.events.between(0, Infinity).length, 1);
    assert.deepEqual(
      [...windows, after].flatMap(({ said }) => said),
      [],
    );
  });

  it('becomes one file out of many, with the same in it, and without the seconds nobody asks for', async () => {
    const window = openWindow();
    await window.files.load();
    // A window of its own every few hours; the first one is killed each time.
    for (let time = 0; time < 12; time += 1) {
      now = start + time * 4 * hour;
      const killed = openWindow();
      await killed.files.load();
      killed.store.record(sample(now, { notAppliedBytes: 100 + time }));
      killed.events.add(event(now));
      await killed.files.save();
      assert.ok(written('journal').length <= 9, all().join(' '));
      assert.ok(written('whole').length <= 1 && written('seconds').length <= 2, all().join(' '));
    }
    assert.equal(written('whole').length, 1);
    const { events, store, said } = await opened();
    const halfHours = { from: start, widthMs: hour / 2, count: 12 * 8, joinMs: 0 };
    const shown = store.of(streamOf().id)?.buckets('notAppliedBytes', halfHours) ?? [];
    assert.deepEqual(
      shown.filter((value) => value !== null),
      Array.from({ length: 12 }, (_, time) => 100 + time),
    );
    assert.equal(events.between(0, Infinity).length, 12);
    assert.deepEqual(said, []);
    window.files.dispose();
  });

  it('loses nothing where a window slept while another took its file for one of a window that is gone', async () => {
    const sleeper = openWindow();
    await sleeper.files.load();
    sleeper.store.record(sample(start, { notAppliedBytes: 1 }));
    await sleeper.files.save();
    const at = now;
    // The others' clock: it is late, and there are files enough to make one of.
    for (let time = 1; time <= 9; time += 1) {
      now = at + time * 4 * hour;
      const other = openWindow();
      await other.files.load();
      other.store.record(sample(now, {}, 'audit'));
      await other.files.save();
    }
    assert.equal(written('whole').length, 1);
    // It was about to write as it fell asleep.
    now = at;
    sleeper.store.record(sample(start + second, { notAppliedBytes: 2 }));
    await sleeper.files.save();
    sleeper.files.dispose();
    assert.deepEqual(sleeper.said, []);
    const minutes = { from: start, widthMs: minute, count: 1, joinMs: 0 };
    const { store } = await opened();
    assert.deepEqual(store.of(streamOf().id)?.buckets('notAppliedBytes', minutes), [2]);
    assert.deepEqual(store.of(streamOf().id)?.buckets('notAppliedBytes', minutes, 'least'), [1]);
  });

  it('keeps what came before a last record that is cut off, wherever it is cut, and says so once', async () => {
    const killed = openWindow();
    await killed.files.load();
    killed.store.record(sample(start, { notAppliedBytes: 1 }));
    await killed.files.save();
    const file = inFolder(only('seconds'));
    const before = fs.readFileSync(file);
    killed.store.record(sample(start + second, { notAppliedBytes: 2 }));
    await killed.files.save();
    const whole = fs.readFileSync(file);
    for (const end of [before.length + 1, before.length + 6, before.length + 20, whole.length - 1]) {
      fs.writeFileSync(file, whole.subarray(0, end));
      const next = openWindow();
      await next.files.load();
      await next.files.save();
      assert.deepEqual(values(next.store), [1, null, null, null, null], `cut at ${end}`);
      assert.match(next.said.join('\n'), /^The lag history in [^\n]* ends in the middle [^\n]* is kept\.$/);
      next.files.dispose();
    }
    assert.ok(!all().some((name) => name.endsWith('.damaged')));
    fs.writeFileSync(file, '');
    assert.deepEqual((await opened()).said, []);
  });

  it('is put aside where it is damaged, which is said; what came before the damage is written once more', async () => {
    const first = openWindow();
    await first.files.load();
    first.store.record(sample(start, { notAppliedBytes: 1 }));
    await first.files.save();
    const file = inFolder(only('seconds'));
    const before = fs.statSync(file).size;
    first.store.record(sample(start + second, { notAppliedBytes: 2 }));
    await first.files.save();
    first.store.record(sample(start, { notAppliedBytes: 77 }, 'audit', 'other'));
    first.files.dispose();
    const whole = fs.readFileSync(file);
    const overwritten = Buffer.from(whole);
    overwritten.fill(0, before + 30);
    for (const damage of [overwritten, Buffer.concat([whole.subarray(0, before), Buffer.from('nonsense')])]) {
      fs.writeFileSync(file, damage);
      const next = openWindow();
      await next.files.load();
      const told = next.said.join('\n');
      assert.match(
        told,
        /^The lag history in \S+ is damaged \([^\n]+\)[^\n]* put aside as \S+\.damaged, for a month\.$/,
      );
      assert.deepEqual(fs.readFileSync(`${file}.damaged`), damage);
      assert.deepEqual(values(next.store), [1, null, null, null, null]);
      assert.equal(next.store.streams().length, 2, 'the other files are whole');
      next.files.dispose();
      const last = await opened();
      assert.deepEqual([values(last.store), last.said], [[1, null, null, null, null], []]);
      for (const name of written('seconds')) fs.rmSync(inFolder(name));
    }
    fs.writeFileSync(file, 'nonsense from the first byte on');
    assert.match((await opened()).said.join('\n'), /is damaged/);
  });

  it('is written once more where somebody changed or deleted the file that a window adds to', async () => {
    for (const spoil of [(file: string) => fs.writeFileSync(file, 'nonsense'), (file: string) => fs.rmSync(file)]) {
      fs.rmSync(path.join(folder, 'lag-history'), { recursive: true, force: true });
      const one = openWindow();
      await one.files.load();
      one.store.record(sample(start, { notAppliedBytes: 5 }));
      await one.files.save();
      for (const name of all()) spoil(inFolder(name));
      one.store.record(sample(start + second, { notAppliedBytes: 6 }));
      await one.files.save();
      one.files.dispose();
      assert.deepEqual(values((await opened()).store), [5, 6, null, null, null]);
    }
  });

  it('is left alone where it can’t be read, and nobody is kept from writing', async () => {
    const first = openWindow();
    await first.files.load();
    first.store.record(sample(start, { notAppliedBytes: 1 }));
    first.files.dispose();
    const whole = inFolder(only('seconds'));
    // As a file that another program holds: a folder is there and can't be read.
    fs.renameSync(whole, `${whole}.away`);
    fs.mkdirSync(whole);
    const next = openWindow();
    await next.files.load();
    next.store.record(sample(start + second, { notAppliedBytes: 2 }));
    await next.files.save();
    assert.match(next.said.join('\n'), /^The kept lag history in \S+ could not be read: [^\n]*$/);
    assert.ok(!fs.existsSync(`${whole}.damaged`));
    fs.rmdirSync(whole);
    fs.renameSync(`${whole}.away`, whole);
    await next.files.save();
    assert.deepEqual(values(next.store), [1, 2, null, null, null]);
    next.files.dispose();
  });

  it('is tried again where it can’t be written, and nothing is lost by that', async () => {
    const one = openWindow();
    await one.files.load();
    fs.rmdirSync(path.join(folder, 'lag-history'));
    fs.writeFileSync(path.join(folder, 'lag-history'), 'in the way');
    one.store.record(sample(start, { notAppliedBytes: 1 }));
    one.events.add(event(start));
    await one.files.save();
    assert.match(one.said[0] ?? '', /^The lag history of shop could not be written: /);
    fs.rmSync(path.join(folder, 'lag-history'));
    fs.mkdirSync(path.join(folder, 'lag-history'));
    one.store.record(sample(start + second, { notAppliedBytes: 2 }));
    await one.files.save();
    one.files.dispose();
    const after = await opened();
    assert.deepEqual(values(after.store), [1, 2, null, null, null]);
    assert.equal(after.events.between(0, Infinity).length, 1);
  });

  it('is whole where the window ends while it is being written, and nothing is left beside it', async () => {
    const first = openWindow();
    await first.files.load();
    first.store.record(sample(start, { notAppliedBytes: 1 }));
    first.store.record(sample(start, { notAppliedBytes: 1 }, 'audit', 'other'));
    const saving = first.files.save();
    await Promise.resolve();
    first.files.dispose();
    const after = await opened();
    assert.deepEqual(values(after.store), [1, null, null, null, null]);
    assert.equal(after.store.streams().length, 2);
    await saving;
    assert.deepEqual(
      all().filter((name) => !name.endsWith('.lag')),
      [],
    );
  });

  it('goes with its connection, and is left alone where another version wrote it', async () => {
    const first = openWindow();
    await first.files.load();
    first.store.record(sample(start));
    first.events.add(event(start));
    await first.files.save();
    const newer = only('journal').replace('.v2.', '.v3.');
    fs.writeFileSync(inFolder(newer), 'of a newer version');
    known.delete('shop');
    try {
      await first.files.save();
      assert.deepEqual(all(), [newer]);
      assert.equal(first.store.streams().length + first.events.between(0, Infinity).length, 0);
    } finally {
      known.add('shop');
      first.files.dispose();
    }
    assert.equal(fs.readFileSync(inFolder(newer), 'utf8'), 'of a newer version');
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

/** Something that happened on the publisher. */
function event(at: number, more: Partial<LagEvent> = {}): LagEvent {
  return { at, kind: 'enabled', connectionIds: ['shop'], text: 'a subscription was enabled', ...more };
}
