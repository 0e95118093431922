import { ReplicationError } from '../../model/errors.ts';
import type { Slot, WalSender } from '../../model/slot.ts';
import type { Pulse } from '../../model/snapshot.ts';
import type { PlanTarget } from '../target.ts';

/** The physical slot by which 19 keeps dead tuples for its subscriptions; untried, by the manual. */
const reservedName = 'pg_conflict_detection';

/** Whether the server itself keeps the slot, so that nobody may drop, copy or advance it. */
export function isReservedSlot({ name }: Pick<Slot, 'name'>): boolean {
  return name === reservedName;
}

/** The slot of that name, of whatever database. Throws ReplicationError 'missing' where the target has none. */
export function slotOf(target: PlanTarget, name: string): Slot {
  const found = target.snapshot.pulse.slots.find((slot) => slot.name === name);
  if (found) return found;
  throw new ReplicationError('missing', `${target.serverName} has no replication slot ${name}.`, {
    advice: 'Refresh: it may have been dropped meanwhile.',
  });
}

/**
 * Throws ReplicationError 'unsupported' for a slot that the server manages itself: one kept in step from a primary
 * (17+), and the reserved one of 19. `verb` completes "can’t be …": "dropped".
 */
export function refuseServersOwn(target: PlanTarget, slot: Slot, verb: string): void {
  const place = `${slot.name} on ${target.serverName}`;
  if (slot.synced === true) {
    throw new ReplicationError(
      'unsupported',
      `The replication slot ${place} is kept in step with the primary and can’t be ${verb} on the standby.`,
      { advice: 'Do it on the primary; it then comes here too.' },
    );
  }
  if (isReservedSlot(slot)) {
    throw new ReplicationError(
      'unsupported',
      `The server itself keeps the replication slot ${place}, so it can’t be ${verb}.`,
      {
        advice: 'It goes when no subscription retains dead tuples any more.',
      },
    );
  }
}

/**
 * Throws ReplicationError 'inUse', naming who holds it, for a slot that is read now. `before` completes "…, then" of
 * the advice: "drop the slot".
 */
export function refuseWhileUsed(target: PlanTarget, slot: Slot, before: string): void {
  const holder = slotHolder(target.snapshot.pulse, slot);
  if (holder === null) return;
  throw new ReplicationError(
    'inUse',
    `The replication slot ${slot.name} on ${target.serverName} is in use by ${holder}.`,
    { advice: `Disable the subscription that reads it, or stop its consumer, then ${before}.` },
  );
}

/**
 * Who holds a slot now, in words: "reporting_sub from 10.0.0.7 as replicator (process 42)"; null where nobody does.
 * While a table is copied (14+) its slot isn't active, though a WAL sender of its name works for it.
 */
export function slotHolder({ senders }: Pick<Pulse, 'senders'>, slot: Slot): string | null {
  const copier = /^pg_\d+_sync_\d+_/.test(slot.name)
    ? senders.find(({ applicationName }) => applicationName === slot.name)
    : undefined;
  // Not by name alone: subscriptions of several servers may be called alike, and so are their senders.
  const sender = senders.find(({ pid }) => pid === slot.activePid) ?? copier;
  return slot.active || copier ? holderInWords(slot, sender) : null;
}

function holderInWords(slot: Slot, sender: WalSender | undefined): string {
  if (!sender) return slot.activePid === null ? 'a session' : `the process ${slot.activePid}`;
  const from = sender.clientAddress === null ? '' : ` from ${sender.clientAddress}`;
  const as = sender.user === null ? '' : ` as ${sender.user}`;
  const name = sender.applicationName === '' ? 'a WAL sender' : sender.applicationName;
  return `${name}${from}${as} (process ${sender.pid})`;
}

/** Throws ReplicationError: 'unsupported' for a physical slot, 'slotLost' for a lost one. `verb` as above. */
export function refuseUnlessReadable(target: PlanTarget, slot: Slot, verb: string): void {
  const place = `${slot.name} on ${target.serverName}`;
  if (slot.type === 'physical') {
    throw new ReplicationError('unsupported', `${place} is a physical replication slot, which can’t be ${verb} here.`, {
      advice: 'Physical slots belong to standbys, which move them themselves. Choose a logical one.',
    });
  }
  if (slot.lost) {
    throw new ReplicationError(
      'slotLost',
      `The replication slot ${place} is lost (${slot.lostReason ?? 'the WAL it needs is gone'}), so it can’t be ${verb}.`,
      { advice: 'Drop it and create it again; what it was to deliver has to be copied again.' },
    );
  }
}

/**
 * Throws ReplicationError 'invalidInput' for a slot of another database than the target's: decoding needs that
 * database's catalogs, so the server refuses it from elsewhere.
 */
export function refuseOtherDatabase(target: PlanTarget, slot: Slot, verb: string): void {
  const here = target.snapshot.inventory.server.database;
  if (slot.database === null || slot.database === here) return;
  throw new ReplicationError(
    'invalidInput',
    `The replication slot ${slot.name} on ${target.serverName} belongs to the database ${slot.database} and can be ${verb} only from there; this connection is to ${here}.`,
    { advice: `Use or add a connection to the database ${slot.database} of that server.` },
  );
}
