import type { Lsn } from './lsn.ts';

/** Where a subscription connects to, without its password. Null parts aren't given in its connection string. */
export interface PublisherAddress {
  readonly host: string | null;
  readonly port: number | null;
  readonly database: string | null;
  readonly user: string | null;
  readonly hasPassword: boolean;
  /** application_name where the connection string overrides it. */
  readonly applicationName: string | null;
}

/** pg_subscription_rel.srsubstate: i, d, f (14+), s, r. */
export const tableStates = ['init', 'copying', 'copied', 'synchronized', 'ready'] as const;
export type TableState = (typeof tableStates)[number];

export interface SubscribedTable {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly state: TableState;
}

/** A sequence of a subscription (19, untried): its value is copied once, or again by REFRESH SEQUENCES, not streamed. */
export interface SubscribedSequence {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly synchronized: boolean;
}

/** Options a subscription has; null where the server's version doesn't have the option. */
export interface SubscriptionOptions {
  readonly binary: boolean | null;
  readonly streaming: 'off' | 'on' | 'parallel' | null;
  readonly twoPhase: 'disabled' | 'pending' | 'enabled' | null;
  readonly disableOnError: boolean | null;
  readonly passwordRequired: boolean | null;
  readonly runAsOwner: boolean | null;
  readonly origin: string | null;
  readonly failover: boolean | null;
  /** Null too where the role may not read it (10–13). */
  readonly synchronousCommit: string | null;
  /** The last three since 19, untried; absent before. */
  readonly retainDeadTuples?: boolean;
  /** Milliseconds; 0 for without limit. */
  readonly maxRetentionDuration?: number;
  /** As it was given; "-1" leaves the server's setting in force. */
  readonly walReceiverTimeout?: string;
}

/** A subscription of the connection's own database. */
export interface Subscription {
  /** Null where an ordinary role can't find it out (10–13). */
  readonly oid: number | null;
  readonly name: string;
  readonly owner: string;
  readonly ownedByMe: boolean;
  readonly enabled: boolean;
  /** Null where the role may not read subconninfo. Of one that connects by a foreign server, what that one's options say. */
  readonly publisher: PublisherAddress | null;
  /** The foreign server it connects by (subserver, 19, untried); absent for one with a connection string. */
  readonly foreignServer?: string;
  /** Null when it has no slot (slot_name = NONE). */
  readonly slotName: string | null;
  readonly publications: readonly string[];
  readonly options: SubscriptionOptions;
  readonly skipLsn: Lsn | null;
  readonly tables: readonly SubscribedTable[];
  /** In order of schema and name (19, untried); absent where there are none. */
  readonly sequences?: readonly SubscribedSequence[];
  /** Dead tuples were to be retained, but the limit of time was exceeded (19, untried); absent where not. */
  readonly retentionStopped?: true;
  /** COMMENT ON SUBSCRIPTION; null where there is none, or where the role can't find its oid out (10–13). */
  readonly comment: string | null;
}
