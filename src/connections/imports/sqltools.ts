import { Secret } from '../../replication/model/secret.ts';
import { type Found, joinFound, nothingFound, offerOf, offerOfPairs } from './offer.ts';
import { definedPairs, isRecord, recordsOf, type SettingsRecord, textOf } from './settingsValue.ts';

/**
 * The PostgreSQL connections of the setting `sqltools.connections` (mtxr/vscode-sqltools,
 * packages/driver.pg/connection.schema.json): by server and port, by socket, or by connection string. `origin` says
 * which settings they are from. Passwords kept in SQLTools' own secret storage can't be read by others.
 */
export function fromSqlTools(
  value: unknown,
  origin: string,
  user: string,
  env: Readonly<Record<string, string | undefined>>,
): Found {
  return joinFound(
    recordsOf(value)
      .map((record) => filledIn(record, env))
      .filter(({ driver }) => driver === 'PostgreSQL')
      .map((record) => fromRecord(record, origin, user)),
  );
}

function fromRecord(record: SettingsRecord, origin: string, user: string): Found {
  const name = textOf(record, 'name') ?? '';
  const label = {
    source: 'SQLTools',
    origin: `${origin} "${name}"`,
    name,
    folder: textOf(record, 'group') ?? null,
  } as const;
  if (record['ssh'] === 'Enabled') {
    return { ...nothingFound, problems: [`${label.origin}: connections through an SSH tunnel can't be taken over.`] };
  }
  const connectString = textOf(record, 'connectString');
  if (connectString !== undefined) return offerOf(connectString, label, user);

  const options = isRecord(record['pgOptions']) ? record['pgOptions'] : {};
  const statementTimeout = textOf(options, 'statement_timeout');
  const pairs = definedPairs([
    ['host', textOf(record, 'server') ?? textOf(record, 'socketPath')?.replace(/\/\.s\.PGSQL\.\d+$/, '')],
    ['port', textOf(record, 'port')],
    ['dbname', textOf(record, 'database')],
    ['user', textOf(record, 'username')],
    ['connect_timeout', wholeNumber(textOf(record, 'connectionTimeout'))],
    ['options', statementTimeout && `-c statement_timeout=${statementTimeout}`],
    ...tlsPairs(options['ssl']),
  ]);
  const password = textOf(record, 'password');
  return offerOfPairs({ pairs, password: password ? new Secret(password) : null, otherSecrets: [] }, label, user);
}

/** What node-postgres does with its `ssl` option, as an sslmode: an object checks everything unless it says not to. */
function tlsPairs(ssl: unknown): readonly (readonly [string, string | undefined])[] {
  // Plain text there; our default (prefer) also reaches servers that want TLS by now.
  if (ssl === undefined || ssl === false || ssl === null) return [];
  if (!isRecord(ssl)) return [['sslmode', 'verify-full']];
  const file = (key: string) => textOf(ssl, key)?.replace(/^file:\/\//, '');
  return [
    ['sslmode', ssl['rejectUnauthorized'] === false ? 'require' : 'verify-full'],
    // libpq's `require` checks the authority as soon as a root certificate is given; this one was to check nothing.
    ['sslrootcert', ssl['rejectUnauthorized'] === false ? undefined : file('ca')],
    ['sslcert', file('cert')],
    ['sslkey', file('key')],
  ];
}

function wholeNumber(text: string | undefined): string | undefined {
  return text === undefined || Number.isNaN(Number(text)) ? undefined : String(Math.ceil(Number(text)));
}

/** SQLTools fills in `${env:NAME}` in every text; an unset variable is empty. */
function filledIn(record: SettingsRecord, env: Readonly<Record<string, string | undefined>>): SettingsRecord {
  const fill = (value: unknown): unknown =>
    typeof value === 'string'
      ? value.replaceAll(/\$\{env:([^}]+)\}/g, (_, variable: string) => env[variable] ?? '')
      : value;
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, fill(value)]));
}
