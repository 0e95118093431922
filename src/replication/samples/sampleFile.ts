import os from 'node:os';

import * as z from 'zod/mini';

import type { KeptStream, StoredChunks } from './sampleStore.ts';
import { type TierName, tierNames, tierShapes } from './streamSamples.ts';
import { chunkLength } from './tier.ts';

/**
 * A file of samples before it is compressed: "PGLH", the length of the header (32 bits, big-endian), the header as JSON,
 * then the chunks it lists as 16-bit numbers (little-endian), tier by tier and stream by stream.
 */
const magic = 'PGLH';
const introduction = magic.length + 4;

const end = z.object({ connectionId: z.string() });
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
      /** Numbers of the chunks of each tier. */
      chunks: z.object({
        seconds: z.array(z.int()),
        minutes: z.array(z.int()),
        halfHours: z.array(z.int()),
      }),
    }),
  ),
});
type Header = z.output<typeof header>;

/** A stream as it was written down. */
export interface StoredStream {
  readonly stream: KeptStream['stream'];
  readonly newestAt: number;
  readonly chunks: StoredChunks;
}

/** The streams of one connection as the content of a file. */
export function encodeSamples(kept: readonly KeptStream[]): Buffer {
  const chunks: Buffer[] = [];
  const streams: Header['streams'] = kept.map(({ newestAt, samples, stream }) => {
    const numbers: Record<TierName, number[]> = { seconds: [], minutes: [], halfHours: [] };
    for (const name of tierNames) {
      for (const [key, chunk] of samples.tiers[name].chunks()) {
        numbers[name].push(key);
        chunks.push(littleEndian(chunk));
      }
    }
    return { stream, newestAt, chunks: numbers };
  });
  const text = Buffer.from(JSON.stringify({ streams } satisfies Header));
  const start = Buffer.alloc(introduction);
  start.write(magic, 'latin1');
  start.writeUInt32BE(text.length, magic.length);
  return Buffer.concat([start, text, ...chunks]);
}

/** The content of a file again. Throws an Error that says what is wrong with it. */
export function decodeSamples(content: Buffer): readonly StoredStream[] {
  if (content.length < introduction || content.toString('latin1', 0, magic.length) !== magic) {
    throw new Error('it does not begin as such a file does');
  }
  const start = introduction + content.readUInt32BE(magic.length);
  if (start > content.length) throw new Error('it is cut off in its header');
  const { streams } = header.parse(JSON.parse(content.toString('utf8', introduction, start)));
  let place = start;
  const next = (name: TierName): Uint16Array => {
    const length = chunkLength(tierShapes[name]) * 2;
    if (place + length > content.length) throw new Error('it is cut off');
    const chunk = fromLittleEndian(content.subarray(place, place + length));
    place += length;
    return chunk;
  };
  return streams.map(({ chunks, newestAt, stream }) => ({
    stream,
    newestAt,
    chunks: {
      seconds: chunks.seconds.map((key) => [key, next('seconds')] as const),
      minutes: chunks.minutes.map((key) => [key, next('minutes')] as const),
      halfHours: chunks.halfHours.map((key) => [key, next('halfHours')] as const),
    },
  }));
}

function littleEndian(chunk: Uint16Array): Buffer {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  return os.endianness() === 'LE' ? bytes : Buffer.from(bytes).swap16();
}

/** A copy: numbers of 16 bits can't begin at any byte. */
function fromLittleEndian(bytes: Buffer): Uint16Array {
  const copy = Buffer.from(Uint8Array.from(bytes).buffer);
  if (os.endianness() === 'BE') copy.swap16();
  return new Uint16Array(copy.buffer, copy.byteOffset, copy.length / 2);
}
