import type { Capabilities } from './capability.ts';

/** The role that is logged in and what it may see. */
export interface SessionRole {
  readonly name: string;
  readonly superuser: boolean;
  /** The REPLICATION attribute. */
  readonly replication: boolean;
  /** pg_monitor or pg_read_all_stats: sees the state and positions of WAL senders. */
  readonly readsAllStats: boolean;
  /** CREATE on the database. */
  readonly createsInDatabase: boolean;
}

/** One setting that replication depends on (pg_settings). */
export interface ServerSetting {
  readonly name: string;
  readonly value: string;
  readonly unit: string | null;
}

/** A foreign server by which a subscription can connect (19, untried), with what its options say of the publisher. */
export interface ForeignServer {
  readonly name: string;
  readonly host: string | null;
  readonly port: number | null;
  readonly database: string | null;
}

export interface ServerInfo {
  /** As the server writes it, "18.4". */
  readonly version: string;
  /** server_version_num, 180004. For display and for choosing a query; decisions go by capabilities. */
  readonly versionNumber: number;
  /** pg_control_system().system_identifier. Equal on a physical standby. Null where it may not be read. */
  readonly systemIdentifier: string | null;
  readonly database: string;
  readonly inRecovery: boolean;
  readonly role: SessionRole;
  readonly capabilities: Capabilities;
  readonly settings: Readonly<Record<string, ServerSetting>>;
  /** Names of the databases one can connect to. */
  readonly databases: readonly string[];
  /** Output plugins that can be had (pgoutput and test_decoding come with the server; others where seen in use). */
  readonly plugins: readonly string[];
  /** Roles and functions by which a hosting provider is recognised (providers/signs.ts); absent where there are none. */
  readonly providerSigns?: readonly string[];
  /** Schemas of the database outside the system's. */
  readonly schemas: readonly string[];
  /**
   * Foreign servers whose wrapper can give a connection string and that the role may use, by name (19, untried); absent
   * where there are none.
   */
  readonly foreignServers?: readonly ForeignServer[];
}
