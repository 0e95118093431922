import { ReplicationError } from '../model/errors.ts';
import type { SessionRole } from '../model/server.ts';
import type { Session } from '../postgres/session.ts';
import { asFlag, asList, asNumber, asObject, asText, asTexts, type Json } from './json.ts';

/** The catalogs and views whose columns differ between versions, or between what a role may read. */
const probedRelations = [
  'pg_publication',
  'pg_publication_rel',
  'pg_publication_namespace',
  'pg_subscription',
  'pg_replication_slots',
  'pg_stat_replication',
  'pg_stat_replication_slots',
  'pg_stat_subscription',
  'pg_stat_subscription_stats',
  'pg_stat_progress_copy',
  'pg_prepared_xacts',
  'pg_foreign_data_wrapper',
] as const;
export type ProbedRelation = (typeof probedRelations)[number];

/**
 * What is found out once per session, because it decides the text of every later query: a statement that
 * names a column which isn't there, or which the role may not read, fails as a whole.
 */
export interface Probe {
  /** server_version_num: 180004. */
  readonly versionNumber: number;
  readonly version: string;
  readonly role: SessionRole;
  /** Membership of pg_create_subscription (16+) or superuser. */
  readonly createsSubscriptions: boolean;
  readonly readsOriginStatus: boolean;
  readonly readsSystemIdentifier: boolean;
  /** Output plugins seen in the server's library folder; null where the role may not look. */
  readonly installedPlugins: readonly string[] | null;
  /** Whether the server has the column at all. */
  has(relation: ProbedRelation, column: string): boolean;
  /** Whether the server has it and the role may read it. */
  reads(relation: ProbedRelation, column: string): boolean;
}

/** A server that lets one in and then says nothing (a paused pooler) must not be waited for without end. Milliseconds. */
const probeDeadlineMs = 15_000;

/**
 * Source of "installed plugins": the files of PKGLIBDIR, by pg_config and pg_ls_dir (superuser, or granted).
 * Only names known to be output plugins count; the folder holds every other library too.
 */
const pluginFiles = String.raw`^(pgoutput|test_decoding|wal2json|decoderbufs|decoder_raw|wal2mongo|pglogical_output)\.(so|dylib|dll)$`;

/**
 * Reads the probe, and sets the session's statement_timeout on the way (milliseconds; 0 leaves the server's).
 * One round trip. Rejects with ReplicationError.
 */
export async function readProbe(session: Session, statementTimeoutMs: number): Promise<Probe> {
  const options = { doing: 'find out what the server and the role can do', deadlineMs: probeDeadlineMs };
  const rows = await session.query<{ answer: string }>(probeText, [String(statementTimeoutMs)], options);
  const answer = asObject(JSON.parse(rows[0]?.answer ?? 'null') as Json);
  const versionNumber = asNumber(answer['versionNumber']);
  const existing = new Set<string>();
  const readable = new Set<string>();
  for (const entry of asList(answer['columns'])) {
    const [relation, column, mayRead] = asList(entry);
    const key = `${asText(relation)}.${asText(column)}`;
    existing.add(key);
    if (asFlag(mayRead)) readable.add(key);
  }
  const superuser = asFlag(answer['superuser']);
  return {
    versionNumber,
    version: asText(answer['version']).split(' ')[0] ?? '',
    role: {
      name: asText(answer['role']),
      superuser,
      replication: asFlag(answer['replication']),
      readsAllStats: asFlag(answer['readsAllStats']),
      createsInDatabase: asFlag(answer['createsInDatabase']),
    },
    createsSubscriptions: asFlag(answer['createsSubscriptions']),
    // Up to 13 the function itself insists on a superuser, whatever was granted.
    readsOriginStatus: versionNumber >= 140000 ? asFlag(answer['readsOriginStatus']) : superuser,
    readsSystemIdentifier: asFlag(answer['readsSystemIdentifier']),
    installedPlugins: asFlag(answer['listsLibraries']) ? await readInstalledPlugins(session) : null,
    has: (relation, column) => existing.has(`${relation}.${column}`),
    reads: (relation, column) => readable.has(`${relation}.${column}`),
  };
}

/** Null where the server won't tell: a provider may forbid it to its own kind of superuser; 10 does to everybody. */
async function readInstalledPlugins(session: Session): Promise<readonly string[] | null> {
  try {
    const rows = await session.query<{ answer: string }>(
      `select coalesce(pg_catalog.json_agg(substring(f from '^[^.]+') order by f), '[]')::text as answer
         from pg_catalog.pg_ls_dir((select setting from pg_catalog.pg_config() where name = 'PKGLIBDIR')) f where f ~ $1`,
      [pluginFiles],
      { doing: 'list the installed output plugins', deadlineMs: probeDeadlineMs },
    );
    return asTexts(JSON.parse(rows[0]?.answer ?? '[]') as Json);
  } catch (error) {
    if (ReplicationError.is(error, 'connectionLost')) throw error;
    return null;
  }
}

const probeText = `
select pg_catalog.json_build_object(
  'timeout', case when $1 <> '0' then pg_catalog.set_config('statement_timeout', $1, false) end,
  'version', pg_catalog.current_setting('server_version'),
  'versionNumber', pg_catalog.current_setting('server_version_num')::int,
  'role', current_user::text,
  'superuser', r.rolsuper,
  'replication', r.rolreplication or exists (
      select from pg_catalog.pg_roles g where g.rolname in ('rds_replication') and pg_catalog.pg_has_role(g.oid, 'member')),
  'readsAllStats', pg_catalog.pg_has_role('pg_read_all_stats', 'usage'),
  'createsInDatabase', pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE'),
  'createsSubscriptions', r.rolsuper or exists (
      select from pg_catalog.pg_roles g where g.rolname = 'pg_create_subscription' and pg_catalog.pg_has_role(g.oid, 'usage')),
  'readsOriginStatus', pg_catalog.has_table_privilege('pg_catalog.pg_replication_origin_status', 'select')
      and pg_catalog.has_function_privilege('pg_catalog.pg_show_replication_origin_status()', 'execute'),
  'readsSystemIdentifier', pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'execute'),
  'listsLibraries', pg_catalog.has_function_privilege('pg_catalog.pg_config()', 'execute')
      and pg_catalog.has_function_privilege('pg_catalog.pg_ls_dir(text)', 'execute'),
  'columns', (
      select pg_catalog.json_agg(pg_catalog.json_build_array(c.relname, a.attname, pg_catalog.has_column_privilege(c.oid, a.attnum, 'select')))
        from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
       where c.relnamespace = 'pg_catalog'::regnamespace and not a.attisdropped
         and (a.attnum > 0 or a.attname = 'oid')
         and c.relname = any ('{${probedRelations.join(',')}}'))
)::text as answer
from pg_catalog.pg_roles r where r.rolname = current_user`;
