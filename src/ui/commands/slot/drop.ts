import { planDropSlots } from '../../../replication/operations/slot/dropSlot.ts';
import { isReservedSlot } from '../../../replication/operations/slot/slotOf.ts';
import { namedObjects } from '../../pickers/object.ts';
import type { Services } from '../../services.ts';
import type { SlotNode, TreeNode } from '../../tree/node.ts';

/** Drops replication slots; one that is in use is refused with who holds it. */
export async function dropSlot(services: Services, node?: SlotNode, selected?: readonly TreeNode[]): Promise<void> {
  const { target, names } = await namedObjects(services, 'slot', [node, selected], {
    question: 'Drop which replication slots?',
    fits: (slot) => !slot.active && slot.synced !== true && !isReservedSlot(slot),
    none: 'no replication slot that could be dropped',
    advice: 'One in use is dropped with its subscription, or once its reader has stopped.',
    several: true,
    changes: true,
  });
  // Whether somebody reads a slot changes by the second: the plan is made from the present.
  const snapshot = await services.service.refresh(target.connectionId);
  await services.plans.run(planDropSlots({ ...target, snapshot }, names));
}
