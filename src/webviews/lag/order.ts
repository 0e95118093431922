import type { LagRow, LagSortColumn, LagView } from '../../protocol/lag.ts';
import { streamStates } from '../../replication/model/stream.ts';

/** The rows as the person sorted them. Unknown figures come last either way; ties keep their order. */
export function sortRows(rows: readonly LagRow[], { column, descending }: LagView['sort']): readonly LagRow[] {
  const direction = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [left, right] = [sortKey(a, column), sortKey(b, column)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    if (typeof left === 'string' || typeof right === 'string') {
      return direction * String(left).localeCompare(String(right), undefined, { numeric: true });
    }
    return direction * (left - right);
  });
}

function sortKey(row: LagRow, column: LagSortColumn): string | number | null {
  switch (column) {
    case 'state':
      // Descending is worst first.
      return streamStates.length - streamStates.indexOf(row.state);
    case 'publisher':
      return row.publisher && `${row.publisher.server} ${row.publisher.object}`;
    case 'subscriber':
      return row.subscriber ? `${row.subscriber.server} ${row.subscriber.object}` : row.consumer;
    case 'notSentBytes':
    case 'inFlightBytes':
    case 'notAppliedBytes':
    case 'retainedBytes':
    case 'secondsBehind':
    case 'appliedBytesPerSecond':
      return row.figures[column];
  }
}
