import { ReplicationError } from '../model/errors.ts';
import type { Lsn } from '../model/lsn.ts';
import type { Session } from '../postgres/session.ts';

/** A slot whose changes can be looked at from the session's database. */
export interface PeekedSlot {
  readonly name: string;
  readonly plugin: string;
  /** The confirmed flush LSN: changes that were committed after it are given. */
  readonly position: Lsn;
  /** The end of WAL, or of its replay on a standby. */
  readonly currentLsn: Lsn;
  /** pgoutput knows the option `messages` (since 14). */
  readonly sendsMessages: boolean;
}

interface Row {
  readonly slot_type: string;
  readonly plugin: string | null;
  readonly database: string | null;
  readonly here: string;
  readonly active: string;
  readonly pid: string | null;
  readonly confirmed: Lsn | null;
  readonly current: Lsn;
  readonly status: string | null;
  readonly reason: string | null;
  readonly conflicting: string | null;
  readonly since14: string;
}

/** Columns that came after 10 are read through to_jsonb, which has them where they exist: 13, 14, 16, 17. */
const slotText = `
  SELECT s.slot_type, s.plugin, s.database, pg_catalog.current_database() AS here, s.active, s.active_pid AS pid,
         s.confirmed_flush_lsn::text AS confirmed,
         CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_lsn() END::text AS current,
         j ->> 'wal_status' AS status, j ->> 'invalidation_reason' AS reason, j ->> 'conflicting' AS conflicting,
         (j -> 'two_phase') IS NOT NULL AS since14
    FROM pg_catalog.pg_replication_slots s, pg_catalog.to_jsonb(s) j
   WHERE s.slot_name = $1`;

/**
 * Reads the slot, and refuses one that can't be peeked at from here before its WAL is touched. PostgreSQL 10 to 18.
 * Rejects with ReplicationError: 'missing', 'unsupported', 'slotLost', 'invalidInput', 'inUse'.
 */
export async function readSlotToPeek(session: Session, name: string): Promise<PeekedSlot> {
  const [row] = await session.query<Row>(slotText, [name], {
    doing: `look at the replication slot ${name}`,
    deadlineMs: 15_000,
  });
  if (!row) {
    throw new ReplicationError('missing', `There is no replication slot ${name} on this server.`, {
      advice: 'Refresh: it may have been dropped meanwhile.',
    });
  }
  if (row.slot_type === 'physical' || row.plugin === null) {
    throw new ReplicationError('unsupported', `${name} is a physical replication slot: its WAL can’t be decoded.`, {
      advice: 'Choose a logical replication slot.',
    });
  }
  const lostReason = row.status === 'lost' ? (row.reason ?? 'the WAL it needs is gone') : row.reason;
  // 16 alone says only this; 17 and later have a reason besides.
  if (lostReason !== null || row.conflicting === 't' || row.conflicting === 'true') {
    throw new ReplicationError(
      'slotLost',
      `The replication slot ${name} is lost (${lostReason ?? 'invalidated'}): its changes are gone.`,
      { advice: 'Drop it and create it again; what it was to deliver has to be copied again.' },
    );
  }
  if (row.database !== row.here) {
    throw new ReplicationError(
      'invalidInput',
      `The replication slot ${name} belongs to the database ${row.database}; this connection is to ${row.here}, from where it can’t be decoded.`,
      { advice: `Use or add a connection to the database ${row.database} of this server.` },
    );
  }
  if (row.active === 't') {
    throw new ReplicationError(
      'inUse',
      `The replication slot ${name} is being read by the process ${row.pid}, so nobody else can look at its changes.`,
      {
        advice: 'Disable the subscription that reads it, or stop its consumer; or copy the slot and peek at the copy.',
      },
    );
  }
  if (row.confirmed === null) {
    throw new ReplicationError('inUse', `The replication slot ${name} is still being made.`, {
      advice: 'It waits for the transactions that were open when its creation began. Try again when they have ended.',
    });
  }
  return {
    name,
    plugin: row.plugin,
    position: row.confirmed,
    currentLsn: row.current,
    sendsMessages: row.since14 === 't',
  };
}
