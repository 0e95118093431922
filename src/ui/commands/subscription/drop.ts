import type { ErrorDescription } from '../../../replication/model/errors.ts';
import type { PlanOutcome } from '../../../replication/model/plan.ts';
import { planDropSubscription } from '../../../replication/operations/subscription/dropSubscription.ts';
import { ask } from '../../confirm.ts';
import { type KnownPublisher, knownPublisher, publisherByAddress } from '../../panels/subscriptionPublisher.ts';
import { confirmationFor } from '../../plans/confirmation.ts';
import type { Services } from '../../services.ts';
import type { SubscriptionNode } from '../../tree/node.ts';
import { subscriptionSubject, type SubscriptionSubject } from './subject.ts';

/**
 * Drops a subscription with its slot. Where its publisher can't be reached, which may be known before, it offers to
 * leave the slot behind.
 */
export async function dropSubscription(services: Services, node?: SubscriptionNode): Promise<void> {
  const subject = await subscriptionSubject(services, node, 'Drop which subscription?');
  const { subscription, target } = subject;
  const { name, slotName } = subscription;
  // Its marks count, because its slot goes: also where its connection is closed here.
  const publisher =
    knownPublisher(services, target.connectionId, name) ?? publisherByAddress(services, target.connectionId, name);
  if (slotName === null) {
    await services.plans.run(planDropSubscription(target, name, 'leaveSlot'));
    return;
  }
  const unreachable = publisher && unreachableNow(services, publisher);
  if (unreachable) {
    const answer = await offerToLeaveSlot(services, subject, unreachable, 'Try With the Slot');
    if (answer !== 'try') return;
  }
  await services.plans.run(planDropSubscription(target, name, 'dropSlotToo', publisher), {
    handleFailure: (outcome) => offerAfterFailure(services, subject, outcome),
  });
}

/** Why the publisher can't be reached, where that is known already: then nobody has to wait to be told. */
function unreachableNow({ service }: Services, publisher: KnownPublisher): string | null {
  const state = service.state(publisher.connectionId);
  if (state.phase !== 'failed') return null;
  return `${publisher.serverName} can’t be reached, and the slot is there: ${state.error.message}`;
}

/** True where the person was asked, whatever the answer. */
async function offerAfterFailure(
  services: Services,
  subject: SubscriptionSubject,
  outcome: PlanOutcome,
): Promise<boolean> {
  const error = outcome.steps.find((step) => step.error !== null)?.error;
  if (error?.kind !== 'publisherUnreachable' && error?.kind !== 'publisherRefused') return false;
  await offerToLeaveSlot(services, subject, sentence(error), null);
  return true;
}

/** Our own sentence; libpq's words are for the details of History. */
function sentence(error: ErrorDescription): string {
  return error.message.split('\n')[0] ?? error.message;
}

/** Drops it and leaves the slot, if that is wanted; 'try' where the other way is to be tried all the same. */
async function offerToLeaveSlot(
  services: Services,
  { subscription, target }: SubscriptionSubject,
  reason: string,
  other: string | null,
): Promise<'try' | 'over'> {
  const plan = planDropSubscription(target, subscription.name, 'leaveSlot');
  const { question } = confirmationFor(plan, () => undefined);
  const answer = await ask({
    message: `Drop ${subscription.name} on ${target.serverName} without its publisher?`,
    detail: [reason, ...(question ? [question.detail] : [])].join('\n\n'),
    verb: 'Drop and Leave the Slot',
    other: other ?? 'Show SQL',
  });
  if (answer === 'other' && other !== null) return 'try';
  if (answer === 'other') await services.plans.preview(plan);
  if (answer === 'yes') await services.plans.run(plan, { confirmed: true });
  return 'over';
}
