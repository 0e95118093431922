import type { ReplicaIdentity, Table } from '../model/table.ts';
import { asList, asNumber, asNumberOrNull, asObject, asText, asTextOrNull, type Json } from './json.ts';
import type { OwnerLookup } from './lookups.ts';

/**
 * Ordinary and partitioned tables outside the system's schemas, as one list per column: ten thousand rows are built
 * in half the time of as many small arrays. `flags` has five letters a table: relkind, p for a partition, u for an
 * unlogged one, relreplident, and y where an index serves the identity (the primary key of 'default', the index of
 * USING INDEX). Schemas and owners come as oids. What few tables have comes by the table's oid: the index that is the
 * replica identity, and the tables it inherits from (of ordinary inheritance). All versions from 10.
 */
export const tablesQuery = `
  select pg_catalog.json_build_object(
           'oid', pg_catalog.json_agg(c.oid::int8),
           'schema', pg_catalog.json_agg(c.relnamespace::int8),
           'name', pg_catalog.json_agg(c.relname),
           'owner', pg_catalog.json_agg(c.relowner::int8),
           'pages', pg_catalog.json_agg(c.relpages),
           'tuples', pg_catalog.json_agg(c.reltuples::float8),
           'parent', pg_catalog.json_agg(case when c.relispartition then (
              select h.inhparent::int8 from pg_catalog.pg_inherits h where h.inhrelid = c.oid limit 1) end),
           'flags', pg_catalog.string_agg(pg_catalog.concat(c.relkind::text, case when c.relispartition then 'p' else '-' end,
              c.relpersistence::text, c.relreplident::text,
              case when c.relreplident = 'd' and x.by_primary_key or c.relreplident = 'i' and x.by_index
                   then 'y' else '-' end), ''),
           'identityIndexes', (select pg_catalog.json_object_agg(r.indrelid::text, n.relname)
              from pg_catalog.pg_index r join pg_catalog.pg_class n on n.oid = r.indexrelid where r.indisreplident),
           'inherits', (select pg_catalog.json_object_agg(g.inhrelid::text, g.parents) from (
              select h.inhrelid, pg_catalog.json_agg(h.inhparent::int8 order by h.inhseqno) as parents
                from pg_catalog.pg_inherits h join pg_catalog.pg_class k on k.oid = h.inhrelid
               where k.relkind = 'r' and not k.relispartition group by h.inhrelid) g))
    from pg_catalog.pg_class c
    left join (select indrelid, pg_catalog.bool_or(indisprimary) as by_primary_key, pg_catalog.bool_or(indisreplident) as by_index
                 from pg_catalog.pg_index where indisvalid and indimmediate group by indrelid) x on x.indrelid = c.oid
   where c.relkind in ('r', 'p') and c.relpersistence in ('p', 'u')
     and c.relnamespace not in (
       select oid from pg_catalog.pg_namespace where nspname in ('pg_catalog', 'information_schema', 'pg_toast'))`;

/** The schemas of the database by oid, without those of the system and of temporary tables. */
export const schemasQuery = `
  select pg_catalog.json_object_agg(oid::text, nspname) from pg_catalog.pg_namespace
   where nspname <> 'information_schema' and nspname::text !~ '^pg_'`;

/** Owners of anything shown: name, and whether the session may act as it. */
export const ownersQuery = `
  select pg_catalog.json_object_agg(oid::text, pg_catalog.json_build_array(rolname, pg_catalog.pg_has_role(oid, 'usage'))) from pg_catalog.pg_roles`;

const identities: Readonly<Record<string, ReplicaIdentity>> = { d: 'default', i: 'index', f: 'full', n: 'nothing' };

/** Letters a table has in the column `flags` of tablesQuery. */
const flagsPerTable = 5;

/** The columns of tablesQuery, in order of schema and name. `blockSize` in bytes. */
export function parseTables(
  answer: Json | undefined,
  schemaName: (oid: number) => string | undefined,
  owners: OwnerLookup,
  blockSize: number,
): readonly Table[] {
  const columns = asObject(answer);
  const [schemas, names, holders] = [asList(columns['schema']), asList(columns['name']), asList(columns['owner'])];
  const [pages, tuples, parents] = [asList(columns['pages']), asList(columns['tuples']), asList(columns['parent'])];
  const flags = asTextOrNull(columns['flags']) ?? '';
  const identityIndexes = asObject(columns['identityIndexes'] ?? {});
  const inherits = asObject(columns['inherits'] ?? {});
  const tables: Table[] = [];
  for (const [index, oid] of asList(columns['oid']).entries()) {
    const schema = schemaName(asNumber(schemas[index]));
    if (schema === undefined) continue;
    const [kind, partition, persistence, identity = '', served] = flags.slice(
      index * flagsPerTable,
      (index + 1) * flagsPerTable,
    );
    const holder = owners(asNumber(holders[index]));
    const replicaIdentity = identities[identity] ?? 'default';
    const pageCount = asNumber(pages[index]);
    const tupleCount = asNumber(tuples[index]);
    const parent = asNumberOrNull(parents[index]);
    const key = String(asNumber(oid));
    const identityIndex = replicaIdentity === 'index' ? asTextOrNull(identityIndexes[key]) : null;
    const ancestors = asList(inherits[key]).map(asNumber);
    tables.push({
      oid: asNumber(oid),
      schema,
      name: asText(names[index]),
      partitioned: kind === 'p',
      isPartition: partition === 'p',
      ...(parent === null ? {} : { partitionOf: parent }),
      ...(ancestors.length > 0 ? { inheritsFrom: ancestors } : {}),
      unlogged: persistence === 'u',
      owner: holder.name,
      ownedByMe: holder.mine,
      replicaIdentity,
      ...(identityIndex === null ? {} : { identityIndex }),
      identityUsable: replicaIdentity === 'full' || served === 'y',
      sizeBytes: pageCount * blockSize,
      // Never analysed: -1 since 14; before, 0 with no pages, which an empty table has too.
      rowEstimate: tupleCount < 0 || (tupleCount === 0 && pageCount === 0) ? null : tupleCount,
    });
  }
  return tables.toSorted((a, b) => compare(a.schema, b.schema) || compare(a.name, b.name));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
