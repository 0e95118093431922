import type { Slot, SlotDecoding } from '../model/slot.ts';
import { asFlag, asFlagOrNull, asList, asNumberOrNull, asText, asTextOrNull, type Json } from './json.ts';
import type { Probe } from './probe.ts';

/** Columns that came after 10, each read where it exists: 13, 14, 17, 19 (untried). */
const laterColumns = [
  'wal_status',
  'safe_wal_size',
  'two_phase',
  'invalidation_reason',
  'failover',
  'synced',
  'slotsync_skip_reason',
] as const;

/** One slot as a list, in the order that `parseSlot` reads; `s` is its row. */
function slotRow(probe: Probe): string {
  const has = (column: string) => probe.has('pg_replication_slots', column);
  const later = laterColumns.map((column) => (has(column) ? `s.${column}` : 'null'));
  // 16 alone says no more than this, also on a primary; 17 and later say why in a column of their own.
  const conflicting = has('conflicting') && !has('invalidation_reason') ? 's.conflicting' : 'null';
  const inactive = has('inactive_since')
    ? `pg_catalog.to_char(s.inactive_since at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
    : 'null';
  const decoding = probe.has('pg_stat_replication_slots', 'total_txns')
    ? `(select pg_catalog.json_build_array(d.spill_txns, d.spill_bytes, d.stream_txns, d.stream_bytes, d.total_txns, d.total_bytes)
          from pg_catalog.pg_stat_replication_slots d where d.slot_name = s.slot_name and s.slot_type = 'logical')`
    : 'null';
  return `pg_catalog.json_build_array(s.slot_name, s.slot_type, s.plugin, s.database, s.temporary, s.active, s.active_pid,
            s.restart_lsn::text, s.confirmed_flush_lsn::text, ${later.join(', ')}, ${conflicting}, ${inactive}, ${decoding})`;
}

/** pg_replication_slots, all databases of the server. */
export function slotsQuery(probe: Probe): string {
  return `select pg_catalog.json_agg(${slotRow(probe)} order by s.slot_name) from pg_catalog.pg_replication_slots s`;
}

/** The same as text with a slot on each line; null where there is none. */
export function slotLinesQuery(probe: Probe): string {
  return `select pg_catalog.string_agg(${slotRow(probe)}::text, E'\\n' order by s.slot_name) from pg_catalog.pg_replication_slots s`;
}

/** Rows of `slotsQuery`. */
export function parseSlots(rows: Json | undefined): readonly Slot[] {
  return asList(rows).map(parseSlot);
}

/** One row of `slotsQuery`, or one line of `slotLinesQuery`. */
export function parseSlot(row: Json): Slot {
  const [name, type, plugin, database, temporary, active, activePid, restartLsn, confirmedFlushLsn, ...more] =
    asList(row);
  const [walStatusText, safeWal, twoPhase, invalidation, failover, synced, skipReason, conflict, inactive, decoding] =
    more;
  const walStatus = parseWalStatus(asTextOrNull(walStatusText));
  const reason = asTextOrNull(invalidation);
  const skipped = asTextOrNull(skipReason);
  const conflicting = asFlagOrNull(conflict) === true;
  return {
    name: asText(name),
    type: asText(type) === 'logical' ? 'logical' : 'physical',
    plugin: asTextOrNull(plugin),
    database: asTextOrNull(database),
    temporary: asFlag(temporary),
    active: asFlag(active),
    activePid: asNumberOrNull(activePid),
    restartLsn: asTextOrNull(restartLsn),
    confirmedFlushLsn: asTextOrNull(confirmedFlushLsn),
    walStatus,
    safeWalBytes: asNumberOrNull(safeWal),
    lost: walStatus === 'lost' || reason !== null || conflicting,
    lostReason: reason ?? (conflicting ? 'invalidated' : null),
    twoPhase: asFlagOrNull(twoPhase),
    failover: asFlagOrNull(failover),
    synced: asFlagOrNull(synced),
    inactiveSince: asTextOrNull(inactive),
    ...(skipped === null || skipped === 'none' ? {} : { syncSkipReason: skipped }),
    decoding: parseDecoding(decoding),
  };
}

function parseDecoding(row: Json | undefined): SlotDecoding | null {
  if (row === null || row === undefined) return null;
  const [spilled, spillBytes, streamed, streamBytes, total, totalBytes] = asList(row).map((one) => asNumberOrNull(one));
  return {
    spillTransactions: spilled ?? 0,
    spillBytes: spillBytes ?? 0,
    streamTransactions: streamed ?? 0,
    streamBytes: streamBytes ?? 0,
    totalTransactions: total ?? 0,
    totalBytes: totalBytes ?? 0,
  };
}

function parseWalStatus(text: string | null): Slot['walStatus'] {
  return text === 'reserved' || text === 'extended' || text === 'unreserved' || text === 'lost' ? text : null;
}
