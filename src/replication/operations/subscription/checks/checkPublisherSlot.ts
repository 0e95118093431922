import type { SubscriptionChoice } from '../../../model/choices.ts';
import { conninfoValue } from '../../../model/conninfo.ts';
import type { Problem } from '../../../model/plan.ts';
import { slotNameFault, slotNameFor } from '../../names.ts';
import type { SubscriptionParties } from '../../target.ts';
import { checkFreeSenders, checkFreeSlots } from './limits.ts';
import { onlyIfAsked } from './onlyIfAsked.ts';

/** The slot that is chosen, and whether the publisher has room for it and for its WAL sender. */
export function checkPublisherSlot(parties: SubscriptionParties, choice: SubscriptionChoice): readonly Problem[] {
  return [...checkChosenSlot(parties, choice), ...checkRoom(parties, choice)];
}

/** The slot that is chosen: its name, and whether it can be made or used. */
export function checkChosenSlot(parties: SubscriptionParties, choice: SubscriptionChoice): readonly Problem[] {
  const { slot } = choice;
  const later = choice.connect === false;
  if (slot.mode === 'none') {
    return choice.enabled
      ? [{ severity: 'error', field: 'slot', message: 'Without a replication slot the subscription can’t be enabled.' }]
      : [];
  }
  const problems: Problem[] = [...checkName(choice, slot)];
  const { publisher } = parties;
  if (!publisher) return problems;
  const { pulse } = publisher.snapshot;
  const there = pulse.slots.find((candidate) => candidate.name === nameOf(choice, slot.name));
  const refuse = (message: string): void => {
    problems.push(onlyIfAsked(choice, { severity: 'error', field: 'slot', message }));
  };
  if (later && !there) {
    const message = `${publisher.serverName} has no replication slot called ${slot.name} yet: it has to be created there before the subscription is enabled.`;
    if (problems.length === 0) problems.push({ severity: 'info', field: 'slot', message });
  } else if (slot.mode === 'create') {
    if (there)
      refuse(
        `${publisher.serverName} already has a replication slot called ${there.name}. Choose another name, or use that slot.`,
      );
  } else if (!there) {
    refuse(`${publisher.serverName} has no replication slot called ${slot.name}.`);
  } else {
    const database = conninfoValue(choice.conninfo, 'dbname');
    if (there.type !== 'logical' || there.plugin !== 'pgoutput')
      refuse(`The replication slot ${slot.name} isn’t one of pgoutput, which subscriptions need.`);
    else if (there.lost)
      refuse(`The replication slot ${slot.name} is lost: ${there.lostReason ?? 'the WAL it needs is gone'}.`);
    else if (there.active) refuse(`The replication slot ${slot.name} is in use already.`);
    else if (database !== undefined && there.database !== database)
      refuse(`The replication slot ${slot.name} belongs to the database ${there.database}.`);
  }
  return problems;
}

/** Free slots and WAL senders on the publisher, with those that copying the tables takes for as long as it lasts. */
export function checkRoom({ publisher }: SubscriptionParties, choice: SubscriptionChoice): readonly Problem[] {
  if (!publisher || choice.slot.mode === 'none' || choice.connect === false) return [];
  const { inventory, pulse } = publisher.snapshot;
  const senders = checkFreeSenders(inventory, pulse, publisher.serverName, 1);
  if (choice.slot.mode === 'existing') return senders;
  // Each table that is copied needs a slot and a WAL sender of its own for as long as that takes.
  const one = checkFreeSlots(inventory, pulse, publisher.serverName, 1);
  const copies = choice.enabled && choice.copyData && one.length === 0;
  const more = copies ? checkFreeSlots(inventory, pulse, publisher.serverName, 2).map(asCopyWarning) : [];
  return [...one, ...more, ...senders];
}

function asCopyWarning(problem: Problem): Problem {
  return {
    ...problem,
    severity: 'warning',
    message: `Copying the tables needs one more replication slot. ${problem.message}`,
  };
}

function checkName(
  choice: SubscriptionChoice,
  slot: { readonly mode: string; readonly name: string },
): readonly Problem[] {
  const name = nameOf(choice, slot.name);
  if (name !== slot.name && slot.mode === 'create') {
    return [
      {
        severity: 'info',
        field: 'slot',
        message: `A replication slot can’t be called ${choice.name}; it will be called ${name}.`,
      },
    ];
  }
  const fault =
    name === 'none' ? 'As the slot of a subscription, "none" means that there is no slot.' : slotNameFault(name);
  return fault === null ? [] : [{ severity: 'error', field: 'slot', message: fault }];
}

/** A slot named as the subscription gets the nearest name it can have; any other is taken at its word. */
function nameOf(choice: SubscriptionChoice, name: string): string {
  return name === choice.name && name !== '' ? slotNameFor(name) : name;
}
