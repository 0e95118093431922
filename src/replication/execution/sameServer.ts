import { ReplicationError } from '../model/errors.ts';
import { type Lsn, lsnDistance } from '../model/lsn.ts';
import type { Step } from '../model/plan.ts';
import type { Session } from '../postgres/session.ts';

const deadlineMs = 15_000;

/**
 * Refuses a step whose connection leads to another server or database than when the plan was made: it was edited,
 * or another server took the address. A standby that was promoted has its primary's identifier and passes. So has a copy
 * that was restored from a backup; what gives it away is that its WAL ends before the place that the server had reached
 * when the plan was made, as that of a standby that took over without all of it. (One that has written more since is not
 * told apart. That the connection's host or port was edited is asked about before: guard.ts.) Rejects with
 * ReplicationError 'stalePlan', or with what the look itself failed by.
 */
export async function refuseAnotherServer(step: Step, session: Session): Promise<void> {
  const { plannedFor: planned, serverName } = step;
  if (!planned) return;
  const { database, lsn } = await readPlace(session);
  if (database !== null && database !== planned.database) {
    throw elsewhere(`${serverName} leads to the database ${database} now; the plan was made for ${planned.database}.`);
  }
  const identifier = planned.systemIdentifier === null ? null : await readIdentifier(session);
  if (identifier !== null && identifier !== planned.systemIdentifier) {
    throw elsewhere(`${serverName} leads to another server now than when the plan was made.`);
  }
  const fallen = lsn === null || planned.lsn === undefined ? null : lsnDistance(planned.lsn, lsn);
  if (fallen !== null && fallen > 0) {
    throw elsewhere(
      `${serverName} is behind where it was when the plan was made: its WAL ends at ${lsn}, and had come to ${planned.lsn}. It was restored from a backup, or a server took over that hadn’t received everything.`,
    );
  }
}

function elsewhere(what: string): ReplicationError {
  return new ReplicationError('stalePlan', `${what} The step wasn’t run.`, {
    advice: 'Look at the server, and make the change again from the tree.',
  });
}

/** The database, and the end of WAL as the pulse reads it: written on a primary, replayed on a standby. */
async function readPlace(session: Session): Promise<{ readonly database: string | null; readonly lsn: Lsn | null }> {
  const rows = await session.query<{ database: string; lsn?: string | null }>(
    `select pg_catalog.current_database() as database,
            case when pg_catalog.pg_is_in_recovery() then pg_catalog.pg_last_wal_replay_lsn() else pg_catalog.pg_current_wal_lsn() end::text as lsn`,
    [],
    { doing: 'make sure of the server and its database', deadlineMs },
  );
  return { database: rows[0]?.database ?? null, lsn: rows[0]?.lsn ?? null };
}

/** Null where this role may not read it. */
async function readIdentifier(session: Session): Promise<string | null> {
  const text = 'select system_identifier::text as identifier from pg_catalog.pg_control_system()';
  try {
    const rows = await session.query<{ identifier: string }>(text, [], {
      doing: 'make sure of the server',
      deadlineMs,
    });
    return rows[0]?.identifier ?? null;
  } catch (error) {
    if (ReplicationError.is(error, 'privilege')) return null;
    throw error;
  }
}
