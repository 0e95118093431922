import { ReplicationError } from '../model/errors.ts';
import type { RowCount, TableName } from '../model/reads.ts';
import { tableLabel } from '../operations/words.ts';
import { quoteQualified } from '../postgres/quote.ts';
import type { Session } from '../postgres/session.ts';

/** After its own limit the server gets this long to say so. Milliseconds. */
const silenceMs = 15_000;

/**
 * See OnDemandReads.countRows. Rows of a table that inherit from it aren't counted: those are members of their own.
 * Counted in a transaction that can change nothing, by the extended protocol, which takes one statement only. Rejects
 * with ReplicationError: 'missing', 'privilege', 'invalidInput' for a filter the server can't evaluate.
 */
export async function readCountRows(
  session: Session,
  table: TableName,
  filter: string | null,
  limitMs: number,
): Promise<RowCount> {
  const object = tableLabel(table.schema, table.name);
  const only = (await isPartitioned(session, table)) ? '' : 'ONLY ';
  // A line comment in the filter must not swallow the parenthesis that ends it.
  const passing = filter === null ? '' : `, pg_catalog.count(*) FILTER (WHERE (${filter}\n)) AS passing`;
  const text = `SELECT pg_catalog.count(*) AS total${passing} FROM ${only}${quoteQualified(table.schema, table.name)}`;
  const control = (statement: string): Promise<unknown> =>
    session.execute(statement, { doing: `count the rows of ${object}`, deadlineMs: silenceMs });
  await control('BEGIN TRANSACTION READ ONLY');
  const began = Date.now();
  try {
    await control(`SET LOCAL statement_timeout = ${Math.max(1, Math.round(limitMs))}`);
    const rows = await session.query<{ total: string; passing?: string }>(text, [], {
      doing: `count the rows of ${object}`,
      deadlineMs: limitMs + silenceMs,
      // Only a prepared statement goes by the extended protocol.
      name: 'pg_replication_count',
    });
    const total = Number(rows[0]?.total ?? 0);
    const passed = rows[0]?.passing;
    return { total, passing: passed === undefined ? total : Number(passed), tookMs: Date.now() - began, stopped: null };
  } catch (error) {
    if (!ReplicationError.is(error)) throw error;
    if (error.kind === 'timeout') {
      return { total: null, passing: null, tookMs: Date.now() - began, stopped: 'timeLimit' };
    }
    throw filter === null ? error : asFilterError(error, object);
  } finally {
    // A session that is lost has taken its transaction with it.
    await control('ROLLBACK').catch(() => {});
  }
}

/** What is wrong by the text or the values of the filter is the filter's fault; a missing table or right isn't. */
function asFilterError(error: ReplicationError, object: string): ReplicationError {
  const code = error.server?.code ?? '';
  // 25006: it would change something, and may not.
  if (!error.server || !/^(42|22|0A|25006)/.test(code) || code === '42501' || code === '42P01') return error;
  return new ReplicationError(
    'invalidInput',
    `The row filter of ${object} can’t be evaluated: ${error.server.message}.`,
    {
      server: error.server,
      advice: error.server.hint ?? 'Write a condition over the columns of this one table, as in a WHERE clause.',
      cause: error,
    },
  );
}

async function isPartitioned(session: Session, { name, schema }: TableName): Promise<boolean> {
  const rows = await session.query<object>(
    `select 1 from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relname = $2 and c.relkind = 'p'`,
    [schema, name],
    { doing: 'look at the table', deadlineMs: silenceMs },
  );
  return rows.length > 0;
}
