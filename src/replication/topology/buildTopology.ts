import type { ConnectionFacts } from '../model/connect.ts';
import type { Stream } from '../model/stream.ts';
import type { Topology, TopologyEdge, TopologyNode, TopologyRemark } from '../model/topology.ts';
import { groupClusters } from './clusters.ts';
import { logicalEdges } from './logicalEdges.ts';
import { bidirectionalIds, loopRemarks } from './loops.ts';
import { physicalEdges } from './physicalEdges.ts';
import { unreadPhysicalSlots } from './physicalSlots.ts';
import { sameFilesRemarks, streamRemarks, syncSlotRemarks } from './remarks.ts';
import { serverPlaces, type TopologyServer } from './serverNodes.ts';

/** What the drawing is made from. */
export interface TopologyInput {
  /** The connections that something was read over, in the order of the connections. */
  readonly servers: readonly TopologyServer[];
  /** Those over which nothing was. */
  readonly unread: readonly ConnectionFacts[];
  /** As `pairStreams` gives them for the same servers. */
  readonly streams: readonly Stream[];
  /** The drawing of the last time: who read a slot then is still its reader while nobody else is. */
  readonly before: Topology | null;
}

const severities = ['error', 'warning', 'info'] as const;

/**
 * All servers, streams and physical standbys that the connections show, and what is remarkable about them. Pure: the
 * same snapshots give the same drawing, in the same order.
 */
export function buildTopology({ servers, unread, streams, before }: TopologyInput): Topology {
  const places = serverPlaces(groupClusters(servers), servers, unread);
  const logical = logicalEdges({ places, streams, before });
  const physical = physicalEdges(places);
  const unreadPhysical = unreadPhysicalSlots(places, physical.edges);
  const both = bidirectionalIds(logical.joined);
  const edges: readonly TopologyEdge[] = [
    ...logical.joined.map(({ edge }) => (both.has(edge.id) ? { ...edge, bidirectional: true } : edge)),
    ...physical.edges,
    ...unreadPhysical.edges,
  ];
  const drawnNobodies = new Set(logical.strangers.map(({ id }) => id));
  const nobodies = unreadPhysical.nobodies.filter(({ id }) => !drawnNobodies.has(id));
  const strangers = [...logical.strangers, ...physical.strangers, ...nobodies];
  const nodes = counted([...places.map(({ node }) => node), ...strangers], edges);
  const remarks: readonly TopologyRemark[] = [
    ...streamRemarks(logical.joined, places, nodes),
    ...unreadPhysical.remarks,
    ...loopRemarks(logical.joined),
    ...syncSlotRemarks(places, before),
    ...sameFilesRemarks(places),
  ];
  return {
    nodes,
    edges,
    remarks: remarks.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity)),
  };
}

function counted(nodes: readonly TopologyNode[], edges: readonly TopologyEdge[]): readonly TopologyNode[] {
  const receives = new Map<string, number>();
  const sends = new Map<string, number>();
  for (const { from, to } of edges) {
    sends.set(from, (sends.get(from) ?? 0) + 1);
    receives.set(to, (receives.get(to) ?? 0) + 1);
  }
  return nodes.map((node) => ({ ...node, receives: receives.get(node.id) ?? 0, sends: sends.get(node.id) ?? 0 }));
}

/** The part of a drawing that hangs together with the server a connection leads to, whatever the direction. */
export function connectedPart(topology: Topology, connectionId: string): Topology {
  const start = topology.nodes.find(({ members }) => members.some((member) => member.connectionId === connectionId));
  if (!start) return { nodes: [], edges: [], remarks: [] };
  const neighbours = new Map<string, string[]>();
  const join = (one: string, other: string) => neighbours.set(one, [...(neighbours.get(one) ?? []), other]);
  for (const { from, to } of topology.edges) {
    join(from, to);
    join(to, from);
  }
  const inside = new Set([start.id]);
  const open = [start.id];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const next of neighbours.get(at) ?? []) {
      if (!inside.has(next)) open.push(next);
      inside.add(next);
    }
  }
  const edges = topology.edges.filter(({ from }) => inside.has(from));
  const about = new Set([...inside, ...edges.map(({ id }) => id)]);
  return {
    nodes: topology.nodes.filter(({ id }) => inside.has(id)),
    edges,
    remarks: topology.remarks.filter((remark) => about.has(remark.about)),
  };
}
