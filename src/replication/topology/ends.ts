import type { Lsn } from '../model/lsn.ts';
import type { Slot } from '../model/slot.ts';
import type { SubscriptionWorker } from '../model/snapshot.ts';
import type { PublisherAddress } from '../model/subscription.ts';
import { type Cluster, type KnownServer, memberOf } from './clusters.ts';
import { isSyncSlot } from './syncSlot.ts';

/** A logical slot that streams may come from, and the connection it is shown under. */
export interface SlotEnd {
  readonly cluster: Cluster;
  readonly server: KnownServer;
  readonly slot: Slot;
}

/** A subscription and the connection it is shown under. */
export interface SubscriptionEnd {
  readonly cluster: Cluster;
  readonly server: KnownServer;
  readonly name: string;
  readonly oid: number | null;
  readonly slotName: string | null;
  /** Null where no connection may read its connection string. */
  readonly address: PublisherAddress | null;
  /** Its main apply worker; null when none runs. */
  readonly worker: SubscriptionWorker | null;
}

/**
 * The slots of a server that are streams: logical ones, each once however many connections lead to the server.
 * Slots of a table synchronization are helpers of a stream; those a standby keeps in step belong to its primary.
 */
export function slotEnds(cluster: Cluster): readonly SlotEnd[] {
  const ends = new Map<string, SlotEnd>();
  for (const { snapshot } of cluster.members) {
    for (const { name, database } of snapshot.pulse.slots) {
      if (ends.has(name)) continue;
      // Each connection's pulse lists all slots; the slot is taken from the connection it is shown under.
      const server = memberOf(cluster, database);
      const slot = server?.snapshot.pulse.slots.find((one) => one.name === name);
      if (server && slot && isStream(slot, server.snapshot.pulse.inRecovery)) ends.set(name, { cluster, server, slot });
    }
  }
  return [...ends.values()];
}

// `synced` means nothing on a primary: it stays set on slots that came over in a promotion.
function isStream(slot: Slot, inRecovery: boolean): boolean {
  return slot.type === 'logical' && !isSyncSlot(slot) && !(inRecovery && slot.synced === true);
}

/** The subscriptions of a server's connected databases, each once however many connections lead to a database. */
export function subscriptionEnds(cluster: Cluster): readonly SubscriptionEnd[] {
  const ends = new Map<string, SubscriptionEnd>();
  for (const server of cluster.members) {
    const { inventory, pulse } = server.snapshot;
    for (const { oid, name, slotName } of pulse.subscriptions) {
      const key = JSON.stringify([inventory.server.database, name]);
      const address = inventory.subscriptions.find((one) => one.name === name)?.publisher ?? null;
      const known = ends.get(key);
      const worker = mainWorker(pulse.workers, oid, name);
      if (!known) ends.set(key, { cluster, server, name, oid, slotName, address, worker });
      else if (known.address === null && address !== null) ends.set(key, { ...known, address });
    }
  }
  return [...ends.values()];
}

/**
 * The running main apply worker of a subscription. Names are unique only per database, so the oid goes first; where it
 * isn't known and another database has the same name, nobody can tell.
 */
export function mainWorker(
  workers: readonly SubscriptionWorker[],
  oid: number | null,
  name: string,
): SubscriptionWorker | null {
  if (oid === null && new Set(ofName(workers, name).map((worker) => worker.subscriptionOid)).size > 1) return null;
  return (
    workers.find(
      (worker) =>
        worker.kind === 'apply' &&
        worker.pid !== null &&
        (oid === null ? worker.subscriptionName === name : worker.subscriptionOid === oid),
    ) ?? null
  );
}

function ofName(workers: readonly SubscriptionWorker[], name: string): readonly SubscriptionWorker[] {
  return workers.filter((worker) => worker.subscriptionName === name);
}

/** A position that says something: `0/0` stands for none. */
export function knownLsn(lsn: Lsn | null): Lsn | null {
  return lsn === null || /^0+\/0+$/.test(lsn) ? null : lsn;
}
