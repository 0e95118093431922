import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';

import type {
  LagChangesMessage,
  LagKept,
  LagRequest,
  LagSortColumn,
  LagStateMessage,
  LagView,
} from '../../protocol/lag.ts';
import { withChanges } from '../../protocol/lagRows.ts';
import type { FailedMessage } from '../../protocol/messages.ts';
import type { LagScope } from '../../replication/model/stream.ts';
import type { Announcer } from '../shared/announcer.ts';
import { type PageHost, sayReady } from '../shared/host.ts';
import { PageElement } from '../shared/page.ts';
import type { LagChartElement } from './chart.ts';
import { figuresCsv, streamsCsv } from './csv.ts';
import { placeOf, type TableItem, tableItems, windowOf } from './items.ts';
import { lineNumbers } from './lines.ts';
import { exportButtons, overTime } from './overTime.ts';
import { streamTable } from './streamTable.ts';
import { stepsPerRow } from './twin.ts';
import { changesText, clockText, metricNames, rangeNames, summary } from './words.ts';

export type LagHost = PageHost<
  LagRequest | { type: 'ready'; kept?: unknown },
  LagStateMessage | LagChangesMessage | FailedMessage,
  LagKept
>;

const textColumns: readonly LagSortColumn[] = ['publisher', 'subscriber'];
/** With more streams, only the rows in view exist. */
const allAtOnce = 60;
/** What is in view before the table was measured, and how far it is scrolled before other rows are made, CSS pixels. */
const [firstHeight, scrollStep] = [600, 100];

/** The live panel: one row per stream, and the chosen ones over time. */
export class LagPage extends PageElement {
  static override properties = {
    state: { state: true },
    failure: { state: true },
    current: { state: true },
    folded: { state: true },
    top: { state: true },
  };

  declare protected state: LagStateMessage | null;
  declare protected failure: string | null;
  /** The line of the table that is in the tab order. */
  declare protected current: string | null;
  /** Servers whose streams are folded away. */
  declare protected folded: ReadonlySet<string>;
  /** How far the table is scrolled, CSS pixels. */
  declare protected top: number;
  #host: LagHost | null = null;
  #scope: LagScope = { kind: 'all' };
  #focused: HTMLElement | null = null;
  #focusCurrent = false;
  /** Where the table is scrolled to once its rows are there, CSS pixels; null: it stays. */
  #scrollTo: number | null = null;
  /** The line of each stream in the chart. */
  #line: ReadonlyMap<string, number> = new Map();
  #items: readonly TableItem[] = [];

  constructor() {
    super();
    this.state = null;
    this.failure = null;
    this.current = null;
    this.folded = new Set();
    this.top = 0;
  }

  /** Joins the page with its panel. */
  connect(host: LagHost): void {
    this.#host = host;
    this.#scope = (host.start as { readonly scope?: LagScope } | null)?.scope ?? this.#scope;
    host.onMessage((message) => {
      if (message.type === 'failed') this.failure = message.error.message;
      else if (message.type === 'state') this.#take(message);
      else if (this.state) this.state = withChanges(this.state, message);
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

  protected override willUpdate(changed: PropertyValues): void {
    const { state } = this;
    this.#focused = this.contains(document.activeElement) ? (document.activeElement as HTMLElement) : null;
    if (!state) return;
    if (changed.has('state')) {
      this.#line = lineNumbers(
        this.#line,
        state.chart.series.map(({ id }) => id),
      );
    }
    if (changed.has('state') || changed.has('folded')) this.#items = tableItems(state.rows, state.view, this.folded);
    if (!this.#items.some(({ key }) => key === this.current)) {
      this.current = this.#items.find(({ kind }) => kind !== 'reason')?.key ?? null;
    }
  }

  protected override updated(changed: PropertyValues): void {
    const { state } = this;
    this.#makeRoom();
    const scroller = this.#scroller();
    if (scroller && this.#scrollTo !== null) scroller.scrollTop = this.#scrollTo;
    this.#scrollTo = null;
    this.#keepFocus();
    if (!changed.has('state') || !state) return;
    const before = changed.get('state') as LagStateMessage | null | undefined;
    const chart = this.querySelector<LagChartElement>('lag-chart');
    if (chart) {
      chart.ears = this.#ears;
      chart.show(state.chart, this.#lineOf);
    }
    const said = before ? changesText(before.rows, state.rows) : '';
    if (said !== '') this.querySelector<Announcer>('page-announcer')?.say(said);
  }

  #take(state: LagStateMessage): void {
    this.state = state;
    this.#keep(state.view);
  }

  #keep(view: LagView): void {
    this.#host?.setState({ scope: this.#scope, view });
  }

  readonly #lineOf = (id: string): number | undefined => this.#line.get(id);

  #head({ rows, sampledAt, view }: LagStateMessage): TemplateResult {
    const at = sampledAt === null ? null : clockText(sampledAt);
    return html`<p class="summary">
        ${rows.length === 0 ? 'No streams' : summary(rows)}
        ${at === null ? nothing : html`<span class="quiet nowrap">· as of ${at}</span>`}
      </p>
      <div class="actions">
        ${
          view.paused
            ? html`<span
                ><span class="codicon paused codicon-debug-pause" aria-hidden="true"></span> Paused; samples are still
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
    const { chart, rows, view } = state;
    if (rows.length === 0) {
      return html`<p class="empty">
        There is nothing to show yet: no server that was read has a replication slot or a subscription here. A stream
        appears as soon as there is one, or as soon as another connection is open.
      </p>`;
    }
    const many = rows.length > allAtOnce;
    return html`<section aria-label="Streams">
        ${this.#arrangement(state)}
        ${streamTable({
          items: this.#items,
          window: many ? windowOf(this.#items, this.top, this.#scroller()?.clientHeight ?? firstHeight) : null,
          sort: view.sort,
          sparkOf: `${metricNames[view.metric]} over ${rangeNames[view.rangeSeconds]}`,
          chosen: new Set(view.selected ?? chart.series.map(({ id }) => id)),
          lineOf: this.#lineOf,
          current: this.current,
          onSort: (column) => this.#sortBy(column),
          onToggle: (id) => this.#toggle(id),
          onFold: (server) => this.#fold(server),
          onFocus: (key) => {
            this.current = key;
          },
          onReveal: (streamId, end) => this.#host?.post({ type: 'reveal', streamId, end }),
          onKey: this.#onKey,
          onScroll: this.#onScroll,
          onPoint: (id) => this.querySelector<LagChartElement>('lag-chart')?.showStream(id),
        })}
        ${this.#items.length === 0 ? html`<p class="empty">No stream has all of these words: ${view.filter}</p>` : nothing}
      </section>
      ${overTime({
        state,
        lineOf: this.#lineOf,
        arrange: (change) => this.#arrange(change),
        onExport: (how) => this.#host?.post({ type: 'export', what: 'figures', how, text: figuresCsv(chart) }),
        onMoment: (index) => {
          this.querySelector<LagChartElement>('lag-chart')?.showMoment(index);
          this.#showMoment(index);
        },
      })}`;
  }

  #arrangement({ rows, view }: LagStateMessage): TemplateResult {
    const shown = this.#items.flatMap((item) => (item.kind === 'stream' ? [item.row] : []));
    return html`<div class="controls">
      <input
        class="filter"
        type="search"
        placeholder="Filter streams"
        aria-label="Filter streams"
        maxlength="1000"
        .value=${view.filter}
        @input=${(event: Event) => this.#arrange({ filter: (event.target as HTMLInputElement).value })}
      />
      <label class="field"
        ><input
          type="checkbox"
          .checked=${view.grouped}
          @change=${() => this.#arrange({ grouped: !view.grouped })}
        />Group by server</label
      >
      <span class="quiet">${shown.length === rows.length ? nothing : `${shown.length} of ${rows.length} shown`}</span>
      ${exportButtons('streams', (how) =>
        this.#host?.post({ type: 'export', what: 'streams', how, text: streamsCsv(shown) }),
      )}
    </div>`;
  }

  #scroller(): HTMLElement | null {
    return this.querySelector<HTMLElement>('.streams-scroll');
  }

  readonly #onScroll = (): void => {
    const top = this.#scroller()?.scrollTop ?? 0;
    if (Math.abs(top - this.top) >= scrollStep || top === 0) this.top = top;
  };

  /** Heights of what doesn't exist are set as properties: the policy forbids style attributes. */
  #makeRoom(): void {
    const scroller = this.#scroller();
    if (!scroller?.classList.contains('many')) return;
    const { above, below } = windowOf(this.#items, this.top, scroller.clientHeight);
    for (const [where, height] of Object.entries({ above, below })) {
      const room = scroller.querySelector<HTMLElement>(`[data-room=${where}]`);
      if (room) room.style.height = `${height}px`;
    }
  }

  /** Rows that change places, or leave the view, are taken out, and lose the focus with it. */
  #keepFocus(): void {
    const scroller = this.#scroller();
    const current = () => this.querySelector<HTMLElement>(`[data-key="${CSS.escape(this.current ?? '')}"]`);
    if (this.#focusCurrent) {
      this.#focusCurrent = false;
      current()?.focus({ preventScroll: scroller?.classList.contains('many') === true });
    } else if (this.#focused && document.activeElement === document.body) {
      const next = this.#focused.isConnected ? this.#focused : (current() ?? scroller);
      next?.focus({ preventScroll: true });
    }
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const lines = this.#items.filter(({ kind }) => kind !== 'reason');
    const at = lines.findIndex(({ key }) => key === this.current);
    const item = lines[at];
    if (!item || !this.state) return;
    const last = lines.length - 1;
    const target = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + 10,
      PageUp: at - 10,
      Home: 0,
      End: last,
    }[event.key];
    const onRow = (event.target as HTMLElement).matches('input, .streams-scroll');
    if (target !== undefined) this.#moveTo(lines[Math.min(last, Math.max(0, target))]);
    else if (event.key === 'Enter' && item.kind === 'stream' && onRow) {
      const { id, subscriber } = item.row;
      this.#host?.post({ type: 'reveal', streamId: id, end: subscriber ? 'subscriber' : 'publisher' });
    } else if (item.kind === 'group' && event.key === (item.folded ? 'ArrowRight' : 'ArrowLeft')) {
      this.#fold(item.server);
    } else return;
    event.preventDefault();
  };

  #moveTo(item: TableItem | undefined): void {
    const scroller = this.#scroller();
    if (!item || !scroller) return;
    this.current = item.key;
    this.#focusCurrent = true;
    this.requestUpdate();
    if (!scroller.classList.contains('many')) return;
    const place = placeOf(this.#items, item.key);
    if (!place) return;
    const header = scroller.querySelector('thead')?.clientHeight ?? 0;
    const bottom = place.top + place.height + header - scroller.clientHeight;
    const top = Math.max(bottom, Math.min(place.top, scroller.scrollTop));
    // Set before the rows exist: the room below them gives way in the same update.
    this.top = top;
    this.#scrollTo = top;
  }

  #fold(server: string): void {
    const folded = new Set(this.folded);
    if (!folded.delete(server)) folded.add(server);
    this.folded = folded;
  }

  readonly #ears = {
    onMoment: (index: number | null) => this.#showMoment(index),
    onNear: (id: string | null) => {
      for (const row of this.querySelectorAll<HTMLElement>('tr.stream')) {
        row.classList.toggle('near', id !== null && row.dataset['stream'] === id);
      }
    },
    onZoom: (zoom: LagView['zoom']) => {
      if (zoom !== null || this.state?.view.zoom) this.#arrange({ zoom });
    },
  };

  /** Shows a moment of the chart in its table. */
  #showMoment(index: number | null): void {
    const { state } = this;
    if (!state) return;
    const together = stepsPerRow(state.chart);
    const from = index === null ? null : String(index - (index % together));
    for (const row of this.querySelectorAll<HTMLElement>('.twin tbody tr')) {
      row.classList.toggle('near', row.dataset['from'] === from);
    }
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
