import type { PublishedOperations } from './publication.ts';
import type { NewTables } from './reads.ts';
import type { Secret } from './secret.ts';
import type { ReplicaIdentity } from './table.ts';

/** A table as it is to be published. */
export interface PublishedTableChoice {
  readonly schema: string;
  readonly name: string;
  /** Null for all columns. */
  readonly columns: readonly string[] | null;
  /** SQL of the row filter without the outer parentheses; null for all rows. */
  readonly filter: string | null;
  /** ONLY: without the tables that inherit from it. Absent means with them, as PostgreSQL's default is. */
  readonly only?: boolean;
}

/** A table that FOR ALL TABLES leaves out (19, untried). Of a partitioned table its root, which goes with its partitions. */
export interface ExceptedTableChoice {
  readonly schema: string;
  readonly name: string;
  /** ONLY: the tables that inherit from it are published. Absent means that they are left out too. */
  readonly only?: boolean;
}

/** What the person chose for a publication, new or edited. */
export interface PublicationChoice {
  readonly name: string;
  readonly scope: 'allTables' | 'chosen';
  readonly schemas: readonly string[];
  readonly tables: readonly PublishedTableChoice[];
  readonly operations: PublishedOperations;
  readonly viaRoot: boolean;
  readonly generatedColumns: 'none' | 'stored';
  /** What FOR ALL TABLES leaves out (19, untried); absent for nothing. Of no meaning with chosen tables. */
  readonly exceptTables?: readonly ExceptedTableChoice[];
  /**
   * FOR ALL SEQUENCES (19, untried): beside all tables, or with the scope 'chosen' alone. PostgreSQL has no sequences
   * beside chosen tables, so `tables` and `schemas` are of no meaning then.
   */
  readonly allSequences?: boolean;
}

/** A connection string in keyword order, without the password. */
export type ConninfoPairs = readonly (readonly [keyword: string, value: string])[];

/** What the person chose for a new subscription. */
export interface SubscriptionChoice {
  readonly name: string;
  /** Known connection of the publisher; null when only its connection string is known. */
  readonly publisherConnectionId: string | null;
  /** As the subscriber reaches the publisher (its host may differ from ours). */
  readonly conninfo: ConninfoPairs;
  /**
   * The foreign server of the subscriber by which it connects (SERVER, 19, untried). Then `conninfo` is only what its
   * options say, for the checks, and no password is given: the user mapping has it.
   */
  readonly foreignServer?: string;
  readonly password: Secret | null;
  readonly publications: readonly string[];
  /** Tables that the plan makes on the subscriber first; absent for none. */
  readonly newTables?: NewTables;
  /**
   * False: the publisher isn't asked for anything. Then it is disabled and knows no tables, whatever `enabled` and
   * `copyData` say, and `slot` only names the slot that is to be made there. Absent means that it is asked.
   */
  readonly connect?: boolean;
  readonly enabled: boolean;
  readonly copyData: boolean;
  /**
   * create: the subscriber creates it on the publisher; existing: it is there already; none: no slot yet
   * (then the subscription can't be enabled). Same-cluster creation turns `create` into slot first.
   */
  readonly slot: { readonly mode: 'create' | 'existing'; readonly name: string } | { readonly mode: 'none' };
  /** Only those that the person set; absent means the server's default. */
  readonly options: {
    readonly synchronousCommit?: string;
    readonly binary?: boolean;
    readonly streaming?: 'off' | 'on' | 'parallel';
    readonly twoPhase?: boolean;
    readonly disableOnError?: boolean;
    readonly passwordRequired?: boolean;
    readonly runAsOwner?: boolean;
    readonly origin?: 'any' | 'none';
    readonly failover?: boolean;
    /** The last three since 19, untried. */
    readonly retainDeadTuples?: boolean;
    /** Milliseconds; 0 for without limit. */
    readonly maxRetentionDuration?: number;
    /** As the setting takes it ("30s"); "-1" leaves the server's setting in force. */
    readonly walReceiverTimeout?: string;
  };
  /** How long CREATE SUBSCRIPTION may wait for transactions on the publisher, milliseconds. */
  readonly waitLimitMs: number;
}

/** A connection string with the secrets in it as such (password, sslpassword); every keyword is kept, in its order. */
export type SecretConninfo = readonly (readonly [keyword: string, value: string | Secret])[];

/** What is to become of a subscription. What is absent stays as it is. */
export interface SubscriptionChange {
  readonly name?: string;
  readonly enabled?: boolean;
  /** The whole new connection string, with its secrets; `before` is the present one, for the undo, where it is known. */
  readonly connection?: { readonly conninfo: SecretConninfo; readonly before: SecretConninfo | null };
  /** The foreign server to connect by from now on, in place of `connection` (19, untried); `before` as there. */
  readonly foreignServer?: { readonly name: string; readonly before: SecretConninfo | null };
  /** The whole new list. `refresh`: at once; `copyData`: copy the tables that are new by it. */
  readonly publications?: {
    readonly names: readonly string[];
    readonly refresh: boolean;
    readonly copyData: boolean;
    /** Tables that the plan makes on the subscriber first; absent for none. */
    readonly newTables?: NewTables;
  };
  /** Only those that change. */
  readonly options?: SubscriptionChoice['options'];
  /** Null for slot_name = NONE. */
  readonly slotName?: string | null;
}

export interface SlotChoice {
  readonly name: string;
  readonly plugin: string;
  readonly twoPhase: boolean;
  readonly failover: boolean;
  /** How long the creation may wait for running transactions, milliseconds. */
  readonly waitLimitMs: number;
}

export interface ReplicaIdentityChoice {
  /** `index` is the table's own, where the identity of several is 'index'. */
  readonly tables: readonly { readonly schema: string; readonly name: string; readonly index?: string }[];
  readonly identity: ReplicaIdentity;
  /** The index, where the identity of one table is 'index'. */
  readonly index: string | null;
}
