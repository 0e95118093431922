import type { SlotDecoding } from './slot.ts';
import type { HiddenFact } from './snapshot.ts';

/**
 * What a stream is doing, worst first: what is broken, what can't be seen, what is slow, what is meant to be so. unknown:
 * the role may not see it; unreachable: the publisher can't be reached now; stopped: enabled, but no apply worker runs;
 * slotMissing: the subscription's slot isn't on the publisher.
 */
export const streamStates = [
  'lost',
  'slotMissing',
  'stopped',
  'unreachable',
  'inactive',
  'catchingUp',
  'copying',
  'starting',
  'unknown',
  'streaming',
  'disabled',
] as const;
export type StreamState = (typeof streamStates)[number];

/** One stream: a logical slot and whoever reads it, both ends joined where both are known. */
export interface Stream {
  /** Stable: publisher connection and slot, or subscriber connection and subscription. */
  readonly id: string;
  readonly publisher: {
    readonly connectionId: string;
    readonly slotName: string;
    readonly database: string | null;
  } | null;
  readonly subscriber: { readonly connectionId: string; readonly subscriptionName: string } | null;
  /** Who reads it as far as can be seen: subscription name, application name and address, or plugin. */
  readonly consumer: string;
}

/** The lag of one stream at one instant. Bytes; null means unknown, never zero. */
export interface StreamLag {
  readonly stream: Stream;
  readonly state: StreamState;
  /** The state in words, with its reason where one is known: "apply stopped: no worker is running". */
  readonly stateText: string;
  /** Disabled, perhaps by the server itself after an error (disable_on_error, since 15). Absent otherwise. */
  readonly disabledByError?: boolean;
  /** Milliseconds since the epoch, our clock. */
  readonly sampledAt: number;
  /** It is the first after a gap: nothing is known of the time between the sample before and this one. See Pulse.afterGap. */
  readonly afterGap?: true;
  /** Written on the publisher but not sent yet. */
  readonly notSentBytes: number | null;
  /** Sent but not received. */
  readonly inFlightBytes: number | null;
  /** Written on the publisher but not applied and flushed at the consumer. */
  readonly notAppliedBytes: number | null;
  /** WAL the publisher keeps for the slot. */
  readonly retainedBytes: number | null;
  /** Bytes that may be written before the slot is lost; null when unlimited or unknown. */
  readonly headroomBytes: number | null;
  /** Age of the oldest WAL the consumer has not confirmed, by our own samples of (time, LSN); 0 when there is none. */
  readonly secondsBehind: number | null;
  /** That WAL was written before our first sample (or in a gap between samples), so it is at least that old. */
  readonly secondsBehindIsMinimum: boolean;
  /** WAL bytes applied per second over the last samples. */
  readonly appliedBytesPerSecond: number | null;
  /** WAL bytes written on the publisher per second over the last samples. */
  readonly writtenBytesPerSecond: number | null;
  /** WAL bytes decoded and sent per second over the last samples. */
  readonly sentBytesPerSecond: number | null;
  /** What decoding for the slot has cost; null before 14, and until something was decoded. */
  readonly decoding: StreamDecoding | null;
  /** Errors of applying and of table synchronization in the last minute, or since we look; null before 15. */
  readonly errorsPerMinute: number | null;
  /** Conflicts in the last minute, or since we look; null before 18. */
  readonly conflictsPerMinute: number | null;
  /**
   * The databases whose WAL alone makes up what isn't confirmed, as far as the statistics of both ends tell: the
   * slot's own wrote no row meanwhile. Empty where it did, or where nobody can tell.
   */
  readonly otherDatabases: readonly string[];
  /** Seconds since the consumer's last reply, the difference of the clocks allowed for; null before 12 or without both ends. */
  readonly replyAgeSeconds: number | null;
  /** The subscriber's clock minus the publisher's, milliseconds, as exact as half a round trip; null without both ends. */
  readonly clockDifferenceMs: number | null;
  /** Figures that a role may not see, and what would show them: these are unknown, not zero. */
  readonly hidden: readonly HiddenFact[];
}

/** What did not fit into memory while a stream was decoded (pg_stat_replication_slots). */
export interface StreamDecoding extends SlotDecoding {
  /** Transactions that went to disk in the last minute, or since we look. */
  readonly spillsPerMinute: number;
  /** Transactions that were sent before their commit in the last minute, or since we look. */
  readonly streamedPerMinute: number;
}

/** Which streams are meant: all, those of one server in either role, or the one of a slot. */
export type LagScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'server'; readonly connectionId: string }
  | { readonly kind: 'slot'; readonly connectionId: string; readonly slotName: string };

/** The figures of a stream that are kept over time. */
export const lagMetrics = ['secondsBehind', 'notAppliedBytes', 'retainedBytes', 'appliedBytesPerSecond'] as const;
export type LagMetric = (typeof lagMetrics)[number];
