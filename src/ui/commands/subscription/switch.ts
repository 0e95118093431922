import { planEnableSubscription } from '../../../replication/operations/subscription/switchSubscription.ts';
import { namedObjects } from '../../pickers/object.ts';
import type { Services } from '../../services.ts';
import type { SubscriptionNode } from '../../tree/node.ts';

/** Lets a subscription run. */
export async function enableSubscription(services: Services, node?: SubscriptionNode): Promise<void> {
  await switchSubscription(services, node, true);
}

/** Stops a subscription; its slot stays and keeps WAL. */
export async function disableSubscription(services: Services, node?: SubscriptionNode): Promise<void> {
  await switchSubscription(services, node, false);
}

async function switchSubscription(
  services: Services,
  node: SubscriptionNode | undefined,
  enabled: boolean,
): Promise<void> {
  const { target, names } = await namedObjects(services, 'subscription', [node, undefined], {
    question: `${enabled ? 'Enable' : 'Disable'} which subscription?`,
    changes: true,
    fits: (subscription) => subscription.enabled !== enabled,
    none: `no subscription that is ${enabled ? 'disabled' : 'enabled'}`,
  });
  await services.plans.run(planEnableSubscription(target, names[0], enabled));
}
