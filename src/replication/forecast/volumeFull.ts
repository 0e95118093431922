import type { Forecast } from '../model/forecast.ts';
import { lsnDistance } from '../model/lsn.ts';
import type { ServerSetting } from '../model/server.ts';
import type { Slot } from '../model/slot.ts';
import type { Pulse } from '../model/snapshot.ts';
import type { WalStorage } from '../providers/provider.ts';
import { reach, type Trend } from './trend.ts';

/** What the filling of a WAL volume is foretold from. */
export interface VolumeInput {
  /** Bytes that the volume of pg_wal holds; null where nobody gave them. */
  readonly volumeBytes: number | null;
  /** What its provider has for WAL. */
  readonly storage: WalStorage;
  /** Somebody reads the slot that keeps the oldest WAL. */
  readonly inUse: boolean;
  readonly settings: Readonly<Record<string, ServerSetting>>;
  /** How the WAL that slots keep moves; null while that can't be told. Asked for where something rests on it. */
  readonly kept: () => Trend | null;
  readonly lacks: string;
}

/** A slot in use lets go of its WAL in steps: what it keeps between two of them grows, and means nothing. Seconds. */
const stepsSeconds = 60;

/**
 * When what slots keep fills the volume of pg_wal. No statement tells how large that is, on no provider: it's given with
 * the connection, or grows by itself. Other files on the volume, and the WAL a checkpoint keeps for itself, make it sooner.
 */
export function volumeFull({ inUse, kept: trendOf, lacks, settings, storage, volumeBytes }: VolumeInput): Forecast {
  if (volumeBytes === null) return { kind: storage.grows ? 'never' : 'unknown', reason: storage.words };
  const limit = keepLimitBytes(settings);
  if (limit !== null && limit < volumeBytes) {
    return { kind: 'never', reason: 'slots are lost by max_slot_wal_keep_size before they fill the WAL volume' };
  }
  const kept = trendOf();
  if (kept === null) return { kind: 'unknown', reason: lacks };
  const left = volumeBytes - kept.value;
  if (left <= 0) return { kind: 'now', reason: 'slots keep as much WAL as the volume was said to hold' };
  if (inUse && kept.perSecond > 0 && kept.spanSeconds < stepsSeconds) {
    return { kind: 'unknown', reason: `WAL in use is freed in steps: ${stepsSeconds} s of samples are needed` };
  }
  if (inUse && (kept.least <= 0 || !kept.steady))
    return { kind: 'never', reason: 'the WAL that slots keep does not keep growing' };
  return reach(left, kept, 1, { never: 'the WAL that slots keep does not grow', moves: 'kept' });
}

/** max_slot_wal_keep_size in bytes; null where there is no limit. */
function keepLimitBytes(settings: Readonly<Record<string, ServerSetting>>): number | null {
  const setting = settings['max_slot_wal_keep_size'];
  if (setting === undefined || Number(setting.value) < 0) return null;
  const scale = { B: 1, kB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 }[setting.unit ?? 'MB'] ?? 1024 ** 2;
  return Number(setting.value) * scale;
}

/** The slot with the oldest WAL of a server, and how much that is; null where no slot keeps any. */
export function oldestSlot(pulse: Pulse): { readonly slot: Slot; readonly keptBytes: number } | null {
  let oldest: { readonly slot: Slot; readonly keptBytes: number } | null = null;
  for (const slot of pulse.slots) {
    const keptBytes = slot.lost ? null : lsnDistance(pulse.currentLsn, slot.restartLsn);
    if (keptBytes !== null && keptBytes > (oldest?.keptBytes ?? -1)) oldest = { slot, keptBytes };
  }
  return oldest;
}
