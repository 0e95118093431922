import { Graph, layout } from '@dagrejs/dagre';

import { pathOf, type Point, portsOf, throughLabel } from './routes.ts';
import type { Shape } from './shape.ts';
import { sizes } from './sizes.ts';

/** How much wider than high the whole should be where it consists of many parts. */
const aspect = 1.6;

/** Where a line runs. */
export interface Route {
  /** The `d` of a path. */
  readonly path: string;
  /** The middle of its label. */
  readonly label: Point;
}

/** Where everything is; points are middles. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: ReadonlyMap<string, Point>;
  readonly edges: ReadonlyMap<string, Route>;
  /** The boxes in the order in which one reads them: part by part, along the streams. */
  readonly order: readonly string[];
}

/**
 * Where boxes and lines go: WAL flows from left to right, and parts that no stream joins stand beside and below each
 * other. Pure: the same shape is always laid out the same. Texts and states don't count, so that a layout stays while
 * they change.
 */
export function layOut(shape: Shape): Layout {
  const parts = partsOf(shape).map((part) => ({ ...part, ...layOutPart(part) }));
  const area = parts.reduce((sum, { height, width }) => sum + (width + sizes.gap) * (height + sizes.gap), 0);
  const most = Math.max(rowWidth(Math.sqrt(area * aspect)), ...parts.map(({ width }) => width));
  const nodes = new Map<string, Point>();
  const edges = new Map<string, Route>();
  const order: string[] = [];
  let [left, top, rowHeight, width] = [0, 0, 0, 0];
  for (const part of parts) {
    if (left > 0 && left + part.width > most) [left, top, rowHeight] = [0, top + rowHeight + sizes.gap, 0];
    const moved = ({ x, y }: Point): Point => ({ x: x + left + sizes.margin, y: y + top + sizes.margin });
    for (const [id, at] of part.at) nodes.set(id, moved(at));
    for (const [id, { label, points }] of part.routes) {
      edges.set(id, { label: moved(label), path: pathOf(points.map(moved)) });
    }
    order.push(...[...part.at].toSorted(([, a], [, b]) => a.x - b.x || a.y - b.y).map(([id]) => id));
    left += part.width + sizes.gap;
    rowHeight = Math.max(rowHeight, part.height);
    width = Math.max(width, left - sizes.gap);
  }
  if (parts.length === 0) return { width: 0, height: 0, nodes, edges, order };
  return { width: width + 2 * sizes.margin, height: top + rowHeight + 2 * sizes.margin, nodes, edges, order };
}

/** In steps, so that one more box doesn't rearrange all the others. */
function rowWidth(wanted: number): number {
  let width = 1600;
  while (width < wanted) width *= 1.5;
  return width;
}

type Part = Pick<Shape, 'nodes' | 'edges'>;

/** The parts that hang together, in the order of their first boxes; those of one box last, so that they share rows. */
function partsOf({ edges, nodes }: Shape): readonly Part[] {
  const partOf = new Map(nodes.map(({ id }) => [id, id]));
  const root = (id: string): string => {
    let at = id;
    for (let next = partOf.get(at); next !== undefined && next !== at; next = partOf.get(at)) at = next;
    return at;
  };
  for (const { from, to } of edges) partOf.set(root(to), root(from));
  const parts = new Map<string, { nodes: Shape['nodes'][number][]; edges: Shape['edges'][number][] }>();
  for (const node of nodes) {
    const key = root(node.id);
    const part = parts.get(key) ?? { nodes: [], edges: [] };
    part.nodes.push(node);
    parts.set(key, part);
  }
  for (const edge of edges) parts.get(root(edge.from))?.edges.push(edge);
  return [...parts.values()].toSorted((a, b) => Number(a.nodes.length === 1) - Number(b.nodes.length === 1));
}

interface PlacedPart {
  readonly width: number;
  readonly height: number;
  readonly at: ReadonlyMap<string, Point>;
  readonly routes: ReadonlyMap<string, { readonly points: readonly Point[]; readonly label: Point }>;
}

function layOutPart({ edges, nodes }: Part): PlacedPart {
  const graph = new Graph({ multigraph: true });
  // Many lines need less room between them than few.
  const many = edges.length > 60;
  graph.setGraph({
    rankdir: 'LR',
    nodesep: many ? 14 : 28,
    edgesep: many ? 6 : 14,
    ranksep: many ? 64 : 84,
    // The simplex takes seconds for hundreds of lines, for a drawing that is hardly better.
    ranker: many ? 'tight-tree' : 'network-simplex',
  });
  graph.setDefaultEdgeLabel(() => ({}));
  // It puts what comes first at the bottom.
  for (const { id } of nodes.toReversed()) graph.setNode(id, { ...sizes.node });
  for (const { from, id, to } of edges.toReversed()) {
    if (graph.hasNode(from) && graph.hasNode(to)) graph.setEdge(from, to, { ...sizes.label, labelpos: 'c' }, id);
  }
  layout(graph);
  const at = (point: { x?: number; y?: number } | undefined): Point => ({ x: point?.x ?? 0, y: point?.y ?? 0 });
  const { height = 0, width = 0 } = graph.graph() as { width?: number; height?: number };
  const middles = new Map(nodes.map(({ id }) => [id, at(graph.node(id) as { x?: number; y?: number })]));
  const lines = edges.map(({ from, id, to }) => {
    const edge = graph.edge(from, to, id) as
      | { points?: { x: number; y: number }[]; x?: number; y?: number }
      | undefined;
    return { id, from, to, label: at(edge), points: (edge?.points ?? []).map(at) };
  });
  const ports = portsOf(lines, middles);
  return {
    width,
    height,
    at: middles,
    routes: new Map(
      lines.map((line) => [line.id, { label: line.label, points: throughLabel(line, ports.get(line.id)) }]),
    ),
  };
}
