import { searchFor } from '../../protocol/search.ts';
import type { Topology, TopologyEdge, TopologyNode } from '../../replication/model/topology.ts';
import { edgeName, kindText, type Live, stateWord } from './words.ts';

/** More streams than these between the same two boxes are drawn as one line. */
const mostBeside = 3;

/** A line of the drawing: one stream, or several between the same two boxes. */
export interface DrawnEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly kind: TopologyEdge['kind'];
  /** The streams it stands for, in their order. */
  readonly edges: readonly TopologyEdge[];
}

/** What is drawn of a topology. */
export interface Shape {
  readonly nodes: readonly TopologyNode[];
  readonly edges: readonly DrawnEdge[];
  /** Equal while a layout stays right. */
  readonly key: string;
}

/**
 * The part of a topology that fits a filter: streams that have all of its words in a name of theirs or in their state,
 * with their ends, and boxes that have them, with their streams. All of it where the filter is empty.
 */
export function filtered(topology: Topology, filter: string, live: Live): Topology {
  if (filter.trim() === '') return topology;
  const fits = searchFor(filter);
  const nodeOf = new Map(topology.nodes.map((node) => [node.id, node]));
  const nodeText = new Map(topology.nodes.map((node) => [node.id, textOfNode(node)]));
  const fittingNodes = new Set(topology.nodes.filter(({ id }) => fits(nodeText.get(id) ?? '')).map(({ id }) => id));
  const edges = topology.edges.filter((edge) => {
    if (fittingNodes.has(edge.from) || fittingNodes.has(edge.to)) return true;
    return fits([textOfEdge(edge, live), nodeText.get(edge.from), nodeText.get(edge.to)].join(' '));
  });
  const shown = new Set([...fittingNodes, ...edges.flatMap(({ from, to }) => [from, to])]);
  const about = new Set([...shown, ...edges.map(({ id }) => id)]);
  return {
    nodes: [...shown].flatMap((id) => nodeOf.get(id) ?? []).toSorted(byOrderOf(topology.nodes)),
    edges,
    remarks: topology.remarks.filter((remark) => about.has(remark.about)),
  };
}

/** The boxes and lines to draw: many streams between the same two boxes become one line. */
export function shapeOf({ edges, nodes }: Topology): Shape {
  const groups = new Map<string, TopologyEdge[]>();
  for (const edge of edges) {
    const key = JSON.stringify([edge.kind, edge.from, edge.to]);
    const group = groups.get(key);
    if (group) group.push(edge);
    else groups.set(key, [edge]);
  }
  const drawn = [...groups].flatMap(([key, group]): readonly DrawnEdge[] => {
    const [first] = group;
    if (!first) return [];
    const { from, kind, to } = first;
    if (group.length > mostBeside) return [{ id: `bundle:${key}`, from, to, kind, edges: group }];
    return group.map((edge) => ({ id: edge.id, from, to, kind, edges: [edge] }));
  });
  const key = JSON.stringify([nodes.map(({ id }) => id), drawn.map(({ from, id, to }) => [id, from, to])]);
  return { nodes, edges: drawn, key };
}

/** The drawn line that a stream is part of. */
export function drawnEdgeOf(shape: Shape, id: string): DrawnEdge | undefined {
  return shape.edges.find((edge) => edge.id === id || edge.edges.some((one) => one.id === id));
}

function textOfNode(node: TopologyNode): string {
  const { address, guess, members, name } = node;
  return [name, address, kindText(node), guess?.product, ...members.flatMap((one) => [one.name, one.database])].join(
    ' ',
  );
}

function textOfEdge(edge: TopologyEdge, live: Live): string {
  const { sender, slot, subscription } = edge;
  return [
    edgeName(edge),
    stateWord(edge, live),
    slot?.name,
    slot?.database,
    slot?.plugin,
    sender?.applicationName,
    sender?.clientAddress,
    subscription?.database,
    ...(subscription?.publications ?? []),
    ...(subscription?.tables.map(({ name }) => name) ?? []),
  ].join(' ');
}

function byOrderOf(nodes: readonly TopologyNode[]): (a: TopologyNode, b: TopologyNode) => number {
  const place = new Map(nodes.map(({ id }, index) => [id, index]));
  return (a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0);
}
