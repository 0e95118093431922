/**
 * A position in the write-ahead log as PostgreSQL writes it: two hexadecimal numbers, `16/B374D848`
 * (PostgreSQL, "pg_lsn Type"). Kept as text; arithmetic goes through the functions of this file.
 */
export type Lsn = string;

/** Text of an LSN to its byte position. Throws RangeError if it isn't the text of an LSN. */
export function lsnToBytes(lsn: Lsn): bigint {
  return (BigInt(upperHalf(lsn)) << 32n) + BigInt(lowerHalf(lsn));
}

/** The same as a number: exact up to 2^53 (9 PB of WAL), which no server reaches. Throws RangeError like it. */
export function lsnToNumber(lsn: Lsn): number {
  return upperHalf(lsn) * 2 ** 32 + lowerHalf(lsn);
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
  // By halves, so that it is exact wherever both are, and without bigints: hundreds of slots are measured at every beat.
  return (upperHalf(newer) - upperHalf(older)) * 2 ** 32 + (lowerHalf(newer) - lowerHalf(older));
}

function upperHalf(lsn: Lsn): number {
  return hexadecimal(lsn, 0, lsn.indexOf('/'));
}

function lowerHalf(lsn: Lsn): number {
  return hexadecimal(lsn, lsn.indexOf('/') + 1, lsn.length);
}

/** Digits of a text from one place to before another: one to eight. */
function hexadecimal(text: string, from: number, to: number): number {
  let value = to > from && to - from <= 8 ? 0 : Number.NaN;
  for (let place = from; place < to; place += 1) value = value * 16 + digit(text.charCodeAt(place));
  if (Number.isNaN(value)) throw new RangeError(`not an LSN: ${text}`);
  return value;
}

function digit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  // Capital letters have another bit than small ones.
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : Number.NaN;
}
