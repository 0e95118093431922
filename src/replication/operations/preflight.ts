import type { SubscriptionChoice } from '../model/choices.ts';
import { ReplicationError } from '../model/errors.ts';
import type { Blocker } from '../model/plan.ts';
import type { SubscriptionTrial, TableName } from '../model/reads.ts';
import type { SubscriptionParties } from './target.ts';

/** What can be done about a check that failed; the form and the command know how. */
export type PreflightRemedy = 'createTables' | 'truncateTables' | 'setReplicaIdentity' | 'settings' | 'createRole';

/** One thing that has to be so before a subscription is made, looked at from the end that knows. */
export interface PreflightCheck {
  /** Stable, for tests and for the page: "publisher.walLevel". */
  readonly id: string;
  /** What was looked at: "Free replication slots on shop-primary". */
  readonly title: string;
  /** `unknown`: nobody could look, and why is in the message. */
  readonly state: 'passed' | 'warning' | 'failed' | 'unknown';
  /** What was found, in a sentence. */
  readonly message: string;
  readonly remedy: PreflightRemedy | null;
  /** The tables it is about. */
  readonly tables: readonly TableName[];
}

/** What was read for the preflight besides the snapshots; null where it wasn't or couldn't be. */
export interface PreflightFacts {
  readonly trial: SubscriptionTrial | null;
  readonly blockers: readonly Blocker[] | null;
  readonly tablesWithRows: readonly TableName[] | null;
}

/**
 * Everything that must be so at both ends before a subscription is made: reachable from the subscriber, role and
 * privileges, wal_level, free slots, senders and workers, tables with their columns, rows already there, replica
 * identity, same cluster, blockers, traps of mixed versions. Failed ones first.
 */
export function preflight(
  _parties: SubscriptionParties,
  _choice: SubscriptionChoice,
  _facts: PreflightFacts,
): readonly PreflightCheck[] {
  throw new ReplicationError('unsupported', 'not built yet');
}
