import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { EventBook } from '../../src/replication/lag/eventBook.ts';
import type { StreamLag } from '../../src/replication/model/stream.ts';
import { SampleFiles } from '../../src/replication/samples/sampleFiles.ts';
import { SampleStore } from '../../src/replication/samples/sampleStore.ts';
import { facts } from '../unit/lag/handmade.ts';
import { hour, minute, sample, second, start } from '../unit/samples/handmade.ts';
import { formatDurations, measure, summarize } from './measure.ts';

const streams = 300;
const writeEvery = 5 * minute;
const day = 24 * hour;

/**
 * The lag history on disk, of 300 busy streams of one server over a month (simulated clock): what an hour writes, what it
 * comes to, and how long a window takes to read it.
 */
export async function benchHistory(print: (line: string) => void): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-history-'));
  try {
    const clock = { now: start };
    const window = openWindow(folder, clock);
    await window.files.load();
    const busy = Array.from({ length: streams }, (_, index) => sample(start, {}, `slot_${index}`));
    const meter = new FolderMeter(folder);
    const took: number[] = [];
    const play = async (forMs: number, stepMs: number, writeMs: number): Promise<void> => {
      for (const end = clock.now + forMs; clock.now < end; clock.now += stepMs) {
        for (const [index, base] of busy.entries()) window.store.record(busyLag(base, index, clock.now));
        if ((clock.now + stepMs) % writeMs !== 0) continue;
        const begin = performance.now();
        await window.files.save();
        took.push(performance.now() - begin);
        meter.look();
      }
    };
    // A month that fills the half hours, a day the minutes; then the hours that are measured.
    await play(31 * day, 30 * minute, 6 * hour);
    await play(day, minute, hour);
    const { mostBytes: monthBytes } = meter;
    meter.written = 0;
    took.length = 0;
    const hours = 3;
    await play(hours * hour, second, writeEvery);
    const whole = megabytes(meter.largest);
    print(
      `written by ${streams} busy streams: ${megabytes(meter.written / hours)} an hour, every ${writeEvery / minute} minutes`,
    );
    print(`a write: ${formatDurations(summarize(took))}; all of a connection but its seconds: ${whole}`);
    print(`on disk: ${megabytes(meter.mostBytes)} at the most (${megabytes(monthBytes)} before the seconds)`);
    window.files.dispose();
    const files = fs.readdirSync(folder).length;
    const runs = 3;
    const before = process.cpuUsage();
    const load = await measure(runs, async () => {
      const other = openWindow(folder, clock);
      await other.files.load();
      other.files.dispose();
    });
    // Once more to warm up.
    const processor = process.cpuUsage(before).user / 1000 / (runs + 1);
    print(
      `read at the start of a window, ${files} files: ${formatDurations(load)}, ${processor.toFixed(0)} ms of a processor`,
    );
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Sums up what is written into a folder: only files that grow, and new ones. */
class FolderMeter {
  readonly #folder: string;
  #sizes = new Map<string, number>();
  written = 0;
  mostBytes = 0;
  largest = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  look(): void {
    const sizes = new Map(
      fs.readdirSync(this.#folder).map((name) => [name, fs.statSync(path.join(this.#folder, name)).size]),
    );
    for (const [name, bytes] of sizes) this.written += bytes - (this.#sizes.get(name) ?? 0);
    this.#sizes = sizes;
    this.mostBytes = Math.max(
      this.mostBytes,
      [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0),
    );
    this.largest = Math.max(this.largest, ...sizes.values());
  }
}

function openWindow(folder: string, clock: { readonly now: number }) {
  const store = new SampleStore();
  const files = new SampleFiles({
    store,
    events: new EventBook(() => clock.now),
    folder: () => folder,
    connections: { facts: (id) => facts({ id }) },
    log: { info: console.log, warn: console.warn },
    now: () => clock.now,
  });
  return { store, files };
}

/** A subscriber that keeps up with bursts: nothing in it rests. */
function busyLag(base: StreamLag, index: number, now: number): StreamLag {
  return {
    ...base,
    sampledAt: now,
    secondsBehind: 0.05 + Math.random() * 0.4,
    notAppliedBytes: Math.round(Math.random() * 3e6),
    retainedBytes: 16e6 + (((now / second) * 50_000 + index * 1e5) % 64e6),
    appliedBytesPerSecond: Math.round(5e4 + Math.random() * 1e4),
    writtenBytesPerSecond: Math.round(5e4 + Math.random() * 8e3),
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
