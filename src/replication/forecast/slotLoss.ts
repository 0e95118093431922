import type { Forecast, SlotLoss } from '../model/forecast.ts';
import { lsnDistance } from '../model/lsn.ts';
import type { ServerSetting } from '../model/server.ts';
import type { Slot } from '../model/slot.ts';
import type { Pulse } from '../model/snapshot.ts';
import { reach, type Trend } from './trend.ts';

/** What the loss of a slot is foretold from. */
export interface SlotLossInput {
  readonly slot: Slot;
  readonly pulse: Pick<Pulse, 'currentLsn' | 'inRecovery' | 'sampledAt' | 'serverTime'>;
  /** The publisher's settings. */
  readonly settings: Readonly<Record<string, ServerSetting>>;
  /** How the bytes that may still be written move; null while that can't be told. */
  readonly headroom: Trend | null;
  /** Why there is no trend yet. */
  readonly lacks: string;
}

/** A slot in use moves its oldest WAL in steps (by the server's own notes of running transactions, every 15 s). Seconds. */
const stepsSeconds = 60;
/** From here on the time a slot wasn't read (17 and later) makes a rate, seconds. */
const idleRateSeconds = 60;

/** When a slot is lost: to whichever limit comes first. From then on it takes the server's next checkpoint to happen. */
export function slotLoss(input: SlotLossInput): SlotLoss {
  const bySize: SlotLoss = { by: 'size', when: bySizeLimit(input) };
  const byIdle: SlotLoss = { by: 'idle', when: byIdleLimit(input) };
  return order(byIdle.when) < order(bySize.when) ? byIdle : bySize;
}

/** Sooner is less; what is known before what isn't; of two that never happen, either. */
function order(when: Forecast): number {
  switch (when.kind) {
    case 'now':
      return -1;
    case 'in':
      return when.seconds;
    case 'unknown':
      return Number.MAX_VALUE;
    case 'never':
      return Infinity;
  }
}

/** By safe_wal_size, which the server gives since 13 where a limit is set. */
function bySizeLimit(input: SlotLossInput): Forecast {
  const { headroom, lacks, pulse, slot } = input;
  if (slot.lost) return { kind: 'now', reason: 'it is lost already' };
  if (slot.walStatus === 'unreserved') {
    return { kind: 'now', reason: 'it keeps more than max_slot_wal_keep_size: the next checkpoint may take it' };
  }
  const room = slot.safeWalBytes;
  if (room === null) return unlimited(input);
  const never = slot.active
    ? 'it is in use, and what may still be written before it is lost does not keep shrinking'
    : 'what may still be written before it is lost does not shrink';
  if (headroom !== null) {
    if (slot.active && headroom.perSecond < 0 && headroom.spanSeconds < stepsSeconds) {
      return {
        kind: 'unknown',
        reason: `it is in use, and frees WAL in steps: ${stepsSeconds} s of samples are needed`,
      };
    }
    // Two halves that both shrink are no step that was cut in two, and steps swing about where they lead.
    if (slot.active && (headroom.greatest >= 0 || !headroom.steady)) return { kind: 'never', reason: never };
    return reach(room, headroom, -1, { never, moves: 'room' });
  }
  // Before any samples: a slot that isn't read has held the WAL written since it was.
  const idle = idleSeconds(slot, pulse.serverTime);
  const written = lsnDistance(pulse.currentLsn, slot.confirmedFlushLsn);
  if (slot.active || idle === null || idle < idleRateSeconds || written === null)
    return { kind: 'unknown', reason: lacks };
  if (written <= 0) return { kind: 'never', reason: never };
  const perSecond = written / idle;
  const trend = { perSecond: -perSecond, least: -perSecond, greatest: -perSecond, steady: true, value: room };
  return reach(room, { ...trend, at: pulse.sampledAt, samples: 2, spanSeconds: idle }, -1, { never, moves: 'room' });
}

/** Why no limit applies, as far as the settings tell, which are read less often than slots. */
function unlimited({ settings, slot }: SlotLossInput): Forecast {
  const limit = settings['max_slot_wal_keep_size'];
  if (limit === undefined || slot.restartLsn === null) {
    return { kind: 'never', reason: 'no limit applies to the WAL that it keeps' };
  }
  return Number(limit.value) < 0
    ? { kind: 'never', reason: 'max_slot_wal_keep_size is -1: it keeps WAL without a limit' }
    : { kind: 'unknown', reason: 'max_slot_wal_keep_size was changed since the settings were read' };
}

/** By the clock: idle_replication_slot_timeout, since 18. Slots that reserve no WAL are left alone, and those that a standby keeps in step. */
function byIdleLimit({ pulse, settings, slot }: SlotLossInput): Forecast {
  const timeout = idleTimeoutSeconds(settings);
  if (timeout === 0) return { kind: 'never', reason: 'no time limit is set for slots that nobody reads' };
  const idle = idleSeconds(slot, pulse.serverTime);
  // `synced` stays set on slots that came over in a promotion, and says nothing there.
  const leftAlone = slot.restartLsn === null || (pulse.inRecovery && slot.synced === true);
  if (slot.lost || slot.active || idle === null || leftAlone) {
    return { kind: 'never', reason: 'it is in use, or the time limit does not apply to it' };
  }
  const seconds = timeout - idle;
  if (seconds <= 0) {
    return { kind: 'now', reason: 'nobody read it for idle_replication_slot_timeout: the next checkpoint may take it' };
  }
  return { kind: 'in', seconds, earliest: seconds, latest: seconds, basis: null, asOf: pulse.sampledAt };
}

/** idle_replication_slot_timeout in seconds; 0 where there is none. */
function idleTimeoutSeconds(settings: Readonly<Record<string, ServerSetting>>): number {
  const setting = settings['idle_replication_slot_timeout'];
  if (setting === undefined) return 0;
  const scale = { ms: 0.001, s: 1, min: 60, h: 3600, d: 86_400 }[setting.unit ?? 's'] ?? 1;
  return Number(setting.value) * scale;
}

/** By the server's clock; null before 17 and while it is read. */
function idleSeconds({ inactiveSince }: Slot, serverTime: number): number | null {
  return inactiveSince === null ? null : Math.max(0, (serverTime - Date.parse(inactiveSince)) / 1000);
}
