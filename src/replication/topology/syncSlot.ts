import type { Slot } from '../model/slot.ts';

/** What the name of a table synchronization slot of a subscriber since 14 says. */
export interface SyncSlotName {
  readonly subscriptionOid: number;
  readonly tableOid: number;
  /** The subscriber's system identifier. */
  readonly systemIdentifier: string;
}

/** Takes the name apart, `pg_<subscription>_sync_<table>_<system identifier>`; null where it isn't one. */
export function parseSyncSlotName(name: string): SyncSlotName | null {
  const match = /^pg_(\d+)_sync_(\d+)_(\d+)$/.exec(name);
  if (!match) return null;
  return { subscriptionOid: Number(match[1]), tableOid: Number(match[2]), systemIdentifier: match[3] ?? '' };
}

/**
 * Whether a slot belongs to the initial copy of one table: permanent `pg_…` ones of subscribers since 14,
 * temporary `<slot>_<subscription>_sync_<table>` ones of subscribers before (ReplicationSlotNameForTablesync).
 */
export function isSyncSlot(slot: Slot): boolean {
  return parseSyncSlotName(slot.name) !== null || (slot.temporary && /_\d+_sync_\d+$/.test(slot.name));
}
