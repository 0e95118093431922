import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';

import type { LagEnd, LagFigure, LagRow, LagSortColumn, LagView } from '../../protocol/lag.ts';
import { bytesText } from '../../replication/model/quantity.ts';
import { states } from '../shared/streamStates.ts';
import type { TableItem, TableWindow } from './items.ts';
import { sparkline } from './spark.ts';
import { swatch } from './swatch.ts';
import { figureHelp, figureNames, figureText, rowName, summary } from './words.ts';

const figures = Object.keys(figureNames) as LagFigure[];
/** Checkbox, state, both ends, the figures, the small line. */
const columns = 5 + figures.length;
/** Figures that a lost slot has lost for good. */
const lostWithSlot: readonly LagFigure[] = ['notAppliedBytes', 'retainedBytes', 'secondsBehind'];

/** What the table of streams shows and tells. */
export interface StreamTable {
  /** All lines, in the order to show. */
  readonly items: readonly TableItem[];
  /** Those that exist, where there are many; null: all. */
  readonly window: TableWindow | null;
  readonly sort: LagView['sort'];
  /** What the small lines show, in words. */
  readonly sparkOf: string;
  /** Ids of the streams that were chosen for the chart. */
  readonly chosen: ReadonlySet<string>;
  /** The line of a stream in the chart; undefined where it isn't drawn. */
  readonly lineOf: (id: string) => number | undefined;
  /** The line (its key) that is in the tab order. */
  readonly current: string | null;
  readonly onSort: (column: LagSortColumn) => void;
  readonly onToggle: (id: string) => void;
  readonly onFold: (server: string) => void;
  readonly onFocus: (key: string) => void;
  readonly onReveal: (id: string, end: 'publisher' | 'subscriber') => void;
  readonly onKey: (event: KeyboardEvent) => void;
  readonly onScroll: () => void;
  /** The mouse is on a stream, or has left it. */
  readonly onPoint: (id: string | null) => void;
}

/** One row per stream. They are one tab stop: arrow keys, Page Up, Page Down, Home and End move, Space chooses, Enter shows. */
export function streamTable(table: StreamTable): TemplateResult {
  const { items, onKey, onPoint, onScroll, window } = table;
  const header = (column: LagSortColumn, text: string, help: string | null, number: boolean) =>
    sortHeader(table, { column, text, help, number });
  const shown = window ? items.slice(window.first, window.end) : items;
  return html`<div
    class=${window ? 'scroll streams-scroll many' : 'scroll streams-scroll'}
    tabindex="-1"
    @keydown=${onKey}
    @scroll=${onScroll}
    @mouseleave=${() => onPoint(null)}
  >
    <table class="streams" aria-rowcount=${items.length + 1}>
      <caption class="sr-only">
        Replication streams; the checked ones are in the chart. Enter shows a stream in the Servers view.
      </caption>
      <thead>
        <tr aria-rowindex="1">
          <th scope="col" class="check"><span class="sr-only">In the chart</span></th>
          ${header('state', 'State', null, false)}
          ${header('publisher', 'Publisher', 'Server and replication slot', false)}
          ${header('subscriber', 'Subscriber', 'Server and subscription, or who reads the slot', false)}
          ${figures.map((figure) => header(figure, figureNames[figure], figureHelp[figure], true))}
          <th scope="col" class="trend" title=${table.sparkOf}>Trend</th>
        </tr>
      </thead>
      <tbody>
        ${window ? room('above') : nothing}
        ${repeat(
          shown,
          ({ key }) => key,
          (item, index) => line(table, item, (window?.first ?? 0) + index + 2),
        )}
        ${window ? room('below') : nothing}
      </tbody>
    </table>
  </div>`;
}

/** The place of lines that don't exist; its height is set as a property, for the policy forbids style attributes. */
function room(where: 'above' | 'below'): TemplateResult {
  return html`<tr class="room" data-room=${where} aria-hidden="true">
    <td colspan=${columns}></td>
  </tr>`;
}

interface Header {
  readonly column: LagSortColumn;
  readonly text: string;
  readonly help: string | null;
  readonly number: boolean;
}

function sortHeader({ onSort, sort }: StreamTable, { column, help, number, text }: Header): TemplateResult {
  const sorted = sort.column === column;
  const direction = sort.descending ? 'descending' : 'ascending';
  const arrow = sort.descending ? 'codicon-arrow-down' : 'codicon-arrow-up';
  return html`<th scope="col" class=${number ? 'number' : column} aria-sort=${sorted ? direction : nothing}>
    <button class="sort" title=${help ?? nothing} @click=${() => onSort(column)}>
      ${sorted ? html`<span class="codicon ${arrow}" aria-hidden="true"></span>` : nothing}${text}
    </button>
  </th>`;
}

/** A line is only looked at again where something of it changed. */
function line(table: StreamTable, item: TableItem, index: number): unknown {
  const { chosen, current, lineOf } = table;
  const inTabOrder = item.key === current;
  switch (item.kind) {
    case 'group':
      return groupRow(table, item, index);
    case 'reason':
      return html`<tr class="reason" aria-rowindex=${index}>
        <td></td>
        <td colspan=${columns - 1} title=${item.text}>${item.text}</td>
      </tr>`;
    case 'stream': {
      const { explained, row } = item;
      const [checked, drawn] = [chosen.has(row.id), lineOf(row.id)];
      return guard([row, explained, inTabOrder, checked, drawn, index], () =>
        streamRow(table, row, { explained, inTabOrder, checked, drawn, index }),
      );
    }
  }
}

function groupRow(
  { current, onFocus, onFold }: StreamTable,
  { folded, key, rows, server }: Extract<TableItem, { kind: 'group' }>,
  index: number,
): TemplateResult {
  return html`<tr class="group" aria-rowindex=${index}>
    <th colspan=${columns} scope="rowgroup">
      <button
        class="fold"
        data-key=${key}
        aria-expanded=${!folded}
        tabindex=${key === current ? 0 : -1}
        @click=${() => onFold(server)}
        @focus=${() => onFocus(key)}
      >
        <span class="codicon ${folded ? 'codicon-chevron-right' : 'codicon-chevron-down'}" aria-hidden="true"></span>
        ${server}
      </button>
      <span class="quiet counts">${summary(rows)}</span>
    </th>
  </tr>`;
}

interface RowLook {
  readonly explained: boolean;
  readonly inTabOrder: boolean;
  readonly checked: boolean;
  readonly drawn: number | undefined;
  readonly index: number;
}

function streamRow(table: StreamTable, row: LagRow, rowLook: RowLook): TemplateResult {
  const { onFocus, onPoint, onToggle } = table;
  const { checked, drawn, explained, inTabOrder, index } = rowLook;
  const look = states[row.state];
  return html`<tr
    class=${explained ? 'stream explained' : 'stream'}
    aria-rowindex=${index}
    data-stream=${row.id}
    @mouseenter=${() => onPoint(row.id)}
  >
    <td class="check">
      <input
        type="checkbox"
        data-row=${row.id}
        data-key=${row.id}
        aria-label=${`${rowName(row)} in the chart`}
        tabindex=${inTabOrder ? 0 : -1}
        .checked=${checked}
        @change=${() => onToggle(row.id)}
        @focus=${() => onFocus(row.id)}
      />
      ${swatch(drawn)}
    </td>
    <td class="state">
      <span class="word tone-${look.tone}"
        ><span class="codicon codicon-${look.icon}" aria-hidden="true"></span> ${look.word}</span
      >
    </td>
    <td class="end">
      ${row.publisher ? endCell(table, row, 'publisher', row.publisher, inTabOrder) : unknownEnd('not among the connections')}
    </td>
    <td class="end">
      ${
        row.subscriber
          ? endCell(table, row, 'subscriber', row.subscriber, inTabOrder)
          : html`<span class="name" title=${row.consumer}>${row.consumer}</span>`
      }
    </td>
    ${figures.map((figure) => figureCell(row, figure))}
    <td class="trend">${sparkline(row.spark)}</td>
  </tr>`;
}

function endCell(
  { onReveal }: StreamTable,
  { id }: LagRow,
  end: 'publisher' | 'subscriber',
  { object, server }: LagEnd,
  inTabOrder: boolean,
): TemplateResult {
  return html`<span class="name" title=${server}>${server}</span>
    <button
      class="link name"
      title=${`${object}: show in the Servers view`}
      tabindex=${inTabOrder ? 0 : -1}
      @click=${() => onReveal(id, end)}
    >
      ${object}
    </button>`;
}

function unknownEnd(text: string): TemplateResult {
  return html`<span class="quiet">${text}</span>`;
}

function figureCell(row: LagRow, figure: LagFigure): TemplateResult {
  const value = row.figures[figure];
  if (value !== null) {
    const text = figureText(figure, value);
    const minimum = figure === 'secondsBehind' && row.secondsBehindIsMinimum;
    const more = detail(row, figure);
    return html`<td class="number" data-name=${figureNames[figure]} title=${more ?? nothing}>
      ${minimum ? html`<span aria-hidden="true">≥ </span><span class="sr-only">at least </span>` : nothing}${text}${
        more === null || figure !== 'retainedBytes' ? nothing : html`<span class="sr-only">, ${more}</span>`
      }
    </td>`;
  }
  if (row.state === 'lost' && lostWithSlot.includes(figure))
    return html`<td class="number gone" data-name=${figureNames[figure]}>lost</td>`;
  const why = row.unknown[figure] ?? 'Unknown';
  return html`<td class="number quiet" data-name=${figureNames[figure]} title=${why}>
    <span aria-hidden="true">—</span><span class="sr-only">${why}</span>
  </td>`;
}

function detail(row: LagRow, figure: LagFigure): string | null {
  if (figure === 'retainedBytes' && row.headroomBytes !== null) {
    return `${bytesText(row.headroomBytes)} more may be written before the slot is lost`;
  }
  if (figure === 'appliedBytesPerSecond' && row.writtenBytesPerSecond !== null) {
    return `The publisher writes ${bytesText(row.writtenBytesPerSecond)}/s`;
  }
  if (figure === 'secondsBehind' && row.secondsBehindIsMinimum) {
    return 'The WAL it waits for was written before the first sample, so it is at least that old';
  }
  return null;
}
