import type { CopyingTable } from './copy.ts';
import type { Lsn } from './lsn.ts';
import type { Publication } from './publication.ts';
import type { ServerInfo } from './server.ts';
import type { Slot, WalSender } from './slot.ts';
import type { Subscription, TableState } from './subscription.ts';
import type { Table } from './table.ts';

/** Something this role may not read, and what would show it. */
export interface HiddenFact {
  /** For example "the connection string of subscriptions". */
  readonly what: string;
  /** For example "SELECT on pg_subscription.subconninfo, or superuser". */
  readonly privilege: string;
}

/** What exists on a server and in the connection's database. Read when something opens or has changed. */
export interface Inventory {
  readonly connectionId: string;
  /** Milliseconds since the epoch, our clock, when the answer arrived. */
  readonly readAt: number;
  /** Milliseconds the one round trip took. */
  readonly tookMs: number;
  readonly server: ServerInfo;
  readonly publications: readonly Publication[];
  readonly subscriptions: readonly Subscription[];
  readonly tables: readonly Table[];
  readonly hidden: readonly HiddenFact[];
}

/** A row of pg_stat_subscription. */
export interface SubscriptionWorker {
  readonly subscriptionOid: number;
  readonly subscriptionName: string;
  /** The last one since 19, untried. */
  readonly kind: 'apply' | 'tableSynchronization' | 'parallelApply' | 'sequenceSynchronization';
  /** Null when it isn't running. */
  readonly pid: number | null;
  /** The table, for table synchronization. */
  readonly tableOid: number | null;
  readonly receivedLsn: Lsn | null;
  readonly latestEndLsn: Lsn | null;
  /** Milliseconds since the epoch, the subscriber's clock. */
  readonly lastMessageAt: number | null;
  /** What it waits for, as pg_stat_activity says: "Lock", "IO". Null while it waits for nothing, or may not be seen. */
  readonly waitsFor?: string | null;
  /** Processes that hold the lock it waits for; 0 for a prepared transaction. */
  readonly blockedBy?: readonly number[];
}

/** How many rows the transactions of a database have written so far, by pg_stat_database: a counter that only grows. */
export interface DatabaseWrites {
  readonly database: string;
  readonly rows: number;
}

/** How far the tables of one subscription are. */
export interface TableProgress {
  readonly subscriptionOid: number;
  readonly counts: Readonly<Record<TableState, number>>;
  /** Tables not ready, 200 at the most. */
  readonly notReady: readonly { readonly tableOid: number; readonly state: TableState }[];
}

export interface SubscriptionPulse {
  /** Null as in Subscription.oid. */
  readonly oid: number | null;
  readonly name: string;
  readonly enabled: boolean;
  readonly slotName: string | null;
  /** pg_stat_subscription_stats, since 15. */
  readonly applyErrors: number | null;
  readonly syncErrors: number | null;
  /** Conflicts of all kinds, since 18. */
  readonly conflicts?: number | null;
  /** pg_replication_origin_status.remote_lsn: applied up to here. Null where it may not be read. */
  readonly appliedLsn: Lsn | null;
}

/** What moves on a server. Read at every beat, in one round trip. */
export interface Pulse {
  readonly connectionId: string;
  /** Milliseconds since the epoch, our clock: middle of the round trip. */
  readonly sampledAt: number;
  readonly tookMs: number;
  /**
   * The machine slept, this program was stopped, or our clock was set since the sample before: nothing may be computed
   * from that one to this one. Absent otherwise.
   */
  readonly afterGap?: boolean;
  /** Milliseconds since the epoch by the server's clock. */
  readonly serverTime: number;
  /** Milliseconds since the epoch: pg_postmaster_start_time(). Another value means that the server was restarted. */
  readonly startedAt: number;
  readonly inRecovery: boolean;
  /** The end of WAL: written on a primary, replayed on a standby. */
  readonly currentLsn: Lsn;
  /**
   * Up to where WAL is on disk, which a WAL sender reads no further than: what comes after it isn't committed, or was
   * committed a moment ago. While a large transaction pauses, that may stay so. Null on a standby.
   */
  readonly flushedLsn?: Lsn | null;
  readonly slots: readonly Slot[];
  readonly senders: readonly WalSender[];
  readonly workers: readonly SubscriptionWorker[];
  readonly subscriptions: readonly SubscriptionPulse[];
  readonly tableProgress: readonly TableProgress[];
  /** The tables whose rows are being copied, 200 at the most. */
  readonly copying?: readonly CopyingTable[];
  /** Per database, those of slots first; 100 at the most. */
  readonly databaseWrites?: readonly DatabaseWrites[];
  /** Logical replication workers that run, of all databases. */
  readonly workersInUse?: number;
  /**
   * Background worker processes that run: those of logical replication, of parallel queries and of extensions, which
   * max_worker_processes limits together. Null while no subscription of this database waits for one, and where the role
   * may not see other processes.
   */
  readonly backgroundWorkers?: number | null;
  /** The subscriptions of all databases of the server, whoever may connect to them. */
  readonly subscriptionOids?: readonly number[];
  /** Differs when the catalogs of publications, subscriptions or tables, or the server's settings changed. Compare for equality only. */
  readonly catalogMark: string;
}

/** All that is known of one server at one instant. */
export interface Snapshot {
  readonly inventory: Inventory;
  readonly pulse: Pulse;
}
