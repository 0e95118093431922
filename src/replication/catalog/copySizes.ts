import type { CopySize } from '../model/copy.ts';
import type { TableName } from '../model/reads.ts';
import type { Session } from '../postgres/session.ts';
import { asList, asNumberOrNull, asText, type Json } from './json.ts';

const deadlineMs = 15_000;

/**
 * See OnDemandReads.copySizes. One round trip for any number of tables. A partitioned table counts with all its
 * partitions (published via the root, nothing else says how much comes). Rows are reltuples brought up to the present
 * number of pages, as the planner does it; never analysed is -1 since 14, and before 0 with no pages, which an empty
 * table has too. A table that somebody holds exclusively has no size: to ask for it would wait for that.
 */
export async function readCopySizes(session: Session, tables: readonly TableName[]): Promise<readonly CopySize[]> {
  const rows = await session.query<{ answer: string }>(
    text,
    [tables.map(({ schema }) => schema), tables.map(({ name }) => name)],
    { doing: 'read how much there is to copy', deadlineMs },
  );
  return asList(JSON.parse(rows[0]?.answer ?? '[]') as Json).map((row) => {
    const [schema, name, bytes, count] = asList(row);
    return { schema: asText(schema), name: asText(name), bytes: asNumberOrNull(bytes), rows: asNumberOrNull(count) };
  });
}

const text = `
with recursive wanted as (
  select c.oid as root, n.nspname, c.relname, c.oid
    from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) as t(schema, name)
    join pg_catalog.pg_namespace n on n.nspname = t.schema
    join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = t.name and c.relkind in ('r', 'p')
  union all
  select w.root, w.nspname, w.relname, h.inhrelid
    from wanted w
    join pg_catalog.pg_class p on p.oid = w.oid and p.relkind = 'p'
    join pg_catalog.pg_inherits h on h.inhparent = p.oid
), held as (
  select relation from pg_catalog.pg_locks where mode = 'AccessExclusiveLock' and relation is not null
), leaf as (
  select w.root, w.nspname, w.relname, c.reltuples::float8 as tuples, c.relpages::float8 as pages,
         case when c.oid not in (select relation from held) then pg_catalog.pg_table_size(c.oid) end as bytes,
         case when c.oid not in (select relation from held)
              then pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::float8 end as now_pages
    from wanted w join pg_catalog.pg_class c on c.oid = w.oid
   where c.relkind = 'r'
), counted as (
  select leaf.*,
         case when now_pages = 0 then 0
              when tuples < 0 or (tuples = 0 and pages = 0) then null
              when pages > 0 and now_pages is not null then tuples / pages * now_pages
              else tuples end as estimate
    from leaf
)
select coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(g.nspname, g.relname, g.bytes, g.estimate)), '[]')::text as answer
  from (select root, nspname, relname,
               case when pg_catalog.bool_and(bytes is not null) then pg_catalog.sum(bytes)::int8 end as bytes,
               case when pg_catalog.bool_and(estimate is not null) then pg_catalog.round(pg_catalog.sum(estimate))::int8 end as estimate
          from counted group by 1, 2, 3) g`;
