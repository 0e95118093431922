import type { Secret } from './secret.ts';

/**
 * Part of a statement: SQL as it stands, or a connection string as a quoted SQL literal whose values may be
 * secrets. Secrets are values in a statement, never text in it; `postgres/statement.ts` renders both the
 * text that is shown (redacted) and the text that is sent.
 */
export type StatementPart =
  | string
  | { readonly conninfo: readonly (readonly [keyword: string, value: string | Secret])[] };

/** One SQL statement. */
export type Statement = readonly StatementPart[];
