import type { Pgoutput } from 'pg-logical-replication';

import { bytesToLsn, lsnToBytes } from '../model/lsn.ts';
import { tableLabel } from '../operations/words.ts';

/** Type names as format_type() writes them, by "oid/modifier". */
export type TypeNames = ReadonlyMap<string, string>;

type Column = Pgoutput.RelationColumn;
type Row = Readonly<Record<string, unknown>>;

/** Of one value no more characters than this are shown. */
const longestValue = 1000;

/** Types whose values read well without quotes: boolean, integers, oid, floating point, numeric. */
const bareTypes: ReadonlySet<number> = new Set([16, 20, 21, 23, 26, 700, 701, 1700]);

/** One message of pgoutput as a line that reads like the statement that caused it. */
export function changeText(message: Pgoutput.Message, types: TypeNames): string {
  switch (message.tag) {
    case 'begin':
      return `BEGIN      committed at ${timeText(message.commitTime)}, commit LSN ${lsnText(message.commitLsn)}`;
    case 'commit':
      return `COMMIT     at ${timeText(message.commitTime)}, end LSN ${lsnText(message.commitEndLsn)}`;
    case 'origin':
      return `ORIGIN     ${valueText(message.originName)}, its LSN ${lsnText(message.originLsn)}`;
    case 'relation':
      return `RELATION   ${label(message)} (${message.columns.map((column) => columnText(column, types)).join(', ')}), ${identityText(message)}`;
    case 'type':
      return `TYPE       ${tableLabel(message.typeSchema, message.typeName)}`;
    case 'insert':
      return `INSERT     ${label(message.relation)}: ${rowText(message.relation, message.new)}`;
    case 'update':
      return updateText(message);
    case 'delete':
      return `DELETE     ${label(message.relation)}: ${deletedText(message)}`;
    case 'truncate':
      return truncateText(message);
    case 'message':
      return `MESSAGE    ${valueText(message.prefix)}: ${valueText(Buffer.from(message.content).toString('utf8'))}${message.transactional ? '' : ' (outside of transactions)'}`;
  }
}

/**
 * With an old row (replica identity full) the columns that changed; with an old key, key and new row; otherwise only
 * the new row was sent, whose key is the old one too.
 */
function updateText({ key, new: row, old, relation }: Pgoutput.MessageUpdate): string {
  const start = `UPDATE     ${label(relation)}`;
  if (old) {
    const changed = relation.columns.filter(({ name }) => row[name] !== old[name]);
    const same = relation.columns.filter(({ name }) => row[name] === old[name]);
    const list = changed.map((column) => `${named(column)} ${cell(column, old)} → ${cell(column, row)}`);
    const where = same.length === 0 ? 'all columns' : pairs(same, old);
    return `${start} where ${where}: ${list.length === 0 ? 'nothing changed' : list.join(', ')}`;
  }
  if (key) return `${start} where ${keyText(relation, key)}: ${rowText(relation, row)}`;
  const keys = relation.columns.filter(isKey);
  const rest = relation.columns.filter((column) => !isKey(column));
  if (keys.length === 0) return `${start}: ${rowText(relation, row)}`;
  return `${start} where ${pairs(keys, row)}: ${rest.length === 0 ? 'no other columns' : pairs(rest, row)}`;
}

function deletedText({ key, old, relation }: Pgoutput.MessageDelete): string {
  if (old) return rowText(relation, old);
  return key ? keyText(relation, key) : 'no key was sent';
}

function truncateText({ cascade, relations, restartIdentity }: Pgoutput.MessageTruncate): string {
  // A relation that wasn't described is missing from the library's list.
  const tables = relations.map((relation: Pgoutput.MessageRelation | undefined) =>
    relation ? label(relation) : 'a table',
  );
  return ['TRUNCATE  ', tables.join(', '), cascade && 'CASCADE', restartIdentity && 'RESTART IDENTITY']
    .filter((part) => part !== false)
    .join(' ');
}

function rowText({ columns }: Pgoutput.MessageRelation, row: Row): string {
  return pairs(columns, row);
}

function keyText({ columns }: Pgoutput.MessageRelation, key: Row): string {
  return pairs(columns.filter(isKey), key);
}

function pairs(columns: readonly Column[], row: Row): string {
  return columns.map((column) => `${named(column)}=${cell(column, row)}`).join(' ');
}

/** The value of a column; one stored out of line (TOAST) that didn't change isn't sent. */
function cell({ name, typeOid }: Column, row: Row): string {
  const value = row[name];
  if (value === undefined) return '(unchanged, not sent: TOAST)';
  if (value === null) return 'null';
  // The parser that decodes it leaves text as it is.
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return bareTypes.has(typeOid) ? text : valueText(text);
}

/** Quoted on one line: quotes are doubled, control characters written as escapes, long text cut. */
function valueText(text: string): string {
  const cut = text.length > longestValue ? text.slice(0, longestValue) : text;
  const plain = cut
    .replaceAll("'", "''")
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`)
    .replaceAll('\t', String.raw`\t`)
    .replaceAll(/\p{Cc}/gu, (control) => `\\x${(control.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`);
  const rest = text.length - cut.length;
  return `'${plain}'${rest > 0 ? `… (${rest.toLocaleString('en-US')} characters more)` : ''}`;
}

function columnText(column: Column, types: TypeNames): string {
  const name = types.get(`${column.typeOid >>> 0}/${column.typeMod}`) ?? `type ${column.typeOid >>> 0}`;
  return `${named(column)} ${name}${isKey(column) ? ' key' : ''}`;
}

/** A table without a primary key keeps the default all the same: then it has no identity, and no key column either. */
function identityText({ replicaIdentity, columns }: Pgoutput.MessageRelation): string {
  const words = { default: 'primary key', index: 'an index', full: 'all columns', nothing: 'none' } as const;
  if (replicaIdentity === 'default' && !columns.some(isKey)) return 'replica identity: none (no primary key)';
  return `replica identity: ${words[replicaIdentity]}`;
}

function isKey({ flags }: Column): boolean {
  return (flags & 1) === 1;
}

function named({ name }: Column): string {
  return /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** An empty schema is how pgoutput writes pg_catalog. */
function label({ name, schema }: { readonly schema: string; readonly name: string }): string {
  return tableLabel(schema === '' ? 'pg_catalog' : schema, name);
}

/** Microseconds since 1970, as ISO 8601 with all of them. */
function timeText(time: unknown): string {
  const microseconds = typeof time === 'bigint' ? time : 0n;
  const seconds = new Date(Number(microseconds / 1000n)).toISOString().slice(0, 19);
  return `${seconds}.${String(microseconds % 1_000_000n).padStart(6, '0')}Z`;
}

/** The library pads both halves with zeros, and gives null for 0/0. */
function lsnText(lsn: string | null): string {
  return lsn === null ? '0/0' : bytesToLsn(lsnToBytes(lsn));
}
