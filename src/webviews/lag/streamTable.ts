import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';

import type { LagEnd, LagFigure, LagRow, LagSortColumn, LagView } from '../../protocol/lag.ts';
import { bytesText } from '../../replication/model/quantity.ts';
import { swatch } from './swatch.ts';
import { figureHelp, figureNames, figureText, reasonOf, rowName, states } from './words.ts';

const figures = Object.keys(figureNames) as LagFigure[];
/** Figures that a lost slot has lost for good. */
const lostWithSlot: readonly LagFigure[] = ['notAppliedBytes', 'retainedBytes', 'secondsBehind'];

/** What the table of streams shows and tells. */
export interface StreamTable {
  /** In the order to show. */
  readonly rows: readonly LagRow[];
  readonly sort: LagView['sort'];
  /** Ids of the streams in the chart. */
  readonly charted: ReadonlySet<string>;
  /** The place of a stream among all, by which its line is drawn. */
  readonly lineOf: (id: string) => number;
  /** The row whose checkbox is in the tab order. */
  readonly current: string | null;
  readonly onSort: (column: LagSortColumn) => void;
  readonly onToggle: (id: string) => void;
  readonly onFocus: (id: string) => void;
  readonly onReveal: (id: string, end: 'publisher' | 'subscriber') => void;
}

/** One row per stream. The checkboxes are one tab stop; arrow keys, Home and End move among them. */
export function streamTable(table: StreamTable): TemplateResult {
  const header = (column: LagSortColumn, text: string, help: string | null, number: boolean) =>
    sortHeader(table, { column, text, help, number });
  return html`<div class="scroll">
    <table class="streams">
      <caption class="sr-only">
        Replication streams; the checked ones are in the chart
      </caption>
      <thead>
        <tr>
          <th scope="col" class="check"><span class="sr-only">In the chart</span></th>
          ${header('state', 'State', null, false)}
          ${header('publisher', 'Publisher', 'Server and replication slot', false)}
          ${header('subscriber', 'Subscriber', 'Server and subscription, or who reads the slot', false)}
          ${figures.map((figure) => header(figure, figureNames[figure], figureHelp[figure], true))}
        </tr>
      </thead>
      <tbody @keydown=${(event: KeyboardEvent) => moveAmongRows(event)}>
        ${repeat(
          table.rows,
          ({ id }) => id,
          (row) => streamRow(table, row),
        )}
      </tbody>
    </table>
  </div>`;
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
  return html`<th scope="col" class=${number ? 'number' : ''} aria-sort=${sorted ? direction : nothing}>
    <button class="sort" title=${help ?? nothing} @click=${() => onSort(column)}>
      ${sorted ? html`<span class="codicon ${arrow}" aria-hidden="true"></span>` : nothing}${text}
    </button>
  </th>`;
}

function streamRow(table: StreamTable, row: LagRow): TemplateResult {
  const { charted, current, lineOf, onFocus, onToggle } = table;
  const look = states[row.state];
  const reason = reasonOf(row);
  return html`<tr class=${reason === '' ? 'stream' : 'stream explained'}>
      <td class="check">
        <input
          type="checkbox"
          data-row=${row.id}
          aria-label=${`${rowName(row)} in the chart`}
          tabindex=${row.id === current ? 0 : -1}
          .checked=${charted.has(row.id)}
          @change=${() => onToggle(row.id)}
          @focus=${() => onFocus(row.id)}
        />
        ${swatch(lineOf(row.id), charted.has(row.id))}
      </td>
      <td class="state">
        <span class="word tone-${look.tone}"
          ><span class="codicon codicon-${look.icon}" aria-hidden="true"></span> ${look.word}</span
        >
      </td>
      <td>
        ${row.publisher ? endCell(table, row, 'publisher', row.publisher) : unknownEnd('not among the connections')}
      </td>
      <td>
        ${row.subscriber ? endCell(table, row, 'subscriber', row.subscriber) : html`<span class="name">${row.consumer}</span>`}
      </td>
      ${figures.map((figure) => figureCell(row, figure))}
    </tr>
    ${
      reason === ''
        ? nothing
        : html`<tr class="reason">
            <td></td>
            <td colspan=${3 + figures.length}>${reason}</td>
          </tr>`
    }`;
}

function endCell(
  { onReveal }: StreamTable,
  { id }: LagRow,
  end: 'publisher' | 'subscriber',
  { object, server }: LagEnd,
): TemplateResult {
  return html`<span class="name">${server}</span>
    <button class="link name" title="Show in the Servers view" @click=${() => onReveal(id, end)}>${object}</button>`;
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
    return html`<td class="number" title=${more ?? nothing}>
      ${minimum ? html`<span aria-hidden="true">≥ </span><span class="sr-only">at least </span>` : nothing}${text}${
        more === null || figure !== 'retainedBytes' ? nothing : html`<span class="sr-only">, ${more}</span>`
      }
    </td>`;
  }
  if (row.state === 'lost' && lostWithSlot.includes(figure)) return html`<td class="number tone-error">lost</td>`;
  const why = row.unknown[figure] ?? 'Unknown';
  return html`<td class="number quiet" title=${why}>
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

function moveAmongRows(event: KeyboardEvent): void {
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  const body = event.currentTarget as HTMLElement;
  const boxes = [...body.querySelectorAll<HTMLInputElement>('input[data-row]')];
  const index = boxes.findIndex((box) => box === event.target);
  if (index === -1) return;
  const to: Readonly<Record<string, number>> = {
    ArrowDown: Math.min(index + 1, boxes.length - 1),
    ArrowUp: Math.max(index - 1, 0),
    Home: 0,
    End: boxes.length - 1,
  };
  const next = to[event.key];
  if (next === undefined) return;
  event.preventDefault();
  boxes[next]?.focus();
}
