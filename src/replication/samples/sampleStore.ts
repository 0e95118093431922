import type { Stream, StreamLag } from '../model/stream.ts';
import { StreamSamples, type TierName, tierNames, tierShapes } from './streamSamples.ts';

/** A stream with what is kept of it. */
export interface KeptStream {
  /** As it was last seen: names of objects, ids of connections. */
  readonly stream: Stream;
  readonly samples: StreamSamples;
  /** Milliseconds since the epoch: the newest sample of any window. */
  readonly newestAt: number;
}

/** A stream with samples that weren't written down yet. */
export interface NewSamples extends KeptStream {
  /** Milliseconds since the epoch: all samples that are new were taken from then on. */
  readonly newFrom: number;
}

interface Entry {
  stream: Stream;
  readonly samples: StreamSamples;
  newestAt: number;
  /** Infinity where all is written down. */
  newFrom: number;
  /** The newest sample of what was merged, of each tier: they come one after the other. */
  readonly merged: Record<TierName, number>;
}

/** The most streams that are kept; the one without samples for the longest time goes first. 73 MB of samples at the most. */
export const mostStreams = 512;
/** One that was sampled so lately makes no room for another: with more streams than room all would lose their past. Milliseconds. */
const stillSampledMs = 300_000;
/** What nobody sampled for this long is forgotten, milliseconds: what the longest tier reaches back. */
const keepMs = tierShapes.halfHours.widthMs * tierShapes.halfHours.cellsPerChunk * (tierShapes.halfHours.chunks - 1);

/** The lag of all streams over time, in memory. Bounded; keeps names of objects and figures, nothing else. */
export class SampleStore {
  readonly #limit: number;
  readonly #entries = new Map<string, Entry>();

  constructor(limit = mostStreams) {
    this.#limit = limit;
  }

  /** Adds what a stream showed. A sample that was seen already changes nothing, nor one for which there is no room. */
  record(lag: StreamLag): void {
    if (ownerOf(lag.stream) === null || !this.#hasRoom(lag)) return;
    const entry = this.#entry(lag.stream);
    if (!entry.samples.record(lag)) return;
    entry.stream = lag.stream;
    entry.newestAt = lag.sampledAt;
    // A gap is marked in the cell before.
    const from = lag.sampledAt - (lag.afterGap === true ? tierShapes.seconds.widthMs : 0);
    entry.newFrom = Math.min(entry.newFrom, from);
  }

  /** What is kept of a stream. */
  of(streamId: string): StreamSamples | undefined {
    return this.#entries.get(streamId)?.samples;
  }

  /** All streams, or those of one connection: as the publisher, or the subscriber where that is all that is known. */
  streams(connectionId?: string): readonly KeptStream[] {
    return [...this.#entries.values()].filter(
      ({ stream }) => connectionId === undefined || ownerOf(stream) === connectionId,
    );
  }

  /** Adds what was written down before, or by another window. Throws RangeError where a chunk has another length. */
  merge(stream: Stream, newestAt: number, chunks: StoredChunks): void {
    if (!this.#entries.has(stream.id) && this.#entries.size >= this.#limit) {
      // Of more than there is room for, the newest.
      const oldest = Math.min(...[...this.#entries.values()].map((one) => one.newestAt));
      if (newestAt <= oldest) return;
    }
    const entry = this.#entry(stream);
    if (newestAt > entry.newestAt) entry.stream = stream;
    entry.newestAt = Math.max(entry.newestAt, newestAt);
    for (const name of tierNames) {
      if (chunks[name].length === 0) continue;
      const isNewer = newestAt > Math.max(entry.merged[name], entry.samples.lastAt ?? -Infinity);
      for (const [key, chunk] of chunks[name]) entry.samples.tiers[name].merge(key, chunk, isNewer);
      entry.merged[name] = Math.max(entry.merged[name], newestAt);
    }
  }

  /** Connections with samples that weren't written down yet. */
  changed(): readonly string[] {
    const changed = [...this.#entries.values()].filter(({ newFrom }) => newFrom < Infinity);
    return [...new Set(changed.flatMap(({ stream }) => ownerOf(stream) ?? []))];
  }

  /** Up to so many streams of a connection with what is new of them, which counts as written down from then on. */
  takeNew(connectionId: string, most: number): readonly NewSamples[] {
    const taken: NewSamples[] = [];
    for (const entry of this.#entries.values()) {
      if (taken.length >= most) break;
      if (entry.newFrom === Infinity || ownerOf(entry.stream) !== connectionId) continue;
      taken.push({ ...entry });
      entry.newFrom = Infinity;
    }
    return taken;
  }

  /** What was taken of a stream couldn't be written down, or is to be once more: all from then on, -Infinity for all of it. */
  putBack(streamId: string, newFrom: number): void {
    const entry = this.#entries.get(streamId);
    if (entry) entry.newFrom = Math.min(entry.newFrom, newFrom);
  }

  /** Forgets the streams of connections that aren't there any more, and those without samples for a month. */
  forget(isKnown: (connectionId: string) => boolean, now: number): void {
    for (const [id, { newestAt, stream }] of this.#entries) {
      const owner = ownerOf(stream) ?? '';
      if (!isKnown(owner) || now - newestAt > keepMs) this.#entries.delete(id);
    }
  }

  /** Bytes of all samples in memory, without what the objects themselves take. */
  get bytes(): number {
    return [...this.#entries.values()].reduce((sum, { samples }) => sum + samples.bytes, 0);
  }

  #hasRoom({ sampledAt, stream }: StreamLag): boolean {
    if (this.#entries.has(stream.id) || this.#entries.size < this.#limit) return true;
    return [...this.#entries.values()].some(({ newestAt }) => sampledAt - newestAt > stillSampledMs);
  }

  #entry(stream: Stream): Entry {
    const known = this.#entries.get(stream.id);
    if (known) return known;
    if (this.#entries.size >= this.#limit) {
      const [oldest] = [...this.#entries].reduce((least, one) => (one[1].newestAt < least[1].newestAt ? one : least));
      this.#entries.delete(oldest);
    }
    const entry: Entry = {
      stream,
      samples: new StreamSamples(),
      newestAt: -Infinity,
      newFrom: Infinity,
      merged: { seconds: -Infinity, minutes: -Infinity, halfHours: -Infinity },
    };
    this.#entries.set(stream.id, entry);
    return entry;
  }
}

/** The chunks of each tier with their numbers. */
export type StoredChunks = Readonly<Record<(typeof tierNames)[number], readonly (readonly [number, Uint16Array])[]>>;

/** The connection under which a stream is kept: the publisher's; the subscriber's where that is all that is known. */
export function ownerOf({ publisher, subscriber }: Stream): string | null {
  return (publisher ?? subscriber)?.connectionId ?? null;
}
