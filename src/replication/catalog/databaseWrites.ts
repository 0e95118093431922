import type { DatabaseWrites } from '../model/snapshot.ts';
import { asList, asNumber, asText, type Json } from './json.ts';

/** More databases than these aren't told apart, so that a beat stays small. */
const most = 100;

/**
 * Rows that transactions wrote in each database, from the cumulative statistics: by them WAL of other databases is told
 * from a slot's own. They trail a commit by a second or so, by more in a session that is idle after it; any role reads them.
 */
export const databaseWritesQuery = `
  select pg_catalog.json_agg(pg_catalog.json_build_array(l.datname, l.written))
    from (select d.datname, pg_catalog.pg_stat_get_db_tuples_inserted(d.oid) + pg_catalog.pg_stat_get_db_tuples_updated(d.oid)
                 + pg_catalog.pg_stat_get_db_tuples_deleted(d.oid) as written
            from pg_catalog.pg_database d where d.datallowconn
           order by exists (select from pg_catalog.pg_replication_slots r where r.datoid = d.oid) desc, written desc
           limit ${most}) l`;

/** Rows of `databaseWritesQuery`. */
export function parseDatabaseWrites(rows: Json | undefined): readonly DatabaseWrites[] {
  return asList(rows).map((row) => {
    const [database, written] = asList(row);
    return { database: asText(database), rows: asNumber(written) };
  });
}
