import assert from 'node:assert/strict';

import { asList, type Json } from '../../src/replication/catalog/json.ts';
import { readProbe, type Probe } from '../../src/replication/catalog/probe.ts';
import {
  exceptedTablesQuery,
  parsePublications,
  publicationsQuery,
  publishedTablesQuery,
} from '../../src/replication/catalog/publications.ts';
import { readSnapshot } from '../../src/replication/catalog/readSnapshot.ts';
import { executePlan } from '../../src/replication/executor.ts';
import type { PublicationChoice } from '../../src/replication/model/choices.ts';
import type { Plan, PlanOutcome } from '../../src/replication/model/plan.ts';
import type { PlanTarget } from '../../src/replication/operations/target.ts';
import { openSession, type Session } from '../../src/replication/postgres/session.ts';
import { renderRedacted } from '../../src/replication/postgres/statement.ts';
import { publicationAsChoice } from '../../src/replication/script/publication.ts';
import { paramsOf } from '../support/connect.ts';
import type { ConnectAs, TestServer } from '../support/servers/testServer.ts';

/**
 * The executor on one session that stays open, for tests that run plans by the thousand: what a service does around a
 * plan (connecting, reading every server anew) would take longer than the plans themselves.
 */
export class PlanDesk {
  readonly #session: Session;
  readonly #server: TestServer;
  readonly #as: ConnectAs;
  readonly #probe: Probe;

  static async open(server: TestServer, as: ConnectAs = {}): Promise<PlanDesk> {
    const session = await openSession(paramsOf(server, as));
    return new PlanDesk(session, server, as, await readProbe(session, 0));
  }

  private constructor(session: Session, server: TestServer, as: ConnectAs, probe: Probe) {
    this.#session = session;
    this.#server = server;
    this.#as = as;
    this.#probe = probe;
  }

  /** The server as it is now. */
  async target(): Promise<PlanTarget> {
    const snapshot = await readSnapshot(this.#session, this.#probe, 'server');
    return { connectionId: 'server', serverName: 'server', snapshot };
  }

  /** The same with the publications as they are now, read as the inventory reads them, and nothing else. */
  async withPublications(target: PlanTarget): Promise<PlanTarget> {
    const { inventory, pulse } = target.snapshot;
    const text = `select pg_catalog.json_build_array((${publicationsQuery(this.#probe)}), (${publishedTablesQuery(this.#probe)}), (${exceptedTablesQuery(this.#probe)}))::text as answer`;
    const rows = await this.#session.query<{ answer: string }>(text, [], { name: 'publications' });
    const [publications, members, excepted] = asList(JSON.parse(rows[0]?.answer ?? '[]') as Json);
    const tables = new Map(inventory.tables.map((table) => [table.oid, table]));
    const owner = { name: inventory.server.role.name, mine: true };
    const read = parsePublications(
      publications,
      members,
      excepted,
      () => owner,
      (oid) => tables.get(oid),
    );
    return { ...target, snapshot: { inventory: { ...inventory, publications: read }, pulse } };
  }

  /** Runs a plan, without comparing what it was made from with the server again. */
  async run(made: Plan): Promise<PlanOutcome> {
    const { basis: _basis, ...plan } = made;
    // The executor closes the sessions it asked for; this one goes on.
    const kept = new Proxy(this.#session, {
      get: (session, key) => {
        if (key === 'close') return () => Promise.resolve();
        const value: unknown = Reflect.get(session, key, session);
        return typeof value === 'function' ? value.bind(session) : value;
      },
    });
    const { password: _password, ...target } = paramsOf(this.#server, this.#as);
    return executePlan(plan, {
      session: () => Promise.resolve(kept),
      watchSession: () => Promise.resolve(kept),
      refresh: async () => (await this.target()).snapshot,
      facts: () => ({ id: 'server', name: 'server', production: false, readOnly: false, target }),
    });
  }

  /** Runs a plan that has to work, and leaves its effects true. */
  async done(plan: Plan): Promise<void> {
    const outcome = await this.run(plan);
    const told = (): string => JSON.stringify([plan.steps.map(({ statement }) => statement), outcome.steps]);
    assert.equal(outcome.status, 'done', told());
    const last = plan.steps.at(-1);
    if (last?.effect) {
      const rows = await this.#session.query<object>(renderRedacted(last.effect));
      assert.equal(rows.length > 0, true, `the effect isn't seen: ${renderRedacted(last.effect)} after ${told()}`);
    }
  }

  /** Takes a plan back: the undo of each of its steps, the last first. */
  async undo(plan: Plan): Promise<void> {
    const steps = plan.steps.toReversed().map((step, index) => {
      assert.ok(step.undo, `no undo: ${step.title}`);
      const { effect: _effect, ...rest } = step;
      return { ...rest, ...step.undo, id: String(index + 1), undo: null };
    });
    await this.done({ ...plan, steps });
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

/** A publication as it is, as the choice that an edit starts from. */
export function presentChoice(target: PlanTarget, name: string): PublicationChoice {
  const { inventory } = target.snapshot;
  const publication = inventory.publications.find((each) => each.name === name);
  assert.ok(publication, name);
  return publicationAsChoice(inventory, publication);
}
