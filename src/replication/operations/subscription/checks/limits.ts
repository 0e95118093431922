import type { Problem } from '../../../model/plan.ts';
import type { ServerSetting } from '../../../model/server.ts';
import type { Inventory, Pulse } from '../../../model/snapshot.ts';
import { count } from '../../words.ts';

/** The value of a numeric setting; null where the server doesn't have it or it wasn't read. */
export function numberSetting(inventory: Inventory, name: string): number | null {
  const setting: ServerSetting | undefined = inventory.server.settings[name];
  const value = setting === undefined ? Number.NaN : Number(setting.value);
  return Number.isFinite(value) ? value : null;
}

/** Whether `wanted` more replication slots fit under max_replication_slots (which needs a restart to raise). */
export function checkFreeSlots(
  inventory: Inventory,
  pulse: Pulse,
  serverName: string,
  wanted: number,
): readonly Problem[] {
  const limit = numberSetting(inventory, 'max_replication_slots');
  if (limit === null || pulse.slots.length + wanted <= limit) return [];
  return [
    {
      severity: 'error',
      field: 'slot',
      message: `${serverName} has no free replication slot: ${pulse.slots.length} of ${limit} are used (max_replication_slots). Drop one that nothing reads, or raise the setting and restart the server.`,
    },
  ];
}

/** Whether `wanted` more WAL senders fit under max_wal_senders (which needs a restart to raise). */
export function checkFreeSenders(
  inventory: Inventory,
  pulse: Pulse,
  serverName: string,
  wanted: number,
): readonly Problem[] {
  const limit = numberSetting(inventory, 'max_wal_senders');
  if (limit === null || pulse.senders.length + wanted <= limit) return [];
  return [
    {
      severity: 'error',
      field: 'connection',
      message: `${serverName} has no free WAL sender: ${count(pulse.senders.length, 'WAL sender')} of ${limit} run (max_wal_senders). Raise the setting and restart the server.`,
    },
  ];
}
