import type { SubscriptionChoice } from '../../../model/choices.ts';
import type { Problem } from '../../../model/plan.ts';
import { checkObjectName } from '../../names.ts';
import { obstacle, offers } from '../../offers.ts';
import type { SubscriptionParties } from '../../target.ts';
import { numberSetting } from './limits.ts';

/** What the subscriber's own server and role make of the choice: name, privilege, password, free workers. */
export function checkSubscriptionServer(parties: SubscriptionParties, choice: SubscriptionChoice): readonly Problem[] {
  return [...checkSubscriberRole(parties, choice), ...checkWorkers(parties, choice)];
}

/** The name, and what the role that makes the subscription may do and must give. */
export function checkSubscriberRole(parties: SubscriptionParties, choice: SubscriptionChoice): readonly Problem[] {
  const { inventory } = parties.subscriber.snapshot;
  const problems: Problem[] = [];
  const add = (severity: Problem['severity'], message: string, field?: string): void => {
    problems.push({ severity, message, ...(field === undefined ? {} : { field }) });
  };
  const taken = inventory.subscriptions.map((subscription) => subscription.name);
  const nameFault = checkObjectName('subscription', choice.name, taken);
  if (nameFault !== null) add('error', nameFault, 'name');
  const creating = obstacle(inventory, 'subscription.create');
  if (creating !== null) add('error', creating);

  const { superuser } = inventory.server.role;
  if (
    !superuser &&
    choice.password === null &&
    choice.foreignServer === undefined &&
    offers(inventory, 'subscription.passwordRequired')
  ) {
    add(
      'error',
      'A role that isn’t a superuser must give a password for the publisher, and the publisher must ask for it.',
      'connection',
    );
  }
  if (!superuser && choice.options.passwordRequired === false) {
    add('error', 'Only a superuser may set password_required to false.', 'options');
  }
  return problems;
}

/**
 * The apply worker and the workers of table synchronization come out of max_logical_replication_workers; origins
 * out of max_replication_slots, since 18 out of max_active_replication_origins. All need a restart to raise.
 */
export function checkWorkers({ subscriber }: SubscriptionParties, choice: SubscriptionChoice): readonly Problem[] {
  if (!choice.enabled) return [];
  const { inventory, pulse } = subscriber.snapshot;
  const problems: Problem[] = [];
  const workers = numberSetting(inventory, 'max_logical_replication_workers');
  const running = pulse.workers.filter((worker) => worker.pid !== null).length;
  if (workers !== null && running >= workers) {
    problems.push({
      severity: 'warning',
      message: `${subscriber.serverName} has no free logical replication worker: ${running} of ${workers} run (max_logical_replication_workers). The subscription waits until one is free; raising the setting needs a restart.`,
    });
  }
  const since18 = numberSetting(inventory, 'max_active_replication_origins');
  const origins = since18 ?? numberSetting(inventory, 'max_replication_slots');
  const originSetting = since18 === null ? 'max_replication_slots' : 'max_active_replication_origins';
  if (origins !== null && inventory.subscriptions.length >= origins) {
    problems.push({
      severity: 'warning',
      message: `${subscriber.serverName} keeps the progress of at most ${origins} subscriptions at a time (${originSetting}), and has ${inventory.subscriptions.length}. The new one may not start; raising the setting needs a restart.`,
    });
  }
  return problems;
}
