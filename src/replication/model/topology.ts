import type { SubscriptionWorker } from './snapshot.ts';

/**
 * The servers that are known, whoever else takes part, and every stream between them: types only, so that pages can
 * use them. Built by replication/topology/buildTopology.ts from snapshots.
 */

/**
 * server: one running server that connections lead to; publisher: where a subscription connects to that isn't among the
 * connections; consumer: who reads a slot, or would, and isn't among them; standby: a physical standby that isn't.
 */
export type TopologyNodeKind = 'server' | 'publisher' | 'consumer' | 'standby';

/** A connection that leads to a server. */
export interface TopologyMember {
  readonly connectionId: string;
  /** The name the person gave. */
  readonly name: string;
  readonly database: string;
}

/** Who reads, by a name that anybody can choose: always a guess. */
export interface ConsumerGuess {
  /** "Debezium" */
  readonly product: string;
  /** "by the name of its slot" */
  readonly because: string;
}

/** A box of the drawing. */
export interface TopologyNode {
  /** Stable while the same connections lead there. */
  readonly id: string;
  readonly kind: TopologyNodeKind;
  /** The connections' name or names; for others the product, application name or address. */
  readonly name: string;
  /** Host and port, or an address; null where it isn't known. */
  readonly address: string | null;
  /** The connections that lead there, in their order; none where it isn't among them. */
  readonly members: readonly TopologyMember[];
  /** "18.4"; null where it isn't known. */
  readonly version: string | null;
  readonly inRecovery: boolean;
  /** open: read now; past: not any more; never: nothing was read from there. */
  readonly reading: 'open' | 'past' | 'never';
  readonly guess: ConsumerGuess | null;
  /** It stands for the reader of slots that no reader is known of. Absent otherwise. */
  readonly nobody?: true;
  /** Streams, physical ones too, that end and that begin here. */
  readonly receives: number;
  readonly sends: number;
}

/** A table of a subscription and how far its initial copy is. */
export interface TopologyTable {
  /** "schema.name", for display. */
  readonly name: string;
  /** ready, copying, …; null where it isn't known. */
  readonly state: string | null;
}

/** The publisher's end of a stream. */
export interface TopologySlot {
  readonly connectionId: string;
  readonly name: string;
  readonly plugin: string | null;
  readonly database: string | null;
  readonly active: boolean;
  readonly lost: boolean;
}

/** The WAL sender that reads the slot now. */
export interface TopologySender {
  readonly pid: number;
  readonly applicationName: string;
  readonly user: string | null;
  readonly clientAddress: string | null;
  /** Null without pg_monitor. */
  readonly state: string | null;
}

/** A process of the subscriber that works for a subscription. */
export interface TopologyWorker {
  readonly kind: SubscriptionWorker['kind'];
  readonly pid: number;
  /** "schema.name" of the table that is synchronized. */
  readonly table: string | null;
}

/** The subscriber's end of a stream. */
export interface TopologySubscription {
  readonly connectionId: string;
  readonly name: string;
  readonly database: string;
  readonly enabled: boolean;
  /** Null when it has none (slot_name = NONE). */
  readonly slotName: string | null;
  /** Null where the version doesn't have it. */
  readonly origin: string | null;
  readonly publications: readonly string[];
  /** Tables; the first hundred of them. */
  readonly tables: readonly TopologyTable[];
  readonly tableCount: number;
  readonly workers: readonly TopologyWorker[];
}

/** A line of the drawing: one stream, or one physical standby's. */
export interface TopologyEdge {
  /** The stream's id, or one of its own. */
  readonly id: string;
  readonly kind: 'logical' | 'physical';
  /** Ids of nodes: WAL goes from the one to the other, which may be the same server. */
  readonly from: string;
  readonly to: string;
  /** Null for a physical one: it has no lag of ours. */
  readonly streamId: string | null;
  readonly slot: TopologySlot | null;
  readonly sender: TopologySender | null;
  readonly subscription: TopologySubscription | null;
  /** Slots of the table synchronizations under way. */
  readonly syncSlots: readonly string[];
  /** The other way too there is a stream between the two databases. */
  readonly bidirectional: boolean;
  /** Why it isn't sure that this sender is that standby's; null where it is. */
  readonly doubt: string | null;
}

/**
 * orphanSlot: nobody reads it and no subscription we know of would; leftSyncSlot: of a subscription that is gone;
 * slotGone: the subscription's slot isn't on its publisher; lostSlot: it can't be read any more; loop: changes go round without
 * end; noSlot: a subscription with slot_name = NONE; ambiguous: several slots fit; sameFiles: two primaries with the
 * same system identifier.
 */
export type TopologyRemarkKind =
  | 'orphanSlot'
  | 'leftSyncSlot'
  | 'foreignSyncSlot'
  | 'slotGone'
  | 'lostSlot'
  | 'loop'
  | 'noSlot'
  | 'ambiguous'
  | 'sameFiles';

/** What is remarkable about the whole, with the node or edge it is about. */
export interface TopologyRemark {
  readonly kind: TopologyRemarkKind;
  readonly severity: 'error' | 'warning' | 'info';
  readonly text: string;
  /** The id of a node or an edge. */
  readonly about: string;
  /** The slot it is about, where it isn't an edge's own. */
  readonly slot: { readonly connectionId: string; readonly name: string } | null;
}

export interface Topology {
  readonly nodes: readonly TopologyNode[];
  readonly edges: readonly TopologyEdge[];
  /** Worst first. */
  readonly remarks: readonly TopologyRemark[];
}
