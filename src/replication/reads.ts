import type { PublicationChoice, SecretConninfo, SubscriptionChoice } from './model/choices.ts';
import type { ConnectParams } from './model/connect.ts';
import type { CopySize } from './model/copy.ts';
import type {
  EffectiveTable,
  MemberVerdict,
  NeededType,
  PeekedChanges,
  PeekRequest,
  ReplicationLogin,
  RoleAccess,
  RoleDetail,
  RowCount,
  SettingDetail,
  SubscriptionTrial,
  TableDefinition,
  TableName,
} from './model/reads.ts';
import type { Statement } from './model/statement.ts';

/**
 * What is read only when somebody asks: too much, or too dear, for the snapshot. Each rejects with ReplicationError.
 * What is called a trial runs a change in a transaction that is rolled back, on a session of its own with short
 * limits of time; it is refused ('readOnlyConnection') on a connection marked read-only.
 */
export interface OnDemandReads {
  /** What a publication really sends. */
  effectiveTables(connectionId: string, publication: string): Promise<readonly EffectiveTable[]>;
  /** A trial: each chosen table with its columns and filter, judged by the server itself. */
  tryMembers(connectionId: string, choice: PublicationChoice): Promise<readonly MemberVerdict[]>;
  /** The rows that pass a filter (null for all) now; given up after `limitMs`. */
  countRows(connectionId: string, table: TableName, filter: string | null, limitMs: number): Promise<RowCount>;
  /** The connection string of a subscription with its secrets; needs the right to read subconninfo ('privilege'). */
  subscriptionConninfo(connectionId: string, name: string): Promise<SecretConninfo>;
  /**
   * A trial: whether the subscriber reaches the publisher and finds its tables. Leaves no slot. `first` is carried out
   * before, as part of it: what makes the tables that are missing.
   */
  trySubscription(
    connectionId: string,
    choice: SubscriptionChoice,
    first?: readonly Statement[],
  ): Promise<SubscriptionTrial>;
  /** The definitions of tables, and of the types they need. Tables that are gone are left out. */
  tableDefinitions(connectionId: string, tables: readonly TableName[]): Promise<readonly TableDefinition[]>;
  /** As `tableDefinitions`, of a server that is no connection: a session with these params is opened and closed. */
  tableDefinitionsAt(params: ConnectParams, tables: readonly TableName[]): Promise<readonly TableDefinition[]>;
  /** Of the types and sequences that tables need, those that this server has. */
  neededThere(connectionId: string, needs: readonly NeededType[]): Promise<readonly TableName[]>;
  /** Whether these tables hold rows; absent ones are left out. */
  tablesWithRows(connectionId: string, tables: readonly TableName[]): Promise<readonly TableName[]>;
  /** How much there is to copy of these published tables; absent ones are left out. */
  copySizes(connectionId: string, tables: readonly TableName[]): Promise<readonly CopySize[]>;
  /** Changes that a slot still holds, without consuming them. */
  peek(connectionId: string, request: PeekRequest): Promise<PeekedChanges>;
  /** The settings that replication depends on. */
  settings(connectionId: string): Promise<readonly SettingDetail[]>;
  /** All roles but PostgreSQL's own. */
  roles(connectionId: string): Promise<readonly RoleDetail[]>;
  /** What a role, or PUBLIC where it is yet to be made, may do of what replication of these tables needs. */
  roleAccess(connectionId: string, role: string, tableOids: readonly number[]): Promise<RoleAccess>;
  /** Opens a replication connection with these params and identifies the server by it. Never rejects for a refusal. */
  replicationLogin(params: ConnectParams): Promise<ReplicationLogin>;
}
