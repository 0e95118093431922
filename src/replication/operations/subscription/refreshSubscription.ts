import { ReplicationError } from '../../model/errors.ts';
import type { Plan } from '../../model/plan.ts';
import { quoteIdentifier } from '../../postgres/quote.ts';
import { basisOf } from '../basis.ts';
import { makePlan, publisherWaitLimitMs } from '../steps.ts';
import { subscriptionOf, type PlanTarget } from '../target.ts';

/**
 * The plan that takes over which tables the publications have now. Throws ReplicationError: 'missing', or
 * 'invalidInput' where the server refuses: a disabled subscription, and copying once two-phase commit is in
 * force (15+).
 */
export function planRefreshSubscription(
  target: PlanTarget,
  name: string,
  { copyData }: { readonly copyData: boolean },
): Plan {
  const subscription = subscriptionOf(target, name);
  const object = `The subscription ${name} on ${target.serverName}`;
  if (!subscription.enabled) {
    throw new ReplicationError('invalidInput', `${object} is disabled, so it can’t be refreshed.`, {
      advice: 'Enable it first.',
    });
  }
  if (copyData && subscription.options.twoPhase === 'enabled') {
    throw new ReplicationError(
      'invalidInput',
      `${object} has two-phase commit in force, so a refresh can’t copy the data of new tables.`,
      {
        advice: 'Refresh it without copying, and copy the data of new tables by other means.',
      },
    );
  }
  const title = `Refresh subscription ${name}`;
  const step = {
    on: target,
    title,
    statement: [
      `ALTER SUBSCRIPTION ${quoteIdentifier(name)} REFRESH PUBLICATION${copyData ? '' : ' WITH (copy_data = false)'}`,
    ],
    // In a transaction block only up to 13.
    transactional: false,
    // Which tables are to be there only the publisher knows, so nothing here tells; but a second refresh finds what the
    // first left, and does nothing to tables that are there already.
    repeatable: true as const,
    noUndo: 'Tables that it takes over stay in it until they have left its publications and it is refreshed again.',
    wait: { limitMs: publisherWaitLimitMs, blockersOn: [] },
  };
  const remarks = [
    copyData
      ? 'Tables that are new in the publications are copied, then followed.'
      : 'Tables that are new in the publications are followed from now on; the rows they have already aren’t copied.',
    `Tables that are no longer in the publications are no longer followed; their rows stay on ${target.serverName}.`,
  ];
  return makePlan(title, [step], remarks, basisOf(target, [{ kind: 'subscription', name }]));
}
