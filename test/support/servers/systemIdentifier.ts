import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** pg_control fits into one disk sector, so that it is never half written. */
const mostControlBytes = 512;
/** Where the long header of a WAL file's first page has the identifier. */
const atInWal = 24;

/**
 * Gives a cluster that was shut down cleanly another system identifier, as if initdb had made it anew: in pg_control,
 * whose checksum is made again, and in every WAL file. Throws when the control file is not as it should be.
 */
export async function giveOwnIdentifier(dataFolder: string, identifier: bigint): Promise<void> {
  const file = path.join(dataFolder, 'global', 'pg_control');
  const control = await readFile(file);
  const checksumAt = placeOfChecksum(control);
  control.writeBigUInt64LE(identifier, 0);
  control.writeUInt32LE(crc32c(control.subarray(0, checksumAt)), checksumAt);
  await writeFile(file, control);
  const wal = path.join(dataFolder, 'pg_wal');
  for (const name of (await readdir(wal)).filter((each) => /^[0-9A-F]{24}$/.test(each))) {
    const segment = await open(path.join(wal, name), 'r+');
    try {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(identifier);
      await segment.write(bytes, 0, bytes.length, atInWal);
    } finally {
      await segment.close();
    }
  }
}

/** Every version has its own fields before the checksum, which is over all of them. */
function placeOfChecksum(control: Buffer): number {
  for (let at = 8; at < mostControlBytes; at += 4) {
    if (crc32c(control.subarray(0, at)) === control.readUInt32LE(at)) {
      return at;
    }
  }
  throw new Error('pg_control has no checksum that fits');
}

/** CRC-32C (Castagnoli), which PostgreSQL uses; zlib has another. */
function crc32c(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
    }
  }
  return ~crc >>> 0;
}
