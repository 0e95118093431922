import { bytesText } from '../../../replication/model/quantity.ts';
import type { Slot } from '../../../replication/model/slot.ts';
import { retainedBytes } from '../../../replication/operations/slot/retainedWal.ts';
import { slotHolder } from '../../../replication/operations/slot/slotOf.ts';
import type { PlanTarget } from '../../../replication/operations/target.ts';
import { pickConnection } from '../../pickers/connection.ts';
import { namedObjects, type Objects, pickTarget, rowsOf } from '../../pickers/object.ts';
import { type Choice, mustHave, pickMany, pickOne } from '../../pickers/pick.ts';
import type { Services } from '../../services.ts';
import type { TreeNode } from '../../tree/node.ts';
import { joined } from '../../tree/words.ts';

/** Which slots a command is for, and how it asks where it wasn't called on a row. */
export interface SlotQuestion {
  readonly question: string;
  /** Whether a slot is offered. */
  readonly fits: (slot: Slot) => boolean;
  /** Said where none of the server's slots fits. */
  readonly none: string;
  readonly several?: boolean;
  /** Whether the command changes the server: then a connection marked read-only isn't asked for. */
  readonly changes: boolean;
}

/** The slots of the rows a command was called on, or those the person picks. Only of one server. */
export async function pickSlots(
  services: Services,
  rows: readonly [node: TreeNode | undefined, selected: readonly TreeNode[] | undefined],
  { changes, fits, none, question, several = false }: SlotQuestion,
): Promise<Objects<string>> {
  if (rowsOf(rows).some(({ kind }) => kind === 'slot')) return namedObjects(services, 'slot', rows, question);
  const target = changes ? await pickWritable(services, rows[0]) : await pickTarget(services, rows[0]);
  const choices = mustHave(
    target.snapshot.pulse.slots.filter(fits).map((slot) => slotChoice(target, slot)),
    `${target.serverName} has ${none}.`,
    'Choose another connection.',
  );
  const [first, ...others] = several ? await pickMany(question, choices) : [await pickOne(question, choices)];
  if (first === undefined) throw new RangeError('nothing was picked');
  return { target, names: [first, ...others] };
}

async function pickWritable(services: Services, node: TreeNode | undefined): Promise<PlanTarget> {
  if (node && 'connectionId' in node) return pickTarget(services, node);
  const connectionId = await pickConnection(services, 'On which connection?', {
    only: (id) => services.connections.facts(id)?.readOnly === false,
    none: 'Every connection is marked as read-only.',
  });
  return pickTarget(services, { kind: 'connection', id: connectionId, connectionId });
}

/** Who holds it, and what it retains: what one goes by. */
function slotChoice({ snapshot: { pulse } }: PlanTarget, slot: Slot): Choice<string> {
  const retained = retainedBytes(pulse, slot);
  const holder = slotHolder(pulse, slot);
  return {
    value: slot.name,
    label: slot.name,
    description: joined([
      slot.lost ? 'lost' : slot.active ? 'active' : 'inactive',
      slot.database ?? 'physical',
      slot.plugin,
      retained !== null && `${bytesText(retained)} retained`,
    ]),
    ...(holder === null ? {} : { detail: `Held by ${holder}` }),
  };
}
