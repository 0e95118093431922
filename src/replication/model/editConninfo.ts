import type { ConninfoPairs, SecretConninfo } from './choices.ts';
import { Secret } from './secret.ts';

/**
 * A connection string with some of its keywords changed: null or an empty text takes one out, new ones come last.
 * Everything that isn't named stays as it is and where it is: the password, `service`, keywords nobody knows.
 */
export function editConninfo(
  before: SecretConninfo,
  fields: Readonly<Record<string, string | Secret | null>>,
): SecretConninfo {
  const empty = (value: string | Secret | null): value is null | '' => value === null || value === '';
  const kept = before.flatMap(([keyword, value]): SecretConninfo => {
    const edited = Object.hasOwn(fields, keyword) ? (fields[keyword] ?? null) : value;
    return empty(edited) ? [] : [[keyword, edited]];
  });
  const known = new Set(before.map(([keyword]) => keyword));
  const added = Object.entries(fields).flatMap(([keyword, value]): SecretConninfo =>
    known.has(keyword) || empty(value) ? [] : [[keyword, value]],
  );
  return [...kept, ...added];
}

/** The same connection string with another password; null takes it out. */
export function withPassword(conninfo: SecretConninfo, password: Secret | null): SecretConninfo {
  return editConninfo(conninfo, { password });
}

/** What of a connection string may be shown: all but its secrets. */
export function shownPairs(conninfo: SecretConninfo): ConninfoPairs {
  return conninfo.flatMap(([keyword, value]) => (value instanceof Secret ? [] : [[keyword, value] as const]));
}
