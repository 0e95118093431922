import { type Lsn, lsnDistance } from '../model/lsn.ts';
import type { SlotDecoding } from '../model/slot.ts';
import type { HiddenFact, Pulse } from '../model/snapshot.ts';
import type { Stream, StreamDecoding, StreamLag } from '../model/stream.ts';
import { knownLsn } from '../topology/ends.ts';
import { aheadOfPublisher } from './ahead.ts';
import { type Behind, secondsBehind, unknownBehind } from './behind.ts';
import type { PublisherEnd, SubscriberEnd } from './ends.ts';
import type { ServerTrace } from './serverTraces.ts';
import { streamState } from './state.ts';
import type { StreamTrace } from './streamTrace.ts';

export interface MeasureInput {
  readonly stream: Stream;
  /** Null where no connection leads to it. */
  readonly publisher: PublisherEnd | null;
  readonly subscriber: SubscriberEnd | null;
  /** What was remembered of the publisher's WAL; null where no connection leads to it. */
  readonly written: ServerTrace | null;
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
  const aheadTo = visible && aheadOfPublisher(visible, subscriber, trace);
  const measured = visible ? measureBytes(visible) : noBytes;
  // Positions of which one isn't the other's past have no distance.
  const bytes = aheadTo === null ? measured : { ...measured, notAppliedBytes: null, inFlightBytes: null };
  const behind = visible && aheadTo === null ? measureBehind(input, visible) : unknownBehind;
  if (behind.certain) trace.count(publisher?.confirmedLsn ?? null);
  const { inFlightBytes, notAppliedBytes, notSentBytes } = bytes;
  const otherDatabases = visible ? onlyOthers(input, visible) : [];
  const {
    byError = false,
    state,
    text,
  } = streamState({
    now,
    publisher,
    subscriber,
    trace,
    behind,
    inFlightBytes,
    notAppliedBytes,
    notSentBytes,
    otherDatabases,
    aheadTo,
  });
  const live = publisher === null ? subscriber?.server.open === true : visible?.slot?.lost === false;
  const own = (publisher ?? subscriber)?.pulse;
  return {
    stream,
    state,
    stateText: text,
    ...(byError ? { disabledByError: true } : {}),
    sampledAt: own?.sampledAt ?? now,
    ...(own?.afterGap === true ? { afterGap: true } : {}),
    ...bytes,
    secondsBehind: behind.seconds,
    secondsBehindIsMinimum: behind.isMinimum,
    appliedBytesPerSecond: live ? rateOf(visible, trace.appliedBytesPerSecond) : null,
    writtenBytesPerSecond: visible ? (input.written?.written.bytesPerSecond ?? null) : null,
    sentBytesPerSecond: live && visible ? rateOf(visible, trace.sentBytesPerSecond) : null,
    decoding: decodingOf(visible?.slot?.decoding ?? null, trace),
    errorsPerMinute: subscriber?.server.open ? trace.errorsPerMinute : null,
    conflictsPerMinute: subscriber?.server.open ? trace.conflictsPerMinute : null,
    otherDatabases,
    ...clocks(publisher, subscriber),
    hidden: hiddenFigures(publisher, subscriber),
  };
}

/** What was sent or applied over the last samples goes on fading for a while; with nobody to read the slot it is none. */
function rateOf(publisher: PublisherEnd | null, bytesPerSecond: number | null): number | null {
  return publisher?.slot?.active === false ? 0 : bytesPerSecond;
}

function decodingOf(decoding: SlotDecoding | null, trace: StreamTrace): StreamDecoding | null {
  if (decoding === null) return null;
  return {
    ...decoding,
    spillsPerMinute: trace.spillsPerMinute ?? 0,
    streamedPerMinute: trace.streamedPerMinute ?? 0,
  };
}

/** The databases that alone wrote what isn't confirmed; see DatabaseActivity. */
function onlyOthers({ trace, written }: MeasureInput, { confirmedLsn, pulse, slot }: PublisherEnd): readonly string[] {
  if (written === null || confirmedLsn === null || slot === null) return [];
  const after = written.positions.writtenAfter(confirmedLsn);
  // What was written before our samples began may be anybody's, and what the subscriber is at is its own.
  if (after?.kind !== 'at' || trace.hadWorkAfter(confirmedLsn)) return [];
  return pulse.inRecovery ? [] : written.activity.onlyOthersSince(slot.database, after.at);
}

/** How the two servers' clocks differ, and with that allowed for, how old the consumer's last reply is. */
function clocks(
  publisher: PublisherEnd | null,
  subscriber: SubscriberEnd | null,
): Pick<StreamLag, 'clockDifferenceMs' | 'replyAgeSeconds'> {
  if (!publisher?.server.open || !subscriber?.server.open) return { clockDifferenceMs: null, replyAgeSeconds: null };
  const ahead = ({ pulse }: { readonly pulse: Pulse }) => pulse.serverTime - pulse.sampledAt;
  const clockDifferenceMs = ahead(subscriber) - ahead(publisher);
  // By the subscriber's clock.
  const replyTime = publisher.sender?.replyTime ?? null;
  const replyAge = replyTime === null ? null : publisher.pulse.serverTime + clockDifferenceMs - replyTime;
  return { clockDifferenceMs, replyAgeSeconds: replyAge === null ? null : Math.max(0, replyAge) / 1000 };
}

/** What the roles may not see, and which privilege shows it. */
function hiddenFigures(publisher: PublisherEnd | null, subscriber: SubscriberEnd | null): readonly HiddenFact[] {
  const hidden: HiddenFact[] = [];
  if (publisher?.slot?.active === true && !publisher.seesSenders) {
    const what = `what the WAL sender on ${publisher.server.name} has sent and what was received`;
    hidden.push({ what, privilege: 'membership in pg_monitor' });
  }
  if (subscriber?.subscription?.enabled && subscriber.worker === null && !subscriber.seesWaits) {
    const what = `whether ${subscriber.server.name} has a background worker left`;
    hidden.push({ what, privilege: 'membership in pg_monitor' });
  }
  if (subscriber?.worker && !subscriber.seesWaits) {
    const what = `what the apply worker on ${subscriber.server.name} waits for`;
    hidden.push({ what, privilege: 'membership in pg_monitor' });
  }
  return hidden;
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

function measureBehind({ subscriber, trace, written }: MeasureInput, publisher: PublisherEnd): Behind {
  if (written === null) return unknownBehind;
  return secondsBehind({
    at: publisher.pulse.sampledAt,
    positions: written.positions,
    trace,
    confirmedLsn: publisher.confirmedLsn,
    sentLsn: publisher.sentLsn,
    flushedLsn: publisher.pulse.flushedLsn ?? null,
    active: publisher.slot?.active === true,
    confirmsWithinMs: confirmsWithinMs(publisher, subscriber),
    waitsForLock: subscriber?.server.open === true && subscriber.worker?.waitsFor === 'Lock',
    ownRowsAfter: (since) => written.activity.wroteAfter(publisher.slot?.database ?? null, since),
  });
}

/** A status is sent this late at the most, milliseconds. */
const statusDelayMs = 1500;

/** See BehindInput: since 14 at once; before, by the subscriber's setting where it is known, or its default of 10 s. */
function confirmsWithinMs({ server }: PublisherEnd, subscriber: SubscriberEnd | null): number {
  if (server.snapshot.inventory.server.versionNumber >= 140_000) return 0;
  const interval = subscriber?.server.snapshot.inventory.server.settings['wal_receiver_status_interval'];
  return Number(interval?.value ?? 10) * 1000 + statusDelayMs;
}
