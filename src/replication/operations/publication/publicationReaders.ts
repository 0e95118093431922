import { ReplicationError } from '../../model/errors.ts';
import type { PlanBasis } from '../../model/plan.ts';
import type { Slot } from '../../model/slot.ts';
import type { Inventory } from '../../model/snapshot.ts';
import type { Table } from '../../model/table.ts';
import { quoteIdentifier } from '../../postgres/quote.ts';
import { isSyncSlot } from '../../topology/syncSlot.ts';
import { basisOf } from '../basis.ts';
import { subscriptionReads } from '../effects.ts';
import { publisherWaitLimitMs, type StepDraft } from '../steps.ts';
import { planRefreshSubscription } from '../subscription/refreshSubscription.ts';
import { subscriptionOf, type PlanTarget, type RefreshOn } from '../target.ts';
import { listInWords, tableLabel } from '../words.ts';
import type { PublicationReader } from './dropPublication.ts';
import { tablesByName, tablesSentTo, type PublicationMembers } from './publishedTables.ts';

/** Whom a change of a publication concerns, as far as that is known. */
export interface KnownReaders {
  readonly readers?: readonly PublicationReader[];
  readonly refresh?: readonly RefreshOn[];
  readonly slots?: KnownSlots;
}

/** What the subscriptions on open connections tell of a publisher's slots, by name. Of any other slot nobody knows. */
export interface KnownSlots {
  /** Slots of subscriptions that read the publication. */
  readonly reading: readonly string[];
  /** Slots of subscriptions that don't. */
  readonly notReading: readonly string[];
}

/** How a change alters which tables subscribers are told of. */
export interface Reach {
  readonly added: readonly Table[];
  readonly removed: readonly Table[];
  /** It gains or loses all sequences (19, untried); absent where not. */
  readonly sequences?: boolean;
}

/** Which tables subscribers are told of only after a change of members, and which no longer. */
export function reachOf(inventory: Inventory, before: PublicationMembers, after: PublicationMembers): Reach {
  const [sent, wanted] = [new Set(tablesSentTo(inventory, before)), new Set(tablesSentTo(inventory, after))];
  return {
    added: [...wanted].filter((table) => !sent.has(table)),
    removed: [...sent].filter((table) => !wanted.has(table)),
  };
}

/**
 * The slots that may read a publication of the target. A publisher can't tell which of them do; those are left out of
 * which the subscription is known not to.
 */
export function slotsThatMayRead(
  { snapshot: { inventory, pulse } }: PlanTarget,
  known: Pick<KnownSlots, 'notReading'> = { notReading: [] },
): readonly Slot[] {
  return pulse.slots.filter(
    (slot) =>
      slot.plugin === 'pgoutput' &&
      !known.notReading.includes(slot.name) &&
      slot.database === inventory.server.database &&
      !slot.temporary &&
      // One of a table synchronization goes with its subscription's own.
      !isSyncSlot(slot),
  );
}

/**
 * "It may also be read through the replication slot debezium (active): no open connection here knows its reader.";
 * empty where the reader of every slot is known. `also` where some readers are known.
 */
export function unknownReadersInWords(target: PlanTarget, also: boolean, known?: KnownSlots): string {
  const slots = slotsThatMayRead(target, known).filter(({ name }) => !known?.reading.includes(name));
  if (slots.length === 0) return '';
  const [noun, whose] = slots.length === 1 ? ['slot', 'its reader'] : ['slots', 'their readers'];
  return `It may ${also ? 'also ' : ''}be read through the replication ${noun} ${slotsInWords(slots)}: no connection that is open here knows ${whose}.`;
}

/** "orders_sub (active)" of each slot. */
export function slotsInWords(slots: readonly Slot[]): string {
  return listInWords(slots.map((slot) => `${slot.name} (${slot.active ? 'active' : 'inactive'})`));
}

/** "orders_sub (warehouse)" of each reader of the publication. */
export function readersInWords(publication: string, readers: readonly PublicationReader[]): readonly string[] {
  return readers
    .filter((reader) => reader.publication === publication)
    .map((reader) => `${reader.subscription} (${reader.serverName})`);
}

/** What the subscribers have to do after a change, as steps where they were asked for and in words where not. */
export interface ReaderPart {
  readonly steps: readonly StepDraft[];
  readonly remarks: readonly string[];
  readonly basis: readonly PlanBasis[];
}

/**
 * The refreshes that follow a change of a publication, each on its own server, and what happens at readers that get
 * none. A publication that was renamed has its new name put into their lists, which refreshes them too.
 */
export function readerPart(
  publication: string,
  renamedTo: string | null,
  reach: Reach,
  { readers = [], refresh = [] }: KnownReaders,
): ReaderPart {
  const moves = reach.added.length > 0 || reach.removed.length > 0 || reach.sequences === true;
  if (!moves && renamedTo === null) return { steps: [], remarks: [], basis: [] };
  const parts = refresh.map((each) => refreshPart(publication, renamedTo, reach, each));
  const refreshed = new Set(refresh.map((each) => `${each.subscription} (${each.subscriber.serverName})`));
  const left = readersInWords(publication, readers).filter((reader) => !refreshed.has(reader));
  return {
    steps: parts.flatMap(({ steps }) => steps),
    remarks: [...new Set(parts.flatMap(({ remarks }) => remarks)), ...remarksOnOthers(reach, left, refresh.length > 0)],
    basis: refresh.flatMap(({ subscriber, subscription }) =>
      basisOf(subscriber, [{ kind: 'subscription', name: subscription }]),
    ),
  };
}

function refreshPart(
  publication: string,
  renamedTo: string | null,
  { added, removed }: Reach,
  { subscriber, subscription, copyData }: RefreshOn,
): Pick<ReaderPart, 'steps' | 'remarks'> {
  const find = tablesByName(subscriber.snapshot.inventory.tables);
  const missing = added.filter((table) => !find(table.schema, table.name)).map(labelOf);
  const absent =
    missing.length === 0
      ? []
      : [
          `${subscriber.serverName} has no ${missing.length === 1 ? 'table' : 'tables'} ${listInWords(missing)}: create ${missing.length === 1 ? 'it' : 'them'} there first. Otherwise the refresh fails, and ${subscription} stops at the first change.`,
        ];
  try {
    const plan = planRefreshSubscription(subscriber, subscription, { copyData });
    if (renamedTo !== null) {
      return {
        steps: [setPublicationStep(subscriber, subscription, [publication, renamedTo], copyData)],
        remarks: absent,
      };
    }
    const steps = plan.steps.map(({ id: _id, connectionId, serverName, plannedFor: _planned, ...step }) => ({
      ...step,
      ...refreshBack(subscription, removed),
      on: { connectionId, serverName, snapshot: subscriber.snapshot },
    }));
    return { steps, remarks: [...absent, ...plan.remarks] };
  } catch (error) {
    // A subscription that can't be refreshed now must not keep the publication from being changed.
    if (!ReplicationError.is(error, 'invalidInput')) throw error;
    return { steps: [], remarks: [...absent, [error.message, error.advice ?? ''].join(' ').trim()] };
  }
}

/** Once the publication is as it was, another refresh lets go of the tables that this one brought. */
function refreshBack(subscription: string, removed: readonly Table[]): Pick<StepDraft, 'undo' | 'noUndo'> {
  if (removed.length > 0) {
    const tables = listInWords(removed.map(labelOf));
    return { noUndo: `What is written to ${tables} while ${subscription} doesn’t follow it would be missing there.` };
  }
  return {
    undo: {
      title: `Refresh subscription ${subscription}, so that it lets go of what it took over (its rows stay)`,
      statement: [`ALTER SUBSCRIPTION ${quoteIdentifier(subscription)} REFRESH PUBLICATION WITH (copy_data = false)`],
      afterwards: true,
    },
  };
}

function setPublicationStep(
  subscriber: PlanTarget,
  subscription: string,
  [from, to]: readonly [string, string],
  copyData: boolean,
): StepDraft {
  const { publications } = subscriptionOf(subscriber, subscription);
  const names = (list: readonly string[]): string => list.map(quoteIdentifier).join(', ');
  const alter = `ALTER SUBSCRIPTION ${quoteIdentifier(subscription)} SET PUBLICATION`;
  const renamed = publications.map((name) => (name === from ? to : name));
  return {
    on: subscriber,
    title: `Have subscription ${subscription} read publication ${to} instead of ${from}`,
    statement: [`${alter} ${names(renamed)}${copyData ? '' : ' WITH (copy_data = false)'}`],
    transactional: false,
    wait: { limitMs: publisherWaitLimitMs, blockersOn: [] },
    undo: {
      title: `Have subscription ${subscription} read publication ${from} again`,
      // By then the publisher doesn't have the old name yet.
      statement: [`${alter} ${names(publications)} WITH (refresh = false)`],
    },
    effect: subscriptionReads(subscription, renamed),
  };
}

function remarksOnOthers(reach: Reach, others: readonly string[], someRefreshed: boolean): readonly string[] {
  const remarks: string[] = [];
  const who =
    others.length > 0
      ? listInWords(others)
      : someRefreshed
        ? 'Any other subscription that reads it'
        : 'A subscription that reads it';
  if (reach.added.length > 0) {
    remarks.push(
      `${who} must be refreshed to follow ${listInWords(reach.added.map(labelOf))}: until then changes aren’t applied there, and where the table is missing, the subscription stops at the first change.`,
    );
  }
  if (reach.sequences === true) {
    remarks.push(`${who} must be refreshed to take over which sequences are published.`);
  }
  if (reach.removed.length > 0 && others.length > 0) {
    remarks.push(
      `${who} keeps ${listInWords(reach.removed.map(labelOf))} in its list of tables until it is refreshed. The rows stay there as they are.`,
    );
  }
  return remarks;
}

function labelOf({ name, schema }: Table): string {
  return tableLabel(schema, name);
}
