import * as z from 'zod/mini';

import type { LagEvent } from '../model/lagEvent.ts';
import type { KeptStream, NewSamples, StoredChunks } from './sampleStore.ts';
import type { StreamSamples } from './streamSamples.ts';
import { type TierName, tierNames, tierShapes } from './streamSamples.ts';
import { chunkLength } from './tier.ts';

/**
 * A record of samples: the length of its header (32 bits, big-endian), the header as JSON, then tier by tier the cells it
 * lists, stream by stream. Of the 16-bit numbers of a tier come all those of one figure after the other, their upper bytes
 * before their lower ones: so they compress best.
 */
const end = z.object({ connectionId: z.string() });
/** Cells that follow each other: the number of the first since the epoch, and how many. */
const runs = z.array(z.tuple([z.int(), z.int()]));
const header = z.object({
  streams: z.array(
    z.object({
      stream: z.object({
        id: z.string(),
        publisher: z.nullable(z.extend(end, { slotName: z.string(), database: z.nullable(z.string()) })),
        subscriber: z.nullable(z.extend(end, { subscriptionName: z.string() })),
        consumer: z.string(),
      }),
      newestAt: z.number(),
      runs: z.object({ seconds: runs, minutes: runs, halfHours: runs }),
    }),
  ),
  events: z.array(
    z.object({
      at: z.number(),
      kind: z.enum(['restart', 'enabled', 'disabled', 'plan', 'threshold']),
      connectionIds: z.array(z.string()),
      streamId: z.optional(z.string()),
      subject: z.optional(z.string()),
      text: z.string(),
    }),
  ),
});
type Header = z.output<typeof header>;
type Runs = z.output<typeof runs>;
const introduction = 4;

/** A stream as it was written down. */
export interface StoredStream {
  readonly stream: KeptStream['stream'];
  readonly newestAt: number;
  readonly chunks: StoredChunks;
}

/** What a record holds. */
export interface StoredRecord {
  readonly streams: readonly StoredStream[];
  readonly events: readonly LagEvent[];
}

/** The new samples of these streams by these tiers, and what happened, as a record that isn't compressed yet. */
export function encodeRecord(
  kept: readonly NewSamples[],
  tiers: readonly TierName[],
  events: readonly LagEvent[] = [],
): Buffer {
  const cells: Record<TierName, Uint16Array[]> = { seconds: [], minutes: [], halfHours: [] };
  const streams: Header['streams'] = kept.map(({ newFrom, newestAt, samples, stream }) => {
    const found: Record<TierName, Runs> = { seconds: [], minutes: [], halfHours: [] };
    for (const name of tiers) found[name] = runsFrom(samples, name, newFrom, cells[name]);
    return { stream, newestAt, runs: found };
  });
  const text = Buffer.from(
    JSON.stringify({
      streams,
      events: events.map(({ connectionIds, ...more }) => ({ ...more, connectionIds: [...connectionIds] })),
    } satisfies Header),
  );
  const start = Buffer.alloc(introduction);
  start.writeUInt32BE(text.length);
  return Buffer.concat([start, text, ...tierNames.map((name) => pack(cells[name], cellSize(name)))]);
}

/** The content of a record again. Throws an Error that says what is wrong with it. */
export function decodeRecord(content: Buffer): StoredRecord {
  const start = content.length < introduction ? Infinity : introduction + content.readUInt32BE(0);
  if (start > content.length) throw new Error('a record is cut off in its header');
  const { events, streams } = header.parse(JSON.parse(content.toString('utf8', introduction, start)));
  let place = start;
  const numbers = (name: TierName): Uint16Array => {
    const count = streams.reduce((sum, one) => sum + one.runs[name].reduce((all, [, length]) => all + length, 0), 0);
    const length = count * cellSize(name) * 2;
    if (place + length > content.length) throw new Error('a record is cut off');
    const unpacked = unpack(content.subarray(place, place + length), cellSize(name));
    place += length;
    return unpacked;
  };
  const chunksOf = {
    seconds: chunkReader('seconds', numbers('seconds')),
    minutes: chunkReader('minutes', numbers('minutes')),
    halfHours: chunkReader('halfHours', numbers('halfHours')),
  };
  return {
    events: events.map(eventOf),
    streams: streams.map(({ newestAt, runs: listed, stream }) => ({
      stream,
      newestAt,
      chunks: {
        seconds: chunksOf.seconds(listed.seconds),
        minutes: chunksOf.minutes(listed.minutes),
        halfHours: chunksOf.halfHours(listed.halfHours),
      },
    })),
  };
}

function eventOf({ streamId, subject, ...event }: Header['events'][number]): LagEvent {
  return { ...event, ...(streamId === undefined ? {} : { streamId }), ...(subject === undefined ? {} : { subject }) };
}

/** Gives the cells with samples that end after `from`, and adds their numbers to `cells`. */
function runsFrom(samples: StreamSamples, name: TierName, from: number, cells: Uint16Array[]): Runs {
  const { cellsPerChunk, widthMs } = tierShapes[name];
  const size = cellSize(name);
  const found: Runs = [];
  for (const [key, chunk] of samples.tiers[name].chunks()) {
    const first = key * cellsPerChunk;
    // What is before `from` is written already; but the second before it may be told from a gap only now.
    let cell = Math.max(0, Math.floor(from / widthMs) - first - (name === 'seconds' ? 1 : 0));
    while (cell < cellsPerChunk) {
      const begin = cell;
      while (cell < cellsPerChunk && chunk[cell * size] !== 0) cell += 1;
      if (cell > begin) {
        found.push([first + begin, cell - begin]);
        cells.push(chunk.subarray(begin * size, cell * size));
      }
      cell += 1;
    }
  }
  return found;
}

/** Hands out the numbers of one stream after the other, each as whole chunks with their numbers. */
function chunkReader(name: TierName, numbers: Uint16Array): (listed: Runs) => (readonly [number, Uint16Array])[] {
  const { cellsPerChunk } = tierShapes[name];
  const size = cellSize(name);
  let place = 0;
  return (listed) => {
    const chunks = new Map<number, Uint16Array>();
    for (const [first, count] of listed) {
      for (let cell = first; cell < first + count; cell += 1) {
        const key = Math.floor(cell / cellsPerChunk);
        let chunk = chunks.get(key);
        if (!chunk) chunks.set(key, (chunk = new Uint16Array(chunkLength(tierShapes[name]))));
        const target = (cell - key * cellsPerChunk) * size;
        for (let index = 0; index < size; index += 1) chunk[target + index] = numbers[place + index] ?? 0;
        place += size;
      }
    }
    return [...chunks];
  };
}

/** 16-bit numbers of one cell. */
function cellSize(name: TierName): number {
  return chunkLength(tierShapes[name]) / tierShapes[name].cellsPerChunk;
}

function pack(parts: readonly Uint16Array[], size: number): Buffer {
  const count = parts.reduce((sum, part) => sum + part.length, 0) / size;
  const packed = Buffer.alloc(count * size * 2);
  for (let column = 0; column < size; column += 1) {
    let upper = column * count * 2;
    for (const part of parts) {
      for (let place = column; place < part.length; place += size) {
        const value = part[place] ?? 0;
        packed[upper] = value >> 8;
        packed[upper + count] = value & 0xff;
        upper += 1;
      }
    }
  }
  return packed;
}

function unpack(packed: Buffer, size: number): Uint16Array {
  const numbers = new Uint16Array(packed.length / 2);
  const count = numbers.length / size;
  for (let column = 0; column < size; column += 1) {
    const upper = column * count * 2;
    for (let cell = 0; cell < count; cell += 1) {
      numbers[cell * size + column] = ((packed[upper + cell] ?? 0) << 8) | (packed[upper + count + cell] ?? 0);
    }
  }
  return numbers;
}
