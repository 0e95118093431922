import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';

import type { FailedMessage } from '../../protocol/messages.ts';
import type {
  TopologyGraphMessage,
  TopologyKept,
  TopologyLiveMessage,
  TopologyRequest,
  TopologyScope,
  TopologyView,
} from '../../protocol/topology.ts';
import type { Topology } from '../../replication/model/topology.ts';
import type { Announcer } from '../shared/announcer.ts';
import { type PageHost, sayReady } from '../shared/host.ts';
import { iconButton } from '../shared/iconButton.ts';
import { PageElement } from '../shared/page.ts';
import { Canvas } from './canvas.ts';
import { edgeDetails, nodeDetails, severityIcon } from './details.ts';
import { drawing } from './drawing.ts';
import { mermaidText } from './exportMermaid.ts';
import { svgText } from './exportSvg.ts';
import { type Layout, layOut } from './layout.ts';
import { stepFrom } from './navigate.ts';
import type { Point } from './routes.ts';
import { drawnEdgeOf, filtered, type Shape, shapeOf } from './shape.ts';
import { tables } from './tables.ts';
import { changesText, count, type Live, summaryText } from './words.ts';

export type TopologyHost = PageHost<
  TopologyRequest | { type: 'ready'; kept?: unknown },
  TopologyGraphMessage | TopologyLiveMessage | FailedMessage,
  TopologyKept
>;

const firstView: TopologyView = { filter: '', twin: 'graph', zoom: null, selected: null };
/** How much one step of the zoom is. */
const zoomStep = 1.25;
/** Unasked, a drawing isn't made smaller: its texts could not be read. */
const smallestUnasked = 0.8;
/** Remarks that are listed unasked. */
const listedRemarks = 5;

/** The drawing of servers and streams, its twin in tables, and the details of what is chosen. */
export class TopologyPage extends PageElement {
  static override properties = {
    graph: { state: true },
    live: { state: true },
    view: { state: true },
    failure: { state: true },
    current: { state: true },
    allRemarks: { state: true },
  };

  declare protected graph: TopologyGraphMessage | null;
  declare protected live: Live;
  declare protected view: TopologyView;
  declare protected failure: string | null;
  /** The box or line in the tab order. */
  declare protected current: string | null;
  declare protected allRemarks: boolean;
  #host: TopologyHost | null = null;
  #scope: TopologyScope = { kind: 'all' };
  #shown: { readonly topology: Topology; readonly shape: Shape } | null = null;
  #layout: { readonly key: string; readonly layout: Layout } | null = null;
  /** Where the focus goes once it is drawn: the details, or what they were opened from. */
  #focusNext: 'details' | 'item' | null = null;
  readonly #canvas = new Canvas(this, (by, at) => this.#zoom(by, at));
  /** The zoom while the person has chosen none. */
  #fitted = 1;
  /** The layout it is for. */
  #fittedFor: Layout | null = null;

  constructor() {
    super();
    this.graph = null;
    this.live = {};
    this.view = firstView;
    this.failure = null;
    this.current = null;
    this.allRemarks = false;
  }

  /** Joins the page with its panel. */
  connect(host: TopologyHost): void {
    this.#host = host;
    this.#scope = (host.start as { readonly scope?: TopologyScope } | null)?.scope ?? this.#scope;
    const twin = document.body.classList.contains('vscode-using-screen-reader') ? 'table' : firstView.twin;
    this.view = { ...firstView, twin, ...host.getState()?.view };
    host.setState({ scope: this.#scope, view: this.view });
    host.onMessage((message) => {
      if (message.type === 'failed') this.failure = message.error.message;
      else if (message.type === 'graph') this.graph = message;
      else this.#takeLive(message);
    });
    sayReady(host);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!this.graph) return;
    const byState = this.view.filter !== '' && changed.has('live');
    if (!this.#shown || byState || changed.has('graph') || changed.has('view')) {
      const topology = filtered(this.graph.topology, this.view.filter, this.live);
      this.#shown = { topology, shape: shapeOf(topology) };
    }
    const { shape } = this.#shown;
    if (this.view.twin === 'graph' && this.#layout?.key !== shape.key) {
      this.#canvas.remember(this.current, this.#layout?.layout ?? null, this.#zoomNow);
      this.#layout = { key: shape.key, layout: layOut(shape) };
    }
  }

  protected override updated(changed: PropertyValues): void {
    if (this.#layout && this.#shown) {
      if (!this.#fitAnew(this.#layout.layout)) this.#canvas.settle(this.#layout.layout, this.#zoomNow);
    }
    if (this.#focusNext === 'details') this.querySelector<HTMLElement>('#details-heading')?.focus();
    else if (this.#focusNext === 'item' && this.current !== null) this.#canvas.focus(this.current);
    this.#focusNext = null;
    if (!changed.has('live') || !this.graph) return;
    const before = (changed.get('live') as Live | undefined) ?? {};
    const said = changesText(this.graph.topology.edges, before, this.live);
    if (said !== '') this.querySelector<Announcer>('page-announcer')?.say(said);
  }

  get #zoomNow(): number {
    return this.view.zoom ?? this.#fitted;
  }

  /**
   * A new drawing is shown whole where that can be read. Gives whether its zoom has changed: then it is drawn again at
   * once, before anything is seen.
   */
  #fitAnew(layout: Layout): boolean {
    if (this.view.zoom !== null || this.#fittedFor === layout || !this.#canvas.there) return false;
    this.#fittedFor = layout;
    const fitted = Math.max(smallestUnasked, Math.min(1, this.#canvas.fitting(layout)));
    if (Math.abs(fitted - this.#fitted) < 0.01) return false;
    this.#fitted = fitted;
    this.requestUpdate();
    return true;
  }

  protected override render(): TemplateResult {
    const { graph } = this;
    return html`<main class=${this.view.twin === 'graph' ? 'drawn' : ''}>
      <header>
        <h1>Replication Topology</h1>
        <p class="scope">${graph?.scopeText ?? nothing}</p>
        ${
          graph && this.#shown
            ? html`<p class="summary">
                ${summaryText(this.#shown.topology.nodes, this.#shown.topology.edges, this.live)}
              </p>`
            : html`<p class="quiet">Waiting for the first sample…</p>`
        }
      </header>
      ${this.failure === null ? nothing : html`<p class="notice error" role="alert">${this.failure}</p>`}
      ${graph?.notices.map((notice) => html`<p class="notice">${notice}</p>`)}
      ${graph && this.#shown ? this.#body(graph, this.#shown.topology, this.#shown.shape) : nothing}
      <page-announcer></page-announcer>
    </main>`;
  }

  #body(graph: TopologyGraphMessage, topology: Topology, shape: Shape): TemplateResult {
    if (graph.topology.nodes.length === 0) {
      return html`<p class="empty">
        No server has been read yet. A server appears as soon as its connection is open.
      </p>`;
    }
    const asTable = this.view.twin === 'table';
    return html`${this.#remarks(topology)} ${this.#controls(shape, asTable)}
      ${topology.nodes.length === 0 ? html`<p class="empty">Nothing fits “${this.view.filter}”.</p>` : nothing}
      <div class="split">
        <div class="shown">
          ${
            asTable
              ? tables({ topology, live: this.live, selected: this.view.selected, onSelect: this.#choose })
              : this.#drawing(topology, shape)
          }
        </div>
        ${this.#details(topology, shape)}
      </div>`;
  }

  #drawing({ remarks }: Topology, shape: Shape): TemplateResult {
    const layout = this.#layout?.layout;
    if (!layout || shape.nodes.length === 0) return html``;
    const { current } = this;
    const there = current !== null && (layout.nodes.has(current) || layout.edges.has(current));
    const marked = new Map<string, 'error' | 'warning'>();
    for (const { about, severity } of remarks.toReversed()) {
      const id = layout.nodes.has(about) ? about : drawnEdgeOf(shape, about)?.id;
      if (id !== undefined && severity !== 'info') marked.set(id, severity);
    }
    const { selected } = this.view;
    return html`<div class="canvas" @wheel=${this.#canvas.onWheel} @pointerdown=${this.#canvas.onPointerDown}>
        ${drawing({
          shape,
          layout,
          live: this.live,
          zoom: this.#zoomNow,
          current: there ? current : (shape.nodes[0]?.id ?? null),
          selected: selected === null ? null : (drawnEdgeOf(shape, selected)?.id ?? selected),
          marked,
          onSelect: this.#choose,
          onFocus: (id) => {
            this.current = id;
          },
          onKey: (event, id) => this.#key(event, id, shape, layout),
        })}
      </div>
      <p class="quiet hint">
        Arrow keys move between servers and streams, Enter shows details, Escape goes back. Drag to move, + and - zoom,
        0 fits.
      </p>`;
  }

  #key(event: KeyboardEvent, id: string, shape: Shape, layout: Layout): void {
    if (event.ctrlKey || event.altKey || event.metaKey || (event.shiftKey && event.key !== '+')) return;
    if (event.key === 'Enter' || event.key === ' ') {
      this.#focusNext = 'details';
      this.#arrange({ selected: id });
      this.requestUpdate();
    } else if (event.key === 'Escape' && this.view.selected !== null) {
      this.#arrange({ selected: null });
    } else if (event.key === '+' || event.key === '-') {
      this.#zoom(event.key === '+' ? zoomStep : 1 / zoomStep);
    } else if (event.key === '0') {
      this.#fit();
    } else {
      const next = stepFrom(id, event.key, shape, layout);
      if (next === undefined) return;
      this.#canvas.focus(next);
    }
    event.preventDefault();
  }

  #details({ remarks }: Topology, shape: Shape): TemplateResult | typeof nothing {
    const { selected } = this.view;
    if (selected === null) return nothing;
    const node = shape.nodes.find(({ id }) => id === selected);
    const drawn = node ? undefined : drawnEdgeOf(shape, selected);
    if (!node && !drawn) return nothing;
    const parts = {
      shape,
      live: this.live,
      remarks,
      onSelect: (id: string) => {
        this.#focusNext = 'details';
        this.#choose(id);
      },
      onAsk: (request: TopologyRequest) => this.#ask(request),
    };
    return html`<aside class="details" aria-labelledby="details-heading" @keydown=${this.#detailsKey}>
      <button class="icon-button close" aria-label="Close details" @click=${this.#closeDetails}>
        <span class="codicon codicon-close" aria-hidden="true"></span>
      </button>
      ${node ? nodeDetails(parts, node) : nothing} ${drawn ? edgeDetails(parts, drawn, selected) : nothing}
    </aside>`;
  }

  readonly #detailsKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    this.#closeDetails();
  };

  readonly #closeDetails = (): void => {
    const shape = this.#shown?.shape;
    const { selected } = this.view;
    this.current = selected === null || !shape ? this.current : (drawnEdgeOf(shape, selected)?.id ?? selected);
    this.#focusNext = 'item';
    this.#arrange({ selected: null });
  };

  #remarks({ remarks }: Topology): TemplateResult | typeof nothing {
    if (remarks.length === 0) return nothing;
    const shown = this.allRemarks ? remarks : remarks.slice(0, listedRemarks);
    const hidden = remarks.length - shown.length;
    return html`<section class="remarks-section" aria-label=${count(remarks.length, 'remark')}>
      <ul class="remarks">
        ${shown.map(
          ({ about, severity, text }) =>
            html`<li>
              ${severityIcon(severity)} <span>${text}</span>
              <button class="link nowrap" @click=${() => this.#show(about)}>Show</button>
            </li>`,
        )}
      </ul>
      ${
        hidden > 0
          ? html`<button class="link" @click=${() => (this.allRemarks = true)}>${count(hidden, 'more remark')}</button>`
          : nothing
      }
    </section>`;
  }

  #controls(shape: Shape, asTable: boolean): TemplateResult {
    const save = (format: 'svg' | 'mermaid', how: 'save' | 'copy') => () => this.#export(format, how);
    const disabled = shape.nodes.length === 0;
    return html`<div class="controls">
      <input
        class="filter"
        type="search"
        .value=${this.view.filter}
        placeholder="Filter by name, address, state…"
        aria-label="Filter servers and streams"
        @input=${(event: Event) => this.#arrange({ filter: (event.target as HTMLInputElement).value.slice(0, 1000) })}
      />
      <fieldset class="choice">
        <legend class="sr-only">Show as</legend>
        ${(['graph', 'table'] as const).map(
          (twin) =>
            html`<label
              ><input
                type="radio"
                name="twin"
                .checked=${this.view.twin === twin}
                @change=${() => this.#arrange({ twin })}
              /><span>${twin === 'graph' ? 'Drawing' : 'Table'}</span></label
            >`,
        )}
      </fieldset>
      ${
        asTable
          ? nothing
          : html`<div class="group" role="group" aria-label="Zoom">
              ${iconButton('zoom-out', 'Zoom out (-)', () => this.#zoom(1 / zoomStep))}
              ${iconButton('zoom-in', 'Zoom in (+)', () => this.#zoom(zoomStep))}
              ${iconButton('screen-full', 'Fit to the panel (0)', () => this.#fit())}
            </div>`
      }
      <div class="group exports" role="group" aria-label="Export">
        ${(['svg', 'mermaid'] as const).map((format) => {
          const name = { svg: 'SVG', mermaid: 'Mermaid' }[format];
          return html`<span class="group" role="group" aria-label=${name}
            ><span class="quiet" aria-hidden="true">${name}</span>
            ${iconButton('copy', `Copy ${name}`, save(format, 'copy'), { disabled })}
            ${iconButton('export', `Save as ${name}…`, save(format, 'save'), { disabled })}
          </span>`;
        })}
      </div>
    </div>`;
  }

  /** By how much; `at`: what stays where it is, in the window (the middle of the view unless told). */
  #zoom(by: number, at: Point | null = null): void {
    const zoom = Math.min(4, Math.max(0.1, this.#zoomNow * by));
    this.#canvas.keepPlace(zoom / this.#zoomNow, at);
    this.#arrange({ zoom });
  }

  /** All of it, as small as that may be, until the person zooms again. */
  #fit(): void {
    const layout = this.#layout?.layout;
    if (layout) this.#fitted = Math.max(0.1, Math.min(1, this.#canvas.fitting(layout)));
    this.#arrange({ zoom: null });
  }

  #export(format: 'svg' | 'mermaid', how: 'save' | 'copy'): void {
    if (!this.#shown || !this.graph) return;
    const { shape } = this.#shown;
    const title = `Replication topology: ${this.graph.scopeText}`;
    const layout = this.#layout?.key === shape.key ? this.#layout.layout : layOut(shape);
    const text = format === 'svg' ? svgText(shape, layout, this.live, title) : mermaidText(shape, this.live);
    this.#ask({ type: 'export', format, how, text });
  }

  readonly #choose = (id: string): void => {
    this.current = id;
    this.#arrange({ selected: id });
  };

  /** Shows what a remark is about: its details, and where it is. */
  #show(about: string): void {
    const shape = this.#shown?.shape;
    const id = (shape && drawnEdgeOf(shape, about)?.id) ?? about;
    this.current = id;
    this.#focusNext = 'details';
    this.#canvas.bringIntoView(id);
    this.#arrange({ selected: about });
  }

  #ask(request: TopologyRequest): void {
    this.failure = null;
    this.#host?.post(request);
  }

  #takeLive({ streams }: TopologyLiveMessage): void {
    this.live = streams;
  }

  #arrange(change: Partial<TopologyView>): void {
    this.view = { ...this.view, ...change };
    this.#host?.setState({ scope: this.#scope, view: this.view });
  }
}
