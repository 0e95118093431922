import { aboutText, forecastDetail } from '../forecast/words.ts';
import type { SubscriptionCopy, TableCopy } from '../model/copy.ts';
import { bytesText } from '../model/quantity.ts';

/** "64 %"; whole, and never 100 before it is all. */
function percentText(fraction: number): string {
  return `${Math.min(99, Math.floor(fraction * 100))} %`;
}

/** "copying 64 % · ≈ 4 min left", "copying 12,000 rows", "waiting to be copied: …"; null where the state says it all. */
export function tableCopyWords({ fraction, left, rowsCopied, state, waits }: TableCopy): string | null {
  if (state !== 'init' && state !== 'copying') return null;
  if (waits !== null) return state === 'init' ? `waiting to be copied: ${waits}` : `copying: ${waits}`;
  if (state === 'init') return null;
  const far =
    fraction !== null
      ? percentText(fraction)
      : rowsCopied !== null
        ? `${rowsCopied.toLocaleString('en-US')} rows so far`
        : null;
  return [far === null ? 'copying' : `copying ${far}`, leftWords(left)].filter((part) => part !== null).join(' · ');
}

/** "64 % copied · ≈ 4 min left" of a whole subscription; "1 of 4 tables copied" where sizes don't tell. */
export function subscriptionCopyWords({ by, fraction, left, tables, tablesDone }: SubscriptionCopy): string | null {
  if (tablesDone === tables) return null;
  const far =
    by === 'size'
      ? `${percentText(fraction)} copied`
      : `${tablesDone.toLocaleString('en-US')} of ${tables.toLocaleString('en-US')} ${tables === 1 ? 'table' : 'tables'} copied`;
  return [far, leftWords(left)].filter((part) => part !== null).join(' · ');
}

function leftWords(left: TableCopy['left']): string | null {
  return left.kind === 'in' ? `${aboutText(left.seconds)} left` : null;
}

/** The figures of one table for a tooltip: what, and how much. Unknown ones are left out. */
export function tableCopyFacts(copy: TableCopy): readonly (readonly [string, string | null])[] {
  if (copy.state !== 'init' && copy.state !== 'copying') return [];
  const { bytesPerSecond, left, rowsPerSecond, waits } = copy;
  return [
    ['Waits', waits],
    ['Rows copied', rowsFact(copy)],
    ['Bytes copied', bytesFact(copy)],
    [
      'Rate',
      rowsPerSecond !== null
        ? `${rowsText(rowsPerSecond)}/s`
        : bytesPerSecond !== null && bytesPerSecond >= 0
          ? `${bytesText(bytesPerSecond)}/s`
          : null,
    ],
    ['Finished', forecastDetail(left)],
  ];
}

function rowsText(rows: number): string {
  return `${Math.round(rows).toLocaleString('en-US')} rows`;
}

function rowsFact({ leavesOut, rowsCopied, rowsEstimated }: TableCopy): string | null {
  const most = leavesOut.includes('rows') ? 'at most ' : '';
  const why = most === '' ? '' : ' (a row filter decides how many come)';
  if (rowsEstimated === null) return rowsCopied === null ? null : rowsText(rowsCopied);
  const all = `${most}about ${rowsText(rowsEstimated)}`;
  if (rowsCopied === null) return `${all} in all${why}`;
  return rowsCopied > rowsEstimated
    ? `${rowsText(rowsCopied)}, more than the ${rowsText(rowsEstimated)} that the publisher estimates`
    : `${rowsText(rowsCopied)} of ${all}${why}`;
}

/** What COPY sends is not what a table takes on disk: the two are only named side by side. */
function bytesFact({ bytesCopied, bytesEstimated, bytesHere, leavesOut, rowsCopied }: TableCopy): string | null {
  const part = leavesOut.length === 0 ? '' : ', of which only a part comes';
  const there = bytesEstimated === null ? null : `${bytesText(bytesEstimated)} on the publisher`;
  if (bytesHere !== null) {
    return `not known: the table here holds ${bytesText(bytesHere)}, and how much of it was there before cannot be told (since PostgreSQL 14 the server counts, and shows it to members of pg_monitor)`;
  }
  if (bytesCopied === null) return there === null ? null : `about ${there} in all${part}`;
  const done = bytesText(bytesCopied);
  if (there === null || bytesEstimated === null) return done;
  if (rowsCopied !== null) return `${done} received; the table takes ${there}${part}`;
  return bytesCopied > bytesEstimated ? `${done}, more than the ${there}` : `${done} of about ${there}${part}`;
}
