import { ReplicationError } from '../../model/errors.ts';
import type { Plan } from '../../model/plan.ts';
import { basisOf } from '../basis.ts';
import { refuseUnlessOffered } from '../offers.ts';
import { makePlan, publisherWaitLimitMs } from '../steps.ts';
import { subscriptionOf, type PlanTarget } from '../target.ts';
import { alterSubscriptionSql } from './subscriptionSteps.ts';

/**
 * The plan that copies the values of a subscription's sequences from the publisher again: sequences aren't streamed. 19
 * as documented, untried. Throws ReplicationError: 'missing', 'unsupported' before 19, 'invalidInput' for a subscription
 * that is disabled.
 */
export function planRefreshSequences(target: PlanTarget, name: string): Plan {
  const subscription = subscriptionOf(target, name);
  const { inventory } = target.snapshot;
  const object = `The subscription ${name} on ${target.serverName}`;
  refuseUnlessOffered(inventory, 'subscription.refreshSequences', `${object} can’t synchronize sequences`);
  if (!subscription.enabled) {
    throw new ReplicationError('invalidInput', `${object} is disabled, so its sequences can’t be synchronized.`, {
      advice: 'Enable it first.',
    });
  }
  const title = `Synchronize the sequences of subscription ${name} again`;
  const step = {
    on: target,
    title,
    statement: [alterSubscriptionSql(name, 'REFRESH SEQUENCES')],
    transactional: false,
    // A second time copies the values anew, which is what it is for.
    repeatable: true as const,
    noUndo: 'The values that the sequences had here are overwritten.',
    wait: { limitMs: publisherWaitLimitMs, blockersOn: [] },
  };
  const remarks = [
    'Each sequence gets the value that it has on the publisher at that moment; what is drawn from it there afterwards doesn’t follow.',
    'It is for the sequences that the subscription has: those that are new in its publications come with a refresh of the publication.',
  ];
  return makePlan(title, [step], remarks, basisOf(target, [{ kind: 'subscription', name }]));
}
