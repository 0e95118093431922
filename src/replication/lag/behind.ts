import { type Lsn, lsnDistance, lsnToBytes } from '../model/lsn.ts';
import type { PositionHistory, Written } from './positions.ts';
import type { StreamTrace } from './streamTrace.ts';

/** How old the oldest unconfirmed WAL is. */
export interface Behind {
  /** Null while it can't be told. */
  readonly seconds: number | null;
  /** It may be older than that. */
  readonly isMinimum: boolean;
  /** It waits for the consumer for certain: from now on it counts until it is confirmed. */
  readonly certain: boolean;
  /**
   * There is unconfirmed WAL of which nobody can say yet whether it concerns the consumer: it may be so many seconds
   * behind at the most, though what is shown is less. Null where nothing is in doubt.
   */
  readonly atMostSeconds: number | null;
  /** WAL that was there some beats ago isn't even decoded yet. */
  readonly senderTrails: boolean;
}

/** Nothing can be told. */
export const unknownBehind: Behind = {
  seconds: null,
  isMinimum: false,
  certain: false,
  atMostSeconds: null,
  senderTrails: false,
};

export interface BehindInput {
  /** The beat, milliseconds since the epoch. */
  readonly at: number;
  readonly positions: PositionHistory;
  readonly trace: StreamTrace;
  /** Applied and flushed by the consumer; null where unknown. */
  readonly confirmedLsn: Lsn | null;
  /** Decoded and sent; null where unknown. */
  readonly sentLsn: Lsn | null;
  /** As Pulse.flushedLsn. */
  readonly flushedLsn: Lsn | null;
  /** Somebody reads the slot. */
  readonly active: boolean;
  /**
   * How long WAL that doesn't concern the consumer may stay unconfirmed while it is idle, milliseconds. 0 where the
   * WAL sender lets it confirm at once (since 14); before, until its next status (wal_receiver_status_interval).
   */
  readonly confirmsWithinMs: number;
  /**
   * Rows of the slot's own database are known to have been written after that moment, milliseconds since the epoch.
   * Before 15 a transaction of its own is sent even where none of its tables is published, and is confirmed at once.
   */
  readonly ownRowsAfter: (since: number) => boolean;
  /** The subscriber's apply worker waits for a lock, so that it has something to apply. */
  readonly waitsForLock: boolean;
}

/** Before 15 statistics trail a commit by up to so much: what they show sooner may have been confirmed, milliseconds. */
const statisticsDelayMs = 1100;

/**
 * Seconds behind by our own samples: how long ago the WAL after the confirmed position was written. Not by
 * `replay_lag`, which stays still while apply is stuck. WAL of other databases or of tables that aren't published
 * looks like lag until the consumer's next reply, so while nothing moves it counts only once it has persisted; from
 * then on it counts until it is confirmed.
 */
export function secondsBehind(input: BehindInput): Behind {
  const { at, confirmedLsn, positions, trace } = input;
  const written = confirmedLsn === null ? null : positions.writtenAfter(confirmedLsn);
  if (written === null) return unknownBehind;
  if (written.kind === 'latest' || endsInRecord(input)) return { ...unknownBehind, seconds: 0 };
  const certain = isCertain(input, written);
  const senderTrails = unsent(input);
  const since = sinceOf(written);
  if (!certain && !trace.moving && !trace.stepsOn) {
    const inDoubt = trace.persistsSince(written.firstPast);
    return {
      ...unknownBehind,
      senderTrails,
      seconds: trace.everLatest ? 0 : null,
      atMostSeconds: inDoubt && written.kind === 'at' ? Math.max(0, at - since) / 1000 : null,
    };
  }
  const seconds = Math.max(0, at - since) / 1000;
  // At the first sample nothing is known; "at least 0 s" would read as none.
  if (written.kind === 'before' && seconds === 0) return { ...unknownBehind, certain, senderTrails };
  return { ...unknownBehind, seconds, isMinimum: written.kind === 'before', certain, senderTrails };
}

/** WAL goes to disk by pages of so many bytes while nobody waits for it. */
const pageBytes = 8192;

/**
 * WAL on disk ends with a page, and all before its last record is confirmed: the rest of that record isn't there yet, as
 * while a large transaction pauses, so that it can't be read.
 */
function endsInRecord({ confirmedLsn, flushedLsn, sentLsn }: BehindInput): boolean {
  if (flushedLsn === null || lsnToBytes(flushedLsn) % BigInt(pageBytes) !== 0n) return false;
  return lsnDistance(sentLsn, confirmedLsn) === 0 && (lsnDistance(flushedLsn, sentLsn) ?? Infinity) < 2 * pageBytes;
}

/** When the oldest WAL that isn't confirmed was written: as near as samples tell. */
function sinceOf(written: Exclude<Written, { readonly kind: 'latest' }>): number {
  return written.kind === 'at' ? written.at : written.firstPast;
}

function isCertain(input: BehindInput, written: Exclude<Written, { readonly kind: 'latest' }>): boolean {
  const { active, at, confirmedLsn, confirmsWithinMs, trace } = input;
  const { firstPast } = written;
  // With nobody to read it nobody will confirm it.
  if (!active || trace.countedFor(confirmedLsn)) return true;
  if (trace.moving && confirmsWithinMs === 0) return true;
  if (!trace.persistsSince(firstPast)) return false;
  return (
    confirmsWithinMs === 0 ||
    trace.hadWorkAfter(confirmedLsn) ||
    unsent(input) ||
    input.waitsForLock ||
    hasOwnWork(input, sinceOf(written)) ||
    at - firstPast >= confirmsWithinMs
  );
}

/**
 * Something was written since that its consumer would have confirmed at once: it did not get there, or wasn't done with.
 * What statistics show within their delay after the last confirmation may be what was confirmed.
 */
function hasOwnWork({ ownRowsAfter, trace }: BehindInput, since: number): boolean {
  return ownRowsAfter(Math.max(since, (trace.steppedAt ?? since) + statisticsDelayMs));
}

/** Nobody can know that what isn't decoded doesn't concern the consumer. */
function unsent({ positions, sentLsn, trace }: BehindInput): boolean {
  const written = sentLsn === null ? null : positions.writtenAfter(sentLsn);
  return written !== null && written.kind !== 'latest' && trace.persistsSince(written.firstPast);
}
