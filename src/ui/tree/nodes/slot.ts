import { forecastDetail, lossWords } from '../../../replication/forecast/words.ts';
import type { SlotLoss } from '../../../replication/model/forecast.ts';
import { lsnDistance } from '../../../replication/model/lsn.ts';
import { durationText } from '../../../replication/model/quantity.ts';
import type { Slot } from '../../../replication/model/slot.ts';
import type { Pulse } from '../../../replication/model/snapshot.ts';
import { retainedBytes, walFreedByDrop } from '../../../replication/operations/slot/retainedWal.ts';
import { isReservedSlot, slotHolder } from '../../../replication/operations/slot/slotOf.ts';
import { isSyncSlot } from '../../../replication/topology/syncSlot.ts';
import { alertFacts, alertIcon, rowAlertWords } from '../../alerts/alertWords.ts';
import { streamNotes } from '../../streamNotes.ts';
import { goneRow, type Kind, writable } from '../kind.ts';
import { tooltip } from '../markdown.ts';
import type { TreeModel } from '../model.ts';
import type { SlotNode } from '../node.ts';
import { contextValue, type RowIcon, spoken } from '../row.ts';
import { tableOfSyncSlot } from '../syncSlot.ts';
import { behindWords, exactBytes, joined, roughBytes } from '../words.ts';

/** A replication slot of the server, whatever its database. */
export const slotKind: Kind<SlotNode> = {
  row(node, model) {
    const snapshot = model.snapshot(node.connectionId);
    const slot = model.slot(node.connectionId, node.name);
    if (!snapshot || !slot) return goneRow('slot', node.name);
    const stale = model.stale(node.connectionId);
    const own = slot.database === null || slot.database === snapshot.inventory.server.database;
    const danger = slot.lost ? null : lossWords(model.lossOf(node.connectionId, node.name));
    const { alerts, mutedUntil } = model.alertsOfSlot(node.connectionId, node.name);
    const description = stale
      ? 'not known while the connection is lost'
      : joined([
          // First, so that a narrow side bar never cuts them off.
          // What the forecast says further on needn't be said twice.
          rowAlertWords(danger === null ? alerts : alerts.filter(({ kind }) => kind !== 'headroom')),
          !own && `in ${slot.database}`,
          slot.type === 'physical' && 'physical',
          ...stateParts({ node, slot, danger }, snapshot.pulse, model),
        ]) + consumerSuffix(node, slot, snapshot.pulse, model);
    return {
      label: node.name,
      description,
      icon: (stale ? null : alertIcon(alerts)) ?? icon(slot, stale, own),
      contextValue: contextValue('slot', {
        active: slot.active,
        inactive: !slot.active,
        lost: slot.lost,
        logical: slot.type === 'logical',
        own,
        muted: mutedUntil !== null,
        // What the server keeps for itself isn't offered to be changed.
        writable: writable(node.connectionId, model) && !isReservedSlot(slot),
      }),
      accessibleLabel: spoken(node.name, `${slot.type} replication slot`, description),
      children: 'none',
      dimmed: !own || stale,
      hasTooltip: true,
    };
  },

  tooltip(node, model) {
    const snapshot = model.snapshot(node.connectionId);
    const slot = model.slot(node.connectionId, node.name);
    if (!snapshot || !slot) return tooltip(node.name, []);
    const lag = model.lagOfSlot(node.connectionId, node.name);
    const retained = retainedBytes(snapshot.pulse, slot);
    const alerts = model.alertsOfSlot(node.connectionId, node.name);
    return tooltip(node.name, [
      ['State', lag?.stateText ?? stateWord(slot)],
      ...alertFacts(alerts, model.now()),
      ['Lost because', slot.lostReason],
      ['Read by', consumer(node, slot, snapshot.pulse, model)],
      ['Held by', slotHolder(snapshot.pulse, slot)],
      ['Database', slot.database],
      ['Plugin', slot.plugin],
      ['Not applied', exactBytes(lag?.notAppliedBytes ?? null)],
      ['Not sent', exactBytes(lag?.notSentBytes ?? null)],
      ['In flight', exactBytes(lag?.inFlightBytes ?? null)],
      ['Retained WAL', exactBytes(retained)],
      ['Dropping it frees', retained === null ? null : freed(slot, snapshot.pulse)],
      ['May still be written before it is lost', slot.lost ? null : exactBytes(slot.safeWalBytes)],
      ['Lost', slot.lost ? null : lossText(model.lossOf(node.connectionId, node.name))],
      ['Caught up', lag && !slot.lost ? forecastDetail(model.forecastsOf(lag).catchUp) : null],
      ['Restart LSN', slot.restartLsn],
      ['Confirmed flush LSN', slot.confirmedFlushLsn],
      ['Inactive since', slot.inactiveSince],
      ['Two-phase', slot.twoPhase ? 'yes' : null],
      ['Failover', slot.failover ? 'yes' : null],
      ['Last left out of the synchronization with the primary because of', slot.syncSkipReason ?? null],
      ...(lag ? streamNotes(lag) : []).map((note) => ['', note] as const),
      ['', slot.temporary ? 'Temporary: it ends with its session.' : null],
      ['', isReservedSlot(slot) ? 'The server itself keeps it, for subscriptions that retain dead tuples.' : null],
    ]);
  },
};

/** "12 MB (12,345,678 bytes); then debezium holds the oldest WAL". */
function freed(slot: Slot, pulse: Pulse): string {
  const { bytes, heldBy } = walFreedByDrop(pulse, [slot.name]);
  if (heldBy === null) return exactBytes(bytes) ?? '';
  return bytes === 0
    ? `nothing: ${heldBy} holds WAL that is as old or older`
    : `${exactBytes(bytes)}; ${heldBy} then holds the oldest WAL`;
}

/** When it is lost and why then, with what that rests on. */
function lossText({ by, when }: SlotLoss): string {
  const limit = by === 'size' ? 'max_slot_wal_keep_size' : 'idle_replication_slot_timeout';
  return when.kind === 'in'
    ? `${forecastDetail(when)}; the first checkpoint after that takes it (${limit})`
    : forecastDetail(when);
}

function stateWord(slot: Slot): string {
  if (slot.lost) return 'lost';
  return slot.active ? 'active' : 'inactive';
}

interface Described {
  readonly node: SlotNode;
  readonly slot: Slot;
  /** That it is lost soon, in words. */
  readonly danger: string | null;
}

function stateParts(
  { danger, node, slot }: Described,
  pulse: Pulse,
  model: TreeModel,
): readonly (string | null | false)[] {
  if (slot.lost) return ['lost', slot.lostReason];
  if (isSyncSlot(slot)) return [`initial copy of ${tableOfSyncSlot(slot.name, model) ?? 'a table'}`];
  const retained = lsnDistance(pulse.currentLsn, slot.restartLsn);
  if (!slot.active) {
    const idle = idleSeconds(slot, pulse);
    return [
      // Seconds would make the row flicker.
      idle !== null && idle >= 60 ? `inactive ${durationText(idle)}` : 'inactive',
      retained !== null && `${roughBytes(retained)} retained`,
      danger,
    ];
  }
  const lag = model.lagOfSlot(node.connectionId, node.name);
  const bytes = lag?.notAppliedBytes ?? lsnDistance(pulse.currentLsn, slot.confirmedFlushLsn ?? slot.restartLsn);
  const seconds = lag?.secondsBehind ?? null;
  return ['active', behindWords({ bytes, seconds, atLeast: lag?.secondsBehindIsMinimum ?? false }), danger];
}

function idleSeconds({ inactiveSince }: Slot, pulse: Pulse): number | null {
  return inactiveSince === null ? null : (pulse.serverTime - Date.parse(inactiveSince)) / 1000;
}

function consumerSuffix(node: SlotNode, slot: Slot, pulse: Pulse, model: TreeModel): string {
  if (isSyncSlot(slot)) return '';
  const reader = consumer(node, slot, pulse, model);
  return reader === null ? '' : ` → ${reader}`;
}

/** "warehouse / reporting_sub" where the subscription is known, otherwise what the WAL sender says of itself. */
export function consumer(node: SlotNode, slot: Slot, pulse: Pulse, model: TreeModel): string | null {
  const subscriber = model.lagOfSlot(node.connectionId, node.name)?.stream.subscriber;
  if (subscriber) {
    const server = model.connection(subscriber.connectionId)?.name ?? 'unknown';
    return `${server} / ${subscriber.subscriptionName}`;
  }
  const sender = pulse.senders.find(({ pid }) => pid === slot.activePid);
  if (!sender) return null;
  const name = sender.applicationName || sender.user || `process ${sender.pid}`;
  return sender.clientAddress === null ? name : `${name} at ${sender.clientAddress}`;
}

function icon(slot: Slot, stale: boolean, own: boolean): RowIcon {
  if (stale) return { id: 'question' };
  if (isSyncSlot(slot)) return { id: 'cloud-download', color: 'charts.blue' };
  if (slot.lost) return { id: 'error', color: 'list.errorForeground' };
  if (slot.walStatus === 'unreserved') return { id: 'warning', color: 'list.warningForeground' };
  if (!own) return { id: slot.active ? 'plug' : 'debug-pause', color: 'disabledForeground' };
  if (slot.active) return { id: 'plug', color: 'charts.green' };
  return { id: 'debug-pause', color: 'list.warningForeground' };
}
