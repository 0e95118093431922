import { ReplicationError } from '../model/errors.ts';
import type { Lsn } from '../model/lsn.ts';
import type { Plan } from '../model/plan.ts';
import type { PlanTarget } from './target.ts';

/**
 * Skips the transaction that finishes at `lsn` (15+: ALTER SUBSCRIPTION … SKIP; before: disable, move the origin to
 * `endLsn`, the end of its commit record, enable). Null for `lsn` takes a skip back (15+). The whole transaction is
 * lost, which its consequence says. Throws ReplicationError 'missing', 'invalidInput', 'unsupported'.
 */
export function planSkipTransaction(
  _target: PlanTarget,
  _subscription: string,
  _skip: { readonly lsn: Lsn | null; readonly endLsn?: Lsn },
): Plan {
  throw new ReplicationError('unsupported', 'not built yet');
}
