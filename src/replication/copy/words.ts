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

/** "64 % · ≈ 4 min left" of a whole subscription. */
export function subscriptionCopyWords({ fraction, left, tables, tablesDone }: SubscriptionCopy): string | null {
  if (tablesDone === tables) return null;
  return [`${percentText(fraction)} copied`, leftWords(left)].filter((part) => part !== null).join(' · ');
}

function leftWords(left: TableCopy['left']): string | null {
  return left.kind === 'in' ? `${aboutText(left.seconds)} left` : null;
}

/** The figures of one table for a tooltip: what, and how much. Unknown ones are left out. */
export function tableCopyFacts(copy: TableCopy): readonly (readonly [string, string | null])[] {
  const { bytesCopied, bytesEstimated, bytesPerSecond, left, rowsCopied, rowsEstimated, rowsPerSecond, waits } = copy;
  if (copy.state !== 'init' && copy.state !== 'copying') return [];
  const rows = (value: number) => `${Math.round(value).toLocaleString('en-US')} rows`;
  const of = (done: string | null, all: string | null) =>
    done === null ? (all === null ? null : `about ${all} in all`) : all === null ? done : `${done} of about ${all}`;
  return [
    ['Waits', waits],
    [
      'Rows copied',
      of(rowsCopied === null ? null : rows(rowsCopied), rowsEstimated === null ? null : rows(rowsEstimated)),
    ],
    [
      'Bytes copied',
      of(
        bytesCopied === null ? null : bytesText(bytesCopied),
        bytesEstimated === null ? null : `${bytesText(bytesEstimated)} on the publisher`,
      ),
    ],
    [
      'Rate',
      rowsPerSecond !== null
        ? `${rows(rowsPerSecond)}/s`
        : bytesPerSecond !== null
          ? `${bytesText(bytesPerSecond)}/s`
          : null,
    ],
    ['Finished', forecastDetail(left, copy.by === 'size' ? 'bytes' : 'rows')],
  ];
}
