import type { Major } from './versions.ts';

/** Files (PEM) that turn TLS on. */
export interface ServerTls {
  /** The server's certificate. */
  readonly cert: string;
  /** The key of that certificate. */
  readonly key: string;
  /** The certificate authority that client certificates are checked against. */
  readonly ca?: string;
}

/** What a test wants of a server. */
export interface ServerOptions {
  readonly major: Major;
  /** Settings beside or instead of the defaults, as in postgresql.conf, without quotes. */
  readonly settings?: Readonly<Record<string, string>>;
  /** How everybody on loopback is asked for a password; `scram-sha-256` unless told. */
  readonly auth?: 'scram-sha-256' | 'md5' | 'password' | 'trust' | 'reject';
  /** Lines for pg_hba.conf, before those of `auth` (the first that fits counts). */
  readonly hba?: readonly string[];
  readonly tls?: ServerTls;
  /** A folder for the data, made if needed and kept afterwards; a temporary one unless told. */
  readonly dataFolder?: string;
  /** The superuser's password; a random one unless told. */
  readonly password?: string;
  /** The TCP port; a free one unless told. */
  readonly port?: number;
}

const replicationDefaults: Readonly<Record<string, string>> = {
  wal_level: 'logical',
  max_wal_senders: '20',
  max_replication_slots: '20',
  max_logical_replication_workers: '10',
  max_worker_processes: '20',
  wal_retrieve_retry_interval: '500ms',
};

const frugalDefaults: Readonly<Record<string, string>> = {
  fsync: 'off',
  shared_buffers: '32MB',
  password_encryption: 'scram-sha-256',
  logging_collector: 'off',
  lc_messages: 'C',
  log_line_prefix: '%m [%p] %q%u@%d ',
};

/** The text that is added to the postgresql.conf of a new server; later lines win. */
export function configuration(options: ServerOptions): string {
  const settings: Record<string, string> = {
    ...replicationDefaults,
    ...(options.major >= 18 ? { max_active_replication_origins: '20' } : {}),
    ...frugalDefaults,
    ...(options.tls === undefined
      ? {}
      : {
          ssl: 'on',
          ssl_cert_file: 'server.crt',
          ssl_key_file: 'server.key',
          ...(options.tls.ca === undefined ? {} : { ssl_ca_file: 'root.crt' }),
        }),
    ...options.settings,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
    .join('');
}

/** The text of the pg_hba.conf of a new server. */
export function hostAccess({ auth = 'scram-sha-256', hba = [] }: ServerOptions): string {
  const lines = [...hba, `host all all 127.0.0.1/32 ${auth}`, `host replication all 127.0.0.1/32 ${auth}`];
  return `${lines.join('\n')}\n`;
}
