import type { Plan } from '../../model/plan.ts';
import { bytesText } from '../../model/quantity.ts';
import type { Slot } from '../../model/slot.ts';
import type { Pulse } from '../../model/snapshot.ts';
import { basisOf } from '../basis.ts';
import { slotIs } from '../effects.ts';
import { makePlan, type StepDraft } from '../steps.ts';
import type { PlanTarget } from '../target.ts';
import { retainedBytes, walFreedByDrop } from './retainedWal.ts';
import { refuseServersOwn, refuseWhileUsed, slotOf } from './slotOf.ts';
import { dropSlotSql } from './slotSql.ts';

/**
 * The plan that drops replication slots, logical and physical, one step each. Throws ReplicationError: 'missing' for a
 * name that the target doesn't have, 'inUse' (with who holds it) for a slot that is read now, 'unsupported' for one
 * that the server manages itself.
 */
export function planDropSlots(target: PlanTarget, names: readonly string[]): Plan {
  const { pulse } = target.snapshot;
  const steps = names.map((name, index) => {
    // What a step frees depends on the slots that are gone by then.
    const left = { ...pulse, slots: pulse.slots.filter((slot) => !names.slice(0, index).includes(slot.name)) };
    return dropStep(target, name, left);
  });
  const title = names.length === 1 ? `Drop replication slot ${names[0]}` : `Drop ${names.length} replication slots`;
  const subjects = names.map((name) => ({ kind: 'slot', name }) as const);
  return makePlan(title, steps, names.length > 1 ? [together(pulse, names)] : [], basisOf(target, subjects));
}

function dropStep(target: PlanTarget, name: string, left: Pulse): StepDraft {
  const slot = slotOf(target, name);
  refuseServersOwn(target, slot, 'dropped');
  refuseWhileUsed(target, slot, 'drop the slot');
  return {
    on: target,
    title: `Drop the replication slot ${name}`,
    statement: [dropSlotSql(name)],
    transactional: false,
    risk: 'lossy',
    consequence: consequenceOf(target, slot, left),
    effect: slotIs(name, false),
    noUndo: 'A slot can’t be made again where it stood: it would begin where WAL ends then.',
    touches: [{ kind: 'slot', name }],
  };
}

function consequenceOf(target: PlanTarget, slot: Slot, left: Pulse): string {
  if (slot.lost) {
    return `The replication slot ${slot.name} is lost already (${slot.lostReason ?? 'the WAL it needs is gone'}): nothing could read on from it.`;
  }
  const consumer = subscriptionReading(target, slot);
  const perhaps = consumer === null ? '' : ` (perhaps the subscription ${consumer} of this server)`;
  const loss =
    slot.type === 'physical'
      ? 'A standby that reads from it may miss WAL and have to be made anew.'
      : `Whatever reads from it${perhaps} can’t go on from where it was: it needs a new slot and a new copy of the data.`;
  return `${freedInWords(slot, left)} ${loss}`;
}

function freedInWords(slot: Slot, left: Pulse): string {
  const retained = retainedBytes(left, slot);
  if (retained === null) return 'It retains no WAL.';
  const { bytes, heldBy } = walFreedByDrop(left, [slot.name]);
  const own = `It retains ${bytesText(retained)} of WAL`;
  if (heldBy === null) return `${own}, which the server may then remove.`;
  return bytes === 0
    ? `${own}; the drop frees none of it, because ${heldBy} holds WAL that is as old or older.`
    : `${own}; the drop frees ${bytesText(bytes)}, then ${heldBy} holds the oldest.`;
}

function together(pulse: Pulse, names: readonly string[]): string {
  const { bytes, heldBy } = walFreedByDrop(pulse, names);
  const next = heldBy === null ? '' : ` The oldest WAL is then held by ${heldBy}.`;
  return `Together the drops free ${bytesText(bytes)} of WAL, removed at the next checkpoint.${next}`;
}

/**
 * A subscription of the same server that names such a slot; those of other servers can't be seen from here. In a cascade
 * it may be one of its own publisher's that is called alike.
 */
function subscriptionReading(target: PlanTarget, slot: Slot): string | null {
  const found = target.snapshot.inventory.subscriptions.find((subscription) => subscription.slotName === slot.name);
  return found?.name ?? null;
}
