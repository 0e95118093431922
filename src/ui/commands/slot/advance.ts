import { ReplicationError } from '../../../replication/model/errors.ts';
import type { Services } from '../../services.ts';
import type { SlotNode } from '../../tree/node.ts';

/** Advance Slot. */
export async function advanceSlot(_services: Services, _node?: SlotNode): Promise<void> {
  throw new ReplicationError('unsupported', 'not built yet');
}
