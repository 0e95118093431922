import type { Snapshot } from '../model/snapshot.ts';
import type { Statement } from '../model/statement.ts';
import { offers } from '../operations/offers.ts';
import { quoteLiteral } from '../postgres/quote.ts';
import { mustFind } from './find.ts';

/**
 * The statement that creates a slot as it was made; its position can't be scripted. Two-phase since 14, failover since
 * 17. Throws ReplicationError 'missing'.
 */
export function scriptSlot({ inventory, pulse }: Snapshot, name: string): readonly Statement[] {
  const slot = mustFind(
    pulse.slots.find((candidate) => candidate.name === name),
    `replication slot ${name}`,
  );
  if (slot.type === 'physical') {
    // A slot that holds WAL already was made to reserve it at once, or has been read.
    const reserve = slot.restartLsn === null ? [] : ['true'];
    const args = [quoteLiteral(name), ...reserve, ...(slot.temporary ? ['temporary => true'] : [])];
    return [[`SELECT pg_catalog.pg_create_physical_replication_slot(${args.join(', ')})`]];
  }
  const args = [
    quoteLiteral(name),
    quoteLiteral(slot.plugin ?? 'pgoutput'),
    ...(slot.temporary ? ['temporary => true'] : []),
    ...(slot.twoPhase === true && offers(inventory, 'slot.twoPhase') ? ['twophase => true'] : []),
    ...(slot.failover === true && offers(inventory, 'slot.failover') ? ['failover => true'] : []),
  ];
  return [[`SELECT pg_catalog.pg_create_logical_replication_slot(${args.join(', ')})`]];
}

/** What a person has to know of a slot's script, in words. Throws ReplicationError 'missing'. */
export function slotScriptNotes({ inventory, pulse }: Snapshot, name: string): readonly string[] {
  const slot = mustFind(
    pulse.slots.find((candidate) => candidate.name === name),
    `replication slot ${name}`,
  );
  return [
    'The new replication slot begins at the present: where the old one stood can’t be scripted.',
    ...(slot.database !== null && slot.database !== inventory.server.database
      ? [`Run it in the database ${slot.database}, to which the slot belongs.`]
      : []),
    ...(slot.temporary ? ['The slot is temporary: it goes with the session that makes it.'] : []),
  ];
}
