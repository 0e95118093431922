import { ReplicationError } from '../model/errors.ts';
import type { EffectiveTable } from '../model/reads.ts';
import type { Session } from '../postgres/session.ts';
import { asFlag, asList, asText, asTextOrNull, asTexts, type Json } from './json.ts';

const deadlineMs = 30_000;

/**
 * What pg_publication_tables lists, with how each table comes to be in it. Columns and filter came with 15 and are read
 * through to_jsonb, which has them where they exist; so is what tells the tables that 19 (untried) lists because ALL TABLES
 * leaves them out. The schemas of a publication came with 15 too, and are asked for apart.
 */
function effectiveText(schemasExist: boolean): string {
  const bySchema = schemasExist
    ? `exists (select from pg_catalog.pg_publication_namespace s where s.pnpubid = p.oid and s.pnnspid = c.relnamespace)`
    : 'false';
  return `
  with recursive p as (
    select oid, pubname, puballtables from pg_catalog.pg_publication where pubname = $1),
  member as (select r.prrelid from pg_catalog.pg_publication_rel r join p on p.oid = r.prpubid
    where not coalesce((pg_catalog.to_jsonb(r) ->> 'prexcept'::text)::bool, false)),
  heir (oid) as (
    select h.inhrelid from pg_catalog.pg_inherits h join pg_catalog.pg_class k on k.oid = h.inhrelid
     where h.inhparent in (select prrelid from member) and not k.relispartition
    union
    select h.inhrelid from heir e join pg_catalog.pg_inherits h on h.inhparent = e.oid)
  select coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(n.nspname, c.relname,
      case when p.puballtables then 'allTables'
           when c.oid in (select prrelid from member) then case when c.oid in (select oid from heir) then 'inheritance' else 'table' end
           when ${bySchema} then 'schema' else 'partitionOf' end,
      pg_catalog.to_jsonb(t) -> 'attnames'::text,
      pg_catalog.to_jsonb(t) ->> 'rowfilter'::text,
      not exists (select from pg_catalog.pg_attribute a
         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
           and coalesce(pg_catalog.to_jsonb(a) ->> 'attgenerated'::text, '') = ''
           and not pg_catalog.to_jsonb(t) -> 'attnames'::text ? a.attname::text))
      order by n.nspname, c.relname), '[]')::text as answer
    from p join pg_catalog.pg_publication_tables t on t.pubname = p.pubname
    join pg_catalog.pg_namespace n on n.nspname = t.schemaname
    join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = t.tablename`;
}

const existsText = `
  select exists (select from pg_catalog.pg_publication where pubname = $1)::text as there,
         (pg_catalog.to_regclass('pg_catalog.pg_publication_namespace') is not null)::text as schemas`;

/** See OnDemandReads.effectiveTables. In order of schema and name. Rejects with ReplicationError 'missing'. */
export async function readEffectiveTables(session: Session, publication: string): Promise<readonly EffectiveTable[]> {
  const options = { doing: `read the tables of publication ${publication}`, deadlineMs };
  const [found] = await session.query<{ there: string; schemas: string }>(existsText, [publication], options);
  if (found?.there !== 'true') {
    throw new ReplicationError('missing', `There is no publication ${publication} in this database.`, {
      advice: 'Refresh: it may have been renamed or dropped meanwhile.',
    });
  }
  const text = effectiveText(found.schemas === 'true');
  const rows = await session.query<{ answer: string }>(text, [publication], options);
  return asList(JSON.parse(rows[0]?.answer ?? '[]') as Json).map(parseTable);
}

function parseTable(row: Json): EffectiveTable {
  const [schema, name, by, columns, filter, all] = asList(row);
  return {
    schema: asText(schema),
    name: asText(name),
    columns: columns === null || columns === undefined || asFlag(all) ? null : asTexts(columns),
    filter: asTextOrNull(filter),
    by: asText(by) as EffectiveTable['by'],
  };
}
