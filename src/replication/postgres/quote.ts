import { escapeIdentifier, escapeLiteral } from 'pg/lib/utils';

/** A name as a quoted SQL identifier; always quoted, so that every name is data. */
export function quoteIdentifier(name: string): string {
  return escapeIdentifier(name);
}

/** Text as a quoted SQL literal, by `E''` where it holds a backslash. */
export function quoteLiteral(text: string): string {
  return escapeLiteral(text).trimStart();
}

/** A schema-qualified name. */
export function quoteQualified(schema: string, name: string): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}
