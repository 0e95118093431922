import type { Stream, StreamLag } from '../../../src/replication/model/stream.ts';

/** Samples made by hand. Times in milliseconds. */
export const second = 1000;
export const minute = 60_000;
export const hour = 3_600_000;
/** The beginning of a day, so that every tier begins with it. */
export const start = Date.UTC(2026, 10, 20);

/** A slot that a subscription on another server reads. */
export function streamOf(slotName = 'orders', connectionId = 'shop'): Stream {
  return {
    id: `slot:${connectionId}:${slotName}`,
    publisher: { connectionId, slotName, database: 'shop' },
    subscriber: { connectionId: 'warehouse', subscriptionName: `${slotName} of ours` },
    consumer: slotName,
  };
}

/** What a stream showed at a moment: nothing unusual unless told. */
export function sample(
  at: number,
  more: Partial<StreamLag> = {},
  slotName = 'orders',
  connectionId = 'shop',
): StreamLag {
  return {
    stream: streamOf(slotName, connectionId),
    state: 'streaming',
    stateText: 'streaming',
    sampledAt: at,
    notSentBytes: 0,
    inFlightBytes: 0,
    notAppliedBytes: 0,
    retainedBytes: 0,
    headroomBytes: null,
    secondsBehind: 0,
    secondsBehindIsMinimum: false,
    appliedBytesPerSecond: 0,
    writtenBytesPerSecond: 0,
    sentBytesPerSecond: null,
    decoding: null,
    errorsPerMinute: null,
    conflictsPerMinute: null,
    otherDatabases: [],
    replyAgeSeconds: null,
    clockDifferenceMs: null,
    hidden: [],
    ...more,
  };
}
