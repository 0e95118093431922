import type { Blocker } from '../model/plan.ts';
import type { Session } from '../postgres/session.ts';

/** A server that is silent for longer, in milliseconds, is taken for lost. */
const deadlineMs = 10_000;

/** A row as the session gives it: all values are text. */
interface BlockerRow {
  readonly pid: string | null;
  readonly user: string | null;
  readonly application: string | null;
  readonly database: string | null;
  readonly state: string | null;
  readonly age: string | null;
  readonly gid: string | null;
}

const sessionColumns = `a.pid, a.usename as "user", nullif(a.application_name, '') as application, a.datname as database,
         a.state, extract(epoch from pg_catalog.clock_timestamp() - a.xact_start)::float8 as age, null::text as gid`;

const preparedColumns = `null::int as pid, p.owner as "user", null::text as application, p.database,
         'prepared'::text as state, extract(epoch from pg_catalog.clock_timestamp() - p.prepared)::float8 as age, p.gid`;

/**
 * Transactions of the whole cluster that have written: the creation of a logical slot waits until each of
 * them that began before it has ended (PostgreSQL, snapbuild.c, "initial consistent snapshot"). pg_locks is
 * read because everybody may, and because it has the backends of all roles and the prepared transactions.
 * All versions from 10.
 */
const writersQuery = `
  select ${sessionColumns}
    from pg_catalog.pg_stat_activity a
   where a.pid <> pg_catalog.pg_backend_pid() and a.pid in (
     select l.pid from pg_catalog.pg_locks l
      where l.locktype = 'transactionid' and l.mode = 'ExclusiveLock' and l.granted)
  union all
  select ${preparedColumns} from pg_catalog.pg_prepared_xacts p
  order by age desc nulls last`;

/** Whoever holds a lock that the backend $1 waits for now; 0 stands for a prepared transaction. */
const lockHoldersQuery = `
  with holder as (select distinct pg_catalog.unnest(pg_catalog.pg_blocking_pids($1::int)) as pid)
  select ${sessionColumns} from pg_catalog.pg_stat_activity a where a.pid in (select pid from holder)
  union all
  select ${preparedColumns} from pg_catalog.pg_prepared_xacts p where exists (select from holder where pid = 0)
  order by age desc nulls last`;

/**
 * Transactions that keep a slot from being created on the session's server now, oldest first. State and age
 * are null where the role may not see them (other roles' sessions without pg_read_all_stats). Rejects with
 * ReplicationError.
 */
export async function readBlockers(session: Session, connectionId: string): Promise<readonly Blocker[]> {
  const rows = await session.query<BlockerRow>(writersQuery, [], { doing: 'list the open transactions', deadlineMs });
  return rows.map((row) => toBlocker(row, connectionId));
}

/** What the backend `pid` of the session's server waits for at this moment. Rejects with ReplicationError. */
export async function readLockHolders(
  session: Session,
  connectionId: string,
  pid: number,
): Promise<readonly Blocker[]> {
  const rows = await session.query<BlockerRow>(lockHoldersQuery, [pid], {
    doing: 'list what the statement waits for',
    deadlineMs,
  });
  return rows.map((row) => toBlocker(row, connectionId));
}

function toBlocker(row: BlockerRow, connectionId: string): Blocker {
  return {
    connectionId,
    pid: Number(row.pid ?? 0),
    user: row.user,
    applicationName: row.application,
    database: row.database,
    state: row.state,
    ageSeconds: row.age === null ? null : Number(row.age),
    preparedGid: row.gid,
  };
}
