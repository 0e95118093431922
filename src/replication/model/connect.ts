import type { Secret } from './secret.ts';

/** libpq's sslmode values, weakest first (PostgreSQL, "SSL Mode Descriptions"). */
export const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof sslModes)[number];

/** Everything that is needed to open a session, the password aside. Safe to store and to show. */
export interface ConnectionTarget {
  /** Host name, address, or an absolute folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly sslMode: SslMode;
  /** Paths of PEM files, absolute or with a leading `~/`. */
  readonly sslRootCert?: string;
  readonly sslCert?: string;
  readonly sslKey?: string;
  /** Seconds until a connection attempt is given up. */
  readonly connectTimeoutSeconds: number;
  /** Milliseconds after which the server ends a statement of ours; 0 means none. */
  readonly statementTimeoutMs: number;
  /** As it shows in pg_stat_activity. */
  readonly applicationName: string;
}

/** A target with the password to log in with, if there is one. */
export interface ConnectParams extends ConnectionTarget {
  readonly password?: Secret;
}

/** What the service knows of a connection besides how to reach it. */
export interface ConnectionFacts {
  /** Stable for the life of the connection; never shown. */
  readonly id: string;
  /** The name the person gave. */
  readonly name: string;
  /** A change asks for the name to be typed. */
  readonly production: boolean;
  /** Changes are refused. */
  readonly readOnly: boolean;
  readonly target: ConnectionTarget;
  /** Bytes that the volume of the server's pg_wal holds, where the person gave them: no statement tells. */
  readonly walVolumeBytes?: number | null;
}

/** Where the service gets its connections from. Implemented by the connections room. */
export interface ConnectionSource {
  /** Undefined where the id is unknown (removed meanwhile). */
  facts(connectionId: string): ConnectionFacts | undefined;
  /** All known connections. */
  all(): readonly ConnectionFacts[];
  /** The target with its password, read from the secret storage at this moment. */
  params(connectionId: string): Promise<ConnectParams>;
}
