import { escapeIdentifier, escapeLiteral } from 'pg/lib/utils';

/** A name as a quoted SQL identifier; always quoted, so that every name is data. */
export function quoteIdentifier(name: string): string {
  return escapeIdentifier(name);
}

/** Text as a quoted SQL literal, by `E''` where it holds a backslash. */
export function quoteLiteral(text: string): string {
  return escapeLiteral(text).trimStart();
}

/** Text as a dollar-quoted literal, for the body of a DO block: as readable as it is, whatever names are in it. */
export function quoteBody(body: string): string {
  let tag = '$do$';
  for (let again = 1; body.includes(tag); again++) tag = `$do${again}$`;
  return `${tag}${body}${tag}`;
}

/** A schema-qualified name. */
export function quoteQualified(schema: string, name: string): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}
