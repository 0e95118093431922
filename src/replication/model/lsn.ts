/**
 * A position in the write-ahead log as PostgreSQL writes it: two hexadecimal numbers, `16/B374D848`
 * (PostgreSQL, "pg_lsn Type"). Kept as text; arithmetic goes through the functions of this file.
 */
export type Lsn = string;

/** Text of an LSN to its byte position. Throws RangeError if it isn't the text of an LSN. */
export function lsnToBytes(lsn: Lsn): bigint {
  const match = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/.exec(lsn);
  if (!match) throw new RangeError(`not an LSN: ${lsn}`);
  return (BigInt(`0x${match[1]}`) << 32n) + BigInt(`0x${match[2]}`);
}

/** A byte position to the text of an LSN. */
export function bytesToLsn(position: bigint): Lsn {
  return `${(position >> 32n).toString(16).toUpperCase()}/${(position & 0xffff_ffffn).toString(16).toUpperCase()}`;
}

/**
 * Bytes from `older` to `newer`; negative when `newer` is in fact older. Null where either is unknown,
 * because an unknown position isn't a distance of zero.
 */
export function lsnDistance(newer: Lsn | null, older: Lsn | null): number | null {
  if (newer === null || older === null) return null;
  return Number(lsnToBytes(newer) - lsnToBytes(older));
}
