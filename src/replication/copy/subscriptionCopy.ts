import { reach, type TrendWindow } from '../forecast/trend.ts';
import type { CopySize, SubscriptionCopy, TableCopy } from '../model/copy.ts';
import type { Forecast } from '../model/forecast.ts';
import type { TableState } from '../model/subscription.ts';
import { isRepeatedError } from './waiting.ts';

/** States in which all rows have come. */
const copiedStates: readonly TableState[] = ['copied', 'synchronized', 'ready'];

/** What the copy of a subscription is judged from. */
export interface SubscriptionCopyInput {
  readonly subscriptionName: string;
  readonly counts: Readonly<Record<TableState, number>>;
  /** Those that aren't copied, as far as they are listed. */
  readonly open: readonly TableCopy[];
  /** The sizes of all its tables on the publisher, copied ones too; null where any isn't known, or `open` lacks some. */
  readonly sizes: readonly CopySize[] | null;
  /** Bytes of the estimate that were copied, over time. */
  readonly done: TrendWindow;
}

/** Bytes of the estimate that are copied; null where any size isn't known, how far a table is, or how much of it comes. */
export function bytesDone(open: readonly TableCopy[], sizes: readonly CopySize[] | null): number | null {
  const total = bytesInAll(sizes);
  if (total === null) return null;
  let left = 0;
  for (const { bytesEstimated, fraction, leavesOut } of open) {
    if (bytesEstimated === null || fraction === null || leavesOut.includes('rows')) return null;
    left += bytesEstimated * (1 - fraction);
  }
  return Math.max(0, total - left);
}

/** The overall figure: by size where all sizes are known, by counting tables otherwise. */
export function subscriptionCopy(input: SubscriptionCopyInput): SubscriptionCopy {
  const { counts, open, sizes, subscriptionName } = input;
  const tables = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const tablesDone = copiedStates.reduce((sum, state) => sum + counts[state], 0);
  const total = bytesInAll(sizes);
  const copied = bytesDone(open, sizes);
  const bySize = total !== null && total > 0 && copied !== null;
  const partly = open.reduce((sum, { fraction }) => sum + (fraction ?? 0), 0);
  return {
    subscriptionName,
    tablesDone,
    tables,
    fraction: bySize ? copied / total : tables === 0 ? 1 : (tablesDone + partly) / tables,
    by: bySize ? 'size' : 'tables',
    left: timeLeft(input, bySize ? total - copied : null),
    open,
  };
}

function timeLeft({ counts, done, open }: SubscriptionCopyInput, bytesLeft: number | null): Forecast {
  // Those that were begun are listed first: where none of them gets on, none of the others does.
  const someMayGoOn = open.length === 0 || open.some(({ waits }) => waits === null);
  if (open.length < counts.init + counts.copying && someMayGoOn) {
    return { kind: 'unknown', reason: 'there are more tables to copy than are looked at one by one' };
  }
  const [only, ...others] = open;
  if (!only) return { kind: 'now', reason: 'everything is copied' };
  if (others.length === 0) return only.left;
  // A table that an error holds up holds up the whole; one that waits its turn doesn't.
  const failing = open.find(({ waits }) => waits !== null && isRepeatedError(waits));
  if (failing) return { kind: 'never', reason: `${failing.schema}.${failing.name}: ${failing.waits}` };
  if (open.every(({ waits }) => waits !== null)) return { kind: 'never', reason: only.waits ?? '' };
  if (bytesLeft === null) return { kind: 'unknown', reason: whyNoBytes(open) };
  const trend = done.trend();
  if (trend === null) return { kind: 'unknown', reason: done.lacks };
  return reach(bytesLeft, trend, 1, { never: 'no rows come at present', moves: 'copied' });
}

function whyNoBytes(open: readonly TableCopy[]): string {
  if (open.some(({ leavesOut }) => leavesOut.includes('rows'))) return 'a row filter decides how many rows come';
  const mute = open.find(({ bytesEstimated, fraction }) => bytesEstimated !== null && fraction === null);
  return mute
    ? `how far ${mute.schema}.${mute.name} is cannot be told`
    : 'how much there is on the publisher is not known';
}

function bytesInAll(sizes: readonly CopySize[] | null): number | null {
  let total = 0;
  for (const { bytes } of sizes ?? []) {
    if (bytes === null) return null;
    total += bytes;
  }
  return sizes === null ? null : total;
}
