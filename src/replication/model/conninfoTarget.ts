import type { ConninfoPairs } from './choices.ts';
import { type ConnectionTarget, type SslMode, sslModes } from './connect.ts';
import { conninfoValue } from './conninfo.ts';
import { ReplicationError } from './errors.ts';

/** What stands for what a connection string leaves out. */
export interface TargetDefaults {
  /** libpq takes the name of the operating system's user. */
  readonly user: string;
  readonly host: string;
  readonly connectTimeoutSeconds: number;
  readonly statementTimeoutMs: number;
  readonly applicationName: string;
}

/** A connection string as a target of ours. */
export interface ReadTarget {
  readonly target: ConnectionTarget;
  /** All hosts it names; the first is the target's. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  /** Keywords that a target has no place for, in their order. */
  readonly ignored: readonly string[];
}

export const defaultPort = 5432;

/**
 * The target that a connection string names, with libpq's defaults for what it leaves out: port 5432, the database
 * named as the user, sslmode prefer (verify-full where the root certificate is `system`). Throws ReplicationError
 * `invalidConnection` where port, sslmode or a timeout isn't one, naming the keyword only.
 */
export function targetFromConninfo(pairs: ConninfoPairs, defaults: TargetDefaults): ReadTarget {
  const value = (keyword: string) => conninfoValue(pairs, keyword);
  const names = (value('host') ?? value('hostaddr') ?? defaults.host).split(',').map((host) => host.trim());
  const ports = (value('port') ?? '').split(',').map(readPort);
  const hosts = names.map((host, index) => ({
    host: host === '' ? defaults.host : host,
    port: (ports.length === 1 ? ports[0] : ports[index]) ?? defaultPort,
  }));
  const first = hosts[0] ?? { host: defaults.host, port: defaultPort };
  const user = value('user') ?? defaults.user;
  const used = new Set([...wholeKeywords, value('host') === undefined ? 'hostaddr' : 'host']);
  const options = readOptions(value('options'));
  if (options.onlyOurs) used.add('options');

  return {
    target: {
      ...first,
      database: value('dbname') ?? user,
      user,
      sslMode: readSslMode(value('sslmode'), value('requiressl'), value('sslrootcert')),
      // `system` means the authorities the system knows (since libpq 16), which are ours without a file.
      ...optional('sslRootCert', value('sslrootcert') === 'system' ? undefined : value('sslrootcert')),
      ...optional('sslCert', value('sslcert')),
      ...optional('sslKey', value('sslkey')),
      connectTimeoutSeconds: readCount(value('connect_timeout'), 'connect_timeout') || defaults.connectTimeoutSeconds,
      statementTimeoutMs: options.statementTimeoutMs ?? defaults.statementTimeoutMs,
      applicationName: value('application_name') ?? defaults.applicationName,
    },
    hosts,
    ignored: pairs.map(([keyword]) => keyword).filter((keyword) => !used.has(keyword)),
  };
}

/**
 * The keywords that say where a target is and how it is reached: what one hands on to psql, or gives a subscriber.
 * Timeouts and the application's name are ours and stay out (a subscription is told apart by its application name).
 */
export function targetToConninfo(target: ConnectionTarget): ConninfoPairs {
  const pairs: (readonly [string, string | undefined])[] = [
    ['host', target.host],
    ['port', String(target.port)],
    ['dbname', target.database],
    ['user', target.user],
    ['sslmode', target.sslMode],
    ['sslrootcert', target.sslRootCert],
    ['sslcert', target.sslCert],
    ['sslkey', target.sslKey],
  ];
  return pairs.flatMap(([keyword, text]) => (text === undefined ? [] : [[keyword, text] as const]));
}

const wholeKeywords = [
  'port',
  'dbname',
  'user',
  'sslmode',
  'requiressl',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'connect_timeout',
  'application_name',
];

function optional<Name extends string>(name: Name, value: string | undefined): { readonly [key in Name]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [key in Name]?: string });
}

function unfit(keyword: string, expected: string): ReplicationError {
  return new ReplicationError('invalidConnection', `The connection string's ${keyword} is not ${expected}.`);
}

function readPort(text: string): number | undefined {
  if (text.trim() === '') return undefined;
  const port = Number(text);
  if (!/^\s*\d+\s*$/.test(text) || port < 1 || port > 65_535) throw unfit('port', 'a number from 1 to 65535');
  return port;
}

function readCount(text: string | undefined, keyword: string): number {
  if (text === undefined) return 0;
  if (!/^\s*-?\d{1,9}\s*$/.test(text)) throw unfit(keyword, 'a number of seconds');
  return Math.max(0, Number(text));
}

function readSslMode(mode: string | undefined, requireSsl: string | undefined, root: string | undefined): SslMode {
  if (mode === undefined) {
    if (requireSsl === '1') return 'require';
    return root === 'system' ? 'verify-full' : 'prefer';
  }
  // node-postgres' own word for what libpq does under `require`.
  if (mode === 'no-verify') return 'require';
  const known = sslModes.find((candidate) => candidate === mode);
  if (!known) throw unfit('sslmode', `one of ${sslModes.join(', ')}`);
  return known;
}

/** The statement timeout set by `options` (`-c statement_timeout=5000`, or with the unit ms, s or min). */
function readOptions(options: string | undefined): { statementTimeoutMs?: number; onlyOurs: boolean } {
  const setting = /^\s*(?:-c\s*|--)statement[_-]timeout=(\d{1,9})(ms|s|min)?\s*$/.exec(options ?? '');
  if (!setting) return { onlyOurs: false };
  const factor = { ms: 1, s: 1000, min: 60_000 }[setting[2] ?? 'ms'] ?? 1;
  return { statementTimeoutMs: Number(setting[1]) * factor, onlyOurs: true };
}
