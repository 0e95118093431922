import { ReplicationError } from '../../model/errors.ts';
import type { Plan } from '../../model/plan.ts';
import { basisOf } from '../basis.ts';
import { makePlan } from '../steps.ts';
import { subscriptionOf, type PlanTarget } from '../target.ts';
import { disableStep, enableStep } from './subscriptionSteps.ts';

/**
 * The plan that enables or disables a subscription. Throws ReplicationError: 'missing', or 'invalidInput' where
 * one without a slot should be enabled, which the server refuses.
 */
export function planEnableSubscription(target: PlanTarget, name: string, enabled: boolean): Plan {
  const subscription = subscriptionOf(target, name);
  if (enabled && subscription.slotName === null) {
    throw new ReplicationError(
      'invalidInput',
      `The subscription ${name} on ${target.serverName} has no replication slot, so it can’t be enabled.`,
      {
        advice: 'Give it a slot first: ALTER SUBSCRIPTION … SET (slot_name = …).',
      },
    );
  }
  const made = enabled ? enableStep(target, name) : disableStep(target, name);
  // Where it stands so already nothing is changed, and the opposite takes nothing back.
  const step =
    subscription.slotName === null || subscription.enabled === enabled
      ? { ...made, undo: null, noUndo: 'It is so already.' }
      : made;
  const remarks =
    enabled || subscription.slotName === null
      ? []
      : [`While it is disabled, the publisher keeps all WAL for the replication slot ${subscription.slotName}.`];
  return makePlan(step.title, [step], remarks, basisOf(target, [{ kind: 'subscription', name }]));
}
