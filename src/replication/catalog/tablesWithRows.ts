import type { TableName } from '../model/reads.ts';
import { quoteLiteral, quoteQualified } from '../postgres/quote.ts';
import type { Session } from '../postgres/session.ts';

/** A first row is found at once, unless a table is bloated or locked; then it is given up, in milliseconds. */
const deadlineMs = 30_000;
const batch = 200;

/**
 * See OnDemandReads.tablesWithRows. One statement for two hundred tables. A table that was locked away from reading
 * makes it wait; one that the role may not read fails it ('privilege').
 */
export async function readTablesWithRows(
  session: Session,
  tables: readonly TableName[],
): Promise<readonly TableName[]> {
  const found: TableName[] = [];
  for (let from = 0; from < tables.length; from += batch) {
    const some = await existing(session, tables.slice(from, from + batch));
    if (some.length === 0) continue;
    const looks = some.map(
      ({ schema, name }, index) =>
        `select '${index}' as index where exists (select from ${quoteQualified(schema, name)})`,
    );
    const rows = await session.query<{ index: string }>(looks.join('\nunion all\n'), [], {
      doing: 'look whether tables hold rows',
      deadlineMs,
    });
    const filled = new Set(rows.map(({ index }) => Number(index)));
    found.push(...some.filter((_table, index) => filled.has(index)));
  }
  return found;
}

/** Those of them that are there: a name that isn't would fail the statement. */
async function existing(session: Session, tables: readonly TableName[]): Promise<readonly TableName[]> {
  const wanted = tables.map(({ schema, name }) => `(${quoteLiteral(schema)}, ${quoteLiteral(name)})`).join(', ');
  if (wanted === '') return [];
  const rows = await session.query<{ schema: string; name: string }>(
    `select n.nspname as schema, c.relname as name from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where (n.nspname::text, c.relname::text) in (${wanted}) and c.relkind in ('r', 'p', 'f', 'v', 'm')`,
    [],
    { doing: 'look which tables there are', deadlineMs },
  );
  const there = new Set(rows.map(({ schema, name }) => JSON.stringify([schema, name])));
  return tables.filter(({ schema, name }) => there.has(JSON.stringify([schema, name])));
}
