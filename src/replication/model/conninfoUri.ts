import type { ConninfoPairs } from './choices.ts';
import { ReplicationError } from './errors.ts';

/** Pairs as they were written: secrets among them, keywords perhaps twice. Never leaves the parser. */
export type RawPairs = readonly (readonly [keyword: string, value: string])[];

const prefix = /^postgres(?:ql)?:\/\//;

/** Whether a text is a connection string in URI form. */
export function isUri(text: string): boolean {
  return prefix.test(text.trimStart());
}

/** The error of an unreadable connection string. `index` is 0-based; `problem` never quotes the text. */
export function invalidConninfo(index: number, problem: string, advice?: string): ReplicationError {
  return new ReplicationError(
    'invalidConnection',
    `The connection string can't be read: at character ${index + 1}, ${problem}.`,
    advice === undefined ? {} : { advice },
  );
}

/**
 * The URI form: `postgresql://[user[:password]@][host][:port][,…][/dbname][?keyword=value&…]`, every part
 * percent-encoded, IPv6 addresses in brackets (fe-connect.c, conninfo_uri_parse_options).
 */
export function parseConninfoUri(padded: string): RawPairs {
  const text = padded.trimEnd();
  const pairs: [string, string][] = [];
  let at = (/^\s*postgres(?:ql)?:\/\//.exec(text)?.[0] ?? '').length;
  const put = (keyword: string, encoded: string, index: number) => {
    if (encoded !== '') pairs.push([keyword, decode(encoded, index)]);
  };
  /** Reads up to one of `stops` or the end. */
  const until = (stops: string): string => {
    const start = at;
    while (at < text.length && !stops.includes(text.charAt(at))) at++;
    return text.slice(start, at);
  };

  const start = at;
  until('@/');
  if (text[at] === '@') {
    at = start;
    put('user', until(':@'), start);
    if (text[at] === ':') {
      const passwordAt = ++at;
      put('password', until('@'), passwordAt);
    }
    at++;
  } else {
    at = start;
  }

  const hosts: string[] = [];
  const ports: string[] = [];
  const hostsAt = at;
  for (;;) {
    hosts.push(text[at] === '[' ? bracketed() : until(':/?,'));
    ports.push(text[at] === ':' ? (at++, until('/?,')) : '');
    if (text[at] !== ',') break;
    at++;
  }
  if (hosts.some((host) => host.includes('@'))) {
    throw invalidConninfo(
      hostsAt,
      'the host holds an "@"',
      'Write an "@" that belongs to the user or the password as %40.',
    );
  }
  if (hosts.some((host) => host !== '')) put('host', hosts.join(','), hostsAt);
  if (ports.some((port) => port !== '')) {
    const joined = decode(ports.join(','), hostsAt);
    if (!/^[\d,]*$/.test(joined)) {
      throw invalidConninfo(
        hostsAt,
        'the port is not a number',
        'Write "/", "?", ":" and "@" of a password as %2F, %3F, %3A and %40.',
      );
    }
    pairs.push(['port', joined]);
  }
  if (text[at] === '/') {
    const nameAt = ++at;
    const database = until('?');
    // libpq takes it as a name, but it is what a password with an unescaped "/" looks like.
    if (database.includes('@')) {
      throw invalidConninfo(
        nameAt,
        'the database name holds an "@"',
        'Write "/" and "@" of a password as %2F and %40.',
      );
    }
    put('dbname', database, nameAt);
  }
  if (text[at] === '?') {
    at++;
    parseParameters();
  }
  return pairs;

  function bracketed(): string {
    const opening = at++;
    const host = until(']');
    if (at >= text.length) throw invalidConninfo(opening, 'the bracket of an IPv6 address is never closed');
    if (host === '') throw invalidConninfo(opening, 'the IPv6 address is empty');
    at++;
    if (at < text.length && !':/?,'.includes(text.charAt(at))) {
      throw invalidConninfo(at, 'something other than ":", "/", "?" or "," follows an IPv6 address');
    }
    return host;
  }

  function parseParameters(): void {
    while (at < text.length) {
      const parameterAt = at;
      const parameter = until('&');
      at++;
      const equals = parameter.indexOf('=');
      if (equals < 1) throw invalidConninfo(parameterAt, 'a query parameter has no keyword or no "="');
      if (parameter.includes('=', equals + 1)) {
        throw invalidConninfo(
          parameterAt,
          'a query parameter has more than one "="',
          'Write an "=" in a value as %3D.',
        );
      }
      const keyword = decode(parameter.slice(0, equals), parameterAt);
      const value = decode(parameter.slice(equals + 1), parameterAt + equals + 1);
      // As libpq does, for strings that come from JDBC.
      if (keyword === 'ssl' && value === 'true') pairs.push(['sslmode', 'require']);
      else pairs.push([keyword, value]);
    }
  }
}

/** Pairs in URI form. What the URI has no place for becomes a query parameter; of secrets there are none. */
export function formatConninfoUri(pairs: ConninfoPairs): string {
  const values = new Map(pairs);
  const take = (keyword: string): string => {
    const value = values.get(keyword) ?? '';
    values.delete(keyword);
    return value;
  };
  const user = encodeURIComponent(take('user'));
  const hosts = take('host').split(',');
  const ports = take('port').split(',');
  const places = hosts.map((host, index) => {
    const port = ports.length === 1 ? ports[0] : ports[index];
    return formatHost(host) + (port ? `:${encodeURIComponent(port)}` : '');
  });
  const database = take('dbname');
  const query = [...values].map(([keyword, value]) => `${encodeURIComponent(keyword)}=${encodeURIComponent(value)}`);
  return (
    `postgresql://${user === '' ? '' : `${user}@`}${places.join(',')}` +
    (database === '' ? '' : `/${encodeURIComponent(database)}`) +
    (query.length === 0 ? '' : `?${query.join('&')}`)
  );
}

/** An IPv6 address in brackets, its zone percent-encoded; anything else percent-encoded. */
function formatHost(host: string): string {
  return /^[0-9a-f:.]*:[0-9a-f:.]*(?:%.*)?$/i.test(host)
    ? `[${encodeURIComponent(host).replaceAll('%3A', ':')}]`
    : encodeURIComponent(host);
}

function decode(encoded: string, index: number): string {
  const bad = /%(?![0-9a-f]{2})|%00/i.exec(encoded);
  if (bad) {
    throw invalidConninfo(index + bad.index, 'a percent sign starts no valid code', 'Write a percent sign as %25.');
  }
  try {
    return decodeURIComponent(encoded);
  } catch (cause) {
    throw new ReplicationError(
      'invalidConnection',
      `The connection string can't be read: the percent codes from character ${index + 1} on are no UTF-8 text.`,
      { cause },
    );
  }
}
