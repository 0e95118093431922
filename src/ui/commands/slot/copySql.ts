import { scriptSlot, slotScriptNotes } from '../../../replication/script/slot.ts';
import { namedObjects } from '../../pickers/object.ts';
import type { Services } from '../../services.ts';
import type { SlotNode } from '../../tree/node.ts';
import { copyScripts } from '../scriptText.ts';

/** Copies the statement that makes a replication slot again; its position can't be scripted. */
export async function copySlotSql(services: Services, node?: SlotNode): Promise<void> {
  const { target, names } = await namedObjects(services, 'slot', [node, undefined], {
    question: 'Copy the SQL of which replication slot?',
    changes: false,
  });
  const { snapshot, serverName } = target;
  const title = `Replication slot ${names[0]} on ${serverName} (PostgreSQL ${snapshot.inventory.server.version})`;
  const notes = slotScriptNotes(snapshot, names[0]);
  await copyScripts(services, [{ title, statements: scriptSlot(snapshot, names[0]), notes }]);
}
