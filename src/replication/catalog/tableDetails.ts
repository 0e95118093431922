import type { Column, TableDetails, UniqueIndex } from '../model/table.ts';
import type { Session } from '../postgres/session.ts';
import { asFlag, asList, asNumber, asObject, asText, type Json } from './json.ts';

/**
 * Columns, unique indexes and referring tables of tables. attgenerated came with 12, so it is read through to_jsonb, which has
 * it where it exists. Identity: the columns of the index that serves it, all columns with FULL, none with NOTHING.
 */
const detailsText = `
  select coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('oid', c.oid::int8, 'schema', n.nspname, 'name', c.relname,
    'identity', c.relreplident::text,
    'referencedBy', (select pg_catalog.json_agg(distinct pg_catalog.jsonb_build_array(fn.nspname, fc.relname))
                       from pg_catalog.pg_constraint f join pg_catalog.pg_class fc on fc.oid = f.conrelid
                       join pg_catalog.pg_namespace fn on fn.oid = fc.relnamespace
                      where f.contype = 'f' and f.confrelid = c.oid and f.conrelid <> c.oid),
    'columns', (select pg_catalog.json_agg(pg_catalog.json_build_array(a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
                          coalesce(pg_catalog.to_jsonb(a) ->> 'attgenerated'::text, ''), a.attnum) order by a.attnum)
                  from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
    'indexes', (select pg_catalog.json_agg(pg_catalog.json_build_object('name', ic.relname, 'primary', i.indisprimary,
                          'chosen', i.indisreplident, 'valid', i.indisvalid, 'immediate', i.indimmediate,
                          'partial', i.indpred is not null, 'expressions', i.indexprs is not null,
                          'keys', (select pg_catalog.json_agg(k.attnum order by k.place)
                                     from pg_catalog.unnest(i.indkey::int2[]) with ordinality k (attnum, place)
                                    where k.place <= coalesce((pg_catalog.to_jsonb(i) ->> 'indnkeyatts'::text)::int, i.indnatts)))
                          order by i.indisprimary desc, ic.relname)
                  from pg_catalog.pg_index i join pg_catalog.pg_class ic on ic.oid = i.indexrelid
                 where i.indrelid = c.oid and i.indisunique)) order by n.nspname, c.relname), '[]')::text as answer
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.oid = any ($1::oid[])`;

/** Details of the tables that still exist, in order of schema and name. One round trip. Rejects with ReplicationError. */
export async function readTableDetails(session: Session, oids: readonly number[]): Promise<readonly TableDetails[]> {
  if (oids.length === 0) return [];
  const rows = await session.query<{ answer: string }>(detailsText, [`{${oids.join(',')}}`], {
    doing: 'read the columns of tables',
    deadlineMs: 30_000,
  });
  return asList(JSON.parse(rows[0]?.answer ?? '[]') as Json).map(parseDetails);
}

interface IndexRow {
  readonly name: string;
  readonly primary: boolean;
  readonly chosen: boolean;
  readonly keys: readonly number[];
  readonly flaw: string | null;
}

function parseDetails(row: Json): TableDetails {
  const fields = asObject(row);
  const columns = asList(fields['columns']).map(parseColumn);
  const indexes = asList(fields['indexes']).map(parseIndex);
  const identity = identityKeys(asText(fields['identity']), indexes);
  const referencedBy = asList(fields['referencedBy']).map((pair) => {
    const [schema, name] = asList(pair);
    return { schema: asText(schema), name: asText(name) };
  });
  return {
    oid: asNumber(fields['oid']),
    schema: asText(fields['schema']),
    name: asText(fields['name']),
    columns: columns.map(({ number, ...column }) => ({
      ...column,
      inIdentity: identity === 'all' ? true : identity.includes(number),
    })),
    uniqueIndexes: indexes.map((index) => describeIndex(index, columns)),
    ...(referencedBy.length > 0 ? { referencedBy } : {}),
  };
}

function parseColumn(row: Json): Omit<Column, 'inIdentity'> & { readonly number: number } {
  const [name, type, notNull, generated, number] = asList(row);
  const kind = asText(generated);
  return {
    name: asText(name),
    type: asText(type),
    notNull: asFlag(notNull),
    generated: kind === 's' ? 'stored' : kind === 'v' ? 'virtual' : null,
    number: asNumber(number),
  };
}

function parseIndex(row: Json): IndexRow {
  const fields = asObject(row);
  return {
    name: asText(fields['name']),
    primary: asFlag(fields['primary']),
    chosen: asFlag(fields['chosen']),
    keys: asList(fields['keys']).map(asNumber),
    flaw: !asFlag(fields['valid'])
      ? 'It is not valid.'
      : asFlag(fields['partial'])
        ? 'It is partial.'
        : asFlag(fields['expressions'])
          ? 'It is on an expression.'
          : asFlag(fields['immediate'])
            ? null
            : 'It is deferrable.',
  };
}

function identityKeys(identity: string, indexes: readonly IndexRow[]): 'all' | readonly number[] {
  if (identity === 'f') return 'all';
  const serving = indexes.find((index) => (identity === 'd' ? index.primary : identity === 'i' && index.chosen));
  return serving && serving.flaw === null ? serving.keys : [];
}

/** Requirements of ALTER TABLE … REPLICA IDENTITY USING INDEX: unique, not partial, not deferrable, NOT NULL columns. */
function describeIndex(index: IndexRow, columns: readonly ReturnType<typeof parseColumn>[]): UniqueIndex {
  const members = index.keys.map((key) => columns.find((column) => column.number === key));
  const nullable = members.find((column) => column && !column.notNull);
  return {
    name: index.name,
    columns: members.map((column) => column?.name ?? '(expression)'),
    primary: index.primary,
    unfit: index.flaw ?? (nullable ? `Its column ${nullable.name} may be null.` : null),
  };
}
