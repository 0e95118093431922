import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { EventBook } from '../../../src/replication/lag/eventBook.ts';
import { decodeFigure, encodeFigure, keptFigures } from '../../../src/replication/samples/coding.ts';
import { SampleFiles } from '../../../src/replication/samples/sampleFiles.ts';
import { decodeRecord, encodeRecord } from '../../../src/replication/samples/sampleRecord.ts';
import { mostStreams, SampleStore } from '../../../src/replication/samples/sampleStore.ts';
import { StreamSamples, tierNames } from '../../../src/replication/samples/streamSamples.ts';
import { facts } from '../lag/handmade.ts';
import { hour, minute, sample, second, start, streamOf } from './handmade.ts';

describe('how a figure is stored', () => {
  it('comes back right to 0.03 %, zero as zero and unknown as unknown', () => {
    for (const figure of keptFigures) {
      assert.equal(decodeFigure(figure, encodeFigure(figure, null)), null);
      assert.equal(decodeFigure(figure, encodeFigure(figure, 0)), 0);
      for (const value of [1, 7, 1000, 123_456, 5e9, 3.3e12]) {
        const back = decodeFigure(figure, encodeFigure(figure, value)) ?? 0;
        assert.ok(Math.abs(back - value) <= value * 0.0003 + 0.5, `${figure} ${value} ${back}`);
      }
    }
    assert.equal(decodeFigure('secondsBehind', encodeFigure('secondsBehind', 0.4)), 0.4);
  });
});

describe('the samples of a stream', () => {
  const seconds = { from: start, widthMs: second, count: 8, joinMs: 25_000 };

  it('are not joined over a gap that they say themselves, in this window and in the next', () => {
    const store = new SampleStore();
    for (const at of [0, 2, 6, 7]) {
      store.record(sample(start + at * second, { notAppliedBytes: at, ...(at === 6 ? { afterGap: true } : {}) }));
    }
    const kept = [0, 0, 2, null, null, null, 6, 7];
    assert.deepEqual(store.of(streamOf().id)?.buckets('notAppliedBytes', seconds), kept);
    const next = new SampleStore();
    const merge = (from: SampleStore) => {
      for (const { chunks, newestAt, stream } of stored(from)) {
        next.merge(stream, newestAt, chunks);
      }
    };
    merge(store);
    assert.deepEqual(next.of(streamOf().id)?.buckets('notAppliedBytes', seconds), kept);
    // Another window sampled where this one marked the gap.
    const awake = new SampleStore();
    awake.record(sample(start + 5 * second, { notAppliedBytes: 5 }));
    merge(awake);
    assert.deepEqual(next.of(streamOf().id)?.buckets('notAppliedBytes', seconds), [0, 0, 2, 2, 2, 5, 6, 7]);
  });

  it('go on at once where the clock was set back by less than a minute, without those of that future', () => {
    const samples = new StreamSamples();
    for (const at of [0, 1, 2, 3, 4, 5]) samples.record(sample(start + at * second, { notAppliedBytes: at }));
    assert.equal(
      samples.record(sample(start + 2 * second, { notAppliedBytes: 70 })),
      false,
      'an old one is nothing new',
    );
    samples.record(sample(start + 2 * second, { notAppliedBytes: 70, afterGap: true }));
    samples.record(sample(start + 3 * second, { notAppliedBytes: 80 }));
    assert.deepEqual(samples.buckets('notAppliedBytes', { ...seconds, joinMs: 0 }), [
      0,
      1,
      70,
      80,
      null,
      null,
      null,
      null,
    ]);
  });

  it('are shown as they were taken, with gaps where nobody looked, and unknown where they were', () => {
    const samples = new StreamSamples();
    for (const at of [0, 1, 2, 10, 11]) {
      samples.record(sample(start + at * second, { notAppliedBytes: at === 11 ? null : 1000 + at }));
    }
    const shown = samples.buckets('notAppliedBytes', { from: start, widthMs: second, count: 13, joinMs: 3 * second });
    assert.deepEqual(
      shown.map((value) => (value === null ? null : Math.round(value / 10) * 10)),
      [1000, 1000, 1000, null, null, null, null, null, null, null, 1010, null, null],
    );
  });

  it('fill the part that a late beat left out', () => {
    const samples = new StreamSamples();
    for (const at of [0, 2]) samples.record(sample(start + at * second, { secondsBehind: 5 }));
    const buckets = { from: start, widthMs: second, count: 3, joinMs: 2500 };
    assert.deepEqual(
      samples.buckets('secondsBehind', buckets).map((value) => value?.toFixed(1)),
      ['5.0', '5.0', '5.0'],
    );
  });

  it('keep a peak of one second in the minute, the half hour and the month', () => {
    const samples = new StreamSamples();
    for (let at = 0; at < 2 * 3600; at += 1) {
      samples.record(sample(start + at * second, { notAppliedBytes: at === 1234 ? 9e9 : 5 + (at % 3) }));
    }
    for (const [widthMs, count] of [
      [minute, 120],
      [hour / 2, 4],
    ] as const) {
      const at = Math.floor((1234 * second) / widthMs);
      const greatest = samples.buckets('notAppliedBytes', { from: start, widthMs, count, joinMs: widthMs });
      assert.ok(Math.abs((greatest[at] ?? 0) - 9e9) < 9e9 * 0.0003, `${widthMs}: ${greatest[at]}`);
      assert.ok(
        greatest.every((value, part) => part === at || value === 7),
        JSON.stringify(greatest),
      );
      const least = samples.buckets('notAppliedBytes', { from: start, widthMs, count, joinMs: widthMs }, 'least');
      assert.ok(
        least.every((value) => value === 5),
        JSON.stringify(least),
      );
    }
  });

  it('forget seconds after an hour, minutes after a day and half hours after a month', () => {
    const samples = new StreamSamples();
    const span = (from: number, widthMs: number, count: number) =>
      samples.buckets('notAppliedBytes', { from, widthMs, count, joinMs: widthMs }).filter((value) => value !== null)
        .length;
    for (let at = start; at < start + 33 * 24 * hour; at += 10 * minute) samples.record(sample(at));
    const end = start + 33 * 24 * hour;
    assert.equal(samples.tiers.seconds.oldestAt, end - 70 * minute);
    assert.equal(samples.tiers.minutes.oldestAt, end - 25 * hour);
    assert.equal(samples.tiers.halfHours.oldestAt, end - 32 * 24 * hour);
    assert.equal(span(end - 31 * 24 * hour, hour / 2, 31 * 48), 31 * 48);
    assert.equal(span(start, hour / 2, 48), 0);
  });
});

/** All streams as they are written down. */
function stored(store: SampleStore) {
  const all = store.streams().map((kept) => ({ ...kept, newFrom: -Infinity }));
  return decodeRecord(encodeRecord(all, tierNames)).streams;
}

describe('the samples of all streams', () => {
  it('are merged with what another window took: both are there, and the worst of both', () => {
    const [ours, theirs] = [new SampleStore(), new SampleStore()];
    ours.record(sample(start + second, { notAppliedBytes: 100 }));
    ours.record(sample(start + 3 * second, { notAppliedBytes: 50 }));
    theirs.record(sample(start, { notAppliedBytes: 7 }));
    theirs.record(sample(start + 2 * second, { notAppliedBytes: 900 }));
    const restored = () => stored(theirs);
    for (let time = 0; time < 2; time += 1) {
      for (const { chunks, newestAt, stream } of restored()) ours.merge(stream, newestAt, chunks);
    }
    const samples = ours.of(streamOf().id);
    const seconds = { from: start, widthMs: second, count: 4, joinMs: 0 };
    assert.deepEqual(samples?.buckets('notAppliedBytes', seconds), [7, 100, 900, 50]);
    const whole = { from: start, widthMs: minute, count: 1, joinMs: 0 };
    assert.deepEqual(samples?.buckets('notAppliedBytes', whole), [900]);
    assert.deepEqual(samples?.buckets('notAppliedBytes', whole, 'least'), [7]);
  });

  it('are of a bounded number of streams: the one without samples for the longest time goes', () => {
    const store = new SampleStore(3);
    for (const [index, name] of ['a', 'b', 'c', 'a', 'd'].entries()) {
      store.record(sample(start + index * 3 * minute, {}, name));
    }
    assert.deepEqual(
      store
        .streams()
        .map(({ stream }) => stream.publisher?.slotName)
        .toSorted((one = '', other = '') => one.localeCompare(other)),
      ['a', 'c', 'd'],
    );
    const other = new SampleStore(1);
    other.record(sample(start + 10 * minute, {}, 'e'));
    for (const { chunks, newestAt, stream } of stored(store)) other.merge(stream, newestAt, chunks);
    assert.deepEqual(
      other.streams().map(({ stream }) => stream.publisher?.slotName),
      ['d'],
    );
  });

  it('are kept of as many as there is room for where more are sampled', () => {
    const store = new SampleStore(2);
    for (let at = start; at < start + 5 * second; at += second) {
      for (const name of ['a', 'b', 'c']) store.record(sample(at, {}, name));
    }
    assert.deepEqual(
      store
        .streams()
        .map(({ samples, stream }) => [
          stream.publisher?.slotName,
          [...samples.tiers.seconds.cells(start, start + minute)].length,
        ]),
      [
        ['a', 5],
        ['b', 5],
      ],
    );
  });

  it('go on where the clock was set back: what was kept of that future goes', () => {
    const store = new SampleStore();
    store.record(sample(start, { notAppliedBytes: 1 }));
    store.record(sample(start + 400 * 24 * hour, { notAppliedBytes: 9 }));
    // A moment later than a newer one: no clock that was set.
    store.record(sample(start + 400 * 24 * hour - second, { notAppliedBytes: 8 }));
    store.record(sample(start + second, { notAppliedBytes: 2 }));
    store.record(sample(start + 2 * second, { notAppliedBytes: 3 }));
    const seconds = { from: start, widthMs: second, count: 3, joinMs: 0 };
    assert.deepEqual(store.of(streamOf().id)?.buckets('notAppliedBytes', seconds), [null, 2, 3]);
    store.forget(() => true, start + 3 * second);
    assert.deepEqual(
      store.streams().map(({ newestAt }) => newestAt),
      [start + 2 * second],
    );
    // As when the editor was started while the clock was wrong.
    const restarted = new SampleStore();
    const wrong = new SampleStore();
    wrong.record(sample(start + 24 * hour, { notAppliedBytes: 9 }));
    for (const { newestAt, samples, stream } of wrong.streams()) {
      const chunks = { seconds: samples.tiers.seconds.chunks(), minutes: [], halfHours: [] };
      restarted.merge(stream, newestAt, chunks);
    }
    restarted.record(sample(start, { notAppliedBytes: 4 }));
    assert.deepEqual(restarted.of(streamOf().id)?.buckets('notAppliedBytes', seconds), [4, null, null]);
  });

  it('are forgotten with their connection, and after a month', () => {
    const store = new SampleStore();
    store.record(sample(start));
    store.record(sample(start + 40 * 24 * hour, {}, 'late'));
    store.forget(() => true, start + 40 * 24 * hour);
    assert.deepEqual(
      store.streams().map(({ stream }) => stream.publisher?.slotName),
      ['late'],
    );
    store.forget(() => false, start);
    assert.equal(store.streams().length, 0);
  });

  // Stated in the README: 160 kB in memory and on disk for each stream, and a megabyte written in a day.
  it('stay within the stated memory and disk, of a day of samples at one second too', async function () {
    this.timeout(120_000);
    const streams = 2;
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lag-day-'));
    try {
      // The clock is simulated.
      let now = start;
      const store = new SampleStore();
      const events = new EventBook(() => now);
      const files = new SampleFiles({
        store,
        events,
        folder: () => folder,
        connections: { facts: (id) => facts({ id }) },
        log: { info: assert.fail, warn: assert.fail },
        now: () => now,
      });
      await files.load();
      const bases = Array.from({ length: streams }, (_, index) => sample(start, {}, `slot_${index}`));
      const onDisk = () =>
        new Map(fs.readdirSync(folder).map((name) => [name, fs.statSync(path.join(folder, name)).size]));
      let state = 1;
      /** From 0 to 1, without a pattern and every time the same. */
      const noise = () => {
        state = (state * 48_271) % 2_147_483_647;
        return state / 2_147_483_647;
      };
      let before = onDisk();
      let written = 0;
      let mostOnDisk = 0;
      /** Samples of so long, one every so often, written down every so often. The figures never rest: they hardly compress. */
      const play = async (forMs: number, stepMs: number, writeMs: number) => {
        for (const end = now + forMs; now < end; now += stepMs) {
          for (const base of bases) {
            store.record({
              ...base,
              sampledAt: now,
              secondsBehind: noise() * 30,
              notAppliedBytes: noise() * 1e9,
              retainedBytes: 1e9 + noise() * 1e9,
              appliedBytesPerSecond: noise() * 1e7,
              writtenBytesPerSecond: noise() * 1e7,
            });
          }
          if ((now + stepMs) % writeMs !== 0) continue;
          for (const { stream } of bases) {
            const text = `The subscription ${stream.subscriber?.subscriptionName} on warehouse is ${now} bytes behind shop`;
            const connectionIds = ['shop', 'warehouse'];
            events.add({
              at: now,
              kind: 'threshold',
              connectionIds,
              streamId: stream.id,
              subject: 'bytes raised',
              text,
            });
          }
          await files.save();
          const after = onDisk();
          for (const [name, bytes] of after) written += bytes - (before.get(name) ?? 0);
          before = after;
          mostOnDisk = Math.max(
            mostOnDisk,
            [...after.values()].reduce((sum, bytes) => sum + bytes, 0),
          );
        }
      };
      // A month that fills the half hours, and a day the minutes; then the day that is measured.
      await play(31 * 24 * hour, 30 * minute, 3 * hour);
      await play(24 * hour, minute, hour);
      written = 0;
      await play(24 * hour, second, 5 * minute);
      files.dispose();
      const inMemory = store.bytes / streams;
      assert.ok(inMemory > 135_000 && inMemory <= 142_000, `${inMemory} bytes in memory`);
      assert.ok(mostOnDisk <= streams * 160_000, `${mostOnDisk / streams} bytes on disk`);
      assert.ok(written <= streams * 1_100_000, `${written / streams} bytes written in a day`);
      assert.ok(mostStreams * 160_000 <= 82_000_000);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
});
