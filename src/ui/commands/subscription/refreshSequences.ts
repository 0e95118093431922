import { planRefreshSequences } from '../../../replication/operations/subscription/refreshSequences.ts';
import { namedObjects } from '../../pickers/object.ts';
import type { Services } from '../../services.ts';
import type { SubscriptionNode } from '../../tree/node.ts';

/** Synchronize Sequences Again: copies the values of a subscription's sequences from the publisher (19, untried). */
export async function refreshSequences(services: Services, node?: SubscriptionNode): Promise<void> {
  const { target, names } = await namedObjects(services, 'subscription', [node, undefined], {
    question: 'Synchronize the sequences of which subscription?',
    changes: true,
    fits: ({ enabled, sequences }) => enabled && sequences !== undefined,
    none: 'no enabled subscription with sequences',
    advice: 'Sequences are replicated by PostgreSQL 19 and newer.',
  });
  await services.plans.run(planRefreshSequences(target, names[0]));
}
