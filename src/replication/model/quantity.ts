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

const sizePattern = /^(\d{1,7}(?:\.\d{1,3})?) ?([kMGTP]?)(i?B)?$/i;

/** A size as people type it, in units of 1024: `200 GB`, `1.5TB`, `512 GiB`. Null where it is none, or zero. */
export function parseBytes(text: string): number | null {
  const [, amount, letter = ''] = sizePattern.exec(text.trim()) ?? [];
  if (amount === undefined) return null;
  const power = ['', 'K', 'M', 'G', 'T', 'P'].indexOf(letter.toUpperCase());
  const bytes = Math.round(Number(amount) * 1024 ** power);
  return bytes > 0 ? bytes : null;
}

/** A size so that `parseBytes` gives the same again: `200 GB`, in the largest unit of which it is a whole number. */
export function sizeText(bytes: number): string {
  const power = units.findLastIndex((_, index) => bytes % 1024 ** index === 0);
  return `${bytes / 1024 ** power} ${units[power]}`;
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

function trimZero(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text;
}
