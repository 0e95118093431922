/**
 * A text as a cell of comma-separated values (RFC 4180): in quotes where it must be, and with an apostrophe before what a
 * spreadsheet would take for a formula.
 */
export function csvText(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A line of cells that are written as they should be. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.join(',')}\r\n`;
}
