import { ReplicationError } from '../model/errors.ts';
import type { Inventory, Snapshot } from '../model/snapshot.ts';
import type { Subscription } from '../model/subscription.ts';

/** The server that an operation changes, as it was when it was last read. */
export interface PlanTarget {
  readonly connectionId: string;
  /** The connection's name. */
  readonly serverName: string;
  readonly snapshot: Snapshot;
}

/** Both ends of a subscription that is to be made. */
export interface SubscriptionParties {
  readonly subscriber: PlanTarget;
  /** Null where the publisher isn't one of the known connections. */
  readonly publisher: PlanTarget | null;
  /** What a typed publisher was found to have; null where nobody looked. Of no use where `publisher` is there. */
  readonly publisherInventory: Inventory | null;
  /** The host of the subscriber's connection, to judge a publisher's "localhost" by; absent where unknown. */
  readonly subscriberHost?: string;
}

/** A known subscription that has to be refreshed after its publication changed, on its own server. */
export interface RefreshOn {
  readonly subscriber: PlanTarget;
  readonly subscription: string;
  /** Copy the rows of tables that are new to it. */
  readonly copyData: boolean;
}

/** What is known of the publisher's objects, from either source. */
export function publisherInventoryOf(parties: SubscriptionParties): Inventory | null {
  return parties.publisher?.snapshot.inventory ?? parties.publisherInventory;
}

/** The subscription of that name. Throws ReplicationError 'missing' where the target has none. */
export function subscriptionOf(target: PlanTarget, name: string): Subscription {
  const found = target.snapshot.inventory.subscriptions.find((subscription) => subscription.name === name);
  if (found) return found;
  throw new ReplicationError('missing', `${target.serverName} has no subscription ${name} in this database.`, {
    advice: 'Refresh: it may have been renamed or dropped meanwhile.',
  });
}
