import type { ServerSetting } from '../model/server.ts';
import type { HiddenFact, Inventory } from '../model/snapshot.ts';
import { signRoles } from '../providers/signs.ts';
import { deriveCapabilities } from './capabilities.ts';
import { foreignServersQuery, parseForeignServers } from './foreignServers.ts';
import { asFlag, asList, asObject, asText, asTextOrNull, asTexts, type Json } from './json.ts';
import type { OwnerLookup } from './lookups.ts';
import type { Probe } from './probe.ts';
import { exceptedTablesQuery, parsePublications, publicationsQuery, publishedTablesQuery } from './publications.ts';
import type { RoundTrip } from './pulse.ts';
import { subscribedSequencesQuery } from './subscribedSequences.ts';
import { parseSubscriptions, subscribedTablesQuery, subscriptionsQuery } from './subscriptions.ts';
import { ownersQuery, parseTables, schemasQuery, tablesQuery } from './tables.ts';

/** Settings that replication depends on, of all versions and of the providers that have one of their own. */
const settingNames = [
  'wal_level',
  'effective_wal_level',
  'archive_mode',
  'summarize_wal',
  'max_wal_senders',
  'max_replication_slots',
  'max_active_replication_origins',
  'max_logical_replication_workers',
  'max_sync_workers_per_subscription',
  'max_worker_processes',
  'max_slot_wal_keep_size',
  'idle_replication_slot_timeout',
  'output_plugin_libraries',
  'wal_sender_timeout',
  'wal_receiver_timeout',
  'track_commit_timestamp',
  'wal_receiver_status_interval',
  'primary_slot_name',
  'cluster_name',
  'wal_segment_size',
  'block_size',
  'rds.logical_replication',
  'cloudsql.logical_decoding',
  'alloydb.logical_decoding',
  'azure.extensions',
  'neon.tenant_id',
];

/** What exists, as one JSON object. */
export function inventoryQuery(probe: Probe): string {
  const identifier = probe.readsSystemIdentifier
    ? '(select system_identifier::text from pg_catalog.pg_control_system())'
    : 'null';
  return `select pg_catalog.json_build_object(
    'database', pg_catalog.current_database(),
    'identifier', ${identifier},
    'inRecovery', pg_catalog.pg_is_in_recovery(),
    'aurora', pg_catalog.to_regproc('aurora_version') is not null,
    'settings', (select pg_catalog.json_agg(pg_catalog.json_build_array(name, setting, unit)) from pg_catalog.pg_settings
                  where name in (${settingNames.map((name) => `'${name}'`).join(', ')})),
    'databases', (select pg_catalog.json_agg(datname order by datname) from pg_catalog.pg_database
                   where datallowconn and not datistemplate and pg_catalog.has_database_privilege(oid, 'CONNECT')),
    'usedPlugins', (select pg_catalog.json_agg(distinct plugin) from pg_catalog.pg_replication_slots where plugin is not null),
    'schemas', (${schemasQuery}),
    'owners', (${ownersQuery}),
    'tables', (${tablesQuery}),
    'publications', (${publicationsQuery(probe)}),
    'publishedTables', (${publishedTablesQuery(probe)}),
    'exceptedTables', (${exceptedTablesQuery(probe)}),
    'subscriptions', (${subscriptionsQuery(probe)}),
    'subscribedTables', (${subscribedTablesQuery(probe)}),
    'subscribedSequences', (${subscribedSequencesQuery(probe)}),
    'foreignServers', (${foreignServersQuery(probe)}))`;
}

export function parseInventory(
  answer: Json | undefined,
  connectionId: string,
  probe: Probe,
  trip: RoundTrip,
): Inventory {
  const fields = asObject(answer);
  const settings = parseSettings(fields['settings']);
  const schemas = new Map(
    Object.entries(asObject(fields['schemas'] ?? {})).map(([oid, name]) => [Number(oid), asText(name)]),
  );
  const owners = ownerLookup(fields['owners']);
  const inRecovery = asFlag(fields['inRecovery']);
  const blockSize = Number(settings['block_size']?.value ?? 8192);
  const tables = parseTables(fields['tables'], (oid) => schemas.get(oid), owners, blockSize);
  const tableByOid = new Map(tables.map(({ oid, schema, name }) => [oid, { schema, name }]));
  const relations = (oid: number): { readonly schema: string; readonly name: string } | undefined =>
    tableByOid.get(oid);
  return {
    connectionId,
    readAt: trip.answeredAt,
    tookMs: trip.answeredAt - trip.sentAt,
    server: {
      version: probe.version,
      versionNumber: probe.versionNumber,
      systemIdentifier: asTextOrNull(fields['identifier']),
      database: asText(fields['database']),
      inRecovery,
      role: probe.role,
      capabilities: deriveCapabilities(probe, settings, inRecovery),
      settings,
      databases: asTexts(fields['databases']),
      plugins: outputPlugins(probe.installedPlugins, asTexts(fields['usedPlugins']), settings),
      schemas: [...schemas.values()].toSorted(),
      ...providerSigns(fields['owners'], fields['aurora']),
      ...parseForeignServers(fields['foreignServers']),
    },
    publications: parsePublications(
      fields['publications'],
      fields['publishedTables'],
      fields['exceptedTables'],
      owners,
      relations,
    ),
    subscriptions: parseSubscriptions(
      fields['subscriptions'],
      fields['subscribedTables'],
      fields['subscribedSequences'],
      owners,
      relations,
    ),
    tables,
    hidden: hiddenFacts(probe),
  };
}

function parseSettings(rows: Json | undefined): Readonly<Record<string, ServerSetting>> {
  const settings: Record<string, ServerSetting> = {};
  for (const row of asList(rows)) {
    const [name, value, unit] = asList(row);
    settings[asText(name)] = { name: asText(name), value: asText(value), unit: asTextOrNull(unit) };
  }
  return settings;
}

function ownerLookup(answer: Json | undefined): OwnerLookup {
  const owners = new Map(
    Object.entries(asObject(answer)).map(([oid, entry]) => {
      const [name, mine] = asList(entry);
      return [Number(oid), { name: asText(name), mine: asFlag(mine) }];
    }),
  );
  return (oid) => owners.get(oid) ?? { name: `role ${oid}`, mine: false };
}

/** By which a hosting provider is recognised: among the roles, which are read anyway, those that only one has. */
function providerSigns(
  owners: Json | undefined,
  aurora: Json | undefined,
): { readonly providerSigns?: readonly string[] } {
  const names = new Set(Object.values(asObject(owners)).map((entry) => asText(asList(entry)[0])));
  const signs = [...signRoles.filter((name) => names.has(name)), ...(aurora === true ? ['aurora_version'] : [])];
  return signs.length > 0 ? { providerSigns: signs } : {};
}

/**
 * The output plugins one can have: those installed (pgoutput and test_decoding where the role can't look) and those
 * in use; where the server has output_plugin_libraries (late minors), only what that allows.
 */
function outputPlugins(
  installed: readonly string[] | null,
  used: readonly string[],
  settings: Readonly<Record<string, ServerSetting>>,
): readonly string[] {
  const allowed = settings['output_plugin_libraries']?.value.split(',').map((name) => name.trim().replaceAll('"', ''));
  const found = [...new Set([...(installed ?? ['pgoutput', 'test_decoding']), ...used])];
  return found.filter((name) => !allowed || allowed.includes(name)).toSorted(pgoutputFirst);
}

function pgoutputFirst(a: string, b: string): number {
  if (a === 'pgoutput' || b === 'pgoutput') return a === 'pgoutput' ? -1 : 1;
  return a < b ? -1 : 1;
}

/** What this role can't see, each with the privilege that shows it (checked on 10 to 18). */
function hiddenFacts(probe: Probe): readonly HiddenFact[] {
  const facts: HiddenFact[] = [];
  if (!probe.role.readsAllStats && !probe.role.superuser) {
    facts.push({ what: 'state and positions of WAL senders', privilege: 'membership of pg_monitor' });
  }
  if (!probe.reads('pg_subscription', 'subconninfo')) {
    facts.push({
      what: 'where subscriptions connect to',
      privilege: 'superuser, or GRANT SELECT (subconninfo) ON pg_subscription',
    });
  }
  if (!probe.reads('pg_subscription', 'oid')) {
    facts.push({
      what: 'some options of subscriptions',
      privilege: 'superuser, or GRANT SELECT (oid, subsynccommit) ON pg_subscription',
    });
  }
  if (!probe.readsOriginStatus) {
    facts.push({
      what: 'the position up to which a subscription has applied',
      privilege:
        probe.versionNumber < 140000
          ? 'superuser'
          : 'SELECT on pg_replication_origin_status and EXECUTE on pg_show_replication_origin_status()',
    });
  }
  if (!probe.readsSystemIdentifier) {
    facts.push({ what: 'the system identifier of the server', privilege: 'EXECUTE on pg_control_system()' });
  }
  return facts;
}
