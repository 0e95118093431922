import type { ErrorDescription } from './errors.ts';
import type { Lsn } from './lsn.ts';

/** A table by its name. */
export interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** A table as a publication really sends it (pg_publication_tables), also one that comes by schema or ALL TABLES. */
export interface EffectiveTable extends TableName {
  /** Null where all columns are sent. */
  readonly columns: readonly string[] | null;
  readonly filter: string | null;
  /** How it comes to be published. */
  readonly by: 'table' | 'schema' | 'allTables' | 'partitionOf' | 'inheritance';
}

/** What the server made of one table of a draft, in a transaction that was rolled back. */
export interface MemberVerdict extends TableName {
  /** The refusal; null where it was taken. */
  readonly error: ErrorDescription | null;
  /** Columns that the row filter refers to, as the server parsed it. */
  readonly filterColumns: readonly string[];
  /** Of these, and of the column list, what UPDATE and DELETE would fail by; null where they work. */
  readonly identityProblem: string | null;
}

/** How many rows pass a filter. `null` counts: not known, because `stopped` says why. */
export interface RowCount {
  readonly passing: number | null;
  readonly total: number | null;
  readonly tookMs: number;
  readonly stopped: 'timeLimit' | null;
}

/** Whether the subscriber itself could make a subscription, tried in a transaction that was rolled back. */
export interface SubscriptionTrial {
  readonly ok: boolean;
  readonly error: ErrorDescription | null;
  readonly notices: readonly string[];
  readonly tookMs: number;
}

/** A column as it would be written in CREATE TABLE. */
export interface ColumnDefinition {
  readonly name: string;
  /** As format_type() writes it, schema-qualified where it isn't in pg_catalog. */
  readonly type: string;
  readonly notNull: boolean;
  /** The expression of a default or of a generated column. */
  readonly expression: string | null;
  readonly generated: 'stored' | 'virtual' | null;
  readonly identity: 'always' | 'byDefault' | null;
  /** Schema and name, where it isn't the type's own. */
  readonly collation: string | null;
}

/** An enum, domain or sequence that a table needs. */
export interface NeededType extends TableName {
  readonly kind: 'enum' | 'domain' | 'composite' | 'sequence' | 'other';
  /** The statement that makes it; null where it can't be written. */
  readonly sql: string | null;
}

/** All that is needed to make a table again on a subscriber. */
export interface TableDefinition extends TableName {
  readonly columns: readonly ColumnDefinition[];
  /** Primary key, unique and check constraints, as pg_get_constraintdef() writes them. */
  readonly constraints: readonly { readonly name: string; readonly definition: string }[];
  /** The PARTITION BY clause; null for an ordinary table. */
  readonly partitionKey: string | null;
  readonly needs: readonly NeededType[];
  readonly replicaIdentity: 'default' | 'index' | 'full' | 'nothing';
  /** The index that is the replica identity, as CREATE UNIQUE INDEX; null where it is none of a constraint's. */
  readonly identityIndex: { readonly name: string; readonly sql: string | null } | null;
}

/** What to peek at. */
export interface PeekRequest {
  readonly slotName: string;
  /** The most changes to show. */
  readonly limit: number;
  /** Publications to decode by (pgoutput). */
  readonly publications: readonly string[];
}

/** One change, readable. */
export interface PeekedChange {
  readonly lsn: Lsn;
  readonly xid: string;
  /** One line or several, as the plugin gives it or as decoded from pgoutput. */
  readonly text: string;
}

export interface PeekedChanges {
  readonly changes: readonly PeekedChange[];
  /** There are more than the limit. */
  readonly more: boolean;
  readonly tookMs: number;
}

/** A setting that replication depends on. */
export interface SettingDetail {
  readonly name: string;
  readonly value: string;
  readonly unit: string | null;
  /** pg_settings.context: 'postmaster' needs a restart, 'sighup' a reload. */
  readonly context: string;
  readonly source: string;
  /** Changed in a file already, in force after the next restart. */
  readonly pendingRestart: boolean;
  readonly description: string;
}

/** A role, as far as replication cares. */
export interface RoleDetail {
  readonly name: string;
  readonly superuser: boolean;
  readonly replication: boolean;
  readonly login: boolean;
}

/** What became of opening a replication connection (IDENTIFY_SYSTEM). */
export interface ReplicationLogin {
  readonly ok: boolean;
  readonly systemIdentifier: string | null;
  readonly error: ErrorDescription | null;
}
