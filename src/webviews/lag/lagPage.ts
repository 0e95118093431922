import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';

import type { LagKept, LagRequest, LagSortColumn, LagStateMessage, LagView } from '../../protocol/lag.ts';
import type { FailedMessage } from '../../protocol/messages.ts';
import type { LagMetric, LagScope } from '../../replication/model/stream.ts';
import type { Announcer } from '../shared/announcer.ts';
import { type PageHost, sayReady } from '../shared/host.ts';
import { PageElement } from '../shared/page.ts';
import type { LagChartElement } from './chart.ts';
import { sortRows } from './order.ts';
import { streamTable } from './streamTable.ts';
import { twinTable } from './twin.ts';
import { changesText, clockText, metricNames, rangeNames, summary } from './words.ts';

export type LagHost = PageHost<
  LagRequest | { type: 'ready'; kept?: unknown },
  LagStateMessage | FailedMessage,
  LagKept
>;

const textColumns: readonly LagSortColumn[] = ['publisher', 'subscriber'];

/** The live panel: one row per stream, and the chosen ones over time. */
export class LagPage extends PageElement {
  static override properties = { state: { state: true }, failure: { state: true }, current: { state: true } };

  declare protected state: LagStateMessage | null;
  declare protected failure: string | null;
  /** The stream whose checkbox is in the tab order. */
  declare protected current: string | null;
  #host: LagHost | null = null;
  #scope: LagScope = { kind: 'all' };
  #focused: HTMLElement | null = null;
  /** The place of each stream among all, by which its line is drawn. */
  #line: ReadonlyMap<string, number> = new Map();

  constructor() {
    super();
    this.state = null;
    this.failure = null;
    this.current = null;
  }

  /** Joins the page with its panel. */
  connect(host: LagHost): void {
    this.#host = host;
    this.#scope = (host.start as { readonly scope?: LagScope } | null)?.scope ?? this.#scope;
    host.onMessage((message) => {
      if (message.type === 'failed') this.failure = message.error.message;
      else this.#take(message);
    });
    sayReady(host);
  }

  protected override render(): TemplateResult {
    const { state } = this;
    return html`<main>
      <header>
        <h1>Replication Lag</h1>
        <p class="scope">${state?.scopeText ?? nothing}</p>
        ${state ? this.#head(state) : html`<p class="quiet">Waiting for the first sample…</p>`}
      </header>
      ${this.failure === null ? nothing : html`<p class="notice error" role="alert">${this.failure}</p>`}
      ${state?.notices.map((notice) => html`<p class="notice">${notice}</p>`)} ${state ? this.#body(state) : nothing}
      <page-announcer></page-announcer>
    </main>`;
  }

  protected override willUpdate(): void {
    this.#focused = this.contains(document.activeElement) ? (document.activeElement as HTMLElement) : null;
  }

  protected override updated(changed: PropertyValues): void {
    const { state } = this;
    // Rows that change places are taken out for a moment, and lose the focus with it.
    if (this.#focused?.isConnected && document.activeElement === document.body) {
      this.#focused.focus({ preventScroll: true });
    }
    if (!changed.has('state') || !state) return;
    this.querySelector<LagChartElement>('lag-chart')?.show(state.chart, this.#lineOf);
    const before = changed.get('state') as LagStateMessage | null | undefined;
    const said = before ? changesText(before.rows, state.rows) : '';
    if (said !== '') this.querySelector<Announcer>('page-announcer')?.say(said);
  }

  #take(state: LagStateMessage): void {
    this.#line = new Map(state.rows.map(({ id }, index) => [id, index]));
    this.state = state;
    this.#keep(state.view);
  }

  #keep(view: LagView): void {
    this.#host?.setState({ scope: this.#scope, view });
  }

  readonly #lineOf = (id: string): number => this.#line.get(id) ?? 0;

  #head({ rows, sampledAt, view }: LagStateMessage): TemplateResult {
    const at = sampledAt === null ? null : clockText(sampledAt);
    return html`<p class="summary">
        ${rows.length === 0 ? 'No streams' : summary(rows)}
        ${at === null ? nothing : html`<span class="quiet nowrap">· as of ${at}</span>`}
      </p>
      <div class="actions">
        ${
          view.paused
            ? html`<span class="paused"
                ><span class="codicon codicon-debug-pause" aria-hidden="true"></span> Paused; samples are still
                taken</span
              >`
            : nothing
        }
        <button class="button" @click=${() => this.#arrange({ paused: !view.paused })}>
          ${view.paused ? 'Resume' : 'Pause'}
        </button>
      </div>`;
  }

  #body(state: LagStateMessage): TemplateResult {
    const { chart, view } = state;
    const rows = sortRows(state.rows, view.sort);
    if (rows.length === 0) {
      return html`<p class="empty">
        No replication slot or subscription was found here yet. A stream appears as soon as there is one.
      </p>`;
    }
    const charted = new Set(chart.series.map(({ id }) => id));
    const readerFirst = document.body.classList.contains('vscode-using-screen-reader');
    const asTable = view.twin === 'table' || readerFirst;
    return html`<section aria-label="Streams">
        ${streamTable({
          rows,
          sort: view.sort,
          charted,
          lineOf: this.#lineOf,
          current: rows.some(({ id }) => id === this.current) ? this.current : (rows[0]?.id ?? null),
          onSort: (column) => this.#sortBy(column),
          onToggle: (id) => this.#toggle(id),
          onFocus: (id) => {
            this.current = id;
          },
          onReveal: (streamId, end) => this.#host?.post({ type: 'reveal', streamId, end }),
        })}
      </section>
      <section aria-labelledby="over-time">
        <div class="controls">
          <h2 id="over-time">Over time</h2>
          ${this.#metricField(view)} ${this.#choice('range', 'Range', this.#ranges(view))}
          ${this.#choice('twin', 'Show as', this.#twins(view))}
        </div>
        ${
          charted.size === 0
            ? html`<p class="empty">Check a stream above to see it over time.</p>`
            : html`${asTable ? twinTable(chart, this.#lineOf) : nothing}
              ${asTable && !readerFirst ? nothing : this.#chart(state)}`
        }
      </section>`;
  }

  #chart({ chart, view }: LagStateMessage): TemplateResult {
    const streams = chart.series.length === 1 ? '1 stream' : `${chart.series.length} streams`;
    const label = `${metricNames[chart.metric]} of ${streams} over ${rangeNames[view.rangeSeconds]}. Show as table has the same values.`;
    return html`<lag-chart role="img" aria-label=${label}></lag-chart>`;
  }

  #metricField({ metric }: LagView): TemplateResult {
    return html`<label class="field"
      >Figure
      <select
        @change=${(event: Event) => this.#arrange({ metric: (event.target as HTMLSelectElement).value as LagMetric })}
      >
        ${(Object.keys(metricNames) as LagMetric[]).map(
          (name) => html`<option value=${name} .selected=${name === metric}>${metricNames[name]}</option>`,
        )}
      </select></label
    >`;
  }

  #ranges({ rangeSeconds }: LagView): readonly Choice[] {
    return ([60, 300, 900, 3600] as const).map((range) => ({
      text: rangeNames[range],
      chosen: range === rangeSeconds,
      choose: () => this.#arrange({ rangeSeconds: range }),
    }));
  }

  #twins({ twin }: LagView): readonly Choice[] {
    return (['chart', 'table'] as const).map((one) => ({
      text: one === 'chart' ? 'Chart' : 'Table',
      chosen: one === twin,
      choose: () => this.#arrange({ twin: one }),
    }));
  }

  #choice(name: string, legend: string, choices: readonly Choice[]): TemplateResult {
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

  #sortBy(column: LagSortColumn): void {
    const sort = this.state?.view.sort;
    const descending = sort?.column === column ? !sort.descending : !textColumns.includes(column);
    this.#arrange({ sort: { column, descending } });
  }

  #toggle(id: string): void {
    if (!this.state) return;
    const shown = this.state.view.selected ?? this.state.chart.series.map((one) => one.id);
    this.#arrange({ selected: shown.includes(id) ? shown.filter((one) => one !== id) : [...shown, id] });
  }

  /** Shows at once what needs no new figures; the panel answers with the rest. */
  #arrange(change: Partial<LagView>): void {
    if (!this.state) return;
    const view = { ...this.state.view, ...change };
    this.state = { ...this.state, view };
    this.failure = null;
    this.#keep(view);
    this.#host?.post({ type: 'view', view });
  }
}

interface Choice {
  readonly text: string;
  readonly chosen: boolean;
  readonly choose: () => void;
}
