import type { NeededType } from '../model/reads.ts';
import { asList, asNumber, asObject, asText, asTextOrNull, type Json } from './json.ts';

/** Sequences that the defaults of the table `oid` read from, with what makes them. pg_sequence came with 10. */
export function sequencesOf(oid: string): string {
  return `select pg_catalog.json_agg(pg_catalog.json_build_object('schema', qn.nspname, 'name', qc.relname, 'sql',
             pg_catalog.format('CREATE SEQUENCE %I.%I AS %s INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s%s',
               qn.nspname, qc.relname, pg_catalog.format_type(q.seqtypid, null), q.seqincrement, q.seqmin, q.seqmax, q.seqstart, q.seqcache,
               case when q.seqcycle then ' CYCLE' else '' end)) order by qn.nspname, qc.relname)
    from (select distinct p.refobjid as oid from pg_catalog.pg_depend p join pg_catalog.pg_attrdef d on d.oid = p.objid
           where p.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass and p.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
             and d.adrelid = ${oid}) u
    join pg_catalog.pg_sequence q on q.seqrelid = u.oid join pg_catalog.pg_class qc on qc.oid = q.seqrelid
    join pg_catalog.pg_namespace qn on qn.oid = qc.relnamespace`;
}

/**
 * All types that the columns of the `wanted` tables are made of, down to PostgreSQL's own: the element of an array, the
 * base of a domain, the fields of a composite type. `origin` is the column's type. For WITH RECURSIVE, after `wanted`.
 */
export const reachedTypesClause = `reached (origin, oid, depth) as (
  select distinct a.atttypid, a.atttypid, 0 from wanted w
    join pg_catalog.pg_namespace n on n.nspname = w.schema join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.name
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  union
  select r.origin, p.oid, r.depth + 1 from reached r join pg_catalog.pg_type t on t.oid = r.oid,
    lateral (select t.typelem as oid where t.typtype = 'b' and t.typcategory = 'A' union all select t.typbasetype where t.typtype = 'd'
             union all select f.atttypid from pg_catalog.pg_attribute f
                        where t.typtype = 'c' and f.attrelid = t.typrelid and f.attnum > 0 and not f.attisdropped) p
   where p.oid <> 0 and r.depth < 32)`;

const domainText = `pg_catalog.format('CREATE DOMAIN %I.%I AS %s%s%s%s%s', n.nspname, t.typname, pg_catalog.format_type(t.typbasetype, t.typtypmod),
    (select ' COLLATE ' || pg_catalog.quote_ident(cn.nspname) || '.' || pg_catalog.quote_ident(o.collname) from pg_catalog.pg_collation o
       join pg_catalog.pg_namespace cn on cn.oid = o.collnamespace join pg_catalog.pg_type b on b.oid = t.typbasetype
      where o.oid = t.typcollation and t.typcollation <> b.typcollation),
    ' DEFAULT ' || pg_catalog.pg_get_expr(t.typdefaultbin, 'pg_catalog.pg_type'::pg_catalog.regclass), case when t.typnotnull then ' NOT NULL' end,
    (select pg_catalog.string_agg(pg_catalog.format(' CONSTRAINT %I %s', k.conname, pg_catalog.pg_get_constraintdef(k.oid)), '' order by k.conname)
       from pg_catalog.pg_constraint k where k.contypid = t.oid and k.contype = 'c'))`;

const enumText = `pg_catalog.format('CREATE TYPE %I.%I AS ENUM (%s)', n.nspname, t.typname,
    (select pg_catalog.string_agg(pg_catalog.quote_literal(e.enumlabel), ', ' order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = t.oid))`;

const compositeText = `pg_catalog.format('CREATE TYPE %I.%I AS (%s)', n.nspname, t.typname,
    (select pg_catalog.string_agg(pg_catalog.format('%I %s', f.attname, pg_catalog.format_type(f.atttypid, f.atttypmod)), ', ' order by f.attnum)
       from pg_catalog.pg_attribute f where f.attrelid = t.typrelid and f.attnum > 0 and not f.attisdropped))`;

/**
 * The types that aren't PostgreSQL's own, the deepest first, each with what makes it. None can be written for those of
 * an extension, for base types and ranges, for the row type of a table, and for a domain that calls a function.
 */
export const neededTypesQuery = `
  select pg_catalog.json_agg(pg_catalog.json_build_object('of', x.origin::int8, 'schema', n.nspname, 'name', t.typname, 'type', t.typtype::text,
           'sql', case
             when exists (select from pg_catalog.pg_depend p where p.classid = 'pg_catalog.pg_type'::pg_catalog.regclass and p.objid = t.oid and p.deptype = 'e') then null
             when t.typtype = 'e' then ${enumText}
             when t.typtype = 'd' and not exists (select from pg_catalog.pg_constraint k
                join pg_catalog.pg_depend p on p.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass and p.objid = k.oid
                 and p.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass where k.contypid = t.oid) then ${domainText}
             when t.typtype = 'c' and exists (select from pg_catalog.pg_class rc where rc.oid = t.typrelid and rc.relkind = 'c') then ${compositeText}
           end) order by x.depth desc, n.nspname, t.typname)
    from (select r.origin, r.oid, pg_catalog.max(r.depth) as depth from reached r group by 1, 2) x
    join pg_catalog.pg_type t on t.oid = x.oid join pg_catalog.pg_namespace n on n.oid = t.typnamespace
   where n.nspname <> 'pg_catalog' and not (t.typtype = 'b' and t.typcategory = 'A')`;

const kinds: Readonly<Record<string, NeededType['kind']>> = { e: 'enum', d: 'domain', c: 'composite' };

/** The answer, as the types that a column's type needs, in the order in which they have to be made. */
export function parseNeededTypes(answer: Json | undefined): (typeOid: number) => readonly NeededType[] {
  const byColumnType = new Map<number, NeededType[]>();
  for (const row of asList(answer).map(asObject)) {
    const of = asNumber(row['of']);
    const sql = asTextOrNull(row['sql']);
    const kind = sql === null ? 'other' : (kinds[asText(row['type'])] ?? 'other');
    const need = { schema: asText(row['schema']), name: asText(row['name']), kind, sql };
    byColumnType.set(of, [...(byColumnType.get(of) ?? []), need]);
  }
  return (typeOid) => byColumnType.get(typeOid) ?? [];
}
