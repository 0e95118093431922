import type { LagChangesMessage, LagRow, LagStateMessage } from './lag.ts';
import { searchFor } from './search.ts';

/** A state with the changes that came after it. Rows that didn't change stay the same objects. */
export function withChanges(state: LagStateMessage, changes: LagChangesMessage): LagStateMessage {
  const { chart = state.chart, gone, notices, rows, sampledAt, scopeText } = changes;
  const left = new Set(gone);
  const changed = new Map(rows.map((row) => [row.id, row]));
  const kept = state.rows
    .filter(({ id }) => !left.has(id))
    .map((row) => {
      const change = changed.get(row.id);
      changed.delete(row.id);
      return change ? { ...row, ...change } : row;
    });
  // What is left over is new, and therefore whole.
  const added = [...changed.values()] as readonly LagRow[];
  return { ...state, rows: [...kept, ...added], chart, notices, sampledAt, scopeText };
}

/** Whether all words of a filter are in what is shown of a stream. */
export function fitsFilter(row: LagRow, filter: string): boolean {
  if (filter.trim() === '') return true;
  const { consumer, outlook = [], publisher, stateText, subscriber } = row;
  const ends = [publisher, subscriber].flatMap((end) => (end ? [end.server, end.object] : []));
  return searchFor(filter)([row.state, stateText, consumer, ...ends, ...outlook].join('\n'));
}
