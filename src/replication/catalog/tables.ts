import type { ReplicaIdentity, Table } from '../model/table.ts';
import { asFlag, asList, asNumber, asText, type Json } from './json.ts';
import type { OwnerLookup } from './lookups.ts';

/**
 * Ordinary and partitioned tables outside the system's schemas. Whether an index serves the identity (the
 * primary key of 'default', the index of USING INDEX) is read with it. Schemas and owners come as oids,
 * because this is ten thousand rows long. All versions from 10.
 */
export const tablesQuery = `
  select pg_catalog.json_agg(pg_catalog.json_build_array(c.oid::int8, c.relnamespace::int8, c.relname, c.relkind = 'p', c.relispartition,
           c.relpersistence = 'u', c.relowner::int8, c.relreplident::text,
           case c.relreplident when 'd' then coalesce(x.by_primary_key, false)
                               when 'i' then coalesce(x.by_index, false) else false end,
           c.relpages, c.reltuples::float8,
           case when c.relispartition then (
             select h.inhparent::int8 from pg_catalog.pg_inherits h where h.inhrelid = c.oid limit 1) end))
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

/** Rows of tablesQuery, in order of schema and name. `blockSize` in bytes. */
export function parseTables(
  rows: Json | undefined,
  schemaName: (oid: number) => string | undefined,
  owners: OwnerLookup,
  blockSize: number,
): readonly Table[] {
  const tables: Table[] = [];
  for (const row of asList(rows)) {
    const [oid, schemaOid, name, partitioned, isPartition, unlogged, owner, identity, hasIndex, pages, tuples, parent] =
      asList(row);
    const schema = schemaName(asNumber(schemaOid));
    if (schema === undefined) continue;
    const holder = owners(asNumber(owner));
    const replicaIdentity = identities[asText(identity)] ?? 'default';
    const tupleCount = asNumber(tuples);
    tables.push({
      oid: asNumber(oid),
      schema,
      name: asText(name),
      partitioned: asFlag(partitioned),
      isPartition: asFlag(isPartition),
      ...(parent === null || parent === undefined ? {} : { partitionOf: asNumber(parent) }),
      unlogged: asFlag(unlogged),
      owner: holder.name,
      ownedByMe: holder.mine,
      replicaIdentity,
      identityUsable: replicaIdentity === 'full' || asFlag(hasIndex),
      sizeBytes: asNumber(pages) * blockSize,
      // Never analysed: -1 since 14; before, 0 with no pages, which an empty table has too.
      rowEstimate: tupleCount < 0 || (tupleCount === 0 && asNumber(pages) === 0) ? null : tupleCount,
    });
  }
  return tables.toSorted((a, b) => compare(a.schema, b.schema) || compare(a.name, b.name));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
