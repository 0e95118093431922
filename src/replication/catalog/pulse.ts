import type { Pulse } from '../model/snapshot.ts';
import { copyingQuery, parseCopying } from './copying.ts';
import { databaseWritesQuery, parseDatabaseWrites } from './databaseWrites.ts';
import {
  asFlag,
  asList,
  asNumber,
  asNumberOrNull,
  asObject,
  asText,
  asTextOrNull,
  type Json,
  type JsonObject,
} from './json.ts';
import type { Probe } from './probe.ts';
import { parseSenders, sendersQuery } from './senders.ts';
import { parseSlots, slotLinesQuery, slotsQuery } from './slots.ts';
import {
  backgroundWorkersQuery,
  parseSubscriptionPulses,
  parseTableProgress,
  parseWorkers,
  subscriptionPulsesQuery,
  tableProgressQuery,
  workersQuery,
} from './workers.ts';

/** When a statement was sent and answered, milliseconds since the epoch by our clock. */
export interface RoundTrip {
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** The catalogs whose change means that the inventory has to be read again. */
const markedCatalogs = [
  'pg_publication',
  'pg_publication_rel',
  'pg_publication_namespace',
  'pg_subscription',
  'pg_subscription_rel',
  'pg_class',
  'pg_index',
  'pg_namespace',
] as const;

/**
 * When the configuration was loaded, since the inventory has settings too, and counters of rows inserted, updated and
 * deleted in those catalogs: a look-up each, without reading a single row. They lag a second or so behind a commit, and start anew after a crash, which costs one needless reading.
 * pg_subscription_rel's updates (table states) are left out: the pulse itself has those.
 */
function catalogMarkQuery(probe: Probe): string {
  const rows = markedCatalogs
    .filter((name) => name !== 'pg_publication_namespace' || probe.has('pg_publication_namespace', 'pnnspid'))
    .map((name) => {
      const relation = `'pg_catalog.${name}'::regclass`;
      const updated =
        name === 'pg_subscription_rel' ? `'0'` : `pg_catalog.pg_stat_get_tuples_updated(${relation})::text`;
      return `pg_catalog.pg_stat_get_tuples_inserted(${relation})::text || '.' || ${updated} || '.' || pg_catalog.pg_stat_get_tuples_deleted(${relation})::text`;
    })
    .join(` || ' ' || `);
  return `pg_catalog.pg_conf_load_time()::text || ' ' || ${rows}`;
}

/** What is a single value, or moves at every beat. On a standby the end of WAL is what has been replayed. */
function presentFields(probe: Probe): string {
  return `
    'time', (extract(epoch from pg_catalog.clock_timestamp())::float8 * 1000::float8)::int8,
    'startedAt', (extract(epoch from pg_catalog.pg_postmaster_start_time())::float8 * 1000::float8)::int8,
    'inRecovery', pg_catalog.pg_is_in_recovery(),
    'currentLsn', coalesce(case when pg_catalog.pg_is_in_recovery() then pg_catalog.pg_last_wal_replay_lsn() else pg_catalog.pg_current_wal_lsn() end, '0/0')::text,
    'flushedLsn', case when pg_catalog.pg_is_in_recovery() then null else pg_catalog.pg_current_wal_flush_lsn()::text end,
    'workersInUse', (select pg_catalog.count(*) from pg_catalog.pg_stat_subscription u where u.pid is not null),
    'backgroundWorkers', (${backgroundWorkersQuery(probe)}),
    'subscriptionOids', (select pg_catalog.json_agg(distinct a.subid::int8) from pg_catalog.pg_stat_subscription a),
    'mark', ${catalogMarkQuery(probe)}`;
}

/** The lists of a pulse but the slots, each with how it is read and parsed. */
const listQueries = {
  senders: sendersQuery,
  workers: workersQuery,
  subscriptions: subscriptionPulsesQuery,
  tableProgress: tableProgressQuery,
  copying: copyingQuery,
  databaseWrites: () => databaseWritesQuery,
} as const;
const listParsers = {
  senders: parseSenders,
  workers: parseWorkers,
  subscriptions: parseSubscriptionPulses,
  tableProgress: parseTableProgress,
  copying: parseCopying,
  databaseWrites: parseDatabaseWrites,
} as const;

/** The lists of a pulse. */
export type PulseLists = Pick<Pulse, 'slots'> & {
  readonly [Name in PulseList]: ReturnType<(typeof listParsers)[Name]>;
};
/** A list of a pulse that is read as one column. */
export type PulseList = keyof typeof listQueries;
export const pulseLists = Object.keys(listQueries) as readonly PulseList[];

/** What moves, as one JSON object. */
export function pulseQuery(probe: Probe): string {
  const lists = pulseLists.map((name) => `'${name}', (${listQueries[name](probe)})`).join(', ');
  return `select pg_catalog.json_build_object(${presentFields(probe)}, 'slots', (${slotsQuery(probe)}), ${lists})`;
}

/** The same in columns of text: `present`, `slots` (a line each) and one for every list. */
export function pulseColumnsQuery(probe: Probe): string {
  const lists = pulseLists.map((name) => `(${listQueries[name](probe)})::text as "${name}"`).join(', ');
  return `select pg_catalog.json_build_object(${presentFields(probe)})::text as "present", (${slotLinesQuery(probe)}) as "slots", ${lists}`;
}

/** The answer to `pulseQuery`. */
export function parsePulse(answer: Json | undefined, connectionId: string, trip: RoundTrip): Pulse {
  const fields = asObject(answer);
  return pulseOf(fields, connectionId, trip, {
    slots: parseSlots(fields['slots']),
    senders: parseSenders(fields['senders']),
    workers: parseWorkers(fields['workers']),
    subscriptions: parseSubscriptionPulses(fields['subscriptions']),
    tableProgress: parseTableProgress(fields['tableProgress']),
    copying: parseCopying(fields['copying']),
    databaseWrites: parseDatabaseWrites(fields['databaseWrites']),
  });
}

/** One of the lists. */
export function parsePulseList<Name extends PulseList>(name: Name, answer: Json): PulseLists[Name] {
  return listParsers[name](answer) as PulseLists[Name];
}

/** A pulse of what is in `present` and its lists. */
export function pulseOf(present: JsonObject, connectionId: string, trip: RoundTrip, lists: PulseLists): Pulse {
  return {
    connectionId,
    sampledAt: (trip.sentAt + trip.answeredAt) / 2,
    tookMs: trip.answeredAt - trip.sentAt,
    serverTime: asNumber(present['time']),
    startedAt: asNumber(present['startedAt']),
    inRecovery: asFlag(present['inRecovery']),
    currentLsn: asText(present['currentLsn']),
    flushedLsn: asTextOrNull(present['flushedLsn']),
    ...lists,
    workersInUse: asNumber(present['workersInUse']),
    backgroundWorkers: asNumberOrNull(present['backgroundWorkers']),
    subscriptionOids: asList(present['subscriptionOids']).map(asNumber),
    catalogMark: asText(present['mark']),
  };
}
