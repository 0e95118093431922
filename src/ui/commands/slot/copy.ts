import { ReplicationError } from '../../../replication/model/errors.ts';
import { refuseUnlessOffered } from '../../../replication/operations/offers.ts';
import { checkSlotCopy, planCopySlot, type SlotCopyChoice } from '../../../replication/operations/slot/copySlot.ts';
import { checkSlotName } from '../../../replication/operations/slot/createSlot.ts';
import { refuseUnlessReadable, slotOf } from '../../../replication/operations/slot/slotOf.ts';
import type { PlanTarget } from '../../../replication/operations/target.ts';
import { refuseReadOnly } from '../../pickers/connection.ts';
import { namedObjects } from '../../pickers/object.ts';
import { askChoice, askText, goBack, type PickerStep, walk } from '../../pickers/steps.ts';
import type { Services } from '../../services.ts';
import type { SlotNode } from '../../tree/node.ts';
import { openItsDatabase } from './itsDatabase.ts';

/** Copy Slot…: a second slot that stands where the first does, with the same output plugin or another. */
export async function copySlot(services: Services, node?: SlotNode): Promise<void> {
  const { names, target: clicked } = await namedObjects(services, 'slot', [node, undefined], {
    question: 'Copy which replication slot?',
    fits: ({ lost, type }) => type === 'logical' && !lost,
    none: 'no logical replication slot to copy',
    changes: true,
  });
  const slot = slotOf(clicked, names[0]);
  const place = `${slot.name} on ${clicked.serverName}`;
  refuseUnlessOffered(clicked.snapshot.inventory, 'slot.copy', `The replication slot ${place} can’t be copied`);
  refuseUnlessReadable(clicked, slot, 'copied');
  const target = await openItsDatabase(services, clicked, slot, 'copied');
  refuseReadOnly(services, target.connectionId);
  const initial: SlotCopyChoice = { from: slot.name, to: `${slot.name.slice(0, 58)}_copy`, plugin: null };
  const title = `Copy replication slot ${slot.name} on ${target.serverName}`;
  const choice = await walk(title, initial, [askName(target), askPlugin(target, slot.plugin ?? 'pgoutput')]);
  const problem = checkSlotCopy(target, choice).find(({ severity }) => severity === 'error');
  if (problem) throw new ReplicationError('invalidInput', problem.message);
  const outcome = await services.plans.run(planCopySlot(target, choice));
  if (outcome?.status !== 'done') return;
  await services.reveal({ kind: 'slot', connectionId: target.connectionId, name: choice.to });
}

function askName(target: PlanTarget): PickerStep<SlotCopyChoice> {
  const taken = new Set(target.snapshot.pulse.slots.map(({ name }) => name));
  return async (choice, place) => {
    const to = await askText(place, {
      prompt: `Name of the copy of ${choice.from}`,
      placeholder: 'lower-case letters, digits and underscores',
      value: choice.to,
      check: (text) =>
        checkSlotName(text) ??
        (taken.has(text) ? `${target.serverName} already has a replication slot called ${text}.` : null),
    });
    return to === goBack ? goBack : { ...choice, to };
  };
}

function askPlugin(target: PlanTarget, own: string): PickerStep<SlotCopyChoice> {
  const others = target.snapshot.inventory.server.plugins.filter((plugin) => plugin !== own);
  return async (choice, place) => {
    const plugin = await askChoice<string | null>(place, {
      placeholder: 'Output plugin of the copy',
      active: choice.plugin,
      choices: [
        { value: null, label: own, description: 'as the slot itself', detail: 'For another reader of the same kind' },
        ...others.map((value) => ({
          value,
          label: value,
          ...(value === 'test_decoding' ? { detail: 'Plain text, for looking at the same changes' } : {}),
        })),
      ],
    });
    return plugin === goBack ? goBack : { ...choice, plugin };
  };
}
