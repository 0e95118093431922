import type { SubscriptionChoice } from '../../../model/choices.ts';
import type { Problem } from '../../../model/plan.ts';
import { obstacle, offers } from '../../offers.ts';
import { publisherInventoryOf, type SubscriptionParties } from '../../target.ts';
import { optionsSet } from '../subscriptionOptions.ts';
import { checkRetention, checkTimeout } from './checkRetention.ts';

/** Options that the subscriber doesn't have, and those the publisher's version ignores or refuses. */
export function checkSubscriptionOptions(parties: SubscriptionParties, choice: SubscriptionChoice): readonly Problem[] {
  const problems: Problem[] = [];
  const add = (severity: Problem['severity'], message: string): void => {
    problems.push({ severity, message, field: 'options' });
  };
  const subscriber = parties.subscriber.snapshot.inventory;
  for (const rule of optionsSet(choice.options)) {
    const capability = rule.needs(choice.options);
    if (capability === null || offers(subscriber, capability)) continue;
    const reason = obstacle(subscriber, capability);
    add('error', `${rule.label}: ${reason}`);
  }

  problems.push(...checkRetention(parties, choice), ...checkTimeout(choice));
  const publisher = publisherInventoryOf(parties);
  if (!publisher) return problems;
  const { twoPhase, failover, origin, streaming, binary } = choice.options;
  if (twoPhase === true && !offers(publisher, 'subscription.twoPhase')) {
    add('warning', 'two_phase has no effect: the publisher’s version doesn’t send prepared transactions.');
  }
  if (failover === true && choice.slot.mode !== 'none') {
    const severity = choice.connect === false ? 'warning' : 'error';
    if (!offers(publisher, 'subscription.failover'))
      add(severity, 'failover: the publisher’s version has no failover slots.');
    else if (publisher.server.inRecovery)
      add(severity, 'failover: the publisher is a standby, which can’t have failover slots of its own.');
  }
  if (origin === 'none') {
    if (!offers(publisher, 'subscription.origin')) {
      add(
        'warning',
        'origin = none has no effect: the publisher’s version sends changes of every origin. Two-way replication would loop.',
      );
    }
    if (choice.copyData && publisher.subscriptions.some(({ tables }) => tables.length > 0)) {
      add(
        'warning',
        'The publisher subscribes to others itself: the first copy takes rows of every origin, also with origin = none.',
      );
    }
    // The subscriber asks a function that came with 12 (pg_partition_ancestors), and gets an error from 10 and 11.
    if (choice.copyData && publisher.server.versionNumber < 120000) {
      add(
        'error',
        'origin = none can’t be combined with copying data from this publisher’s version. Create it without copying, or with origin = any.',
      );
    }
  }
  if ((streaming === 'on' || streaming === 'parallel') && !offers(publisher, 'subscription.streaming')) {
    add('info', 'streaming has no effect: the publisher’s version sends a transaction only when it has ended.');
  } else if (streaming === 'parallel' && !offers(publisher, 'subscription.parallelStreaming')) {
    add('info', 'streaming = parallel works as streaming = on with the publisher’s version.');
  }
  if (binary === true && !offers(publisher, 'subscription.binary')) {
    add('info', 'binary has no effect: the publisher’s version sends text.');
  }
  return problems;
}
