import { lsnDistance } from '../model/lsn.ts';
import type { ServerSetting } from '../model/server.ts';
import type { Slot } from '../model/slot.ts';
import type { Pulse } from '../model/snapshot.ts';

type Settings = Readonly<Record<string, ServerSetting>>;

const mega = 1024 * 1024;

/**
 * How much WAL the server keeps for a slot at the most, bytes, by what it says may still be written (13 to 18: up to the
 * end of the segment that is max_slot_wal_keep_size or wal_keep_size beyond the one it needs, 0 included). It moves only
 * where somebody sets another limit, which the settings tell later: they are read less often. Null where there is none.
 */
export function limitOf(
  { restartLsn, safeWalBytes }: Slot,
  { currentLsn }: Pick<Pulse, 'currentLsn'>,
  settings: Settings,
): number | null {
  const needed = lsnDistance(restartLsn, '0/0');
  const written = lsnDistance(currentLsn, '0/0');
  if (safeWalBytes === null || needed === null || written === null) return null;
  const segment = segmentBytes(settings);
  return written + safeWalBytes - Math.floor(needed / segment) * segment;
}

/**
 * Whether two answers of limitOf are of two limits. The end of WAL and the slots are read a moment apart, in which a busy
 * server writes on.
 */
export function isAnotherLimit(one: number | null, other: number | null, settings: Settings): boolean {
  if (one === null || other === null) return one !== other;
  return Math.abs(one - other) > Math.max(0.75 * segmentBytes(settings), 8 * mega);
}

/** In bytes since 11; before 13 there is no limit. */
function segmentBytes(settings: Settings): number {
  const setting = settings['wal_segment_size'];
  return setting?.unit === 'B' ? Number(setting.value) : 16 * mega;
}
