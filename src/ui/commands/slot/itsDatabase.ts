import type { Slot } from '../../../replication/model/slot.ts';
import { refuseOtherDatabase } from '../../../replication/operations/slot/slotOf.ts';
import type { PlanTarget } from '../../../replication/operations/target.ts';
import { openTarget, pickConnection } from '../../pickers/connection.ts';
import type { Services } from '../../services.ts';

/**
 * The target itself where the slot is of its database, otherwise another known connection to the same server and the
 * slot's database, after asking. `verb` completes "can be … only from there". Throws ReplicationError 'invalidInput'
 * where there is no such connection, or a cancellation.
 */
export async function openItsDatabase(
  services: Services,
  target: PlanTarget,
  slot: Slot,
  verb: string,
): Promise<PlanTarget> {
  if (slot.database === null || slot.database === target.snapshot.inventory.server.database) return target;
  const here = services.connections.facts(target.connectionId)?.target;
  const fits = (connectionId: string): boolean => {
    const there = services.connections.facts(connectionId)?.target;
    return there?.database === slot.database && there.host === here?.host && there.port === here.port;
  };
  if (!services.connections.all().some(({ id }) => fits(id))) refuseOtherDatabase(target, slot, verb);
  const question = `${slot.name} belongs to the database ${slot.database} and can be ${verb} only from there. Through which connection?`;
  return openTarget(services, await pickConnection(services, question, { only: fits, always: true }));
}
