import { html, type TemplateResult } from 'lit';

import type { LagChart } from '../../protocol/lag.ts';
import { swatch } from './swatch.ts';
import { clockText, figureText, metricNames } from './words.ts';

/** Rows of the table; a longer time is shown in larger steps. */
const mostRows = 60;

/** The chart's data as a table, newest first; steps are put together with their worst value. */
export function twinTable(chart: LagChart, lineOf: (id: string) => number): TemplateResult {
  const together = Math.ceil(chart.times.length / mostRows);
  const starts = chart.times.map((_, index) => index).filter((index) => index % together === 0);
  const step = chart.stepSeconds * together;
  return html`<div class="scroll twin">
    <table>
      <caption>
        ${metricNames[chart.metric]}, the highest of every ${step === 1 ? 'second' : `${step} seconds`}, newest first
      </caption>
      <thead>
        <tr>
          <th scope="col">Time</th>
          ${chart.series.map(
            ({ id, label }) => html`<th scope="col" class="number">${swatch(lineOf(id), true)} ${label}</th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${starts.toReversed().map(
          (start) =>
            html`<tr>
              <th scope="row">${clockText((chart.times[start] ?? 0) * 1000)}</th>
              ${chart.series.map(({ values }) => valueCell(chart, values.slice(start, start + together)))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function valueCell({ metric }: LagChart, values: readonly (number | null)[]): TemplateResult {
  const known = values.filter((value) => value !== null);
  if (known.length > 0) return html`<td class="number">${figureText(metric, Math.max(...known))}</td>`;
  return html`<td class="number quiet"><span aria-hidden="true">—</span><span class="sr-only">no sample</span></td>`;
}
