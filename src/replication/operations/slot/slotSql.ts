import type { Leftover } from '../../model/plan.ts';
import type { Statement } from '../../model/statement.ts';
import { quoteLiteral } from '../../postgres/quote.ts';
import { slotIs } from '../effects.ts';
import type { StepDraft } from '../steps.ts';
import type { PlanTarget } from '../target.ts';

/** A logical slot to be made with SQL. `waitLimitMs` in milliseconds. */
export interface NewSlot {
  readonly name: string;
  readonly plugin: string;
  /** Since 14; the argument doesn't exist before, so it must be false there. */
  readonly twoPhase: boolean;
  /** Since 17, as above. */
  readonly failover: boolean;
  readonly waitLimitMs: number;
}

/**
 * The step that creates a logical slot. It waits for every transaction that has written and was open when it
 * began, in the whole cluster. Not transactional: a slot survives a rollback.
 */
export function createSlotStep(target: PlanTarget, slot: NewSlot): StepDraft {
  const args = [
    quoteLiteral(slot.name),
    quoteLiteral(slot.plugin),
    ...(slot.twoPhase ? ['twophase => true'] : []),
    ...(slot.failover ? ['failover => true'] : []),
  ];
  return {
    on: target,
    title: `Create the replication slot ${slot.name}`,
    statement: [`SELECT pg_catalog.pg_create_logical_replication_slot(${args.join(', ')})`],
    transactional: false,
    effect: slotMade(slot.name),
    undo: { title: `Drop the replication slot ${slot.name}`, statement: [dropIfThereSql(slot.name)] },
    wait: { limitMs: slot.waitLimitMs, blockersOn: [target.connectionId] },
    leftovers: [slotLeftover(target, slot.name)],
  };
}

/** Gives a row once the slot is there and ready: while it is still being made, it has no confirmed_flush_lsn. */
export function slotMade(name: string): Statement {
  return [
    `SELECT 1 FROM pg_catalog.pg_replication_slots WHERE slot_name = ${quoteLiteral(name)} AND confirmed_flush_lsn IS NOT NULL`,
  ];
}

/** Drops the slot where it is still there: the undo of a later step (DROP SUBSCRIPTION) may have taken it along. */
export function dropIfThereSql(name: string): string {
  return `SELECT pg_catalog.pg_drop_replication_slot(slot_name) FROM pg_catalog.pg_replication_slots WHERE slot_name = ${quoteLiteral(name)}`;
}

/** `SELECT pg_catalog.pg_drop_replication_slot('name')`. */
export function dropSlotSql(name: string): string {
  return `SELECT pg_catalog.pg_drop_replication_slot(${quoteLiteral(name)})`;
}

/**
 * How a half-made slot is looked for, and let go of. When CREATE SUBSCRIPTION is ended on the subscriber, the
 * publisher's WAL sender goes on waiting for the same transactions with the slot in its hands; a slot that has
 * no confirmed_flush_lsn hasn't been made yet, so nobody can be using it.
 */
export function slotLeftover(target: Pick<PlanTarget, 'connectionId' | 'serverName'>, name: string): Leftover {
  const half = `slot_name = ${quoteLiteral(name)}`;
  return {
    connectionId: target.connectionId,
    what: `the replication slot ${name} on ${target.serverName}`,
    probe: slotIs(name),
    release: [
      `SELECT pg_catalog.pg_terminate_backend(active_pid) FROM pg_catalog.pg_replication_slots WHERE ${half} AND active AND confirmed_flush_lsn IS NULL`,
    ],
  };
}
