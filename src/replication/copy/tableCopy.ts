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
  /** Only some rows come: how many, nobody knows before. */
  readonly filtered: boolean;
  /** The sizes here and there can be compared: same columns, no partitioned table here. */
  readonly comparable: boolean;
  readonly waits: string | null;
}

/** An estimate is no promise: while rows are copied it isn't all. */
const mostWhileCopying = 0.99;

/**
 * How far one table is. By rows against the publisher's estimate where the server counts them (since 14); by the size
 * here against the size there otherwise. With a row filter neither says anything.
 */
export function tableCopy(input: TableCopyInput): TableCopy {
  const { size, state, table, trace, waits } = input;
  const row = trace?.row ?? null;
  const done = state !== 'init' && state !== 'copying';
  const by = measure(input);
  const share =
    by === 'rows'
      ? (row?.rows ?? 0) / (size?.rows ?? 1)
      : by === 'size'
        ? (trace?.sizeHere ?? 0) / (size?.bytes ?? 1)
        : null;
  return {
    tableOid: table.oid,
    schema: table.schema,
    name: table.name,
    state,
    rowsCopied: row?.rows ?? null,
    rowsEstimated: size?.rows ?? null,
    bytesCopied: row?.bytes ?? trace?.sizeHere ?? null,
    bytesEstimated: size?.bytes ?? null,
    fraction: done ? 1 : state === 'init' ? 0 : share === null ? null : Math.min(share, mostWhileCopying),
    by: done ? null : by,
    rowsPerSecond: trace?.rows.trend()?.perSecond ?? null,
    bytesPerSecond: trace?.size.trend()?.perSecond ?? null,
    left: done ? { kind: 'now', reason: 'it is copied' } : timeLeft(input, by),
    waits,
  };
}

function measure({ comparable, filtered, size, state, trace }: TableCopyInput): 'rows' | 'size' | null {
  if (state !== 'copying' || filtered || size === null) return null;
  if ((trace?.row?.rows ?? null) !== null && (size.rows ?? 0) > 0) return 'rows';
  return comparable && (trace?.sizeHere ?? null) !== null && (size.bytes ?? 0) > 0 ? 'size' : null;
}

function timeLeft({ filtered, size, state, trace, waits }: TableCopyInput, by: 'rows' | 'size' | null): Forecast {
  if (waits !== null) return { kind: 'never', reason: waits };
  if (state === 'init' || trace === null) return { kind: 'unknown', reason: 'its copy has not begun' };
  if (filtered) return { kind: 'unknown', reason: 'a row filter decides how many rows come' };
  if (size === null) return { kind: 'unknown', reason: 'how much there is on the publisher is not known' };
  if (by === null) {
    return { kind: 'unknown', reason: 'neither rows nor sizes of the two ends can be compared' };
  }
  const window = by === 'rows' ? trace.rows : trace.size;
  const trend = window.trend();
  if (trend === null) return { kind: 'unknown', reason: window.lacks };
  const distance = ((by === 'rows' ? size.rows : size.bytes) ?? 0) - trend.value;
  if (distance <= 0) return { kind: 'unknown', reason: 'there is more to copy than the estimate says' };
  return reach(distance, trend, 1, { never: 'no rows come at present' });
}
