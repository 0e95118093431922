import assert from 'node:assert/strict';

import type { PublicationChoice, SubscriptionChoice } from '../../src/replication/model/choices.ts';
import type { Plan, PlanOutcome } from '../../src/replication/model/plan.ts';
import { Secret } from '../../src/replication/model/secret.ts';
import type { PlanTarget, SubscriptionParties } from '../../src/replication/operations/target.ts';
import { createReplicationService } from '../../src/replication/replicationService.ts';
import type { ReplicationService, RunOptions } from '../../src/replication/service.ts';
import { paramsOf } from '../support/connect.ts';
import { KnownConnections } from '../support/knownConnections.ts';
import type { ConnectAs, TestServer } from '../support/servers/testServer.ts';

/** The service over connections of a test, with the steps from choice to outcome that a form takes. */
export class Bench {
  readonly connections = new KnownConnections();
  readonly service: ReplicationService;
  readonly logged: string[] = [];
  readonly #passwords = new Set<string>();

  constructor() {
    const write = (message: string): void => void this.logged.push(message);
    this.service = createReplicationService({
      connections: this.connections,
      log: { debug: write, info: write, warn: write },
    });
  }

  /** Makes a server known under `id`. */
  add(id: string, server: TestServer, as: ConnectAs = {}): this {
    this.#passwords.add(as.password ?? server.password);
    this.connections.set(id, paramsOf(server, as));
    return this;
  }

  async target(id: string): Promise<PlanTarget> {
    return { connectionId: id, serverName: id, snapshot: await this.service.refresh(id) };
  }

  async parties(publisher: string, subscriber: string): Promise<SubscriptionParties> {
    return {
      subscriber: await this.target(subscriber),
      publisher: await this.target(publisher),
      publisherInventory: null,
      subscriberHost: '127.0.0.1',
    };
  }

  /** Runs a plan; nothing it gives may hold a password. */
  async run(plan: Plan, options: RunOptions = {}): Promise<PlanOutcome> {
    const outcome = await this.service.run(plan, options);
    const text = JSON.stringify([plan, outcome, this.logged]);
    for (const password of this.#passwords) assert.ok(!text.includes(password), 'a password came to light');
    return outcome;
  }

  /** Runs a plan that has to work. */
  async done(plan: Plan): Promise<PlanOutcome> {
    const outcome = await this.run(plan);
    assert.equal(outcome.status, 'done', `${plan.title}: ${JSON.stringify(outcome.steps.map(({ error }) => error))}`);
    return outcome;
  }
}

export function publicationOf(name: string, more: Partial<PublicationChoice> = {}): PublicationChoice {
  return {
    name,
    scope: 'chosen',
    schemas: [],
    tables: [],
    operations: { insert: true, update: true, delete: true, truncate: false },
    viaRoot: false,
    generatedColumns: 'none',
    ...more,
  };
}

export function member(
  schema: string,
  name: string,
  more: Partial<PublicationChoice['tables'][number]> = {},
): PublicationChoice['tables'][number] {
  return { schema, name, columns: null, filter: null, ...more };
}

/** A subscription to `publications` of `publisher`, as its superuser. */
export function subscriptionTo(
  publisher: TestServer,
  name: string,
  publications: readonly string[],
  more: Partial<SubscriptionChoice> & { readonly database?: string } = {},
): SubscriptionChoice {
  const { database = 'postgres', ...rest } = more;
  return {
    name,
    publisherConnectionId: 'publisher',
    conninfo: [
      ['host', publisher.host],
      ['port', String(publisher.port)],
      ['dbname', database],
      ['user', publisher.superuser],
    ],
    password: new Secret(publisher.password),
    publications,
    enabled: true,
    copyData: true,
    slot: { mode: 'create', name },
    options: {},
    waitLimitMs: 30_000,
    ...rest,
  };
}
