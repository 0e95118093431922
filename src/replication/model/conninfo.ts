import type { ConninfoPairs, SecretConninfo } from './choices.ts';
import { invalidConninfo, isUri, parseConninfoUri, type RawPairs } from './conninfoUri.ts';
import { Secret } from './secret.ts';

/** A connection string taken apart. Nothing in `pairs` is a secret. */
export interface ParsedConninfo {
  /** Keywords in the order they were written, unknown ones too; of a keyword given twice the last value counts. */
  readonly pairs: ConninfoPairs;
  /** Null where none was given, or an empty one (which libpq takes as none). */
  readonly password: Secret | null;
  /** What else is secret in it (the client key's passphrase, SCRAM keys, the OAuth client's secret). */
  readonly otherSecrets: readonly (readonly [keyword: string, value: Secret])[];
}

/** Keywords whose values are secrets (PostgreSQL, "Parameter Key Words"). `password` comes first. */
const secretKeywords = ['password', 'sslpassword', 'scram_client_key', 'scram_server_key', 'oauth_client_secret'];

/** What libpq takes as white space: isspace() of the C locale. */
const space = /[ \t\n\v\f\r]/;

/**
 * Pairs as a libpq connection string in keyword form (PostgreSQL, "Connection Strings"). A value is quoted
 * where it has to be; quote and backslash are escaped.
 */
export function formatConninfo(pairs: readonly (readonly [keyword: string, value: string])[]): string {
  return pairs.map(([keyword, value]) => `${keyword}=${quoteValue(value)}`).join(' ');
}

/**
 * Takes a connection string apart as libpq does (fe-connect.c, conninfo_parse and conninfo_uri_parse), in URI
 * form or in keyword form; only that keywords libpq doesn't know are kept. Throws ReplicationError
 * `invalidConnection`, which names a position or a known keyword and never quotes the text, as any part of it
 * may belong to a password.
 */
export function parseConninfo(text: string): ParsedConninfo {
  if (text.includes('\0')) throw invalidConninfo(text.indexOf('\0'), 'a zero byte stands where none may be');
  const raw = isUri(text) ? parseConninfoUri(text) : parseKeywords(text);
  const values = new Map<string, string>();
  for (const [keyword, value] of raw) values.set(keyword, value);

  const password = values.get('password');
  return {
    pairs: [...values].filter(([keyword]) => !secretKeywords.includes(keyword)),
    password: password ? new Secret(password) : null,
    otherSecrets: [...values]
      .filter(([keyword, value]) => secretKeywords.includes(keyword) && keyword !== 'password' && value !== '')
      .map(([keyword, value]) => [keyword, new Secret(value)] as const),
  };
}

/**
 * As `parseConninfo`, with the secrets at their places: what is written back holds every keyword, unknown ones too, in
 * the order it was written. A keyword that sounds like a secret counts as one.
 */
export function parseSecretConninfo(text: string): SecretConninfo {
  if (text.includes('\0')) throw invalidConninfo(text.indexOf('\0'), 'a zero byte stands where none may be');
  const values = new Map(isUri(text) ? parseConninfoUri(text) : parseKeywords(text));
  return [...values].map(([keyword, value]) => [keyword, isSecretKeyword(keyword) ? new Secret(value) : value]);
}

/** Whether the value of a keyword is a secret, or sounds like one. */
export function isSecretKeyword(keyword: string): boolean {
  return secretKeywords.includes(keyword) || /password|secret/i.test(keyword);
}

/** Whether a value is given to a secret keyword anywhere in a text, which needn't be a connection string yet. */
export function mentionsSecret(text: string): boolean {
  return [...text.matchAll(/(\w+)\s*=/g)].some(([, keyword]) => isSecretKeyword((keyword ?? '').toLowerCase()));
}

/** The value of a keyword, undefined where it isn't given or is empty (which libpq takes as not given). */
export function conninfoValue(pairs: ConninfoPairs, keyword: string): string | undefined {
  return pairs.find(([candidate]) => candidate === keyword)?.[1] || undefined;
}

/**
 * Text a person pasted, with what people copy around a connection string taken off: white space, a `psql`
 * command, a variable assignment, quotes, and the prefixes of JDBC (`jdbc:`) and SQLAlchemy (`postgresql+psycopg`).
 */
export function tidyPastedConninfo(text: string): string {
  let tidy = text.trim();
  tidy = tidy.replace(/^(?:\$\s+)?psql\s+/, '').replace(/^(?:export\s+)?[A-Z][A-Z0-9_]*\s*=\s*(?=["']?postgres)/, '');
  const quoted = /^(["'])(.*)\1$/s.exec(tidy);
  if (quoted?.[2] !== undefined) tidy = quoted[2].trim();
  return tidy.replace(/^jdbc:/, '').replace(/^(postgres(?:ql)?)\+\w+:\/\//, '$1://');
}

function quoteValue(value: string): string {
  if (/^[^\s'\\]+$/.test(value)) return value;
  return `'${value.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
}

/** The keyword form: `keyword = value …`, values quoted by `'`, a backslash taking the next character as it is. */
function parseKeywords(text: string): RawPairs {
  const pairs: [string, string][] = [];
  let at = 0;
  const skipSpace = () => {
    while (at < text.length && space.test(text.charAt(at))) at++;
  };

  for (skipSpace(); at < text.length; skipSpace()) {
    const start = at;
    while (at < text.length && text[at] !== '=' && !space.test(text.charAt(at))) at++;
    const keyword = text.slice(start, at);
    skipSpace();
    if (text[at] !== '=') {
      throw invalidConninfo(
        start,
        'a keyword without "=" after it',
        'A value that holds spaces needs single quotes around it.',
      );
    }
    if (keyword === '') throw invalidConninfo(start, 'a keyword is missing before "="');
    at++;
    skipSpace();
    pairs.push([keyword, text[at] === "'" ? quoted() : plain()]);
  }
  return pairs;

  function plain(): string {
    let value = '';
    while (at < text.length && !space.test(text.charAt(at))) {
      if (text[at] === '\\') at++;
      value += text.charAt(at++);
    }
    return value;
  }

  function quoted(): string {
    const opening = at++;
    let value = '';
    while (text[at] !== "'") {
      if (text[at] === '\\') at++;
      if (at >= text.length) throw invalidConninfo(opening, 'the quote that opens here is never closed');
      value += text.charAt(at++);
    }
    at++;
    return value;
  }
}
