/**
 * active: something reads it; inactive: nobody does; moved: nobody does, and yet its WAL was let go since the sample before
 * (somebody advances it); unreachable: the server can't be reached now.
 */
export type PhysicalState = 'active' | 'inactive' | 'moved' | 'lost' | 'unreachable';

/**
 * A physical replication slot, whoever reads it (a standby, pg_receivewal), or a standby that streams without one, at one
 * instant. Bytes and seconds; null means unknown, never zero.
 */
export interface PhysicalLag {
  /** Stable while the same connections lead to its server. */
  readonly id: string;
  /** The connections that lead to the server that sends, in their order; one at least. */
  readonly connectionIds: readonly string[];
  /** The one of them that sees most: whose figures these are. */
  readonly measuredBy: string;
  /** Null for a standby that streams without a slot. */
  readonly slotName: string | null;
  /** "db2 at 10.0.0.7", the application name and address of its WAL sender; null where nobody reads, or it may not be seen. */
  readonly reader: string | null;
  readonly state: PhysicalState;
  /** Why it is lost, as the server says (17 and later). */
  readonly lostReason: string | null;
  /** Milliseconds since the epoch, our clock. */
  readonly sampledAt: number;
  /** WAL the server keeps for the slot. */
  readonly retainedBytes: number | null;
  /** Bytes that may be written before the slot is lost; null when unlimited or unknown. */
  readonly headroomBytes: number | null;
  /** Written on the server but not received. */
  readonly notReceivedBytes: number | null;
  /** Written on the server but not replayed; not received, where the reader replays nothing (pg_receivewal). */
  readonly behindBytes: number | null;
  /** Age of the oldest of that WAL by our own samples; 0 when there is none. */
  readonly secondsBehind: number | null;
  /** That WAL was written before our first sample, so it is at least that old. */
  readonly secondsBehindIsMinimum: boolean;
  /** How long nobody has read the slot, as the server says (17 and later), seconds; null where it doesn't. */
  readonly idleSeconds: number | null;
  /** A standby among the connections names the slot as its own (primary_slot_name). */
  readonly awaited: boolean;
}
