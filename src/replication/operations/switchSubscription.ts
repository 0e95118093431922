import { ReplicationError } from '../model/errors.ts';
import type { Plan } from '../model/plan.ts';
import { quoteIdentifier } from '../postgres/quote.ts';
import { makePlan } from './steps.ts';
import { subscriptionOf, type PlanTarget } from './target.ts';

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
  const verb = enabled ? 'Enable' : 'Disable';
  const back = enabled ? 'Disable' : 'Enable';
  const step = {
    on: target,
    title: `${verb} subscription ${name}`,
    statement: [alterSql(name, verb)],
    undo:
      // Where it stands so already nothing is changed, and the opposite takes nothing back.
      subscription.slotName === null || subscription.enabled === enabled
        ? null
        : { title: `${back} subscription ${name}`, statement: [alterSql(name, back)] },
  };
  const remarks =
    enabled || subscription.slotName === null
      ? []
      : [`While it is disabled, the publisher keeps all WAL for the replication slot ${subscription.slotName}.`];
  return makePlan(step.title, [step], remarks);
}

function alterSql(name: string, verb: 'Enable' | 'Disable'): string {
  return `ALTER SUBSCRIPTION ${quoteIdentifier(name)} ${verb.toUpperCase()}`;
}
