import type { SlotChoice } from '../../model/choices.ts';
import type { Plan, Problem } from '../../model/plan.ts';
import { basisOf } from '../basis.ts';
import { slotNameFault } from '../names.ts';
import { obstacle, offers } from '../offers.ts';
import { makePlan } from '../steps.ts';
import { checkFreeSlots } from '../subscription/checks/limits.ts';
import type { PlanTarget } from '../target.ts';
import { createSlotStep } from './slotSql.ts';

/** The plan that creates a logical replication slot in the target's database. */
export function planCreateSlot(target: PlanTarget, choice: SlotChoice): Plan {
  const { inventory } = target.snapshot;
  const remarks = [
    'From then on the server keeps all WAL until the slot is read or dropped.',
    ...(inventory.server.inRecovery
      ? [
          'On a standby the creation waits until the primary writes a list of its running transactions; pg_log_standby_snapshot() there makes it do so at once.',
        ]
      : []),
  ];
  const step = createSlotStep(target, {
    ...choice,
    twoPhase: choice.twoPhase && offers(inventory, 'slot.twoPhase'),
    failover: choice.failover && offers(inventory, 'slot.failover'),
  });
  const basis = basisOf(target, [{ kind: 'slot', name: choice.name }]);
  return makePlan(`Create replication slot ${choice.name}`, [step], remarks, basis);
}

/** What is wrong with a slot's name as it is typed; null where nothing is. */
export function checkSlotName(name: string): string | null {
  return slotNameFault(name);
}

/** What is wrong with the choice of a new slot before it is run. */
export function checkSlot(target: PlanTarget, choice: SlotChoice): readonly Problem[] {
  const { inventory, pulse } = target.snapshot;
  const problems: Problem[] = [];
  const refuse = (message: string | null, field?: string): void => {
    if (message !== null) problems.push({ severity: 'error', message, ...(field === undefined ? {} : { field }) });
  };
  refuse(checkSlotName(choice.name), 'name');
  if (pulse.slots.some((slot) => slot.name === choice.name)) {
    refuse(`${target.serverName} already has a replication slot called ${choice.name}.`, 'name');
  }
  refuse(obstacle(inventory, 'slot.create'));
  refuse(obstacle(inventory, 'decodeLogical'));
  if (choice.plugin === '') refuse('Choose an output plugin.', 'options');
  if (choice.twoPhase) refuse(obstacle(inventory, 'slot.twoPhase'), 'options');
  if (choice.failover) refuse(obstacle(inventory, 'slot.failover'), 'options');
  return [...problems, ...checkFreeSlots(inventory, pulse, target.serverName, 1)];
}
