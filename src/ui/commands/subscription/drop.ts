import type { PlanOutcome } from '../../../replication/model/plan.ts';
import { planDropSubscription } from '../../../replication/operations/dropSubscription.ts';
import type { PlanTarget } from '../../../replication/operations/target.ts';
import { ask } from '../../confirm.ts';
import { namedObjects } from '../../pickers/object.ts';
import type { Services } from '../../services.ts';
import type { SubscriptionNode } from '../../tree/node.ts';

/** Drops a subscription with its slot; where its publisher can't be reached, offers to leave the slot behind. */
export async function dropSubscription(services: Services, node?: SubscriptionNode): Promise<void> {
  const { target, names } = await namedObjects(services, 'subscription', [node, undefined], 'Drop which subscription?');
  const [name] = names;
  const slotName = target.snapshot.inventory.subscriptions.find((subscription) => subscription.name === name)?.slotName;
  const way = slotName === null ? 'leaveSlot' : 'dropSlotToo';
  const plan = planDropSubscription(target, name, way, publisherOf(services, target, name));
  if (way === 'leaveSlot') {
    await services.plans.run(plan);
    return;
  }
  await services.plans.run(plan, { handleFailure: (outcome) => offerToLeaveSlot(services, target, name, outcome) });
}

/** The connection to the publisher, where it is known: its marks count, because its slot goes. */
function publisherOf({ connections, monitor }: Services, target: PlanTarget, name: string) {
  const publisher = monitor.lagOfSubscription(target.connectionId, name)?.stream.publisher;
  const facts = publisher && connections.facts(publisher.connectionId);
  return facts ? { connectionId: facts.id, serverName: facts.name } : null;
}

/** True where the person was asked, whatever the answer. */
async function offerToLeaveSlot(
  services: Services,
  target: PlanTarget,
  name: string,
  outcome: PlanOutcome,
): Promise<boolean> {
  const error = outcome.steps.find((step) => step.error !== null)?.error;
  if (error?.kind !== 'publisherUnreachable' && error?.kind !== 'publisherRefused') return false;
  const plan = planDropSubscription(target, name, 'leaveSlot');
  const answer = await ask({
    message: `Drop ${name} on ${target.serverName} without its publisher?`,
    detail: [error.message, ...plan.steps.flatMap(({ consequence }) => consequence ?? []), ...plan.remarks].join(
      '\n\n',
    ),
    verb: 'Drop and Leave the Slot',
    other: 'Show SQL',
  });
  if (answer === 'other') await services.plans.preview(plan);
  if (answer === 'yes') await services.plans.run(plan, { confirmed: true });
  return true;
}
