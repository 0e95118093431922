import { type Lsn, lsnDistance } from '../../model/lsn.ts';
import type { Slot } from '../../model/slot.ts';
import type { Pulse } from '../../model/snapshot.ts';

type SlotsNow = Pick<Pulse, 'slots' | 'currentLsn'>;

/** Bytes of WAL that the server keeps for a slot; null where it keeps none, or nobody knows (a lost slot). */
export function retainedBytes({ currentLsn }: Pick<Pulse, 'currentLsn'>, slot: Slot): number | null {
  if (slot.lost) return null;
  const bytes = lsnDistance(currentLsn, slot.restartLsn);
  return bytes === null ? null : Math.max(0, bytes);
}

/** What dropping slots lets the server remove. */
export interface FreedWal {
  /** Bytes at its next checkpoint; other settings (wal_keep_size, archiving) may keep some of it longer. */
  readonly bytes: number;
  /** The slot that then holds the oldest WAL; null where none does. */
  readonly heldBy: string | null;
}

/**
 * What dropping slots would let the server remove: from the oldest WAL that any slot holds to the oldest that one of
 * the others does. A lost slot holds none, whatever its restart_lsn says.
 */
export function walFreedByDrop(pulse: SlotsNow, dropped: readonly string[]): FreedWal {
  const before = oldest(pulse.slots);
  const after = oldest(pulse.slots.filter(({ name }) => !dropped.includes(name)));
  const end: Lsn = after?.restartLsn ?? pulse.currentLsn;
  return { bytes: Math.max(0, lsnDistance(end, before?.restartLsn ?? end) ?? 0), heldBy: after?.name ?? null };
}

/** The slot that holds the oldest WAL. */
function oldest(slots: readonly Slot[]): Slot | undefined {
  const [first, ...others] = slots.filter((slot) => !slot.lost && slot.restartLsn !== null);
  return others.reduce(
    (found, slot) => ((lsnDistance(slot.restartLsn, found?.restartLsn ?? null) ?? 0) < 0 ? slot : found),
    first,
  );
}
