/**
 * Readers for JSON that a server's answer is made of. They check what they read, so that a surprise of a
 * server is an error here, at the edge, and not a wrong figure above.
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

function wrong(wanted: string, found: Json | undefined): TypeError {
  return new TypeError(
    `the server's answer holds ${found === undefined ? 'nothing' : typeof found} where ${wanted} was expected`,
  );
}

export function asObject(value: Json | undefined): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('an object', value);
  return value as JsonObject;
}

/** Null (what json_agg gives for no rows) is an empty list. */
export function asList(value: Json | undefined): readonly Json[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw wrong('a list', value);
  return value as readonly Json[];
}

export function asText(value: Json | undefined): string {
  if (typeof value !== 'string') throw wrong('text', value);
  return value;
}

export function asTextOrNull(value: Json | undefined): string | null {
  return value === null || value === undefined ? null : asText(value);
}

/** Numbers come as JSON numbers; 64-bit ones that fit exactly in 53 bits. */
export function asNumber(value: Json | undefined): number {
  if (typeof value !== 'number') throw wrong('a number', value);
  return value;
}

export function asNumberOrNull(value: Json | undefined): number | null {
  return value === null || value === undefined ? null : asNumber(value);
}

export function asFlag(value: Json | undefined): boolean {
  if (typeof value !== 'boolean') throw wrong('true or false', value);
  return value;
}

export function asFlagOrNull(value: Json | undefined): boolean | null {
  return value === null || value === undefined ? null : asFlag(value);
}

export function asTexts(value: Json | undefined): readonly string[] {
  return asList(value).map(asText);
}
