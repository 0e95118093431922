/**
 * A table as a person reads it: `public.orders`; a part that isn't a plain identifier is quoted, so that a
 * table called `a.b` isn't taken for the table b of a schema a. For messages only, never for SQL.
 */
export function tableLabel(schema: string, name: string): string {
  return `${partLabel(schema)}.${partLabel(name)}`;
}

function partLabel(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** "a", "a and b", "a, b and c"; from the seventh on only how many more: "a, b, c, d, e, f and 4 more". */
export function listInWords(items: readonly string[], most = 6): string {
  const shown = items.slice(0, most);
  const rest = items.length - shown.length;
  const parts = rest > 0 ? [...shown, `${rest} more`] : shown;
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}

/** "1 table", "3 tables". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
