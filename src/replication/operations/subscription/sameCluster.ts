import type { ConninfoPairs } from '../../model/choices.ts';
import { conninfoValue } from '../../model/conninfo.ts';
import { publisherInventoryOf, type PlanTarget, type SubscriptionParties } from '../target.ts';

/**
 * Whether publisher and subscriber are databases of one cluster, where CREATE SUBSCRIPTION would wait for itself
 * for ever: the slot it asks for waits for the transaction that asks. Told by the system identifier, which a
 * physical standby shares with its primary. A promoted copy shares it too and is taken for the same; that does no
 * harm, because slot first works for any publisher.
 */
export function isSameCluster(parties: SubscriptionParties): boolean {
  const subscriber = parties.subscriber.snapshot.inventory.server;
  const publisher = publisherInventoryOf(parties)?.server;
  if (!publisher || publisher.inRecovery || subscriber.inRecovery) return false;
  return subscriber.systemIdentifier !== null && subscriber.systemIdentifier === publisher.systemIdentifier;
}

/**
 * The target on whose connection the slot can be made first: one that is in the publisher's database. The
 * subscriber's own where both are the same database. Null where no known connection is.
 */
export function slotFirstTarget(parties: SubscriptionParties, conninfo: ConninfoPairs): PlanTarget | null {
  const database = conninfoValue(conninfo, 'dbname');
  const fits = (target: PlanTarget | null): boolean => target?.snapshot.inventory.server.database === database;
  if (fits(parties.publisher)) return parties.publisher;
  return fits(parties.subscriber) ? parties.subscriber : null;
}
