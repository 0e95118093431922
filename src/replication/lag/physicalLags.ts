import { type Lsn, lsnDistance } from '../model/lsn.ts';
import type { PhysicalLag, PhysicalState } from '../model/physical.ts';
import type { Slot, WalSender } from '../model/slot.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { isReservedSlot } from '../operations/slot/slotOf.ts';
import { knownLsn } from '../topology/ends.ts';
import type { ServerView } from './ends.ts';
import type { PositionHistory, Written } from './positions.ts';

/** One running server that connections lead to, as it was read last. */
export interface MonitoredServer {
  /** In the order of the connections. */
  readonly connectionIds: readonly string[];
  /** The one of them that is open and sees most. */
  readonly measuredBy: string;
  readonly view: ServerView;
  /** Where its WAL ended over time; null before the first sample. */
  readonly positions: PositionHistory | null;
}

/** What measuring needs of the monitor. */
export interface PhysicalLagsParts {
  readonly servers: () => readonly MonitoredServer[];
}

/** How far the readers of physical slots, and standbys without one, are. It reads nothing by itself. */
export class PhysicalLags {
  readonly #servers: PhysicalLagsParts['servers'];
  /** From where a slot that nobody reads keeps WAL, as of the two samples last seen. */
  readonly #kept = new Map<string, { readonly at: number; readonly lsn: Lsn | null; readonly moved: boolean }>();

  constructor({ servers }: PhysicalLagsParts) {
    this.#servers = servers;
  }

  /** All of them, as of their servers' last beats; those of a server that can't be reached as it was before. */
  lags(): readonly PhysicalLag[] {
    const servers = this.#servers();
    const awaited = new Set(servers.flatMap(awaitedSlots));
    const all = servers.flatMap((server) => [...this.#ofSlots(server, awaited), ...withoutSlots(server)]);
    const ids = new Set(all.map(({ id }) => id));
    for (const id of this.#kept.keys()) if (!ids.has(id)) this.#kept.delete(id);
    return all;
  }

  #ofSlots(server: MonitoredServer, awaited: ReadonlySet<string>): readonly PhysicalLag[] {
    const { pulse } = server.view.snapshot;
    return pulse.slots.filter(isWatched).map((slot): PhysicalLag => {
      const id = `physical:${server.connectionIds[0] ?? ''}:${slot.name}`;
      const sender = slot.active ? (pulse.senders.find(({ pid }) => pid === slot.activePid) ?? null) : null;
      const moved = this.#hasMoved(id, pulse.sampledAt, slot.restartLsn);
      const idle = slot.active ? 'active' : moved ? 'moved' : 'inactive';
      const state: PhysicalState = !server.view.open ? 'unreachable' : slot.lost ? 'lost' : idle;
      const visible = state !== 'unreachable' && state !== 'lost';
      const retained = visible ? lsnDistance(pulse.currentLsn, knownLsn(slot.restartLsn)) : null;
      const since = Date.parse(slot.inactiveSince ?? '');
      return {
        id,
        ...common(server),
        slotName: slot.name,
        reader: sender && readerOf(sender),
        state,
        lostReason: slot.lostReason,
        retainedBytes: retained === null ? null : Math.max(0, retained),
        headroomBytes: visible ? slot.safeWalBytes : null,
        ...(visible && sender ? behindOf(server, sender) : nothing),
        idleSeconds: slot.active || Number.isNaN(since) ? null : Math.max(0, (pulse.serverTime - since) / 1000),
        awaited: awaited.has(awaitedKey(server.view.snapshot, slot.name)),
      };
    });
  }

  #hasMoved(id: string, at: number, lsn: Lsn | null): boolean {
    const before = this.#kept.get(id);
    if (before?.at === at) return before.moved;
    const moved = before !== undefined && (lsnDistance(lsn, before.lsn) ?? 0) > 0;
    this.#kept.set(id, { at, lsn, moved });
    return moved;
  }
}

const nothing = {
  notReceivedBytes: null,
  behindBytes: null,
  secondsBehind: null,
  secondsBehindIsMinimum: false,
} as const;

/** Temporary slots go with their session, and what the server keeps for itself isn't a reader's. */
function isWatched(slot: Slot): boolean {
  return slot.type === 'physical' && !slot.temporary && !isReservedSlot(slot);
}

function common({ connectionIds, measuredBy, view }: MonitoredServer) {
  return { connectionIds, measuredBy, sampledAt: view.snapshot.pulse.sampledAt };
}

/**
 * Standbys that stream without a slot: WAL senders that are at it and hold none. Several that can't be told apart are one, as
 * far as the furthest behind of them; without pg_monitor none can be known.
 */
function withoutSlots(server: MonitoredServer): readonly PhysicalLag[] {
  const { senders, slots } = server.view.snapshot.pulse;
  const found = new Map<string, PhysicalLag>();
  for (const sender of senders) {
    const streams = sender.state === 'streaming' || sender.state === 'catchup';
    // What a base backup streams ends with it.
    if (!streams || sender.applicationName === 'pg_basebackup') continue;
    if (slots.some(({ activePid }) => activePid === sender.pid)) continue;
    const id = `standby:${JSON.stringify([server.connectionIds[0], sender.applicationName, sender.clientAddress])}`;
    const lag: PhysicalLag = {
      id,
      ...common(server),
      slotName: null,
      reader: readerOf(sender),
      state: server.view.open ? 'active' : 'unreachable',
      lostReason: null,
      retainedBytes: null,
      headroomBytes: null,
      ...(server.view.open ? behindOf(server, sender) : nothing),
      idleSeconds: null,
      awaited: false,
    };
    const twin = found.get(id);
    if (!twin || (lag.behindBytes ?? -1) > (twin.behindBytes ?? -1)) found.set(id, lag);
  }
  return [...found.values()];
}

function behindOf({ positions, view }: MonitoredServer, sender: WalSender) {
  const { currentLsn, sampledAt } = view.snapshot.pulse;
  const flushed = knownLsn(sender.flushLsn);
  const reached = knownLsn(sender.replayLsn) ?? flushed;
  const bytesTo = (lsn: Lsn | null) => {
    const bytes = lsnDistance(currentLsn, lsn);
    return bytes === null ? null : Math.max(0, bytes);
  };
  const written = reached === null ? null : (positions?.writtenAfter(reached) ?? null);
  return {
    notReceivedBytes: bytesTo(flushed),
    behindBytes: bytesTo(reached),
    secondsBehind: written && secondsSince(written, sampledAt),
    secondsBehindIsMinimum: written?.kind === 'before',
  };
}

function secondsSince(written: Written, now: number): number | null {
  if (written.kind === 'latest') return 0;
  const seconds = Math.max(0, now - (written.kind === 'at' ? written.at : written.firstPast)) / 1000;
  // At the first sample nothing is known; "at least 0 s" would read as none.
  return written.kind === 'before' && seconds === 0 ? null : seconds;
}

function readerOf({ applicationName, clientAddress, user }: WalSender): string {
  // What every standby is called that nobody named.
  const name = applicationName === '' || applicationName === 'walreceiver' ? (user ?? 'a standby') : applicationName;
  return clientAddress === null ? name : `${name} at ${clientAddress}`;
}

/** The slot that a standby among the connections reads, or would. */
function awaitedSlots({ view: { snapshot } }: MonitoredServer): readonly string[] {
  const name = snapshot.inventory.server.settings['primary_slot_name']?.value ?? '';
  return snapshot.pulse.inRecovery && name !== '' ? [awaitedKey(snapshot, name)] : [];
}

function awaitedKey({ inventory }: Snapshot, slotName: string): string {
  return JSON.stringify([inventory.server.systemIdentifier, slotName]);
}
