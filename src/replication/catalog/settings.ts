import type { SettingDetail } from '../model/reads.ts';
import type { Session } from '../postgres/session.ts';
import { asFlag, asList, asNumberOrNull, asObject, asText, asTextOrNull, asTexts, type Json } from './json.ts';

/** What replication depends on, of all versions; each is read where the server has it. */
const settingNames = [
  'wal_level',
  'max_replication_slots',
  'max_wal_senders',
  'max_slot_wal_keep_size',
  'idle_replication_slot_timeout',
  'wal_sender_timeout',
  'logical_decoding_work_mem',
  'max_active_replication_origins',
  'max_logical_replication_workers',
  'max_worker_processes',
  'max_sync_workers_per_subscription',
  'max_parallel_apply_workers_per_subscription',
  'wal_receiver_timeout',
  'wal_receiver_status_interval',
  'wal_retrieve_retry_interval',
  'hot_standby_feedback',
  'sync_replication_slots',
  'synchronized_standby_slots',
  'track_commit_timestamp',
] as const;

const options = { doing: 'read the settings', deadlineMs: 15_000 };

/** What decides the text of the query: the grants on parameters came with 15, the switch for ALTER SYSTEM with 17. */
const abilitiesText = `
  select pg_catalog.json_build_object(
    'superuser', (select rolsuper from pg_catalog.pg_roles where rolname = current_user),
    'parameterGrants', pg_catalog.to_regprocedure('pg_catalog.has_parameter_privilege(text,text)') is not null,
    'allowed', coalesce(pg_catalog.current_setting('allow_alter_system', true), 'on') = 'on',
    'files', pg_catalog.has_table_privilege('pg_catalog.pg_file_settings', 'select')
      and pg_catalog.has_function_privilege('pg_catalog.pg_show_all_file_settings()', 'execute'),
    'reload', pg_catalog.has_function_privilege('pg_catalog.pg_reload_conf()', 'execute'))::text as answer`;

/** See OnDemandReads.settings. Two round trips. Rejects with ReplicationError. */
export async function readSettings(session: Session): Promise<readonly SettingDetail[]> {
  const abilities = asObject(await ask(session, abilitiesText));
  const readsFiles = asFlag(abilities['files']);
  const reloadable = asFlag(abilities['reload']);
  const grants = asFlag(abilities['parameterGrants'])
    ? `pg_catalog.has_parameter_privilege(s.name, 'ALTER SYSTEM')`
    : String(asFlag(abilities['superuser']));
  const text = `
    select coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
        'name', s.name, 'value', s.setting, 'unit', s.unit, 'context', s.context, 'source', s.source,
        'pending', s.pending_restart, 'description', s.short_desc, 'type', s.vartype,
        'min', s.min_val::float8, 'max', ${largestQuery}, 'choices', pg_catalog.to_json(s.enumvals),
        'origins', ${originsQuery}, 'alterable', ${asFlag(abilities['allowed']) ? grants : 'false'},
        'auto', ${readsFiles ? autoFileQuery : 'null::text'})), '[]')::text as answer
      from pg_catalog.pg_settings s
     where s.name in (${settingNames.map((name) => `'${name}'`).join(', ')})`;
  const details = asList(await ask(session, text)).map((row) => parseSetting(row, { readsFiles, reloadable }));
  const order = new Map<string, number>(settingNames.map((name, index) => [name, index]));
  return details.toSorted((a, b) => (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0));
}

/** Before 12 WAL senders count among the connections: the server doesn't start with more. On 11 less those in reserve. */
const largestQuery = `least(s.max_val::float8, case when s.name = 'max_wal_senders' and pg_catalog.current_setting('server_version_num')::int < 120000
    then pg_catalog.current_setting('max_connections')::float8 - 1 - case when pg_catalog.current_setting('server_version_num')::int < 110000 then 0
         else pg_catalog.current_setting('superuser_reserved_connections')::float8 end end)`;

/** Those of all databases. A setting of their own limits them since 18, that of the slots before. */
const originsQuery = `case when s.name = coalesce((select o.name from pg_catalog.pg_settings o where o.name = 'max_active_replication_origins'), 'max_replication_slots')
    then (select pg_catalog.count(*) from pg_catalog.pg_replication_origin) end`;

/** The last line counts, as it does for the server. */
const autoFileQuery = `(select f.setting from pg_catalog.pg_file_settings f
    where f.name = s.name and f.sourcefile ~ '[/\\\\]postgresql[.]auto[.]conf$' order by f.seqno desc limit 1)`;

async function ask(session: Session, text: string): Promise<Json> {
  const rows = await session.query<{ answer: string }>(text, [], options);
  return JSON.parse(rows[0]?.answer ?? 'null') as Json;
}

const types: Readonly<Record<string, SettingDetail['type']>> = {
  bool: 'bool',
  enum: 'enum',
  integer: 'integer',
  real: 'real',
};

function parseSetting(
  row: Json,
  { readsFiles, reloadable }: { readonly readsFiles: boolean; readonly reloadable: boolean },
): SettingDetail {
  const fields = asObject(row);
  const origins = asNumberOrNull(fields['origins']);
  return {
    name: asText(fields['name']),
    value: asText(fields['value']),
    unit: asTextOrNull(fields['unit']),
    context: asText(fields['context']),
    source: asText(fields['source']),
    pendingRestart: asFlag(fields['pending']),
    description: asText(fields['description']),
    type: types[asText(fields['type'])] ?? 'string',
    min: asNumberOrNull(fields['min']),
    max: asNumberOrNull(fields['max']),
    choices: asTexts(fields['choices']),
    ...(origins === null ? {} : { origins }),
    alterable: asFlag(fields['alterable']),
    reloadable,
    ...(readsFiles ? { inAutoFile: asTextOrNull(fields['auto']) } : {}),
  };
}
