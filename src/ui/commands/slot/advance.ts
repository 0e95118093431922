import type { Lsn } from '../../../replication/model/lsn.ts';
import { bytesText } from '../../../replication/model/quantity.ts';
import type { Slot } from '../../../replication/model/slot.ts';
import { refuseUnlessOffered } from '../../../replication/operations/offers.ts';
import {
  advancesOnlyAtHome,
  checkAdvancePosition,
  type KnownPosition,
  knownPositions,
  planAdvanceSlot,
} from '../../../replication/operations/slot/advanceSlot.ts';
import { refuseUnlessReadable, refuseWhileUsed, slotOf } from '../../../replication/operations/slot/slotOf.ts';
import { refuseReadOnly } from '../../pickers/connection.ts';
import { namedObjects } from '../../pickers/object.ts';
import { type Choice, pickOne } from '../../pickers/pick.ts';
import { askText, goBack } from '../../pickers/steps.ts';
import type { Services } from '../../services.ts';
import type { SlotNode } from '../../tree/node.ts';
import { openItsDatabase } from './itsDatabase.ts';
import { knownReaders } from './knownReaders.ts';

/** Advance Slot…: to a position that is known from elsewhere, or a typed one; what lies before it is never delivered. */
export async function advanceSlot(services: Services, node?: SlotNode): Promise<void> {
  const { names, target: clicked } = await namedObjects(services, 'slot', [node, undefined], {
    question: 'Advance which replication slot?',
    fits: ({ active, lost, type }) => type === 'logical' && !lost && !active,
    none: 'no logical replication slot that could be advanced',
    advice: 'One in use moves with its reader: disable its subscription first.',
    changes: true,
  });
  const [name] = names;
  const clickedSlot = slotOf(clicked, name);
  const place = `${name} on ${clicked.serverName}`;
  refuseUnlessOffered(clicked.snapshot.inventory, 'slot.advance', `The replication slot ${place} can’t be advanced`);
  refuseUnlessReadable(clicked, clickedSlot, 'advanced');
  refuseWhileUsed(clicked, clickedSlot, 'advance the slot');
  const target = advancesOnlyAtHome(clicked.snapshot.inventory)
    ? await openItsDatabase(services, clicked, clickedSlot, 'advanced')
    : clicked;
  refuseReadOnly(services, target.connectionId);
  const slot = slotOf(target, name);
  const readers = knownReaders(services, target.connectionId, name);
  const to = await askPosition(slot, knownPositions(target, name, readers));
  await services.plans.run(planAdvanceSlot(target, name, to, readers));
}

async function askPosition(slot: Slot, known: readonly KnownPosition[]): Promise<Lsn> {
  const question = `${slot.name} stands at ${slot.confirmedFlushLsn ?? 'no position yet'}. Advance it to which position?`;
  const choices: readonly Choice<Lsn | null>[] = [
    ...known.map(({ lsn, skipsBytes, what }) => ({
      value: lsn,
      label: lsn,
      description: what,
      detail: `Skips ${bytesText(skipsBytes)} of WAL`,
    })),
    { value: null, label: 'Another position…', detail: 'An LSN to be typed, such as 16/B374D848' },
  ];
  for (;;) {
    const picked = await pickOne(question, choices);
    if (picked !== null) return picked;
    const typed = await askText(
      { title: `Advance replication slot ${slot.name}`, step: 1, total: 1 },
      {
        prompt: `A position after ${slot.confirmedFlushLsn ?? '0/0'}, where the slot stands`,
        placeholder: '16/B374D848',
        value: '',
        check: (text) => checkAdvancePosition(slot, text),
      },
    );
    if (typed !== goBack) return typed;
  }
}
