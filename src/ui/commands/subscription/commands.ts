import type { CommandParts, HandlersOf } from '../typed.ts';
import { copySubscriptionSql } from './copySql.ts';
import { createSubscription } from './create.ts';
import { dropSubscription } from './drop.ts';
import { editSubscription } from './edit.ts';
import { changeSubscriptionOwner, renameSubscription, setSubscriptionComment } from './nameAndOwner.ts';
import { refreshSubscription } from './refresh.ts';
import { refreshSequences } from './refreshSequences.ts';
import { resyncTable } from './resyncTable.ts';
import { setSubscriptionPassword } from './setPassword.ts';
import { skipTransaction } from './skip.ts';
import { disableSubscription, enableSubscription } from './switch.ts';

/** The handlers of subscriptions. */
export function subscriptionCommands({ services }: CommandParts): HandlersOf<'subscription'> {
  return {
    'pgReplication.subscription.create': (node) => createSubscription(services, node),
    'pgReplication.subscription.enable': (node) => enableSubscription(services, node),
    'pgReplication.subscription.disable': (node) => disableSubscription(services, node),
    'pgReplication.subscription.refresh': (node) => refreshSubscription(services, node),
    'pgReplication.subscription.refreshSequences': (node) => refreshSequences(services, node),
    'pgReplication.subscription.drop': (node) => dropSubscription(services, node),
    'pgReplication.subscription.edit': (node) => editSubscription(services, node),
    'pgReplication.subscription.setPassword': (node) => setSubscriptionPassword(services, node),
    'pgReplication.subscription.skip': (node) => skipTransaction(services, node),
    'pgReplication.subscription.rename': (node) => renameSubscription(services, node),
    'pgReplication.subscription.changeOwner': (node) => changeSubscriptionOwner(services, node),
    'pgReplication.subscription.setComment': (node) => setSubscriptionComment(services, node),
    'pgReplication.subscription.resyncTable': (node) => resyncTable(services, node),
    'pgReplication.subscription.copySql': (node) => copySubscriptionSql(services, node),
  };
}
