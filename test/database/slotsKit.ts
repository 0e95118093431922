import assert from 'node:assert/strict';

import type { SlotChoice } from '../../src/replication/model/choices.ts';
import type { ErrorDescription, ErrorKind } from '../../src/replication/model/errors.ts';
import type { Plan, PlanOutcome } from '../../src/replication/model/plan.ts';
import type { Slot } from '../../src/replication/model/slot.ts';
import type { PlanTarget } from '../../src/replication/operations/target.ts';
import { eventually } from '../support/eventually.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { Bench } from './operationsKit.ts';

/** A slot without options. */
export const plain: Omit<SlotChoice, 'name'> = {
  plugin: 'test_decoding',
  twoPhase: false,
  failover: false,
  waitLimitMs: 20_000,
};

/**
 * The service with three ways into a server: `server` as its superuser, `other` into another database, and `ordinary` as a
 * role without rights. Makes that database and that role.
 */
export async function openSlotBench(server: TestServer): Promise<Bench> {
  await server.createDatabase('other');
  const ordinary = await server.createRole('ordinary', 'pass-of-ordinary');
  const bench = new Bench().add('server', server).add('other', server, { database: 'other' });
  return bench.add('ordinary', server, ordinary);
}

/** Drops every slot that nobody reads. */
export async function dropIdleSlots(server: TestServer): Promise<void> {
  await server.query('select pg_drop_replication_slot(slot_name) from pg_replication_slots where not active');
}

/** A slot as if nobody knew better: for plans that are to be refused by the server itself. */
export function asIf(target: PlanTarget, name: string, more: Partial<Slot>): PlanTarget {
  const { pulse } = target.snapshot;
  const slots = pulse.slots.map((slot) => (slot.name === name ? { ...slot, ...more } : slot));
  return { ...target, snapshot: { ...target.snapshot, pulse: { ...pulse, slots } } };
}

/** A plan that isn't compared with the present first: the server is to refuse it. */
export function unchecked({ basis: _basis, ...plan }: Plan): Plan {
  return plan;
}

/** Typed, a sentence of ours, the server's words, and a next step. */
export function refused(outcome: PlanOutcome, kind: ErrorKind, code: string, words: RegExp): ErrorDescription {
  const error = outcome.steps.find((step) => step.error !== null)?.error;
  assert.ok(error, `it was not refused: ${JSON.stringify(outcome)}`);
  const seen = JSON.stringify(error);
  assert.equal(error.kind, kind, seen);
  assert.equal(error.server?.code, code, seen);
  assert.match(error.server?.message ?? '', words, seen);
  assert.ok(error.advice, seen);
  assert.notEqual(error.message, error.server?.message);
  return error;
}

/** Holds a slot as a reader does: a replication connection that streams from it. Gives the way to let it go. */
export async function holdSlot(server: TestServer, name: string): Promise<() => Promise<void>> {
  const { Client } = await import('pg');
  const options = { host: server.host, port: server.port, user: server.superuser, password: server.password };
  const client = new Client({ ...options, database: 'postgres', replication: 'database' } as object);
  client.on('error', () => {});
  await client.connect();
  // Never answered as a query is: it streams until the connection ends.
  client.query(`START_REPLICATION SLOT "${name}" LOGICAL 0/0`).catch(() => {});
  await isActive(server, name, true);
  return async () => {
    client.end().catch(() => {});
    await server.query(
      'select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = $1 and active',
      [name],
    );
    await isActive(server, name, false);
  };
}

async function isActive(server: TestServer, name: string, wanted: boolean): Promise<void> {
  await eventually(
    async () => {
      const rows = await server.query('select 1 from pg_replication_slots where slot_name = $1 and active', [name]);
      return (rows.length === 1) === wanted;
    },
    { within: 20_000, what: `the slot ${name} to be ${wanted ? 'read' : 'let go of'}` },
  );
}
