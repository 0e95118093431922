import type { Lsn } from './lsn.ts';

/** A replication slot (pg_replication_slots). Null where the server's version doesn't have the column. */
export interface Slot {
  readonly name: string;
  readonly type: 'logical' | 'physical';
  readonly plugin: string | null;
  /** Null for a physical slot. */
  readonly database: string | null;
  readonly temporary: boolean;
  readonly active: boolean;
  readonly activePid: number | null;
  readonly restartLsn: Lsn | null;
  readonly confirmedFlushLsn: Lsn | null;
  /** Since 13. */
  readonly walStatus: 'reserved' | 'extended' | 'unreserved' | 'lost' | null;
  /** Bytes that may still be written before it is in danger; since 13, null when unlimited. */
  readonly safeWalBytes: number | null;
  /**
   * The slot can't be used any more: wal_status 'lost', an invalidation reason, or (16) conflicting.
   * Never judge by restart_lsn: it stays set when the idle timeout took the slot.
   */
  readonly lost: boolean;
  /** Since 17; on 16 only that it was invalidated. */
  readonly lostReason: string | null;
  readonly twoPhase: boolean | null;
  readonly failover: boolean | null;
  /** Kept in step from a primary (17+, on a standby). */
  readonly synced: boolean | null;
  /** ISO 8601, since 17; null while active. */
  readonly inactiveSince: string | null;
  /** Why it was left out when it was last to be brought up to date on a standby (slotsync_skip_reason, 19, untried). */
  readonly syncSkipReason?: string;
  /** What decoding for it has cost so far; since 14, and null until something was decoded. */
  readonly decoding?: SlotDecoding | null;
}

/** A row of pg_stat_replication_slots: counters that only grow, until somebody resets them. */
export interface SlotDecoding {
  /** Transactions that did not fit into logical_decoding_work_mem and went to disk. */
  readonly spillTransactions: number;
  readonly spillBytes: number;
  /** Transactions that were sent before they were committed. */
  readonly streamTransactions: number;
  readonly streamBytes: number;
  /** Transactions of the slot's database that were handed to the output plugin, and their bytes. */
  readonly totalTransactions: number;
  readonly totalBytes: number;
}

/** A WAL sender (pg_stat_replication). LSNs and state are null without pg_monitor, and while it starts. */
export interface WalSender {
  readonly pid: number;
  readonly user: string | null;
  readonly applicationName: string;
  readonly clientAddress: string | null;
  readonly state: string | null;
  readonly sentLsn: Lsn | null;
  readonly writeLsn: Lsn | null;
  readonly flushLsn: Lsn | null;
  readonly replayLsn: Lsn | null;
  /** Milliseconds since the epoch by the subscriber's clock; since 12. */
  readonly replyTime: number | null;
}
