import type { Pgoutput } from 'pg-logical-replication';

import type { Session } from '../postgres/session.ts';
import { changeText, type TypeNames } from './changeText.ts';

/** A message, or how long it is where it was too long to be read. */
export type RawMessage = Buffer | { readonly tooLong: number };

/**
 * Messages of two-phase transactions, which a two-phase slot (14+) gives whatever the version of the protocol. The
 * library doesn't know them; the first letter says which it is, and the row says where and in which transaction.
 */
const twoPhaseWords: Readonly<Record<string, string>> = {
  b: 'BEGIN PREPARE',
  P: 'PREPARE TRANSACTION',
  K: 'COMMIT PREPARED',
  r: 'ROLLBACK PREPARED',
};

/**
 * The text of each message of pgoutput (protocol version 1), in their order: they are stateful, a table is described
 * before its first change. Names of column types are read from the session. Rejects with ReplicationError.
 */
export async function decodePgoutput(session: Session, messages: readonly RawMessage[]): Promise<readonly string[]> {
  const { PgoutputPlugin } = await import('pg-logical-replication');
  const plugin = new PgoutputPlugin({ protoVersion: 1, publicationNames: [] });
  const decoded = messages.map((message): Pgoutput.Message | string => {
    if (!Buffer.isBuffer(message)) return `(a change of ${message.tooLong.toLocaleString('en-US')} bytes, not shown)`;
    const letter = String.fromCharCode(message[0] ?? 0);
    if (twoPhaseWords[letter] !== undefined) return twoPhaseWords[letter];
    // Up to 13 the place of an origin whose name can't be found, because its own transaction made it.
    if (message.length === 0) return 'ORIGIN     (without a name)';
    return parse(plugin, message);
  });
  const types = await typeNames(session, decoded);
  return decoded.map((message) => (typeof message === 'string' ? message : changeText(message, types)));
}

function parse(plugin: { parse(buffer: Buffer): Pgoutput.Message }, message: Buffer): Pgoutput.Message | string {
  try {
    const parsed = plugin.parse(message);
    // Values stay as the server wrote them: a date or a large number loses nothing, and JSON keeps its order.
    if (parsed.tag === 'relation') for (const column of parsed.columns) column.parser = (text: unknown) => text;
    return parsed;
  } catch (error) {
    // One message of a kind that came with a later version must not hide the others.
    const why = error instanceof Error ? error.message : String(error);
    return `(a message of ${message.length} bytes that can’t be decoded: ${why})`;
  }
}

/** The names of the types of all columns that are described, as the server has them now. */
async function typeNames(session: Session, messages: readonly (Pgoutput.Message | string)[]): Promise<TypeNames> {
  const columns = messages.flatMap((message) =>
    typeof message !== 'string' && message.tag === 'relation' ? message.columns : [],
  );
  const names = new Map<string, string>();
  if (columns.length === 0) return names;
  const rows = await session.query<{ oid: string; modifier: string; name: string }>(
    `SELECT DISTINCT o::text AS oid, m::text AS modifier, pg_catalog.format_type(o::oid, m) AS name
       FROM ROWS FROM (pg_catalog.unnest($1::int8[]), pg_catalog.unnest($2::int4[])) t (o, m)`,
    // An oid is unsigned, the library reads it with a sign.
    [columns.map(({ typeOid }) => typeOid >>> 0), columns.map(({ typeMod }) => typeMod)],
    { doing: 'read the names of types', deadlineMs: 15_000 },
  );
  for (const { modifier, name, oid } of rows) names.set(`${oid}/${modifier}`, name);
  return names;
}
