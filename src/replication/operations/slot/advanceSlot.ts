import { ReplicationError } from '../../model/errors.ts';
import { type Lsn, lsnDistance, lsnToBytes } from '../../model/lsn.ts';
import type { Plan } from '../../model/plan.ts';
import { bytesText } from '../../model/quantity.ts';
import type { Slot } from '../../model/slot.ts';
import type { Inventory } from '../../model/snapshot.ts';
import { quoteLiteral } from '../../postgres/quote.ts';
import { basisOf } from '../basis.ts';
import { offers, refuseUnlessOffered } from '../offers.ts';
import { makePlan } from '../steps.ts';
import type { PlanTarget } from '../target.ts';
import { listInWords } from '../words.ts';
import { refuseOtherDatabase, refuseServersOwn, refuseUnlessReadable, refuseWhileUsed, slotOf } from './slotOf.ts';

/** A position that a slot could be advanced to, with where it comes from: "the end of WAL now". */
export interface KnownPosition {
  readonly lsn: Lsn;
  readonly what: string;
  /** Bytes between the slot's confirmed flush LSN and it: what its reader will never get. */
  readonly skipsBytes: number;
}

/** A subscription that is known to read the slot, with how far it has applied what it got. */
export interface KnownReader {
  /** "the subscription reporting_sub on warehouse". */
  readonly what: string;
  /** Null where it may not be read. */
  readonly appliedLsn: Lsn | null;
}

/** The WAL up to there is decoded on the way, which takes a while for many gigabytes. In milliseconds. */
const advanceLimitMs = 600_000;

/**
 * The positions worth offering for a slot, nearest first: of other slots, of subscriptions known to read it, the end of
 * WAL. Only those beyond where it stands; the same position is offered once. Throws ReplicationError 'missing'.
 */
export function knownPositions(
  target: PlanTarget,
  slotName: string,
  readers: readonly KnownReader[] = [],
): readonly KnownPosition[] {
  const { pulse } = target.snapshot;
  const slot = slotOf(target, slotName);
  const found: readonly (readonly [lsn: Lsn | null, what: string])[] = [
    ...readers.map(({ appliedLsn, what }) => [appliedLsn, `applied by ${what}`] as const),
    ...pulse.slots
      .filter(({ lost, name, type }) => !lost && type === 'logical' && name !== slotName)
      .map(({ confirmedFlushLsn, name }) => [confirmedFlushLsn, `where the slot ${name} stands`] as const),
    [pulse.currentLsn, 'the end of WAL now'],
  ];
  const whatAt = new Map<Lsn, string[]>();
  for (const [lsn, what] of found) {
    const distance = lsnDistance(lsn, slot.confirmedFlushLsn);
    const isBeyond = distance !== null && distance > 0 && (lsnDistance(pulse.currentLsn, lsn) ?? -1) >= 0;
    if (lsn !== null && isBeyond) whatAt.set(lsn, [...(whatAt.get(lsn) ?? []), what]);
  }
  return [...whatAt]
    .map(([lsn, what]) => ({
      lsn,
      what: listInWords(what),
      skipsBytes: lsnDistance(lsn, slot.confirmedFlushLsn) ?? 0,
    }))
    .sort((a, b) => a.skipsBytes - b.skipsBytes);
}

/** What is wrong with a position that was typed for a slot; null where nothing is. Beyond the end isn't wrong. */
export function checkAdvancePosition(slot: Slot, to: string): string | null {
  if (!isLsn(to))
    return 'A position is written as two hexadecimal numbers with a slash between them, like 16/B374D848.';
  const distance = lsnDistance(to, slot.confirmedFlushLsn);
  if (distance === null) return `The replication slot ${slot.name} has no confirmed position yet.`;
  if (distance < 0) {
    return `A slot can’t be moved backwards: ${slot.name} stands at ${slot.confirmedFlushLsn}, which is ${bytesText(-distance)} further.`;
  }
  return distance === 0 ? `The replication slot ${slot.name} stands at ${to} already.` : null;
}

/**
 * Whether a slot can be advanced only from its own database. Since 17, when slots learned to be kept in step on a
 * standby (which the failover column tells), it can be from any.
 */
export function advancesOnlyAtHome(inventory: Inventory): boolean {
  return !offers(inventory, 'slot.failover');
}

/**
 * The plan that advances a logical slot (11+), with what its reader loses. Can't be undone: a slot never goes back.
 * Throws ReplicationError 'missing', 'inUse' (with who holds it), 'invalidInput' (no position, not beyond where it
 * stands, a slot of another database), 'slotLost', 'unsupported' (before 11, a physical slot, the server's own).
 */
export function planAdvanceSlot(
  target: PlanTarget,
  slotName: string,
  to: Lsn,
  readers: readonly KnownReader[] = [],
): Plan {
  const { inventory, pulse } = target.snapshot;
  const place = `${slotName} on ${target.serverName}`;
  refuseUnlessOffered(inventory, 'slot.advance', `The replication slot ${place} can’t be advanced`);
  const slot = slotOf(target, slotName);
  refuseServersOwn(target, slot, 'advanced');
  refuseUnlessReadable(target, slot, 'advanced');
  if (advancesOnlyAtHome(inventory)) refuseOtherDatabase(target, slot, 'advanced');
  const fault = checkAdvancePosition(slot, to);
  if (fault !== null) {
    throw new ReplicationError('invalidInput', `The replication slot ${place} was not advanced. ${fault}`, {
      advice: 'Choose a position that lies after its confirmed flush LSN.',
    });
  }
  refuseWhileUsed(target, slot, 'advance the slot');
  const beyond = lsnDistance(to, pulse.currentLsn) ?? 0;
  // The server stops at the end of its WAL, which may have moved by then, never back.
  const reached = beyond > 0 ? pulse.currentLsn : to;
  const named = quoteLiteral(slotName);
  return makePlan(
    `Advance replication slot ${slotName} to ${to}`,
    [
      {
        on: target,
        title: `Advance the replication slot ${slotName} to ${to}`,
        statement: [`SELECT pg_catalog.pg_replication_slot_advance(${named}, ${quoteLiteral(to)})`],
        transactional: false,
        risk: 'lossy',
        consequence: consequenceOf(slot, reached, readers),
        effect: [
          `SELECT 1 FROM pg_catalog.pg_replication_slots WHERE slot_name = ${named} AND confirmed_flush_lsn >= ${quoteLiteral(reached)}`,
        ],
        noUndo: 'A slot never goes back.',
        wait: { limitMs: advanceLimitMs, blockersOn: [] },
      },
    ],
    beyond > 0
      ? [
          `${to} lies ${bytesText(beyond)} beyond the end of WAL (${pulse.currentLsn}): the slot is moved to where WAL ends when it runs.`,
        ]
      : [],
    basisOf(target, [{ kind: 'slot', name: slotName }]),
  );
}

function consequenceOf(slot: Slot, reached: Lsn, readers: readonly KnownReader[]): string {
  const skipped = bytesText(lsnDistance(reached, slot.confirmedFlushLsn) ?? 0);
  const span = `${skipped} of WAL from ${slot.confirmedFlushLsn} to ${reached}`;
  const known = readers.filter(({ appliedLsn }) => appliedLsn !== null);
  const misses = known.filter(({ appliedLsn }) => (lsnDistance(appliedLsn, reached) ?? 0) < 0);
  const [reader] = known;
  if (reader && misses.length === 0) {
    return `${slot.name} never delivers the changes in ${span}. ${sentenceStart(reader.what)} has applied them already, as far as is known; any other reader misses them.`;
  }
  const who = misses.length > 0 ? sentenceStart(listInWords(misses.map(({ what }) => what))) : 'Whoever reads it';
  return `${slot.name} never delivers the changes in ${span}. ${who} misses them without noticing; the data there differ from then on.`;
}

function sentenceStart(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function isLsn(text: string): boolean {
  try {
    return lsnToBytes(text) >= 0n;
  } catch {
    return false;
  }
}
