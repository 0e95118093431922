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
  /** A function that isn't PostgreSQL's own and that the expression calls, as regprocedure writes it. */
  readonly callsFunction?: string;
  /** Whether a subscription gets its values; absent where nobody has asked for which. */
  readonly sent?: boolean;
}

/** A constraint as pg_get_constraintdef() writes it. */
export interface ConstraintDefinition {
  readonly name: string;
  readonly definition: string;
  /** It comes from the table this one is a partition of. */
  readonly inherited?: true;
  /** As of a column. */
  readonly callsFunction?: string;
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
  /** Primary key, unique and check constraints. */
  readonly constraints: readonly ConstraintDefinition[];
  /** The PARTITION BY clause; null for an ordinary table. */
  readonly partitionKey: string | null;
  /** What it is a partition of, with its FOR VALUES clause; absent where it is none. */
  readonly partitionOf?: TableName & { readonly bound: string };
  readonly needs: readonly NeededType[];
  readonly replicaIdentity: 'default' | 'index' | 'full' | 'nothing';
  /** The index that is the replica identity, as CREATE UNIQUE INDEX; null where it is none of a constraint's. */
  readonly identityIndex: { readonly name: string; readonly sql: string | null } | null;
}

/** Tables that a subscriber lacks, as they are to be made there before it subscribes. */
export interface NewTables {
  /** As the publisher has them, with what is sent of them. */
  readonly definitions: readonly TableDefinition[];
  /** Of the types and sequences they need, those that the subscriber has already. */
  readonly there: readonly TableName[];
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
  /** There are more than the limit, or may be beyond `upTo`. */
  readonly more: boolean;
  /** How far WAL was looked through in the time there was; null where to its end, or to the limit of changes. */
  readonly upTo: Lsn | null;
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
  readonly type: 'bool' | 'enum' | 'integer' | 'real' | 'string';
  /** The smallest and the largest value in `unit`; null where there is no such limit. */
  readonly min: number | null;
  readonly max: number | null;
  /** The values of an enum. */
  readonly choices: readonly string[];
  /** Of the setting that limits them: how many replication origins there are, for which the server needs room to start. */
  readonly origins?: number;
  /** Whether this role may change it by ALTER SYSTEM (superuser, or granted since 15), and the server lets anybody (17). */
  readonly alterable: boolean;
  /** Whether this role may reload the configuration (pg_reload_conf). */
  readonly reloadable: boolean;
  /** What postgresql.auto.conf says: null where it says nothing of it, absent where this role may not read it. */
  readonly inAutoFile?: string | null;
}

/** A role, as far as replication cares. */
export interface RoleDetail {
  readonly name: string;
  readonly superuser: boolean;
  readonly replication: boolean;
  readonly login: boolean;
}

/** What a role that is there, or is yet to be made (then what PUBLIC may), is allowed of what replication needs. */
export interface RoleAccess {
  readonly role: string;
  readonly exists: boolean;
  readonly superuser: boolean;
  /** The REPLICATION attribute. */
  readonly replication: boolean;
  readonly login: boolean;
  /** Sees all rows of tables with row-level security. */
  readonly bypassesRowSecurity: boolean;
  /** Those roles of the hosting providers that it is a member of. */
  readonly memberOf: readonly string[];
  readonly database: { readonly connect: boolean; readonly grantable: boolean };
  readonly schemas: readonly { readonly schema: string; readonly usage: boolean; readonly grantable: boolean }[];
  readonly tables: readonly TableAccess[];
  /** SELECT on tables that `owner` makes later; `schema` null for all schemas. */
  readonly future: readonly { readonly owner: string; readonly schema: string | null }[];
  readonly giver: RoleGiver;
}

/** One table, as far as a role may read it. */
export interface TableAccess extends TableName {
  /** 'all', or the columns that it may read. */
  readonly select: 'all' | readonly string[];
  /** Columns on which SELECT was granted to the role itself. */
  readonly ownColumns: readonly string[];
  /** Whether the role that is logged in may grant SELECT on it. */
  readonly grantable: boolean;
  /** Row-level security applies to the role: it would see only some of the rows. */
  readonly rowSecurity: boolean;
}

/** The role that is logged in, as far as it may make others. */
export interface RoleGiver {
  readonly name: string;
  readonly createsRoles: boolean;
  /** May give the REPLICATION attribute: a superuser; since 16 also who has CREATEROLE and the attribute itself. */
  readonly givesReplication: boolean;
  readonly memberOf: readonly string[];
}

/** What became of opening a replication connection (IDENTIFY_SYSTEM). */
export interface ReplicationLogin {
  readonly ok: boolean;
  readonly systemIdentifier: string | null;
  readonly error: ErrorDescription | null;
}
