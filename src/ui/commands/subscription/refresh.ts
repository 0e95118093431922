import { planRefreshSubscription } from '../../../replication/operations/subscription/refreshSubscription.ts';
import { namedObjects } from '../../pickers/object.ts';
import { pickOne } from '../../pickers/pick.ts';
import type { Services } from '../../services.ts';
import type { SubscriptionNode } from '../../tree/node.ts';

/** Refresh Publication…: takes over tables that were added to the publications, with or without their data. */
export async function refreshSubscription(services: Services, node?: SubscriptionNode): Promise<void> {
  const { target, names } = await namedObjects(services, 'subscription', [node, undefined], {
    question: 'Refresh which subscription?',
    changes: true,
    fits: ({ enabled }) => enabled,
    none: 'no subscription that is enabled',
    advice: 'A disabled one is refreshed once it is enabled again.',
  });
  const copyData = await pickOne(`Copy the rows of tables that are new in ${names[0]}?`, [
    {
      value: true,
      label: 'Copy existing rows',
      detail: 'New tables are copied first, then followed. The usual choice.',
    },
    {
      value: false,
      label: 'Do not copy',
      detail: 'New tables are followed from now on. For tables that already hold the rows.',
    },
  ]);
  await services.plans.run(planRefreshSubscription(target, names[0], { copyData }));
}
