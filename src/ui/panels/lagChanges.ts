import type { LagChangesMessage, LagRow, LagStateMessage } from '../../protocol/lag.ts';

/**
 * Makes of each state what the page needs to know of it: all of it at first, from then on what changed. With hundreds of
 * streams most of a state is as it was a beat before.
 */
export class LagChanges {
  #sent: { readonly rows: ReadonlyMap<string, LagRow>; readonly chart: string } | null = null;

  /** The page is new, or was away: the next message has all again. */
  reset(): void {
    this.#sent = null;
  }

  /** What to send of this state. */
  next(state: LagStateMessage): LagStateMessage | LagChangesMessage {
    const before = this.#sent;
    const rows = new Map(state.rows.map((row) => [row.id, row]));
    const chart = JSON.stringify(state.chart);
    this.#sent = { rows, chart };
    if (!before) return state;
    const { chart: drawn, notices, sampledAt, scopeText } = state;
    return {
      type: 'changes',
      rows: state.rows.flatMap((row) => changesOf(row, before.rows.get(row.id)) ?? []),
      gone: [...before.rows.keys()].filter((id) => !rows.has(id)),
      ...(chart === before.chart ? {} : { chart: drawn }),
      scopeText,
      notices,
      sampledAt,
    };
  }
}

/** What differs of a row, all of it where it is new; null where nothing does. */
function changesOf(row: LagRow, before: LagRow | undefined): LagChangesMessage['rows'][number] | null {
  if (!before) return row;
  // The same object for as long as its stream shows nothing new.
  if (row === before) return null;
  const earlier: Readonly<Record<string, unknown>> = { ...before };
  const different = Object.entries(row).filter(([name, value]) => !isSame(value, earlier[name]));
  return different.length === 0 ? null : { ...(Object.fromEntries(different) as Partial<LagRow>), id: row.id };
}

/** Whether the page would be told the same. */
function isSame(one: unknown, other: unknown): boolean {
  return one === other || (typeof one === 'object' && JSON.stringify(one) === JSON.stringify(other));
}
