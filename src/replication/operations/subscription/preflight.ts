import type { SubscriptionChoice } from '../../model/choices.ts';
import type { Blocker } from '../../model/plan.ts';
import type { SubscriptionTrial, TableName } from '../../model/reads.ts';
import type { TableDetails } from '../../model/table.ts';
import type { SubscriptionParties } from '../target.ts';
import { asAsked } from './checks/onlyIfAsked.ts';
import { preflightEnds } from './preflight/ends.ts';
import { preflightTables } from './preflight/tables.ts';
import { preflightTrial } from './preflight/trial.ts';
import { preflightVersions } from './preflight/versions.ts';

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
  /** The columns of the published tables on either end; absent where they weren't read. */
  readonly details?: { readonly publisher: readonly TableDetails[]; readonly subscriber: readonly TableDetails[] };
}

const order: readonly PreflightCheck['state'][] = ['failed', 'warning', 'unknown', 'passed'];

/**
 * Everything that must be so at both ends before a subscription is made: reachable from the subscriber, role and
 * privileges, wal_level, free slots, senders and workers, tables with their columns, rows already there, replica
 * identity, same cluster, blockers, traps of mixed versions. Failed ones first.
 */
export function preflight(
  parties: SubscriptionParties,
  chosen: SubscriptionChoice,
  facts: PreflightFacts,
): readonly PreflightCheck[] {
  const choice = asAsked(chosen);
  return [
    ...preflightTrial(parties, choice, facts),
    ...preflightEnds(parties, choice, facts),
    ...preflightTables(parties, choice, facts),
    ...preflightVersions(parties, choice),
  ].toSorted((one, other) => order.indexOf(one.state) - order.indexOf(other.state));
}
