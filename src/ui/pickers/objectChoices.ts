import type { Publication } from '../../replication/model/publication.ts';
import { bytesText } from '../../replication/model/quantity.ts';
import type { Slot } from '../../replication/model/slot.ts';
import type { Pulse, Snapshot } from '../../replication/model/snapshot.ts';
import type { Subscription } from '../../replication/model/subscription.ts';
import { retainedBytes } from '../../replication/operations/slot/retainedWal.ts';
import { slotHolder } from '../../replication/operations/slot/slotOf.ts';
import { scopeWords } from '../tree/nodes/publication.ts';
import { count, joined } from '../tree/words.ts';
import type { Choice } from './pick.ts';

/** What can be picked by name, by what it is called. */
export interface Picked {
  readonly publication: Publication;
  readonly subscription: Subscription;
  readonly slot: Slot;
}
export type Noun = keyof Picked;

/** The choice of each object of a server, in the server's order, with what one goes by; null leaves one out. */
export function objectChoices<Kind extends Noun>(
  noun: Kind,
  snapshot: Snapshot,
  fits: (object: Picked[Kind]) => boolean,
): readonly Choice<string>[] {
  const lists: { readonly [Each in Noun]: () => readonly (readonly [Picked[Each], Choice<string>])[] } = {
    publication: () => snapshot.inventory.publications.map((one) => [one, publicationChoice(one, snapshot)] as const),
    subscription: () => subscriptionsNow(snapshot).map((one) => [one, subscriptionChoice(one, snapshot)] as const),
    slot: () => snapshot.pulse.slots.map((one) => [one, slotChoice(one, snapshot.pulse)] as const),
  };
  return lists[noun]().flatMap(([object, choice]) => (fits(object) ? [choice] : []));
}

/** Whether each is enabled is known by the pulse first: `disable_on_error` switches it off in between. */
function subscriptionsNow({ inventory, pulse }: Snapshot): readonly Subscription[] {
  const enabled = new Map(pulse.subscriptions.map((one) => [one.name, one.enabled]));
  return inventory.subscriptions.map((one) => ({ ...one, enabled: enabled.get(one.name) ?? one.enabled }));
}

function publicationChoice(publication: Publication, snapshot: Snapshot): Choice<string> {
  const { name } = publication;
  return { value: name, label: name, description: joined([scopeWords(publication), foreign(publication, snapshot)]) };
}

function subscriptionChoice(subscription: Subscription, snapshot: Snapshot): Choice<string> {
  const { enabled, name, tables } = subscription;
  const words = [enabled ? 'enabled' : 'disabled', count(tables.length, 'table'), foreign(subscription, snapshot)];
  return { value: name, label: name, description: joined(words) };
}

/** Whose it is, where it belongs to somebody else: only its owner may change it. */
function foreign({ owner, ownedByMe }: Publication | Subscription, { inventory }: Snapshot): string | false {
  return !ownedByMe && !inventory.server.role.superuser && `owner ${owner}`;
}

/** Who holds it, and what it retains. */
function slotChoice(slot: Slot, pulse: Pulse): Choice<string> {
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
