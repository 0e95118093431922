import type { LagChangesMessage, LagRow, LagStateMessage } from '../../protocol/lag.ts';

/**
 * Makes of each state what the page needs to know of it: all of it at first, from then on what changed. With hundreds of
 * streams most of a state is as it was a beat before.
 */
export class LagChanges {
  #sent: { readonly rows: ReadonlyMap<string, ReadonlyMap<string, string>>; readonly chart: string } | null = null;

  /** The page is new, or was away: the next message has all again. */
  reset(): void {
    this.#sent = null;
  }

  /** What to send of this state. */
  next(state: LagStateMessage): LagStateMessage | LagChangesMessage {
    const before = this.#sent;
    const rows = new Map(state.rows.map((row) => [row.id, textsOf(row)]));
    const chart = JSON.stringify(state.chart);
    this.#sent = { rows, chart };
    if (!before) return state;
    const { chart: drawn, notices, sampledAt, scopeText } = state;
    return {
      type: 'changes',
      rows: state.rows.flatMap((row) => changesOf(row, rows.get(row.id), before.rows.get(row.id)) ?? []),
      gone: [...before.rows.keys()].filter((id) => !rows.has(id)),
      ...(chart === before.chart ? {} : { chart: drawn }),
      scopeText,
      notices,
      sampledAt,
    };
  }
}

/** The parts of a row, each as a text that can be compared. */
function textsOf(row: LagRow): ReadonlyMap<string, string> {
  return new Map(Object.entries(row).map(([name, value]) => [name, JSON.stringify(value)]));
}

/** What differs of a row, all of it where it is new; null where nothing does. */
function changesOf(
  row: LagRow,
  now: ReadonlyMap<string, string> | undefined,
  before: ReadonlyMap<string, string> | undefined,
): LagChangesMessage['rows'][number] | null {
  if (!before) return row;
  const different = Object.entries(row).filter(([name]) => now?.get(name) !== before.get(name));
  return different.length === 0 ? null : { ...(Object.fromEntries(different) as Partial<LagRow>), id: row.id };
}
