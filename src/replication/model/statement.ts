import type { Secret } from './secret.ts';

/**
 * Part of a statement: SQL as it stands, a connection string as a quoted SQL literal whose values may be secrets, or
 * one secret as a quoted SQL literal (`label` says what it is: "the password of shop_reader"). Secrets are values in a statement, never text in it; `postgres/statement.ts` renders both the
 * text that is shown (redacted) and the text that is sent.
 */
export type StatementPart =
  | string
  | { readonly conninfo: readonly (readonly [keyword: string, value: string | Secret])[] }
  | { readonly literal: Secret; readonly label: string };

/** One SQL statement. */
export type Statement = readonly StatementPart[];
