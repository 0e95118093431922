import type { ColumnDefinition, ConstraintDefinition, NeededType, TableDefinition, TableName } from '../model/reads.ts';
import type { Session } from '../postgres/session.ts';
import { asFlag, asList, asNumber, asObject, asText, asTextOrNull, type Json } from './json.ts';
import { neededTypesQuery, parseNeededTypes, reachedTypesClause, sequencesOf } from './neededTypes.ts';

const deadlineMs = 30_000;

/** A function outside PostgreSQL's own that an expression calls; only those leave a trace in pg_depend. */
function calledFunction(catalog: 'pg_attrdef' | 'pg_constraint', oid: string): string {
  return `(select pg_catalog.min(p.refobjid::pg_catalog.regprocedure::text) from pg_catalog.pg_depend p
     where p.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass and p.objid = ${oid} and p.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass)`;
}

/**
 * attgenerated came with 12, so it is read through to_jsonb, which has it where it exists. NOT NULL that isn't validated
 * (18) is left out, as it says nothing of the rows that are there.
 */
const columnsQuery = `
  select pg_catalog.json_agg(pg_catalog.json_build_object('name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
           'typeOid', a.atttypid::int8, 'notNull', a.attnotnull and not exists (select from pg_catalog.pg_constraint v
             where v.conrelid = a.attrelid and v.contype = 'n' and not v.convalidated and v.conkey = array[a.attnum]), 'expression', pg_catalog.pg_get_expr(d.adbin, d.adrelid),
           'generated', coalesce(pg_catalog.to_jsonb(a) ->> 'attgenerated'::text, ''), 'identity', a.attidentity::text,
           'function', ${calledFunction('pg_attrdef', 'd.oid')},
           'collation', (select pg_catalog.quote_ident(cn.nspname) || '.' || pg_catalog.quote_ident(o.collname)
                           from pg_catalog.pg_collation o join pg_catalog.pg_namespace cn on cn.oid = o.collnamespace
                           join pg_catalog.pg_type ct on ct.oid = a.atttypid
                          where o.oid = a.attcollation and a.attcollation <> ct.typcollation)) order by a.attnum)
    from pg_catalog.pg_attribute a left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped`;

const constraintsQuery = `
  select pg_catalog.json_agg(pg_catalog.json_build_object('name', k.conname, 'definition', pg_catalog.pg_get_constraintdef(k.oid),
           'inherited', c.relispartition and not k.conislocal, 'function', ${calledFunction('pg_constraint', 'k.oid')})
           order by pg_catalog.strpos('puc', k.contype::text), k.conname)
    from pg_catalog.pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'u', 'c')`;

/** The index of REPLICA IDENTITY USING INDEX; its text only where no constraint makes it. */
const identityIndexQuery = `
  select pg_catalog.json_build_object('name', ic.relname, 'sql', case when not exists (
           select from pg_catalog.pg_constraint k where k.conindid = i.indexrelid and k.conrelid = c.oid and k.contype in ('p', 'u'))
           then pg_catalog.pg_get_indexdef(i.indexrelid) end)
    from pg_catalog.pg_index i join pg_catalog.pg_class ic on ic.oid = i.indexrelid
   where i.indrelid = c.oid and i.indisreplident and c.relreplident = 'i'`;

const tableObject = `pg_catalog.json_build_object('schema', n.nspname, 'name', c.relname, 'identity', c.relreplident::text,
  'partitionKey', case when c.relkind = 'p' then pg_catalog.pg_get_partkeydef(c.oid) end,
  'partitionOf', case when c.relispartition then (
     select pg_catalog.json_build_object('schema', pn.nspname, 'name', pc.relname, 'bound', pg_catalog.pg_get_expr(c.relpartbound, c.oid))
       from pg_catalog.pg_inherits h join pg_catalog.pg_class pc on pc.oid = h.inhparent
       join pg_catalog.pg_namespace pn on pn.oid = pc.relnamespace where h.inhrelid = c.oid limit 1) end,
  'columns', (${columnsQuery}), 'constraints', (${constraintsQuery}), 'identityIndex', (${identityIndexQuery}),
  'sequences', (${sequencesOf('c.oid')}))`;

/**
 * With an empty search_path the server writes every name that isn't its own with its schema. It is set for this one
 * statement, and before the rest of it is looked at: that is what the CASE is for.
 */
const definitionsText = `
  select case when s.path is not null then pg_catalog.json_build_object(
    'tables', (select pg_catalog.json_agg(${tableObject} order by n.nspname, c.relname)
                 from wanted w join pg_catalog.pg_namespace n on n.nspname = w.schema
                 join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.name and c.relkind in ('r', 'p')),
    'types', (${neededTypesQuery})) end::text as answer
    from (select pg_catalog.set_config('search_path', '', true) as path offset 0) s`;

const wantedText = `wanted as (
  select pair ->> 0 as schema, pair ->> 1 as name from pg_catalog.json_array_elements($1::json) pair)`;

/**
 * See OnDemandReads.tableDefinitions. One round trip; all versions from 10; a role that may read the catalogs needs no
 * right on the tables. Rejects with ReplicationError.
 */
export async function readTableDefinitions(
  session: Session,
  tables: readonly TableName[],
): Promise<readonly TableDefinition[]> {
  if (tables.length === 0) return [];
  const rows = await session.query<{ answer: string }>(
    `with recursive ${wantedText}, ${reachedTypesClause} ${definitionsText}`,
    [JSON.stringify(tables.map(({ schema, name }) => [schema, name]))],
    { doing: 'read the definitions of tables', deadlineMs },
  );
  const answer = asObject(JSON.parse(rows[0]?.answer ?? '{}') as Json);
  const types = parseNeededTypes(answer['types']);
  return asList(answer['tables']).map((row) => parseTable(row, types));
}

type TypesOf = (typeOid: number) => readonly NeededType[];

function parseTable(row: Json, types: TypesOf): TableDefinition {
  const fields = asObject(row);
  const columns = asList(fields['columns']).map(asObject);
  const parent = fields['partitionOf'];
  const index = fields['identityIndex'];
  const needed = columns.flatMap((column) => types(asNumber(column['typeOid'])));
  const sequences = asList(fields['sequences']).map(parseSequence);
  return {
    schema: asText(fields['schema']),
    name: asText(fields['name']),
    columns: columns.map(parseColumn),
    constraints: asList(fields['constraints']).map(parseConstraint),
    partitionKey: asTextOrNull(fields['partitionKey']),
    ...(parent === null || parent === undefined ? {} : { partitionOf: parsePartitionOf(parent) }),
    needs: [
      ...new Map([...needed, ...sequences].map((need) => [JSON.stringify([need.schema, need.name]), need])).values(),
    ],
    replicaIdentity: identities[asText(fields['identity'])] ?? 'default',
    identityIndex: index === null || index === undefined ? null : parseIndex(index),
  };
}

const identities: Readonly<Record<string, TableDefinition['replicaIdentity']>> = {
  d: 'default',
  i: 'index',
  f: 'full',
  n: 'nothing',
};

function parseColumn(fields: ReturnType<typeof asObject>): ColumnDefinition {
  const generated = asText(fields['generated']);
  const identity = asText(fields['identity']);
  const callsFunction = asTextOrNull(fields['function']);
  return {
    name: asText(fields['name']),
    type: asText(fields['type']),
    notNull: asFlag(fields['notNull']),
    expression: asTextOrNull(fields['expression']),
    generated: generated === 's' ? 'stored' : generated === 'v' ? 'virtual' : null,
    identity: identity === 'a' ? 'always' : identity === 'd' ? 'byDefault' : null,
    collation: asTextOrNull(fields['collation']),
    ...(callsFunction === null ? {} : { callsFunction }),
  };
}

function parseConstraint(row: Json): ConstraintDefinition {
  const fields = asObject(row);
  const callsFunction = asTextOrNull(fields['function']);
  return {
    name: asText(fields['name']),
    definition: asText(fields['definition']),
    ...(asFlag(fields['inherited']) ? { inherited: true as const } : {}),
    ...(callsFunction === null ? {} : { callsFunction }),
  };
}

function parsePartitionOf(row: Json): NonNullable<TableDefinition['partitionOf']> {
  const fields = asObject(row);
  return { schema: asText(fields['schema']), name: asText(fields['name']), bound: asText(fields['bound']) };
}

function parseIndex(row: Json): NonNullable<TableDefinition['identityIndex']> {
  const fields = asObject(row);
  return { name: asText(fields['name']), sql: asTextOrNull(fields['sql']) };
}

function parseSequence(row: Json): NeededType {
  const fields = asObject(row);
  return {
    schema: asText(fields['schema']),
    name: asText(fields['name']),
    kind: 'sequence',
    sql: asText(fields['sql']),
  };
}
