import type { SubscriptionPulse, SubscriptionWorker, TableProgress } from '../model/snapshot.ts';
import { asFlag, asList, asNumber, asNumberOrNull, asObject, asText, asTextOrNull, type Json } from './json.ts';
import type { Probe } from './probe.ts';
import { listsSequences } from './subscribedSequences.ts';
import { noSequence, noTableStates, ownDatabase, parseTableState, subscriptionOid } from './subscriptions.ts';

/**
 * pg_stat_subscription: several rows per subscription. What a worker is: worker_type since 17; before, a table
 * means table synchronization, and a leader (16) parallel apply. What it waits for is null without pg_monitor.
 */
export function workersQuery(probe: Probe): string {
  const kind = probe.has('pg_stat_subscription', 'worker_type')
    ? 'w.worker_type'
    : probe.has('pg_stat_subscription', 'leader_pid')
      ? `case when w.relid is not null then 'table synchronization' when w.leader_pid is not null then 'parallel apply' end`
      : `case when w.relid is not null then 'table synchronization' end`;
  return `select pg_catalog.json_agg(pg_catalog.json_build_array(w.subid::int8, w.subname, ${kind}, w.pid, w.relid::int8, w.received_lsn::text,
            w.latest_end_lsn::text, (extract(epoch from w.last_msg_receipt_time)::float8 * 1000::float8)::int8, a.wait_event_type,
            case when a.wait_event_type = 'Lock' then pg_catalog.to_json(pg_catalog.pg_blocking_pids(w.pid)) end))
       from pg_catalog.pg_stat_subscription w
       left join lateral pg_catalog.pg_stat_get_activity(w.pid) a on w.pid is not null
      where w.subname in (select s.subname from pg_catalog.pg_subscription s where s.${ownDatabase})`;
}

/** What pg_stat_activity calls processes of the server that take no background worker's place, of all versions. */
const otherProcesses = [
  'archiver',
  'autovacuum launcher',
  'autovacuum worker',
  'background writer',
  'checkpointer',
  'client backend',
  'io worker',
  'slotsync worker',
  'standalone backend',
  'startup',
  'walreceiver',
  'walsender',
  'walsummarizer',
  'walwriter',
];

/** See Pulse.backgroundWorkers: counted only while a worker or a table waits, since it looks at every process. */
export function backgroundWorkersQuery(probe: Probe): string {
  const waiting = `not exists (select from pg_catalog.pg_stat_subscription w
                                where w.subid::int8 = ${subscriptionOid(probe, 's')} and w.relid is null and w.pid is not null)`;
  return `
  select case when exists (select from pg_catalog.pg_subscription s
                            where s.${ownDatabase} and s.subenabled and ${waiting})
                or exists (select from pg_catalog.pg_subscription_rel r where r.srsubstate in ('i', 'd'))
              then (select case when pg_catalog.bool_and(a.backend_type is not null)
                                then pg_catalog.count(*) filter (where a.backend_type not in (${otherProcesses.map((name) => `'${name}'`).join(', ')})) end
                      from pg_catalog.pg_stat_get_activity(null) a) end`;
}

export function parseWorkers(rows: Json | undefined): readonly SubscriptionWorker[] {
  return asList(rows).map((row) => {
    const [subscription, name, kind, pid, table, received, latestEnd, lastMessage, waitsFor, blockedBy] = asList(row);
    const kindText = asTextOrNull(kind);
    return {
      subscriptionOid: asNumber(subscription),
      subscriptionName: asText(name),
      kind:
        kindText === 'table synchronization'
          ? 'tableSynchronization'
          : kindText === 'parallel apply'
            ? 'parallelApply'
            : kindText === 'sequence synchronization'
              ? 'sequenceSynchronization'
              : 'apply',
      pid: asNumberOrNull(pid),
      tableOid: asNumberOrNull(table),
      receivedLsn: asTextOrNull(received),
      latestEndLsn: asTextOrNull(latestEnd),
      lastMessageAt: asNumberOrNull(lastMessage),
      waitsFor: asTextOrNull(waitsFor),
      blockedBy: blockedBy === null || blockedBy === undefined ? [] : asList(blockedBy).map(asNumber),
    };
  });
}

/** Conflicts by kind: since 18, the last one since 19 (as documented; untried). */
const conflictColumns = [
  'confl_insert_exists',
  'confl_update_origin_differs',
  'confl_update_exists',
  'confl_update_missing',
  'confl_delete_origin_differs',
  'confl_delete_missing',
  'confl_multiple_unique_conflicts',
  'confl_update_deleted',
] as const;

/**
 * What moves of the subscriptions of this database: switched on or off, slot, error counters (15+), conflicts (18+),
 * and, where the role may read pg_replication_origin_status, the position up to which it has applied.
 */
export function subscriptionPulsesQuery(probe: Probe): string {
  const oid = subscriptionOid(probe, 's');
  const counts = probe.has('pg_stat_subscription_stats', 'apply_error_count');
  // 19 counts the errors of tables and of sequences apart.
  const syncErrors = probe.has('pg_stat_subscription_stats', 'sync_error_count')
    ? 'sync_error_count'
    : 'sync_table_error_count';
  const errors = counts ? `, t.apply_error_count, t.${syncErrors}` : ', null, null';
  const kinds = conflictColumns.filter((column) => probe.has('pg_stat_subscription_stats', column));
  const conflicts = kinds.length === 0 ? 'null::int8' : kinds.map((column) => `coalesce(t.${column}, 0)`).join(' + ');
  const applied = probe.readsOriginStatus
    ? `(select o.remote_lsn::text from pg_catalog.pg_replication_origin_status o where o.external_id = 'pg_' || (${oid})::text)`
    : 'null';
  const stats = counts ? `left join pg_catalog.pg_stat_subscription_stats t on t.subid::int8 = ${oid}` : '';
  return `select pg_catalog.json_agg(pg_catalog.json_build_array(${oid}, s.subname, s.subenabled, s.subslotname${errors}, ${applied}, ${conflicts}))
       from pg_catalog.pg_subscription s ${stats} where s.${ownDatabase}`;
}

export function parseSubscriptionPulses(rows: Json | undefined): readonly SubscriptionPulse[] {
  return asList(rows).map((row) => {
    const [oid, name, enabled, slotName, applyErrors, syncErrors, applied, conflicts] = asList(row);
    return {
      oid: asNumberOrNull(oid),
      name: asText(name),
      enabled: asFlag(enabled),
      slotName: asTextOrNull(slotName),
      applyErrors: asNumberOrNull(applyErrors),
      syncErrors: asNumberOrNull(syncErrors),
      appliedLsn: asTextOrNull(applied),
      conflicts: asNumberOrNull(conflicts),
    };
  });
}

/** Tables of subscriptions by state, and 200 that aren't ready: those that were begun first. What 19 lists of sequences isn't counted. */
export function tableProgressQuery(probe: Probe): string {
  const tables = listsSequences(probe) ? noSequence : 'where true';
  return `select pg_catalog.json_build_object(
    'counts', (select pg_catalog.json_agg(pg_catalog.json_build_array(g.srsubid::int8, g.srsubstate::text, g.n))
                 from (select r.srsubid, r.srsubstate, pg_catalog.count(*) as n from pg_catalog.pg_subscription_rel r ${tables} group by 1, 2) g),
    'notReady', (select pg_catalog.json_agg(pg_catalog.json_build_array(l.srsubid::int8, l.srrelid::int8, l.srsubstate::text))
                   from (select * from pg_catalog.pg_subscription_rel r ${tables} and r.srsubstate <> 'r' order by r.srsubstate = 'i' limit 200) l))`;
}

export function parseTableProgress(answer: Json | undefined): readonly TableProgress[] {
  const fields = asObject(answer);
  const bySubscription = new Map<
    number,
    { counts: ReturnType<typeof noTableStates>; notReady: TableProgress['notReady'][number][] }
  >();
  for (const row of asList(fields['counts'])) {
    const [subscription, letter, count] = asList(row);
    const oid = asNumber(subscription);
    const entry = bySubscription.get(oid) ?? { counts: noTableStates(), notReady: [] };
    entry.counts[parseTableState(asText(letter))] += asNumber(count);
    bySubscription.set(oid, entry);
  }
  for (const row of asList(fields['notReady'])) {
    const [subscription, table, letter] = asList(row);
    bySubscription
      .get(asNumber(subscription))
      ?.notReady.push({ tableOid: asNumber(table), state: parseTableState(asText(letter)) });
  }
  return [...bySubscription].map(([oid, entry]) => ({ subscriptionOid: oid, ...entry }));
}
