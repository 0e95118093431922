import type { ConnectionTarget } from '../../replication/model/connect.ts';
import { Secret } from '../../replication/model/secret.ts';
import { draftOf, targetDefaults } from '../connection.ts';
import type { Found, Offer } from './offer.ts';
import { type Surroundings, userFile } from './surroundings.ts';

/** One line of a password file. */
export interface PasswordEntry {
  /** 1-based. */
  readonly line: number;
  /** Null stands for `*`: anything. */
  readonly host: string | null;
  readonly port: string | null;
  readonly database: string | null;
  readonly user: string | null;
  readonly password: Secret;
}

/** A password file that was looked for. */
export interface PasswordFile {
  /** Null where the platform has no place for it. */
  readonly file: string | null;
  readonly entries: readonly PasswordEntry[];
  readonly problems: readonly string[];
}

/** Sockets in these folders count as `localhost` (libpq's default, and Debian's). */
const defaultSocketFolders = ['/tmp', '/var/run/postgresql', '/run/postgresql'];

/**
 * Reads the password file: PGPASSFILE, or ~/.pgpass, or %APPDATA%\postgresql\pgpass.conf. As in libpq one that others
 * may read is ignored (except on Windows); that is then told as a problem.
 */
export async function readPasswordFile(surroundings: Surroundings): Promise<PasswordFile> {
  const file = surroundings.env['PGPASSFILE'] || userFile(surroundings, '.pgpass', 'pgpass.conf');
  if (!file) return { file: null, entries: [], problems: [] };
  try {
    const found = await surroundings.readFile(file);
    if (!found) return { file, entries: [], problems: [] };
    if (surroundings.platform !== 'win32' && (found.mode & 0o077) !== 0) {
      const problem = `${file} was left aside, as psql does: group or others may access it. Set its permissions to 0600.`;
      return { file, entries: [], problems: [problem] };
    }
    return { file, entries: parsePasswordFile(found.text), problems: [] };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { file, entries: [], problems: [`${file} can't be read: ${reason}`] };
  }
}

/** The entries without a `*`: each of them names one database. */
export function fromPasswordFile({ file, entries }: PasswordFile): Found {
  const offers = entries.flatMap(({ line, host, port, database, user, password }): readonly Offer[] => {
    if (!host || !user || !database || database === 'replication' || !port) return [];
    if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) return [];
    const target = { ...ours(user), host, port: Number(port), database, user, sslMode: 'prefer' } as const;
    const origin = `${file ?? ''} line ${line}`;
    return [{ source: 'Password file', origin, draft: draftOf('', target), password, remarks: [] }];
  });
  return { offers, problems: [] };
}

/** The password of the first line that fits the target, null where none does. */
export function passwordFor(entries: readonly PasswordEntry[], target: ConnectionTarget): Secret | null {
  const host = defaultSocketFolders.includes(target.host) ? 'localhost' : target.host;
  const fits = (wanted: string | null, value: string) => wanted === null || wanted === value;
  const entry = entries.find(
    (candidate) =>
      fits(candidate.host, host) &&
      fits(candidate.port, String(target.port)) &&
      fits(candidate.database, target.database) &&
      fits(candidate.user, target.user),
  );
  return entry?.password ?? null;
}

/**
 * Lines `host:port:database:user:password` (PostgreSQL, "The Password File"). A backslash takes the next character
 * as it is; a field that is just `*` fits anything; a line that starts with `#` is a comment.
 */
export function parsePasswordFile(text: string): readonly PasswordEntry[] {
  return text.split('\n').flatMap((line, index): readonly PasswordEntry[] => {
    const fields = line.startsWith('#') ? [] : splitFields(line.replace(/\r$/, ''));
    const [host, port, database, user, password] = fields;
    if (host === undefined || port === undefined || database === undefined || user === undefined || !password)
      return [];
    return [
      {
        line: index + 1,
        host: pattern(host),
        port: pattern(port),
        database: pattern(database),
        user: pattern(user),
        password: new Secret(unescape(password)),
      },
    ];
  });
}

/** Splits at the colons that no backslash precedes; the fields keep their backslashes. */
function splitFields(line: string): readonly string[] {
  return [...line.matchAll(/((?:\\.|[^:\\]|\\$)*)(?::|$)/gsu)].map(([, field]) => field ?? '');
}

function pattern(field: string): string | null {
  return field === '*' ? null : unescape(field);
}

function unescape(field: string): string {
  return field.replaceAll(/\\(.)/gsu, '$1');
}

function ours(user: string) {
  const { connectTimeoutSeconds, statementTimeoutMs, applicationName } = targetDefaults(user);
  return { connectTimeoutSeconds, statementTimeoutMs, applicationName };
}
