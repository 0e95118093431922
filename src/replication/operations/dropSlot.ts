import { ReplicationError } from '../model/errors.ts';
import { lsnDistance } from '../model/lsn.ts';
import type { Plan } from '../model/plan.ts';
import { bytesText } from '../model/quantity.ts';
import type { Slot, WalSender } from '../model/slot.ts';
import { dropSlotSql } from './slotSql.ts';
import { makePlan, type StepDraft } from './steps.ts';
import type { PlanTarget } from './target.ts';

/**
 * The plan that drops replication slots, one step each. Throws ReplicationError: 'missing' for a name that the
 * target doesn't have, 'inUse' (with who holds it) for a slot that is read now, 'unsupported' for one that the
 * server manages itself.
 */
export function planDropSlots(target: PlanTarget, names: readonly string[]): Plan {
  const steps = names.map((name) => dropStep(target, name));
  const title = names.length === 1 ? `Drop replication slot ${names[0]}` : `Drop ${names.length} replication slots`;
  return makePlan(title, steps);
}

function dropStep(target: PlanTarget, name: string): StepDraft {
  const { pulse } = target.snapshot;
  const slot = pulse.slots.find((candidate) => candidate.name === name);
  if (!slot) {
    throw new ReplicationError('missing', `${target.serverName} has no replication slot ${name}.`, {
      advice: 'Refresh: it may have been dropped meanwhile.',
    });
  }
  refuseWhileUsed(target, slot);
  return {
    on: target,
    title: `Drop the replication slot ${name}`,
    statement: [dropSlotSql(name)],
    transactional: false,
    risk: 'lossy',
    consequence: consequenceOf(target, slot),
  };
}

function refuseWhileUsed(target: PlanTarget, slot: Slot): void {
  const place = `${slot.name} on ${target.serverName}`;
  if (slot.synced === true) {
    throw new ReplicationError(
      'unsupported',
      `The replication slot ${place} is kept in step with the primary and can’t be dropped on the standby.`,
      {
        advice: 'Drop it on the primary; it then goes here too.',
      },
    );
  }
  if (slot.name === 'pg_conflict_detection') {
    throw new ReplicationError('unsupported', `The server itself keeps the replication slot ${place}.`, {
      advice: 'It goes when no subscription retains dead tuples any more.',
    });
  }
  // While a table is copied (14+) its slot isn't active, though a WAL sender of its name works for it.
  const sender = target.snapshot.pulse.senders.find(
    (candidate) => candidate.pid === slot.activePid || candidate.applicationName === slot.name,
  );
  const copying = sender !== undefined && /^pg_\d+_sync_\d+_/.test(slot.name);
  if (!slot.active && !copying) return;
  throw new ReplicationError('inUse', `The replication slot ${place} is in use by ${holderInWords(slot, sender)}.`, {
    advice: 'Disable or drop the subscription that reads it, or stop its consumer, then drop the slot.',
  });
}

function holderInWords(slot: Slot, sender: WalSender | undefined): string {
  if (!sender) return slot.activePid === null ? 'a session' : `the process ${slot.activePid}`;
  const from = sender.clientAddress === null ? '' : ` from ${sender.clientAddress}`;
  const as = sender.user === null ? '' : ` as ${sender.user}`;
  const name = sender.applicationName === '' ? 'a WAL sender' : sender.applicationName;
  return `${name}${from}${as} (process ${sender.pid})`;
}

function consequenceOf(target: PlanTarget, slot: Slot): string {
  const { pulse } = target.snapshot;
  if (slot.lost) {
    return `The replication slot ${slot.name} is lost already (${slot.lostReason ?? 'the WAL it needs is gone'}): nothing could read on from it.`;
  }
  const retained = lsnDistance(pulse.currentLsn, slot.restartLsn);
  const released =
    retained === null || retained <= 0
      ? 'WAL retained by it is released'
      : `${bytesText(retained)} of retained WAL are released`;
  const consumer = subscriptionReading(target, slot);
  const reader = consumer === null ? 'Whatever reads from it' : `The subscription ${consumer}`;
  return `${released}. ${reader} can’t go on from where it was: it needs a new slot and a new copy of the data.`;
}

/** A subscription of the same server that names the slot; those of other servers can't be seen from here. */
function subscriptionReading(target: PlanTarget, slot: Slot): string | null {
  const found = target.snapshot.inventory.subscriptions.find((subscription) => subscription.slotName === slot.name);
  return found?.name ?? null;
}
