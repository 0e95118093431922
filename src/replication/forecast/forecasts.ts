import type { LagMonitor } from '../lag/monitor.ts';
import type { ConnectionSource } from '../model/connect.ts';
import type { Forecast, SlotLoss, StreamForecasts } from '../model/forecast.ts';
import { lsnDistance } from '../model/lsn.ts';
import type { Slot } from '../model/slot.ts';
import type { Pulse, Snapshot } from '../model/snapshot.ts';
import type { StreamLag } from '../model/stream.ts';
import { providerOf } from '../providers/recognise.ts';
import type { ReplicationService } from '../service.ts';
import { catchUp } from './catchUp.ts';
import { isAnotherLimit, limitOf } from './limit.ts';
import { slotLoss } from './slotLoss.ts';
import { type TrendRules, TrendWindow, usualRules } from './trend.ts';
import { oldestSlot, volumeFull } from './volumeFull.ts';

/** What forecasts are made from. */
export interface ForecastParts {
  readonly monitor: Pick<LagMonitor, 'lags' | 'measuredBy'>;
  readonly service: Pick<ReplicationService, 'state'>;
  readonly connections: Pick<ConnectionSource, 'facts'>;
  readonly rules?: TrendRules;
}

/** Every slot of a server, by name: also those that no stream is made of, and those of other databases. */
interface ServerWindows {
  readonly kept: TrendWindow;
  readonly headroom: Map<string, Room>;
  /** The slot with the oldest WAL at the last beat. */
  oldest: string | null;
  sampledAt: number;
}

/** What is left for one slot, and by which limit. */
interface Room {
  readonly window: TrendWindow;
  /** See limitOf. */
  limit: number | null;
}

/**
 * Keeps the last samples of what forecasts rest on, and makes them when somebody asks. It reads nothing by itself; whoever
 * records says when: `take` for what streams showed, `takeServer` for what a server showed.
 */
export class Forecasts {
  readonly #parts: ForecastParts;
  readonly #rules: TrendRules;
  readonly #servers = new Map<string, ServerWindows>();
  readonly #open = new Map<string, TrendWindow>();

  constructor(parts: ForecastParts) {
    this.#parts = parts;
    this.#rules = parts.rules ?? usualRules;
  }

  /** Takes what a stream showed. One that was seen already changes nothing. */
  take(lag: StreamLag): void {
    const window = this.#open.get(lag.stream.id) ?? new TrendWindow(this.#rules);
    this.#open.set(lag.stream.id, window);
    if (lag.stream.publisher && lag.afterGap === true) window.restart();
    window.record(lag.sampledAt, lag.notAppliedBytes);
  }

  /** Takes what a server showed at its last beat. */
  takeServer(connectionId: string): void {
    const snapshot = this.#snapshot(connectionId);
    if (!snapshot) return;
    const { pulse } = snapshot;
    const { settings } = snapshot.inventory.server;
    const windows = this.#servers.get(connectionId) ?? {
      kept: new TrendWindow(this.#rules),
      headroom: new Map<string, Room>(),
      oldest: null,
      sampledAt: -Infinity,
    };
    this.#servers.set(connectionId, windows);
    // The clock may have been set back.
    if (pulse.sampledAt <= windows.sampledAt && pulse.afterGap !== true) return;
    windows.sampledAt = pulse.sampledAt;
    const rooms = [...windows.headroom.values()].map(({ window }) => window);
    if (pulse.afterGap === true) for (const window of [windows.kept, ...rooms]) window.restart();
    const oldest = oldestSlot(pulse);
    // Slots pass each other, and nothing changes by that. Where the oldest is dropped or lost, its WAL goes at once.
    const before = pulse.slots.find(({ name }) => name === windows.oldest);
    if (windows.oldest !== null && (!before || before.lost)) windows.kept.restart();
    windows.oldest = oldest?.slot.name ?? null;
    windows.kept.record(pulse.sampledAt, oldest?.keptBytes ?? null, oldest?.slot.active);
    const names = new Set(pulse.slots.map(({ name }) => name));
    for (const name of windows.headroom.keys()) if (!names.has(name)) windows.headroom.delete(name);
    for (const slot of pulse.slots) {
      if (slot.safeWalBytes === null && !windows.headroom.has(slot.name)) continue;
      const room: Room = windows.headroom.get(slot.name) ?? { window: new TrendWindow(this.#rules), limit: null };
      windows.headroom.set(slot.name, room);
      const limit = limitOf(slot, pulse, settings);
      if (isAnotherLimit(limit, room.limit, settings)) room.window.restart();
      room.limit = limit;
      // From where somebody begins or ceases to read it, it moves otherwise.
      room.window.record(pulse.sampledAt, slot.lost ? null : headroomOf(slot, pulse), slot.active);
    }
  }

  /** Forgets streams and servers that aren't there any more. */
  keepOnly(streamIds: ReadonlySet<string>): void {
    for (const id of this.#open.keys()) if (!streamIds.has(id)) this.#open.delete(id);
    for (const id of this.#servers.keys()) if (!this.#parts.connections.facts(id)) this.#servers.delete(id);
  }

  /** What lies ahead of a stream. */
  ofStream(lag: StreamLag): StreamForecasts {
    const { publisher } = lag.stream;
    const open = this.#open.get(lag.stream.id);
    const publisherId = this.#parts.monitor.measuredBy(lag.stream.id).publisherId ?? publisher?.connectionId ?? null;
    const known = publisher !== null && publisherId !== null;
    return {
      loss: known ? this.lossOf(publisherId, publisher.slotName) : unseen('the publisher is not known'),
      volumeFull: known ? this.volumeFull(publisherId) : { kind: 'unknown', reason: 'the publisher is not known' },
      catchUp: catchUp(lag, () => open?.trend() ?? null, open?.lacks ?? 'nothing was measured yet'),
    };
  }

  /** When a slot of a server is lost, a slot of another database too. */
  lossOf(connectionId: string, slotName: string): SlotLoss {
    const snapshot = this.#snapshot(connectionId);
    const slot = snapshot?.pulse.slots.find(({ name }) => name === slotName);
    if (!snapshot || !slot) return unseen('the slot is not seen at present');
    const window = this.#servers.get(connectionId)?.headroom.get(slotName)?.window;
    return slotLoss({
      slot,
      pulse: snapshot.pulse,
      settings: snapshot.inventory.server.settings,
      headroom: window?.trend() ?? null,
      lacks: window?.lacks ?? 'nothing was measured yet',
    });
  }

  /** When a server's WAL volume is full by what slots keep. */
  volumeFull(connectionId: string): Forecast {
    const kept = this.#servers.get(connectionId)?.kept;
    const facts = this.#parts.connections.facts(connectionId);
    const snapshot = this.#snapshot(connectionId);
    if (!facts || !snapshot) return { kind: 'unknown', reason: 'the server is not seen at present' };
    return volumeFull({
      volumeBytes: facts.walVolumeBytes ?? null,
      storage: providerOf(snapshot.inventory, facts.target.host).walStorage,
      settings: snapshot.inventory.server.settings,
      inUse: oldestSlot(snapshot.pulse)?.slot.active ?? false,
      kept: () => kept?.trend() ?? null,
      lacks: kept?.lacks ?? 'nothing was measured yet',
    });
  }

  #snapshot(connectionId: string): Snapshot | null {
    const state = this.#parts.service.state(connectionId);
    return state.phase === 'open' ? state.snapshot : null;
  }
}

function unseen(reason: string): SlotLoss {
  return { by: 'size', when: { kind: 'unknown', reason } };
}

/**
 * What may still be written before a slot is lost, as it moves. safe_wal_size counts whole segments: while a slot in use
 * is well within one, it shrinks by all that is written, for minutes on a quiet server. What such a slot keeps moves
 * truly. Bytes, from a point of their own; null where unknown.
 */
function headroomOf({ active, restartLsn, safeWalBytes }: Slot, { currentLsn }: Pulse): number | null {
  const kept = active ? lsnDistance(currentLsn, restartLsn) : null;
  return kept === null || safeWalBytes === null ? safeWalBytes : -kept;
}
