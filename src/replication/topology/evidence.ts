import { lsnDistance } from '../model/lsn.ts';
import type { Pulse } from '../model/snapshot.ts';
import { leadsTo } from './address.ts';
import { knownLsn, type SlotEnd, type SubscriptionEnd } from './ends.ts';
import { parseSyncSlotName } from './syncSlot.ts';

/**
 * How much speaks for each. What comes and goes with the beat (sender, liveness, equal positions) together weighs
 * less than a pairing that stood before, so that a pair doesn't come apart when one end is down for a while.
 */
const weight = {
  syncSlot: 16,
  address: 6,
  otherAddress: -1,
  before: 5,
  senderName: 2,
  liveness: 1,
  equalPositions: 1,
  otherSenderName: -1,
  otherLiveness: -1,
  impossiblePositions: -8,
} as const;

/** Whether a subscription can read from a slot at all: the names fit and, where it can be read, the database. */
export function mayBePair({ slotName, address }: SubscriptionEnd, { slot }: SlotEnd): boolean {
  return slotName === slot.name && (address?.database ?? slot.database) === slot.database;
}

/**
 * How much speaks for a subscription reading from a slot; below zero, more speaks against it. `before`: they were
 * paired when last looked at.
 */
export function evidence(subscription: SubscriptionEnd, candidate: SlotEnd, before: boolean): number {
  return (
    (madeItsSyncSlots(subscription, candidate) ? weight.syncSlot : 0) +
    addressed(subscription, candidate) +
    (before ? weight.before : 0) +
    activity(subscription, candidate) +
    positions(subscription, candidate)
  );
}

/** Sync slots carry the subscription's oid and the subscriber's system identifier in their name (since 14). */
function madeItsSyncSlots({ oid, server }: SubscriptionEnd, candidate: SlotEnd): boolean {
  const identifier = server.snapshot.inventory.server.systemIdentifier;
  if (oid === null || identifier === null) return false;
  return candidate.server.snapshot.pulse.slots.some(({ name }) => {
    const parts = parseSyncSlotName(name);
    return parts?.subscriptionOid === oid && parts.systemIdentifier === identifier;
  });
}

/**
 * An address that leads elsewhere doesn't rule a pair out (the same server may have other names there), but then the
 * same name of a slot alone, with nothing at work at either end, is too little.
 */
function addressed({ address, server }: SubscriptionEnd, candidate: SlotEnd): number {
  if (address === null) return 0;
  const leads = candidate.cluster.members.some(({ facts }) => leadsTo(address, server.facts.target, facts.target));
  return leads ? weight.address : weight.otherAddress;
}

function activity({ address, name, worker }: SubscriptionEnd, { server, slot }: SlotEnd): number {
  if (worker === null) return slot.active ? weight.otherLiveness : 0;
  if (!slot.active) return 0;
  const sender = server.snapshot.pulse.senders.find(({ pid }) => pid === slot.activePid);
  if (!sender) return weight.liveness;
  // The connection string may override the name; where it can't be read, another name proves nothing.
  if (sender.applicationName === (address?.applicationName ?? name)) return weight.liveness + weight.senderName;
  return weight.liveness + (address === null ? 0 : weight.otherSenderName);
}

/** Positions rule a pair out only where the order of the two samples leaves no other explanation. */
function positions({ worker, server }: SubscriptionEnd, candidate: SlotEnd): number {
  const received = knownLsn(worker?.receivedLsn ?? null);
  if (received === null) return 0;
  const { slot } = candidate;
  const [here, there] = [server.snapshot.pulse, candidate.server.snapshot.pulse];
  const confirmed = knownLsn(slot.confirmedFlushLsn);
  if (endOf(here) <= startOf(there) && (lsnDistance(received, there.currentLsn) ?? 0) > 0) {
    return weight.impossiblePositions;
  }
  if (startOf(here) >= endOf(there) && slot.active && (lsnDistance(confirmed, received) ?? 0) > 0) {
    return weight.impossiblePositions;
  }
  const sender = there.senders.find(({ pid }) => pid === slot.activePid);
  return received === confirmed || received === sender?.sentLsn ? weight.equalPositions : 0;
}

function startOf({ sampledAt, tookMs }: Pulse): number {
  return sampledAt - tookMs / 2;
}

function endOf({ sampledAt, tookMs }: Pulse): number {
  return sampledAt + tookMs / 2;
}
