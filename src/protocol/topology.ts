import * as z from 'zod/mini';

import type { StreamState } from '../replication/model/stream.ts';
import type { Topology } from '../replication/model/topology.ts';

/** Whose streams are drawn: all servers', or what hangs together with one. */
export const topologyScope = z.union([
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('server'), connectionId: z.string() }),
]);
export type TopologyScope = z.output<typeof topologyScope>;

/** What the person arranged in the panel. */
export const topologyView = z.object({
  /** Words that must all be in what is shown. */
  filter: z.string().check(z.maxLength(1000)),
  /** As a drawing or as tables. */
  twin: z.enum(['graph', 'table']),
  /** 1 is its own size; null: what fits the panel. */
  zoom: z.nullable(z.number().check(z.minimum(0.1), z.maximum(4))),
  /** The id of the node or edge whose details are shown. */
  selected: z.nullable(z.string()),
});
export type TopologyView = z.output<typeof topologyView>;

/** What the page keeps, and the panel finds again after the window was reloaded. */
export const topologyKept = z.object({ scope: topologyScope, view: topologyView });
export type TopologyKept = z.output<typeof topologyKept>;

/** Longest text that is taken for a file or the clipboard: a drawing of some thousand streams. */
const longestExport = 20_000_000;

/** What the page sends, `ready` aside. */
export const topologyRequest = z.discriminatedUnion('type', [
  /** Show something in the Servers tree. */
  z.object({
    type: z.literal('reveal'),
    kind: z.enum(['connection', 'slot', 'subscription']),
    connectionId: z.string(),
    name: z.string(),
  }),
  /** Open the lag panel for a stream. */
  z.object({ type: z.literal('lag'), streamId: z.string() }),
  /** Keep what is drawn as a file, or in the clipboard. */
  z.object({
    type: z.literal('export'),
    format: z.enum(['svg', 'mermaid']),
    how: z.enum(['save', 'copy']),
    text: z.string().check(z.maxLength(longestExport)),
  }),
]);
export type TopologyRequest = z.output<typeof topologyRequest>;

/** How a stream stands now. Bytes and seconds; null where unknown. */
export interface TopologyLive {
  readonly state: StreamState;
  /** The state in words with its reason. */
  readonly stateText: string;
  readonly secondsBehind: number | null;
  readonly secondsBehindIsMinimum: boolean;
  readonly notAppliedBytes: number | null;
  readonly retainedBytes: number | null;
}

/** What is drawn; sent when it changed. */
export interface TopologyGraphMessage {
  readonly type: 'graph';
  /** Whose streams they are: "all servers", "shop-primary". */
  readonly scopeText: string;
  readonly topology: Topology;
  /** Connections that show nothing, with why. */
  readonly notices: readonly string[];
}

/** How the streams stand, by their ids; sent at every beat. */
export interface TopologyLiveMessage {
  readonly type: 'live';
  readonly streams: Readonly<Record<string, TopologyLive>>;
  /** Milliseconds since the epoch: the newest sample; null before the first. */
  readonly sampledAt: number | null;
}
