import type { SubscriptionChoice } from '../../../model/choices.ts';
import type { Problem } from '../../../model/plan.ts';
import { offers } from '../../offers.ts';
import { publisherInventoryOf, type SubscriptionParties } from '../../target.ts';

/** The largest integer that PostgreSQL takes. */
const mostMs = 2_147_483_647;

/** retain_dead_tuples and its limit of time. All of it by the manual of 19, untried; nothing where they aren't offered. */
export function checkRetention(parties: SubscriptionParties, choice: SubscriptionChoice): readonly Problem[] {
  const { maxRetentionDuration, retainDeadTuples } = choice.options;
  const subscriber = parties.subscriber.snapshot.inventory;
  if (!offers(subscriber, 'subscription.retainDeadTuples')) return [];
  const problems: Problem[] = [];
  const add = (severity: Problem['severity'], message: string): void => {
    problems.push({ severity, message, field: 'options' });
  };
  if (maxRetentionDuration !== undefined && !isDuration(maxRetentionDuration)) {
    add('error', `max_retention_duration is a whole number of milliseconds from 0 to ${mostMs.toLocaleString('en')}.`);
  }
  if (retainDeadTuples !== true) {
    if ((maxRetentionDuration ?? 0) > 0 && retainDeadTuples === false)
      add('warning', 'max_retention_duration has no effect without retain_dead_tuples.');
    return problems;
  }
  const { settings } = subscriber.server;
  if (settings['wal_level']?.value === 'minimal') {
    add('error', 'retain_dead_tuples needs wal_level = replica or logical on the subscriber (restart).');
  }
  if (settings['track_commit_timestamp']?.value === 'off') {
    add(
      'warning',
      'retain_dead_tuples: with track_commit_timestamp = off the subscriber can’t tell when a row was deleted. Turning it on needs a restart.',
    );
  }
  if (!choice.enabled) {
    add(
      'warning',
      'retain_dead_tuples: as long as the subscription is disabled, VACUUM can’t remove dead tuples on the subscriber.',
    );
  }
  const publisher = publisherInventoryOf(parties);
  if (!publisher) return problems;
  if (!offers(publisher, 'subscription.retainDeadTuples')) {
    add('error', 'retain_dead_tuples: the publisher must be PostgreSQL 19 or newer too.');
  } else if (publisher.server.inRecovery) {
    add('error', 'retain_dead_tuples: the publisher must not be a standby.');
  }
  return problems;
}

/** What the server would take for wal_receiver_timeout is left to it, but for nothing at all. */
export function checkTimeout({ options }: SubscriptionChoice): readonly Problem[] {
  if (options.walReceiverTimeout === undefined || options.walReceiverTimeout.trim() !== '') return [];
  const message = 'wal_receiver_timeout: write a duration as “30s”, 0 for none, or -1 for the server’s setting.';
  return [{ severity: 'error', field: 'options', message }];
}

function isDuration(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= mostMs;
}
