import type { CopyingTable } from '../model/copy.ts';
import { asFlag, asList, asNumber, asNumberOrNull, type Json } from './json.ts';
import type { Probe } from './probe.ts';

/**
 * Tables whose rows are being copied or are yet to be, 200 at the most and those that are first, as part of the pulse:
 * null, and nothing is looked at beyond the states of tables, while there is none. Rows and bytes by pg_stat_progress_copy
 * (since 14; counters are null for who may not see another role's; relid is the table here). Otherwise only the size
 * tells, and what it was before the copy; it isn't asked for where somebody holds the table exclusively, because the beat
 * would wait for that, and a partitioned table has none of its own. A copy that goes on is in no statistics yet: where they
 * know of no row, and no VACUUM or ANALYZE found a page, the table was empty.
 */
export function copyingQuery(probe: Probe): string {
  const shown = probe.has('pg_stat_progress_copy', 'tuples_processed');
  const progress = shown ? 'p.tuples_processed, p.bytes_processed' : 'null, null';
  const join = shown ? 'left join pg_catalog.pg_stat_progress_copy p on p.pid = w.pid and p.relid = c.srrelid' : '';
  return `select case when exists (select from pg_catalog.pg_subscription_rel where srsubstate in ('d', 'i')) then (
       select pg_catalog.json_agg(pg_catalog.json_build_array(c.srsubid::int8, c.srrelid::int8, w.pid, ${progress},
                case when c.relkind <> 'p' and c.srrelid <> all (array(
                       select k.relation from pg_catalog.pg_locks k where k.mode = 'AccessExclusiveLock' and k.relation is not null))
                     then pg_catalog.pg_table_size(c.srrelid) end,
                c.relpages = 0 and pg_catalog.pg_stat_get_tuples_inserted(c.srrelid) = 0
                  and pg_catalog.pg_stat_get_live_tuples(c.srrelid) = 0 and pg_catalog.pg_stat_get_dead_tuples(c.srrelid) = 0))
         from (select r.srsubid, r.srrelid, k.relkind, k.relpages
                 from pg_catalog.pg_subscription_rel r join pg_catalog.pg_class k on k.oid = r.srrelid
                where r.srsubstate in ('d', 'i') order by r.srsubstate limit 200) c
         left join pg_catalog.pg_stat_subscription w on w.subid = c.srsubid and w.relid = c.srrelid and w.pid is not null
         ${join}) end`;
}

/** The answer of copyingQuery. */
export function parseCopying(rows: Json | undefined): readonly CopyingTable[] {
  return asList(rows).map((row) => {
    const [subscription, table, pid, copied, bytes, size, empty] = asList(row);
    return {
      subscriptionOid: asNumber(subscription),
      tableOid: asNumber(table),
      workerPid: asNumberOrNull(pid),
      rows: asNumberOrNull(copied),
      bytes: asNumberOrNull(bytes),
      tableBytes: asNumberOrNull(size),
      emptyBefore: asFlag(empty),
    };
  });
}
