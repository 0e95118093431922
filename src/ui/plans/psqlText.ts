import { formatConninfo } from '../../replication/model/conninfo.ts';
import { Secret } from '../../replication/model/secret.ts';
import type { Statement, StatementPart } from '../../replication/model/statement.ts';
import { quoteLiteral } from '../../replication/postgres/quote.ts';
import { renderRedacted } from '../../replication/postgres/statement.ts';
import { statementText } from './sqlText.ts';

/**
 * Text as one quoted argument of a psql meta-command (psql, "Meta-Commands"): there a doubled quote stands for one, and
 * a backslash begins an escape. Line breaks are written as escapes: a meta-command ends with its line.
 */
export function psqlArgument(text: string): string {
  const escaped = text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll("'", "''")
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`);
  return `'${escaped}'`;
}

/** Whether a statement holds a secret. */
export function holdsSecret(statement: Statement): boolean {
  return statement.some((part) => secretsIn(part).length > 0);
}

/** The secrets of a part, in their order. */
export function secretsIn(part: StatementPart): readonly Secret[] {
  if (typeof part === 'string') return [];
  if ('literal' in part) return [part.literal];
  return part.conninfo.flatMap(([, value]) => (value instanceof Secret ? [value] : []));
}

/**
 * A statement as psql runs it. Where a secret stands in it, the server puts the statement together (format's `%L` quotes
 * a literal whatever it holds) and psql sends the result by \gexec: so any password works, and no text holds it.
 */
export function psqlStatement(statement: Statement, variableOf: (secret: Secret) => string): string {
  if (!holdsSecret(statement)) return statementText(renderRedacted(statement));
  const values: string[] = [];
  const format = statement.map((part) => {
    if (typeof part === 'string') return part.replaceAll('%', '%%');
    if (secretsIn(part).length === 0) return renderRedacted([part]).replaceAll('%', '%%');
    values.push(valueOf(part, variableOf));
    return '%L';
  });
  const last = format.length - 1;
  const text = format.map((part, index) => (index === last ? part.replace(/[;\s]+$/, '') : part)).join('');
  return `SELECT pg_catalog.format(\n  ${[quoteLiteral(text), ...values].join(',\n  ')})\n\\gexec`;
}

/** An SQL expression for the text of a part with secrets: a connection string, or the secret alone. */
function valueOf(part: Exclude<StatementPart, string>, variableOf: (secret: Secret) => string): string {
  if ('literal' in part) return `:'${variableOf(part.literal)}'`;
  const pieces: string[] = [];
  let plain: (readonly [string, string])[] = [];
  const flush = (): void => {
    const text = formatConninfo(plain);
    if (text !== '') pieces.push(quoteLiteral(pieces.length > 0 ? ` ${text}` : text));
    plain = [];
  };
  for (const [keyword, value] of part.conninfo) {
    if (typeof value === 'string') {
      plain.push([keyword, value]);
      continue;
    }
    flush();
    const opening = `${pieces.length > 0 ? ' ' : ''}${keyword}='`;
    pieces.push(`${quoteLiteral(opening)} || ${escapedInConninfo(`:'${variableOf(value)}'`)} || ''''`);
  }
  flush();
  return pieces.join(' || ');
}

/** As libpq wants a quoted value: a backslash before each backslash and each quote. */
function escapedInConninfo(expression: string): string {
  return String.raw`pg_catalog.replace(pg_catalog.replace(${expression}, E'\\', E'\\\\'), '''', E'\\''')`;
}
