import type { Publication, PublishedTable } from '../model/publication.ts';
import { asFlag, asList, asNumber, asNumberOrNull, asText, asTextOrNull, asTexts, type Json } from './json.ts';
import type { OwnerLookup, RelationLookup } from './lookups.ts';
import type { Probe } from './probe.ts';

/** pg_publication. Since 11: truncate; since 13: via root; since 18: generated columns; 19 (untried): all sequences. */
export function publicationsQuery(probe: Probe): string {
  const truncate = probe.has('pg_publication', 'pubtruncate') ? 'p.pubtruncate' : 'false';
  const viaRoot = probe.has('pg_publication', 'pubviaroot') ? 'p.pubviaroot' : 'false';
  const generated = probe.has('pg_publication', 'pubgencols') ? 'p.pubgencols::text' : `'n'`;
  const sequences = probe.has('pg_publication', 'puballsequences') ? 'p.puballsequences' : 'false';
  const schemas = probe.has('pg_publication_namespace', 'pnnspid')
    ? `(select pg_catalog.json_agg(n.nspname order by n.nspname) from pg_catalog.pg_publication_namespace pn
          join pg_catalog.pg_namespace n on n.oid = pn.pnnspid where pn.pnpubid = p.oid)`
    : 'null::json';
  return `select pg_catalog.json_agg(pg_catalog.json_build_array(p.oid::int8, p.pubname, p.pubowner::int8, p.puballtables, p.pubinsert, p.pubupdate,
            p.pubdelete, ${truncate}, ${viaRoot}, ${generated}, ${schemas}, d.description, ${sequences}) order by p.pubname)
       from pg_catalog.pg_publication p
       left join pg_catalog.pg_description d
         on d.objoid = p.oid and d.classoid = 'pg_catalog.pg_publication'::regclass and d.objsubid = 0`;
}

/**
 * pg_publication_rel: publication, table, and since 15 column list, row filter and how many columns the table has.
 * A table published FOR ALL TABLES has no row here: expanding 500 such publications would be millions of rows.
 */
export function publishedTablesQuery(probe: Probe): string {
  if (!probe.has('pg_publication_rel', 'prqual')) {
    return `select pg_catalog.json_agg(pg_catalog.json_build_array(prpubid::int8, prrelid::int8)) from pg_catalog.pg_publication_rel`;
  }
  // 19 lists here the tables that FOR ALL TABLES leaves out.
  const except = probe.has('pg_publication_rel', 'prexcept') ? 'where not pr.prexcept' : '';
  // The column lists are joined as a set: a look-up for each of thousands of members would take twice as long.
  return `select pg_catalog.json_agg(case when pr.prqual is null and pr.prattrs is null
              then pg_catalog.json_build_array(pr.prpubid::int8, pr.prrelid::int8)
              else pg_catalog.json_build_array(pr.prpubid::int8, pr.prrelid::int8, l.columns,
                case when pr.prqual is not null then pg_catalog.pg_get_expr(pr.prqual, pr.prrelid) end, l.total) end)
       from pg_catalog.pg_publication_rel pr
       left join (
         select m.oid, pg_catalog.count(*) as total,
                pg_catalog.json_agg(a.attname order by a.attnum) filter (where a.attnum = any (m.prattrs::int2[])) as columns
           from pg_catalog.pg_publication_rel m
           join pg_catalog.pg_attribute a on a.attrelid = m.prrelid and a.attnum > 0 and not a.attisdropped
          where m.prattrs is not null group by m.oid) l on l.oid = pr.oid ${except}`;
}

/**
 * Publication and table where FOR ALL TABLES leaves the table out: rows of pg_publication_rel with prexcept. 19,
 * untried; null before.
 */
export function exceptedTablesQuery(probe: Probe): string {
  if (!probe.has('pg_publication_rel', 'prexcept')) return 'select null::json';
  return `select pg_catalog.json_agg(pg_catalog.json_build_array(pr.prpubid::int8, pr.prrelid::int8))
       from pg_catalog.pg_publication_rel pr where pr.prexcept`;
}

/** Rows of the three queries to publications, their tables in order of schema and name. */
export function parsePublications(
  publications: Json | undefined,
  members: Json | undefined,
  excepted: Json | undefined,
  owners: OwnerLookup,
  relations: RelationLookup,
): readonly Publication[] {
  const tables = groupMembers(members, relations);
  const leftOut = groupMembers(excepted, relations);
  return asList(publications).map((row) => {
    const [oid, name, owner, all, insert, update, del, truncate, viaRoot, generated, schemas, comment, sequences] =
      asList(row);
    const holder = owners(asNumber(owner));
    const exceptTables = leftOut.get(asNumber(oid))?.map(({ oid: table, schema, name: of }) => ({
      oid: table,
      schema,
      name: of,
    }));
    return {
      oid: asNumber(oid),
      name: asText(name),
      owner: holder.name,
      ownedByMe: holder.mine,
      allTables: asFlag(all),
      operations: { insert: asFlag(insert), update: asFlag(update), delete: asFlag(del), truncate: asFlag(truncate) },
      viaRoot: asFlag(viaRoot),
      generatedColumns: asText(generated) === 's' ? 'stored' : 'none',
      tables: tables.get(asNumber(oid)) ?? [],
      schemas: asTexts(schemas),
      comment: asTextOrNull(comment),
      ...(exceptTables ? { exceptTables } : {}),
      ...(asFlag(sequences) ? { allSequences: true } : {}),
    };
  });
}

function groupMembers(
  members: Json | undefined,
  relations: RelationLookup,
): ReadonlyMap<number, readonly PublishedTable[]> {
  const groups = new Map<number, PublishedTable[]>();
  for (const row of asList(members)) {
    const [publication, table, columns, filter, columnCount] = asList(row);
    const oid = asNumber(table);
    const relation = relations(oid);
    // Dropped between two reads of the one statement's snapshot can't be; a table of the system can.
    if (!relation) continue;
    const filterText = asTextOrNull(filter);
    const member: PublishedTable = {
      oid,
      schema: relation.schema,
      name: relation.name,
      columns: columns === null || columns === undefined ? null : asTexts(columns),
      columnCount: asNumberOrNull(columnCount),
      filter: filterText,
    };
    const group = groups.get(asNumber(publication));
    if (group) group.push(member);
    else groups.set(asNumber(publication), [member]);
  }
  for (const group of groups.values()) group.sort(byQualifiedName);
  return groups;
}

function byQualifiedName(a: PublishedTable, b: PublishedTable): number {
  return compare(a.schema, b.schema) || compare(a.name, b.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
