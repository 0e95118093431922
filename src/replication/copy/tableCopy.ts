import { reach } from '../forecast/trend.ts';
import type { CopySize, TableCopy } from '../model/copy.ts';
import type { Forecast } from '../model/forecast.ts';
import type { SubscribedTable, TableState } from '../model/subscription.ts';
import type { TableTrace } from './trace.ts';

/** What the copy of one table is judged from. */
export interface TableCopyInput {
  readonly table: SubscribedTable;
  readonly state: TableState;
  /** Null where nothing was remembered of it. */
  readonly trace: TableTrace | null;
  /** What the publisher says there is; null where it wasn't asked, or isn't known. */
  readonly size: CopySize | null;
  /** What of the publisher's table doesn't come. */
  readonly leavesOut: TableCopy['leavesOut'];
  readonly waits: string | null;
}

/** An estimate is no promise: while rows are copied it isn't all. */
const mostWhileCopying = 0.99;

/**
 * How far one table is. By rows against the publisher's estimate where the server counts them (since 14); otherwise by
 * what the table here has grown by, against the size there. With a row filter neither says anything.
 */
export function tableCopy(input: TableCopyInput): TableCopy {
  const { leavesOut, size, state, table, trace, waits } = input;
  const row = trace?.row ?? null;
  const done = state !== 'init' && state !== 'copying';
  const by = measure(input);
  const share =
    by === 'rows'
      ? (row?.rows ?? 0) / (size?.rows ?? 1)
      : by === 'size'
        ? (trace?.grownBytes ?? 0) / (size?.bytes ?? 1)
        : null;
  return {
    tableOid: table.oid,
    schema: table.schema,
    name: table.name,
    state,
    rowsCopied: row?.rows ?? null,
    rowsEstimated: size?.rows ?? null,
    bytesCopied: row?.bytes ?? trace?.grownBytes ?? null,
    bytesHere: row?.bytes === null && trace?.grownBytes === null ? row.tableBytes : null,
    bytesEstimated: size?.bytes ?? null,
    leavesOut,
    fraction: done ? 1 : state === 'init' ? 0 : share === null ? null : Math.min(share, mostWhileCopying),
    by: done ? null : by,
    rowsPerSecond: trace?.rows.trend()?.perSecond ?? null,
    bytesPerSecond: trace?.size.trend()?.perSecond ?? null,
    left: done ? { kind: 'now', reason: 'it is copied' } : timeLeft(input, by),
    waits,
  };
}

function measure({ leavesOut, size, state, trace }: TableCopyInput): 'rows' | 'size' | null {
  if (state !== 'copying' || leavesOut.includes('rows') || size === null) return null;
  if ((trace?.row?.rows ?? null) !== null && (size.rows ?? 0) > 0) return 'rows';
  return leavesOut.length === 0 && (trace?.grownBytes ?? null) !== null && (size.bytes ?? 0) > 0 ? 'size' : null;
}

function timeLeft(input: TableCopyInput, by: 'rows' | 'size' | null): Forecast {
  const { leavesOut, size, state, trace, waits } = input;
  // Its turn may come soon, whatever it waits for.
  if (state === 'init' || trace === null) return { kind: 'unknown', reason: 'its copy has not begun' };
  if (waits !== null) return { kind: 'never', reason: waits };
  if (leavesOut.includes('rows')) return { kind: 'unknown', reason: 'a row filter decides how many rows come' };
  if (size === null) return { kind: 'unknown', reason: 'how much there is on the publisher is not known' };
  if (by === null) return { kind: 'unknown', reason: whyNeither(input, size) };
  const window = by === 'rows' ? trace.rows : trace.size;
  const trend = window.trend();
  if (trend === null) return { kind: 'unknown', reason: window.lacks };
  const [all, copied] = by === 'rows' ? [size.rows, trend.value] : [size.bytes, trace.grownBytes];
  const distance = (all ?? 0) - (copied ?? 0);
  if (distance <= 0) return { kind: 'unknown', reason: 'there is more to copy than the estimate says' };
  return by === 'rows'
    ? reach(distance, trend, 1, { never: 'no rows come at present', moves: 'rows' })
    : reach(distance, trend, 1, {
        never: 'the table here does not grow at present: no rows come, or they go where rows were removed',
        moves: 'copied',
      });
}

/** Why neither rows nor sizes tell how much is left. */
function whyNeither({ leavesOut, trace }: TableCopyInput, size: CopySize): string {
  const counted = (trace?.row?.rows ?? null) !== null;
  if (counted) return 'the publisher has no estimate of its rows (ANALYZE makes one)';
  if (leavesOut.includes('columns')) return 'a column list decides how much of each row comes';
  if ((trace?.row?.tableBytes ?? null) === null) {
    return 'the size of the table here is not known (it is partitioned, or somebody holds it exclusively)';
  }
  if (trace?.grownBytes === null)
    return 'it had begun when it was first seen, and what was in the table before is not known';
  return size.bytes === null
    ? 'the size of the table on the publisher is not known'
    : 'the publisher shows no rows of it';
}
