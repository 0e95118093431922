/**
 * What a stream is doing. unknown: the role may not see it; unreachable: the publisher can't be reached now;
 * stopped: enabled, but no apply worker runs; slotMissing: the subscription's slot isn't on the publisher.
 */
export const streamStates = [
  'streaming',
  'catchingUp',
  'copying',
  'starting',
  'stopped',
  'disabled',
  'inactive',
  'lost',
  'slotMissing',
  'unreachable',
  'unknown',
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
  /** Milliseconds since the epoch, our clock. */
  readonly sampledAt: number;
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
}

/** Which streams are meant: all, those of one server in either role, or the one of a slot. */
export type LagScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'server'; readonly connectionId: string }
  | { readonly kind: 'slot'; readonly connectionId: string; readonly slotName: string };

/** The figures of a stream that are kept over time. */
export const lagMetrics = ['secondsBehind', 'notAppliedBytes', 'retainedBytes', 'appliedBytesPerSecond'] as const;
export type LagMetric = (typeof lagMetrics)[number];
