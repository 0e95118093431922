import { type Lsn, lsnDistance } from '../model/lsn.ts';
import type { Stream, StreamLag } from '../model/stream.ts';
import { knownLsn } from '../topology/ends.ts';
import { type Behind, secondsBehind } from './behind.ts';
import type { PublisherEnd, SubscriberEnd } from './ends.ts';
import type { PositionHistory } from './positions.ts';
import { streamState } from './state.ts';
import type { StreamTrace } from './streamTrace.ts';

export interface MeasureInput {
  readonly stream: Stream;
  /** Null where no connection leads to it. */
  readonly publisher: PublisherEnd | null;
  readonly subscriber: SubscriberEnd | null;
  /** Where the publisher's WAL ended, over time. */
  readonly positions: PositionHistory | null;
  readonly writtenBytesPerSecond: number | null;
  /** What was remembered of the stream, this beat included. */
  readonly trace: StreamTrace;
  /** Milliseconds since the epoch, our clock. */
  readonly now: number;
}

type Bytes = Pick<StreamLag, 'notSentBytes' | 'inFlightBytes' | 'notAppliedBytes' | 'retainedBytes' | 'headroomBytes'>;

const noBytes: Bytes = {
  notSentBytes: null,
  inFlightBytes: null,
  notAppliedBytes: null,
  retainedBytes: null,
  headroomBytes: null,
};

/**
 * The lag of a stream from what its ends showed last. What a publisher that doesn't answer, or a lost slot, showed
 * before is no figure of now: then the figures are null. Distances below zero are zero: positions of one answer are
 * read one after the other, and flush trails replay while a subscriber doesn't wait for its disk.
 */
export function measureLag(input: MeasureInput): StreamLag {
  const { now, publisher, stream, subscriber, trace } = input;
  const visible = publisher?.server.open === true ? publisher : null;
  const bytes = visible ? measureBytes(visible) : noBytes;
  const behind = visible ? measureBehind(input, visible) : { seconds: null, isMinimum: false };
  const { notAppliedBytes } = bytes;
  const { state, text } = streamState({ now, publisher, subscriber, trace, behind, notAppliedBytes });
  const live = publisher === null ? subscriber?.server.open === true : visible?.slot?.lost === false;
  return {
    stream,
    state,
    stateText: text,
    sampledAt: (publisher ?? subscriber)?.pulse.sampledAt ?? now,
    ...bytes,
    secondsBehind: behind.seconds,
    secondsBehindIsMinimum: behind.isMinimum,
    appliedBytesPerSecond: live ? trace.appliedBytesPerSecond : null,
    writtenBytesPerSecond: visible ? input.writtenBytesPerSecond : null,
  };
}

function measureBytes({ confirmedLsn, pulse, sender, slot }: PublisherEnd): Bytes {
  if (slot === null || slot.lost) return noBytes;
  const current = pulse.currentLsn;
  const common = {
    notAppliedBytes: distance(current, confirmedLsn),
    retainedBytes: distance(current, knownLsn(slot.restartLsn)),
    headroomBytes: slot.safeWalBytes === null ? null : Math.max(0, slot.safeWalBytes),
  };
  // With nobody reading, what isn't confirmed is still to be sent, and nothing is under way.
  if (!slot.active) return { ...common, notSentBytes: common.notAppliedBytes, inFlightBytes: 0 };
  const sent = knownLsn(sender?.sentLsn ?? null);
  // The sender hears from the consumer where it is; until then it knows what the slot kept.
  const received = knownLsn(sender?.writeLsn ?? null) ?? confirmedLsn;
  return { ...common, notSentBytes: distance(current, sent), inFlightBytes: distance(sent, received) };
}

function distance(newer: Lsn | null, older: Lsn | null): number | null {
  const bytes = lsnDistance(newer, older);
  return bytes === null ? null : Math.max(0, bytes);
}

function measureBehind({ positions, trace }: MeasureInput, publisher: PublisherEnd): Behind {
  if (positions === null) return { seconds: null, isMinimum: false };
  return secondsBehind({
    at: publisher.pulse.sampledAt,
    positions,
    trace,
    confirmedLsn: publisher.confirmedLsn,
    confirmsAtOnce: publisher.server.snapshot.inventory.server.versionNumber >= 140_000,
  });
}
