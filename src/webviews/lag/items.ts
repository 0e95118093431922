import type { LagRow, LagView } from '../../protocol/lag.ts';
import { fitsFilter } from '../../protocol/lagRows.ts';
import { sortRows } from './order.ts';
import { reasonOf } from './words.ts';

/** One line of the table of streams. */
export type TableItem =
  | {
      readonly kind: 'group';
      readonly key: string;
      readonly server: string;
      readonly rows: readonly LagRow[];
      readonly folded: boolean;
    }
  | { readonly kind: 'stream'; readonly key: string; readonly row: LagRow; readonly explained: boolean }
  /** Its reason, and what lies ahead of it. */
  | { readonly kind: 'reason'; readonly key: string; readonly row: LagRow; readonly text: string };

/** Heights of the lines where there are many, CSS pixels; lag.css has the same. */
const heights = { group: 30, stream: 28, reason: 22 } as const;

/** What the person arranged of the rows. */
export type Arranged = Pick<LagView, 'sort' | 'filter' | 'grouped'>;

/** The lines to show, sorted, filtered, and by server where that is wanted; `folded`: names of servers. */
export function tableItems(
  rows: readonly LagRow[],
  { filter, grouped, sort }: Arranged,
  folded: ReadonlySet<string>,
): readonly TableItem[] {
  const fitting = sortRows(
    rows.filter((row) => fitsFilter(row, filter)),
    sort,
  );
  if (!grouped) return fitting.flatMap(linesOf);
  const groups = new Map<string, LagRow[]>();
  for (const row of fitting) {
    const server = serverOf(row);
    const group = groups.get(server);
    if (group) group.push(row);
    else groups.set(server, [row]);
  }
  // By name, so that groups stay where they are while figures change.
  return [...groups]
    .toSorted(([a], [b]) => a.localeCompare(b, undefined, { numeric: true }))
    .flatMap(([server, members]): readonly TableItem[] => {
      const closed = folded.has(server);
      const header = { kind: 'group', key: `group:${server}`, server, rows: members, folded: closed } as const;
      return [header, ...(closed ? [] : members.flatMap(linesOf))];
    });
}

/** The server a stream is grouped under: its publisher's, or its subscriber's where only that is known. */
function serverOf({ publisher, subscriber }: LagRow): string {
  return publisher?.server ?? subscriber?.server ?? 'unknown';
}

function linesOf(row: LagRow): readonly TableItem[] {
  const text = reasonOf(row);
  const stream = { kind: 'stream', key: row.id, row, explained: text !== '' } as const;
  return text === '' ? [stream] : [stream, { kind: 'reason', key: `reason:${row.id}`, row, text }];
}

/** The lines that exist, and the room of those before and after them, CSS pixels. */
export interface TableWindow {
  readonly first: number;
  readonly end: number;
  readonly above: number;
  readonly below: number;
}

/** Room above and below what can be seen in which lines exist too, CSS pixels. */
const around = 300;

/** The lines around what can be seen of them: `top` pixels are scrolled away, `height` are in view. */
export function windowOf(items: readonly TableItem[], top: number, height: number): TableWindow {
  let at = 0;
  let [first, above, end, shownTo] = [-1, 0, items.length, 0];
  for (const [index, { kind }] of items.entries()) {
    if (first === -1 && at + heights[kind] > top - around) [first, above] = [index, at];
    if (end === items.length && at > top + height + around) [end, shownTo] = [index, at];
    at += heights[kind];
  }
  if (first === -1) [first, above] = [items.length, at];
  return { first, end, above, below: end === items.length ? 0 : at - shownTo };
}

/** Where a line begins and how high it is, CSS pixels; null where there is none of this key. */
export function placeOf(
  items: readonly TableItem[],
  key: string,
): { readonly top: number; readonly height: number } | null {
  let top = 0;
  for (const item of items) {
    if (item.key === key) return { top, height: heights[item.kind] };
    top += heights[item.kind];
  }
  return null;
}
