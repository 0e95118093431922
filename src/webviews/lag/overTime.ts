import { html, nothing, type TemplateResult } from 'lit';

import type { LagChart, LagStateMessage, LagView } from '../../protocol/lag.ts';
import type { LagMetric } from '../../replication/model/stream.ts';
import { iconButton } from '../shared/iconButton.ts';
import { twinTable } from './twin.ts';
import { clockText, markIcons, metricNames, momentText, rangeNames } from './words.ts';

/** What the part over time shows and tells. */
export interface OverTime {
  readonly state: LagStateMessage;
  readonly lineOf: (id: string) => number | undefined;
  readonly arrange: (change: Partial<LagView>) => void;
  readonly onExport: (how: 'copy' | 'save') => void;
  /** The mouse points at a moment (index of the chart's times), or has left. */
  readonly onMoment: (index: number | null) => void;
}

const ranges = [60, 300, 900, 3600, 86_400, 2_592_000] as const;
const twins = { chart: 'Chart', table: 'Table', both: 'Both' } as const;

/**
 * The chosen streams over time: chart, what happened meanwhile, and table, in this order; whoever hears the page gets the
 * table first.
 */
export function overTime(part: OverTime): TemplateResult {
  const { arrange, lineOf, onExport, onMoment, state } = part;
  const { chart, view } = state;
  const readerFirst = document.body.classList.contains('vscode-using-screen-reader');
  const asTable = view.twin !== 'chart' || readerFirst;
  const asChart = view.twin !== 'table' || readerFirst;
  const table = () => twinTable(chart, lineOf, onMoment);
  return html`<section aria-labelledby="over-time">
    <div class="controls">
      <h2 id="over-time">Over time</h2>
      ${metricField(view, arrange)}
      ${choice(
        'range',
        'Range',
        ranges.map((range) => ({
          text: rangeNames[range],
          chosen: view.zoom === null && range === view.rangeSeconds,
          choose: () => arrange({ rangeSeconds: range, zoom: null }),
        })),
      )}
      ${choice(
        'twin',
        'Show as',
        (['chart', 'table', 'both'] as const).map((one) => ({
          text: twins[one],
          chosen: one === view.twin,
          choose: () => arrange({ twin: one }),
        })),
      )}
      <label class="field" title="Compare with the same time a day before"
        ><input
          type="checkbox"
          aria-label="Compare with a day before"
          .checked=${view.yesterday}
          @change=${() => arrange({ yesterday: !view.yesterday })}
        />Day before</label
      >
      ${exportButtons('values over time', onExport)}
    </div>
    ${remarks(part)}
    ${
      chart.series.length === 0
        ? html`<p class="empty">Check a stream above to see it over time.</p>`
        : html`${readerFirst && asTable ? table() : nothing} ${asChart ? chartOf(state) : nothing}
          ${marksList(chart, onMoment)} ${asTable && !readerFirst ? table() : nothing}`
    }
  </section>`;
}

/** Copy and Export of a part of the page; `what` names it. */
export function exportButtons(what: string, onExport: (how: 'copy' | 'save') => void): TemplateResult {
  return html`<span class="exports">
    ${iconButton('copy', `Copy ${what} as CSV`, () => onExport('copy'))}
    ${iconButton('export', `Export ${what} as CSV…`, () => onExport('save'))}
  </span>`;
}

/** What must be known of the chart: that it stands still, leaves something out, or has nothing to compare with. */
function remarks({ arrange, state: { chart, view } }: OverTime): unknown {
  const { leftOut, series } = chart;
  const { selected, yesterday, zoom } = view;
  const span = zoom ? zoom.to - zoom.from : 0;
  const text = (at: number) => (span < 40_000 ? clockText(at * 1000) : momentText(at * 1000, span));
  const nothingBefore = yesterday && series.every((one) => one.yesterday?.every((value) => value === null));
  return html`${
    zoom
      ? html`<p class="notice">
          Only ${text(zoom.from)} to ${text(zoom.to)} is shown; the rows above go on.
          <button class="button" @click=${() => arrange({ zoom: null })}>Reset Zoom</button>
        </p>`
      : nothing
  }${
    leftOut > 0
      ? html`<p class="notice">
          The first ${series.length} of ${series.length + leftOut} checked streams are in the chart: more lines can't be
          told apart. Uncheck some of them to see others.
          <button class="button" @click=${() => arrange({ selected: null })}>Show the Worst</button>
        </p>`
      : nothing
  }${
    leftOut === 0 && selected !== null && selected.length > 0
      ? html`<p class="quiet">
          You chose what is in the chart.
          <button class="link" @click=${() => arrange({ selected: null })}>Show the worst streams instead</button>
        </p>`
      : nothing
  }${
    nothingBefore && series.length > 0
      ? html`<p class="notice">Nothing was sampled of these streams at this time a day before.</p>`
      : nothing
  }${
    series.length > 0 && series.every(({ values }) => values.every((value) => value === null))
      ? html`<p class="notice">
          ${metricNames[chart.metric]}: nothing is known of ${series.length === 1 ? 'this stream' : 'these streams'} in
          this time.
        </p>`
      : nothing
  }`;
}

function chartOf({ chart, view }: LagStateMessage): TemplateResult {
  const streams = chart.series.length === 1 ? '1 stream' : `${chart.series.length} streams`;
  const over = view.zoom ? 'a part of time' : rangeNames[view.rangeSeconds];
  const label = `${metricNames[chart.metric]} of ${streams} over ${over}. Arrow keys move through time, plus and minus zoom, 0 shows all.`;
  return html`<lag-chart role="slider" tabindex="0" aria-label=${label} aria-valuemin="0"></lag-chart>`;
}

/** What happened, newest first, with the moment of each. */
function marksList(chart: LagChart, onMoment: OverTime['onMoment']): unknown {
  const { marks, times } = chart;
  if (marks.length === 0) return nothing;
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const indexOf = (at: number) =>
    times.reduce((near, time, index) => (Math.abs(time - at) < Math.abs((times[near] ?? 0) - at) ? index : near), 0);
  return html`<div class="marks" role="region" aria-label="What happened" tabindex="0">
    <ul @mouseleave=${() => onMoment(null)}>
      ${marks.toReversed().map(
        ({ at, kind, text }) =>
          html`<li @mouseenter=${() => onMoment(indexOf(at))}>
            <span class="codicon codicon-${markIcons[kind]}" aria-hidden="true"></span>
            <span class="quiet nowrap">${span < 86_000 ? clockText(at * 1000) : momentText(at * 1000, span)}</span>
            ${text}
          </li>`,
      )}
    </ul>
  </div>`;
}

function metricField({ metric }: LagView, arrange: OverTime['arrange']): TemplateResult {
  return html`<label class="field"
    >Figure
    <select @change=${(event: Event) => arrange({ metric: (event.target as HTMLSelectElement).value as LagMetric })}>
      ${(Object.keys(metricNames) as LagMetric[]).map(
        (name) => html`<option value=${name} .selected=${name === metric}>${metricNames[name]}</option>`,
      )}
    </select></label
  >`;
}

interface Choice {
  readonly text: string;
  readonly chosen: boolean;
  readonly choose: () => void;
}

function choice(name: string, legend: string, choices: readonly Choice[]): TemplateResult {
  return html`<fieldset class="choice">
    <legend class="sr-only">${legend}</legend>
    ${choices.map(
      ({ choose, chosen, text }) =>
        html`<label
          ><input type="radio" name=${name} .checked=${chosen} @change=${choose} /><span>${text}</span></label
        >`,
    )}
  </fieldset>`;
}
