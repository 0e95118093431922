import type { Lsn } from '../model/lsn.ts';
import type { PositionHistory } from './positions.ts';
import type { StreamTrace } from './streamTrace.ts';

/** How old the oldest unconfirmed WAL is. */
export interface Behind {
  /** Null while it can't be told. */
  readonly seconds: number | null;
  /** It may be older than that. */
  readonly isMinimum: boolean;
}

export interface BehindInput {
  /** The beat, milliseconds since the epoch. */
  readonly at: number;
  readonly positions: PositionHistory;
  readonly trace: StreamTrace;
  /** Applied and flushed by the consumer; null where unknown. */
  readonly confirmedLsn: Lsn | null;
  /**
   * Whether a walsender of this version lets an idle consumer confirm at once what concerns it not (since 14).
   * Before, such WAL stays unconfirmed until the next status of the consumer, every 10 s
   * (wal_receiver_status_interval).
   */
  readonly confirmsAtOnce: boolean;
}

/** wal_receiver_status_interval's default and a beat. */
const statusIntervalMs = 11_500;

/**
 * Seconds behind by our own samples: how long ago the WAL after the confirmed position was written. Not by
 * `replay_lag`, which stays still while apply is stuck. WAL of other databases or of tables that aren't published
 * looks like lag until the consumer's next reply, so while nothing moves it counts only once it has persisted.
 */
export function secondsBehind(input: BehindInput): Behind {
  const { at, confirmedLsn, positions, trace } = input;
  const written = confirmedLsn === null ? null : positions.writtenAfter(confirmedLsn);
  if (written === null) return { seconds: null, isMinimum: false };
  if (written.kind === 'latest') return { seconds: 0, isMinimum: false };
  if (!trace.moving && !persists(input, written.firstPast)) {
    return { seconds: trace.everLatest ? 0 : null, isMinimum: false };
  }
  const since = written.kind === 'at' ? written.at : written.firstPast;
  const seconds = Math.max(0, at - since) / 1000;
  // At the first sample nothing is known; "at least 0 s" would read as none.
  if (written.kind === 'before' && seconds === 0) return { seconds: null, isMinimum: false };
  return { seconds, isMinimum: written.kind === 'before' };
}

function persists({ at, confirmedLsn, confirmsAtOnce, trace }: BehindInput, firstPast: number): boolean {
  if (!trace.persistsSince(firstPast)) return false;
  return confirmsAtOnce || trace.hadWorkAfter(confirmedLsn) || at - firstPast >= statusIntervalMs;
}
