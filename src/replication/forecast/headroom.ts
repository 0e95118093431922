import { lsnDistance } from '../model/lsn.ts';
import type { ServerSetting } from '../model/server.ts';
import type { Slot } from '../model/slot.ts';
import type { Pulse } from '../model/snapshot.ts';

type Settings = Readonly<Record<string, ServerSetting>>;

const mega = 1024 * 1024;
const defaultSegment = 16 * mega;

/**
 * Bytes that may still be written before the next checkpoint may take a slot: safe_wal_size. The server leaves that null
 * where max_slot_wal_keep_size is 0 as it does where it is -1 (pg_get_replication_slots, 13 to 18), though nothing is
 * kept for the slot then; for 0 it is computed as the server would. Null where no limit applies, or none is known.
 */
export function headroomBytes(
  slot: Slot,
  { currentLsn }: Pick<Pulse, 'currentLsn'>,
  settings: Settings,
): number | null {
  if (slot.safeWalBytes !== null || slot.lost || Number(settings['max_slot_wal_keep_size']?.value ?? -1) !== 0) {
    return slot.safeWalBytes;
  }
  const needed = lsnDistance(slot.restartLsn, '0/0');
  const written = lsnDistance(currentLsn, '0/0');
  if (needed === null || written === null) return null;
  const segment = segmentBytes(settings);
  const kept = Math.floor((Number(settings['wal_keep_size']?.value ?? 0) * mega) / segment);
  return (Math.floor(needed / segment) + Math.max(0, kept) + 1) * segment - written;
}

/**
 * How much the limit keeps for a slot, bytes, by its room: it moves only where somebody sets another limit, and is told
 * with the settings later or not at all. Null where it can't be told.
 */
export function keptByLimit(
  slot: Slot,
  room: number | null,
  { currentLsn }: Pick<Pulse, 'currentLsn'>,
  settings: Settings,
): number | null {
  const needed = lsnDistance(slot.restartLsn, '0/0');
  const written = lsnDistance(currentLsn, '0/0');
  if (room === null || needed === null || written === null) return null;
  const segment = segmentBytes(settings);
  return written + room - Math.floor(needed / segment) * segment;
}

/**
 * Whether two answers of keptByLimit are of two limits. The end of WAL and the slots are read a moment apart, in which a
 * busy server writes on.
 */
export function isAnotherLimit(one: number, other: number, settings: Settings): boolean {
  return Math.abs(one - other) > Math.max(0.75 * segmentBytes(settings), 8 * mega);
}

/** In bytes since 11; 10 has no limit. */
function segmentBytes(settings: Settings): number {
  const setting = settings['wal_segment_size'];
  return setting?.unit === 'B' ? Number(setting.value) : defaultSegment;
}
