import type { Slot, SlotDecoding } from '../model/slot.ts';
import { asFlag, asFlagOrNull, asList, asNumberOrNull, asObject, asText, asTextOrNull, type Json } from './json.ts';
import type { Probe } from './probe.ts';

/** Columns that came after 10, each read where it exists: 13, 14, 16, 17, 19 (untried). */
const laterColumns = {
  walStatus: 'wal_status',
  safeWalBytes: 'safe_wal_size',
  twoPhase: 'two_phase',
  conflicting: 'conflicting',
  invalidationReason: 'invalidation_reason',
  failover: 'failover',
  synced: 'synced',
  syncSkipReason: 'slotsync_skip_reason',
} as const;

/** pg_replication_slots, all databases of the server. */
export function slotsQuery(probe: Probe): string {
  const later = Object.entries(laterColumns)
    .filter(([, column]) => probe.has('pg_replication_slots', column))
    .map(([key, column]) => `, '${key}', s.${column}`)
    .join('');
  const inactive = probe.has('pg_replication_slots', 'inactive_since')
    ? `, 'inactiveSince', pg_catalog.to_char(s.inactive_since at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
    : '';
  const decoding = probe.has('pg_stat_replication_slots', 'total_txns')
    ? `, 'decoding', (select pg_catalog.json_build_array(d.spill_txns, d.spill_bytes, d.stream_txns, d.stream_bytes, d.total_txns, d.total_bytes)
              from pg_catalog.pg_stat_replication_slots d where d.slot_name = s.slot_name and s.slot_type = 'logical')`
    : '';
  return `select pg_catalog.json_agg(pg_catalog.json_build_object('name', s.slot_name, 'type', s.slot_type, 'plugin', s.plugin, 'database', s.database,
            'temporary', s.temporary, 'active', s.active, 'activePid', s.active_pid, 'restartLsn', s.restart_lsn::text,
            'confirmedFlushLsn', s.confirmed_flush_lsn::text${later}${inactive}${decoding}) order by s.slot_name)
       from pg_catalog.pg_replication_slots s`;
}

export function parseSlots(rows: Json | undefined): readonly Slot[] {
  return asList(rows).map((row) => {
    const fields = asObject(row);
    const walStatus = parseWalStatus(asTextOrNull(fields['walStatus']));
    const reason = asTextOrNull(fields['invalidationReason']);
    const logical = asText(fields['type']) === 'logical';
    const skipped = asTextOrNull(fields['syncSkipReason']);
    // 16 alone says no more than this, also on a primary; 17 and later say why in a column of their own.
    const conflicting = !('invalidationReason' in fields) && asFlagOrNull(fields['conflicting']) === true;
    return {
      name: asText(fields['name']),
      type: logical ? 'logical' : 'physical',
      plugin: asTextOrNull(fields['plugin']),
      database: asTextOrNull(fields['database']),
      temporary: asFlag(fields['temporary']),
      active: asFlag(fields['active']),
      activePid: asNumberOrNull(fields['activePid']),
      restartLsn: asTextOrNull(fields['restartLsn']),
      confirmedFlushLsn: asTextOrNull(fields['confirmedFlushLsn']),
      walStatus,
      safeWalBytes: asNumberOrNull(fields['safeWalBytes']),
      lost: walStatus === 'lost' || reason !== null || conflicting,
      lostReason: reason ?? (conflicting ? 'invalidated' : null),
      twoPhase: asFlagOrNull(fields['twoPhase']),
      failover: asFlagOrNull(fields['failover']),
      synced: asFlagOrNull(fields['synced']),
      inactiveSince: asTextOrNull(fields['inactiveSince']),
      ...(skipped === null || skipped === 'none' ? {} : { syncSkipReason: skipped }),
      decoding: parseDecoding(fields['decoding']),
    };
  });
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
