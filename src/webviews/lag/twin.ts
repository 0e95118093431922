import { html, nothing, type TemplateResult } from 'lit';

import type { LagChart } from '../../protocol/lag.ts';
import { swatch } from './swatch.ts';
import { clockText, figureText, metricNames, momentText, stepText } from './words.ts';

/** Rows of the table; a longer time is shown in larger steps. */
const mostRows = 60;

/** How many steps of the chart are together in a row of the table. */
export function stepsPerRow({ times }: LagChart): number {
  return Math.max(1, Math.ceil(times.length / mostRows));
}

/**
 * The chart's data as a table, newest first; steps are put together with their worst value. `onMoment` gets the index of
 * the chart's time that the mouse points at.
 */
export function twinTable(
  chart: LagChart,
  lineOf: (id: string) => number | undefined,
  onMoment: (index: number | null) => void,
): TemplateResult {
  const { metric, series, times } = chart;
  const together = stepsPerRow(chart);
  const starts = times.map((_, index) => index).filter((index) => index % together === 0);
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const timeText = (at: number) => (span < 86_000 ? clockText(at * 1000) : momentText(at * 1000, span));
  return html`<div class="scroll twin" role="region" aria-label="Values over time" tabindex="0">
    <table @mouseleave=${() => onMoment(null)}>
      <caption>
        ${metricNames[metric]}, the highest of every ${stepText(chart.stepSeconds * together)}, newest first
      </caption>
      <thead>
        <tr>
          <th scope="col">Time</th>
          ${series.map(
            ({ id, label, yesterday }) =>
              html`<th scope="col" class="number">${swatch(lineOf(id))} ${label}</th>
                ${yesterday ? html`<th scope="col" class="number quiet">a day before</th>` : nothing}`,
          )}
        </tr>
      </thead>
      <tbody>
        ${starts.toReversed().map(
          (start) =>
            html`<tr data-from=${start} @mouseenter=${() => onMoment(start)}>
              <th scope="row">${timeText(times[start] ?? 0)}</th>
              ${series.map(
                ({ values, yesterday }) =>
                  html`${valueCell(chart, values.slice(start, start + together))}${
                    yesterday ? valueCell(chart, yesterday.slice(start, start + together)) : nothing
                  }`,
              )}
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
