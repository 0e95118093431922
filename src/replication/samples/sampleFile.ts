/**
 * A file of samples is a sequence of records, each behind "PGLH" and its length in bytes (32 bits, big-endian), compressed
 * by gzip. It is only ever added to at its end.
 */
const magic = 'PGLH';
/** Bytes before each record. */
export const frameStart = magic.length + 4;

/** A compressed record as it is added to a file. */
export function frameOf(packed: Buffer): Buffer {
  const start = Buffer.alloc(frameStart);
  start.write(magic, 'latin1');
  start.writeUInt32BE(packed.length, magic.length);
  return Buffer.concat([start, packed]);
}

/** What was found in a file, or in what was added to one. */
export interface Frames {
  /** The compressed records that are whole, up to the first that isn't. */
  readonly packed: readonly Buffer[];
  /** Bytes of those. */
  readonly end: number;
  /** torn: it ends in the middle of a record; damaged: something else follows where a record should. */
  readonly state: 'whole' | 'torn' | 'damaged';
}

/** Divides the content of a file into its records. */
export function splitFrames(content: Buffer): Frames {
  const packed: Buffer[] = [];
  let end = 0;
  while (end < content.length) {
    const known = content.toString('latin1', end, Math.min(content.length, end + magic.length));
    if (!magic.startsWith(known)) return { packed, end, state: 'damaged' };
    if (end + frameStart > content.length) return { packed, end, state: 'torn' };
    const next = end + frameStart + content.readUInt32BE(end + magic.length);
    if (next > content.length) return { packed, end, state: 'torn' };
    packed.push(content.subarray(end + frameStart, next));
    end = next;
  }
  return { packed, end, state: 'whole' };
}
