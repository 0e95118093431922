import type { SubscriptionChange } from '../model/choices.ts';
import { ReplicationError } from '../model/errors.ts';
import type { Plan, Problem } from '../model/plan.ts';
import type { PlanTarget } from './target.ts';

/**
 * The plan that changes a subscription, by the fewest statements: what must be disabled first is disabled and enabled
 * again; a new name comes last. No steps where nothing differs. `publisher` is the known connection to its publisher,
 * whose slot some options change too. Throws ReplicationError 'missing'.
 */
export function planAlterSubscription(
  _target: PlanTarget,
  _name: string,
  _change: SubscriptionChange,
  _publisher: PlanTarget | null = null,
): Plan {
  throw new ReplicationError('unsupported', 'not built yet');
}

/** What a server would refuse of a change, what it would copy again, and what would go wrong later. */
export function checkAlterSubscription(
  _target: PlanTarget,
  _name: string,
  _change: SubscriptionChange,
  _publisher: PlanTarget | null = null,
): readonly Problem[] {
  throw new ReplicationError('unsupported', 'not built yet');
}
