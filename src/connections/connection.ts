import type { ConnectionFacts, ConnectionTarget } from '../replication/model/connect.ts';

/** VS Code's chart colours (theme colour ids), which follow the theme. */
export const connectionColors = [
  'charts.red',
  'charts.orange',
  'charts.yellow',
  'charts.green',
  'charts.blue',
  'charts.purple',
] as const;
export type ConnectionColor = (typeof connectionColors)[number];

/** A stored connection. Its password, if there is one, is in the secret vault. */
export interface Connection extends ConnectionFacts {
  /** The folder it is shown in; null at the top. */
  readonly folder: string | null;
  readonly color: ConnectionColor | null;
}

/** A connection that isn't stored (yet). */
export type ConnectionDraft = Omit<Connection, 'id'>;

/** Seconds until a connection attempt is given up, where nobody chose. */
export const defaultConnectTimeoutSeconds = 10;
/** Milliseconds for a statement of ours, where nobody chose. */
export const defaultStatementTimeoutMs = 30_000;
/** As our sessions show in pg_stat_activity, where nobody chose. */
export const defaultApplicationName = 'VS Code PostgreSQL Replication';

/** What stands for what a connection string leaves out; `user` is the operating system's user. */
export function targetDefaults(user: string) {
  return {
    user,
    host: 'localhost',
    connectTimeoutSeconds: defaultConnectTimeoutSeconds,
    statementTimeoutMs: defaultStatementTimeoutMs,
    applicationName: defaultApplicationName,
  };
}

/** A draft for a target with nothing else chosen. */
export function draftOf(name: string, target: ConnectionTarget): ConnectionDraft {
  return {
    name: name.trim() || suggestName(target),
    target,
    folder: null,
    color: null,
    production: false,
    readOnly: false,
  };
}

/** A name for a connection nobody named: "shop on db.example.com", with the port where it isn't 5432. */
export function suggestName(target: Pick<ConnectionTarget, 'host' | 'port' | 'database'>): string {
  return `${target.database} on ${target.host}${target.port === 5432 ? '' : `:${target.port}`}`;
}

/** Whether two targets are the same database by the same role. */
export function sameTarget(one: ConnectionTarget, other: ConnectionTarget): boolean {
  return (
    one.host === other.host && one.port === other.port && one.database === other.database && one.user === other.user
  );
}

/** The only connection of that name; undefined where there is none, or several, of which nobody can tell which is meant. */
export function onlyNamed<Named extends { readonly name: string }>(
  connections: readonly Named[],
  name: string | undefined,
): Named | undefined {
  const named = connections.filter((connection) => connection.name === name);
  return named.length === 1 ? named[0] : undefined;
}

/** The name, or the name with the first free number: "shop", "shop 2", "shop 3". */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let number = 2; ; number++) {
    const candidate = `${name} ${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}

/** A colour as people write it (`blue`, `charts.blue`), null for anything else. */
export function readColor(text: unknown): ConnectionColor | null {
  return connectionColors.find((color) => color === text || color === `charts.${String(text)}`) ?? null;
}
