import { html, nothing, svg, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';

import type { TopologyNode } from '../../replication/model/topology.ts';
import type { Layout } from './layout.ts';
import type { DrawnEdge, Shape } from './shape.ts';
import { sizes } from './sizes.ts';
import { edgeTexts, nodeTexts } from './texts.ts';
import type { Live } from './words.ts';

/** What the drawing shows and tells. */
export interface Drawing {
  readonly shape: Shape;
  readonly layout: Layout;
  readonly live: Live;
  readonly zoom: number;
  /** The box or line in the tab order. */
  readonly current: string | null;
  /** The one whose details are shown. */
  readonly selected: string | null;
  /** Ids of boxes and lines that a remark is about, with the worst of them. */
  readonly marked: ReadonlyMap<string, 'error' | 'warning'>;
  readonly onSelect: (id: string) => void;
  readonly onFocus: (id: string) => void;
  readonly onKey: (event: KeyboardEvent, id: string) => void;
}

/** Boxes and lines; one tab stop, arrow keys move, Enter shows the details. */
export function drawing(parts: Drawing): TemplateResult {
  const { layout, shape, zoom } = parts;
  const place = new Map(layout.order.map((id, index) => [id, index]));
  const inOrder = shape.nodes.toSorted((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0));
  return html`<svg
    class="drawing"
    role="group"
    aria-label="Servers and the streams between them"
    width=${Math.ceil(layout.width * zoom)}
    height=${Math.ceil(layout.height * zoom)}
    viewBox=${`0 0 ${Math.ceil(layout.width)} ${Math.ceil(layout.height)}`}
  >
    <defs>
      <marker
        id="arrow"
        viewBox="0 0 8 8"
        refX="7"
        refY="4"
        markerUnits="userSpaceOnUse"
        markerWidth="11"
        markerHeight="11"
        orient="auto"
      >
        <path d="M0 0L8 4L0 8z"></path>
      </marker>
    </defs>
    ${repeat(
      shape.edges,
      ({ id }) => id,
      (edge) => line(parts, edge),
    )}
    ${repeat(
      inOrder,
      ({ id }) => id,
      (node) => box(parts, node, nameIn(shape, node.id)),
    )}
  </svg>`;
}

/** What both boxes and lines are to keyboard and screen reader. */
function line(parts: Drawing, edge: DrawnEdge): TemplateResult {
  const { layout, live, shape } = parts;
  const { name, state, tone } = edgeTexts(edge, live);
  const route = layout.edges.get(edge.id);
  const at = route?.label ?? { x: 0, y: 0 };
  const { height, width } = sizes.label;
  const [from, to] = [edge.from, edge.to].map((id) => nameIn(shape, id));
  const mark = parts.marked.get(edge.id);
  const what = edge.kind === 'physical' ? 'physical stream' : 'stream';
  // What is seen comes first and unchanged: who speaks to the computer says what they see.
  const label = `${mark === undefined ? '' : '⚠ '}${name} ${state}: ${what} from ${from} to ${to}`;
  return svg`<g
    class="edge ${edge.kind} tone-${tone} ${edge.id === parts.selected ? 'selected' : ''} ${edge.edges.length > 1 ? 'bundle' : ''}"
    role="button"
    data-item=${edge.id}
    tabindex=${edge.id === parts.current ? 0 : -1}
    aria-label=${label}
    aria-pressed=${edge.id === parts.selected}
    @click=${() => parts.onSelect(edge.id)}
    @focus=${() => parts.onFocus(edge.id)}
    @keydown=${(event: KeyboardEvent) => parts.onKey(event, edge.id)}
  >
    <path class="line" d=${route?.path ?? ''} marker-end="url(#arrow)"></path>
    <path class="reach" d=${route?.path ?? ''}></path>
    <g class="label" transform=${`translate(${at.x} ${at.y})`}>
      <rect x=${-width / 2} y=${-height / 2} width=${width} height=${height} rx="3"></rect>
      <text class="name" y="-6">${markSign(mark)}${name}</text>
      <text class="state" y="16">${state}</text>
    </g>
  </g>`;
}

function box(parts: Drawing, node: TopologyNode, name: string): TemplateResult {
  const { lines } = nodeTexts(node);
  const at = parts.layout.nodes.get(node.id) ?? { x: 0, y: 0 };
  const { height, width } = sizes.node;
  const mark = parts.marked.get(node.id);
  const [first = '', ...more] = lines;
  const top = more.length === 1 ? -5 : -14;
  const streams = `receives ${node.receives}, sends ${node.sends}`;
  const label = `${mark === undefined ? '' : '⚠ '}${lines.join(' ')}, ${streams}`;
  return svg`<g
    class="node ${node.kind} ${node.reading} ${node.id === parts.selected ? 'selected' : ''}"
    role="button"
    data-item=${node.id}
    data-name=${name}
    tabindex=${node.id === parts.current ? 0 : -1}
    aria-label=${label}
    aria-pressed=${node.id === parts.selected}
    transform=${`translate(${at.x} ${at.y})`}
    @click=${() => parts.onSelect(node.id)}
    @focus=${() => parts.onFocus(node.id)}
    @keydown=${(event: KeyboardEvent) => parts.onKey(event, node.id)}
  >
    <rect
      x=${-width / 2}
      y=${-height / 2}
      width=${width}
      height=${height}
      rx=${node.kind === 'consumer' ? 24 : 5}
    ></rect>
    <text class="name" y=${top}>${markSign(mark)}${`${first} `}</text>
    ${more.map((text, index) => svg`<text class="state" y=${top + 19 + index * 17}>${`${text} `}</text>`)}
  </g>`;
}

function markSign(mark: 'error' | 'warning' | undefined): TemplateResult | typeof nothing {
  return mark === undefined ? nothing : svg`<tspan class="mark-${mark}">⚠ </tspan>`;
}

/** What a box is called. */
export function nameIn({ nodes }: Pick<Shape, 'nodes'>, id: string): string {
  return nodes.find((node) => node.id === id)?.name ?? '';
}
