/** Quantities as words, for every place that shows lag: rows, the lag panel, the status bar. */

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Bytes with two significant digits, in units of 1024: `0 B`, `12 MB`, `4.2 GB`. Negative counts as zero. */
export function bytesText(value: number): string {
  let amount = Math.max(0, value);
  let unit = 0;
  // 999.5 would be rounded to four digits.
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  if (unit > 0 && amount < 9.95) return `${trimZero(amount.toFixed(1))} ${units[unit]}`;
  return `${amount < 100 ? Math.round(amount) : Math.round(amount / 10) * 10} ${units[unit]}`;
}

/** Seconds in the unit that fits: `0 s`, `0.4 s`, `42 s`, `3 min`, `5 h`, `12 d`. Negative counts as zero. */
export function secondsText(value: number): string {
  const amount = Math.max(0, value);
  if (amount < 0.05) return '0 s';
  if (amount < 9.95) return `${trimZero(amount.toFixed(1))} s`;
  return amount < 59.5 ? `${Math.round(amount)} s` : durationText(Math.max(60, amount));
}

/** Seconds in one unit, rounded down, for what needn't be exact: `42 s`, `3 min`, `5 h`, `12 d`. Negative counts as zero. */
export function durationText(value: number): string {
  const amount = Math.max(0, value);
  if (amount < 60) return `${Math.floor(amount)} s`;
  if (amount < 3600) return `${Math.floor(amount / 60)} min`;
  if (amount < 48 * 3600) return `${Math.floor(amount / 3600)} h`;
  return `${Math.floor(amount / 86_400)} d`;
}

/** Further off than this the loss of a slot isn't foretold, seconds. */
const forecastSeconds = 48 * 3600;

/**
 * "⚠ lost in ≈ 2 h": when a slot that isn't read is lost, from the bytes that may still be written and those written
 * per second. Null where that is more than two days off.
 */
export function lossText(headroomBytes: number, bytesPerSecond: number): string | null {
  const seconds = bytesPerSecond > 0 ? Math.max(0, headroomBytes) / bytesPerSecond : Infinity;
  return seconds < forecastSeconds ? `⚠ lost in ≈ ${durationText(Math.max(60, seconds))}` : null;
}

function trimZero(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text;
}
