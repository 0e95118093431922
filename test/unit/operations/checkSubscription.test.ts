import assert from 'node:assert/strict';

import type { SubscriptionChoice } from '../../../src/replication/model/choices.ts';
import type { Problem } from '../../../src/replication/model/plan.ts';
import { checkSubscription } from '../../../src/replication/operations/subscription/createSubscription.ts';
import {
  publication,
  published,
  sender,
  slot,
  subscription,
  subscriptionChoice,
  table,
  target,
  type ServerDraft,
} from './fixture.ts';

const orders = table('public', 'orders');
const ordersPub = publication('orders_pub', { tables: [published(orders)] });

interface Setting {
  readonly subscriber?: ServerDraft;
  readonly publisher?: ServerDraft;
  readonly choice?: Partial<SubscriptionChoice>;
  readonly subscriberHost?: string;
}

function check({ subscriber = {}, publisher = {}, choice = {}, subscriberHost }: Setting = {}): readonly Problem[] {
  return checkSubscription(
    {
      subscriber: target({
        connectionId: 'warehouse',
        ...subscriber,
        inventory: { tables: [orders], ...subscriber.inventory },
      }),
      publisher: target({
        ...publisher,
        inventory: { tables: [orders], publications: [ordersPub], ...publisher.inventory },
      }),
      publisherInventory: null,
      ...(subscriberHost === undefined ? {} : { subscriberHost }),
    },
    subscriptionChoice(choice),
  );
}

/** The one problem there is, as "severity field message". */
function only(setting: Setting): string {
  const problems = check(setting);
  assert.equal(problems.length, 1, JSON.stringify(problems, null, 1));
  const [{ severity, field, message }] = problems as [Problem];
  return `${severity} ${field ?? '-'} ${message}`;
}

describe('checkSubscription', () => {
  it('finds nothing wrong between two ordinary servers', () => {
    assert.deepEqual(check(), []);
  });

  it('judges name and slot name', () => {
    const taken = { inventory: { subscriptions: [subscription('orders_sub')] } };
    assert.match(only({ subscriber: taken }), /^error name There is already a subscription called orders_sub/);
    assert.match(only({ choice: { name: 'MySub' } }), /^info slot .*it will be called mysub_slot/);
    assert.match(only({ choice: { slot: { mode: 'create', name: 'My slot' } } }), /^error slot .*only lower-case/);
    assert.match(
      only({ choice: { slot: { mode: 'create', name: 'none' } } }),
      /^error slot .*means that there is no slot/,
    );
    assert.match(only({ choice: { name: 'none' } }), /^info slot .*none_slot/);
  });

  it('judges the slot on the publisher', () => {
    const withSlot = (more: Parameters<typeof slot>[1] = {}): ServerDraft => ({
      pulse: { slots: [slot('orders_sub', more)] },
    });
    assert.match(only({ publisher: withSlot() }), /^error slot shop already has a replication slot called orders_sub/);
    const existing = { slot: { mode: 'existing', name: 'orders_sub' } } as const;
    assert.deepEqual(check({ publisher: withSlot(), choice: existing }), []);
    assert.match(only({ choice: existing }), /^error slot shop has no replication slot/);
    assert.match(only({ publisher: withSlot({ active: true }), choice: existing }), /in use already/);
    assert.match(only({ publisher: withSlot({ lost: true }), choice: existing }), /is lost/);
    assert.match(only({ publisher: withSlot({ plugin: 'wal2json' }), choice: existing }), /isn’t one of pgoutput/);
    assert.match(
      only({ publisher: withSlot({ database: 'other' }), choice: existing }),
      /belongs to the database other/,
    );
    assert.match(only({ choice: { slot: { mode: 'none' } } }), /^error slot Without a replication slot/);
  });

  it('counts slots, senders and workers', () => {
    const slots = Array.from({ length: 10 }, (_, index) => slot(`s${index}`));
    const senders = Array.from({ length: 10 }, (_, index) => sender(index, `a${index}`));
    assert.match(only({ publisher: { pulse: { slots } } }), /^error slot shop has no free replication slot: 10 of 10/);
    assert.match(
      only({ publisher: { pulse: { slots: slots.slice(1) } } }),
      /^warning slot Copying the tables needs one more/,
    );
    assert.deepEqual(check({ publisher: { pulse: { slots: slots.slice(1) } }, choice: { copyData: false } }), []);
    assert.match(only({ publisher: { pulse: { senders } } }), /^error connection shop has no free WAL sender/);
    const workers = Array.from({ length: 4 }, (_, pid) => ({
      subscriptionOid: 1,
      subscriptionName: 'x',
      kind: 'apply' as const,
      pid,
      tableOid: null,
      receivedLsn: null,
      latestEndLsn: null,
      lastMessageAt: null,
    }));
    assert.match(
      only({ subscriber: { pulse: { workers } } }),
      /^warning - warehouse has no free logical replication worker/,
    );
  });

  it('wants what an ordinary role needs', () => {
    const role = { name: 'alice', superuser: false, replication: false, readsAllStats: false, createsInDatabase: true };
    const ordinary = { server: { role } };
    assert.deepEqual(check({ subscriber: ordinary }), []);
    assert.match(
      only({ subscriber: ordinary, choice: { password: null } }),
      /^error connection .*must give a password/,
    );
    assert.match(
      only({ subscriber: ordinary, choice: { options: { passwordRequired: false } } }),
      /^error options Only a superuser/,
    );
    const may = { can: false, because: 'privilege', reason: 'Needs a superuser on this version.' } as const;
    assert.match(
      only({ subscriber: { major: 15, ...ordinary, without: { 'subscription.create': may } } }),
      /^error - Needs a superuser/,
    );
    const replicator = { server: { role: { ...role, name: 'replicator' } } };
    assert.match(only({ publisher: replicator }), /^error connection The role replicator may not replicate/);
  });

  it('names the tables the subscriber lacks', () => {
    const lacking = { inventory: { tables: [] } };
    assert.match(only({ subscriber: lacking }), /^error publications warehouse has no table public\.orders/);
    const many = Array.from({ length: 30 }, (_, index) => table('public', `t${index}`));
    const all = { inventory: { tables: many, publications: [publication('orders_pub', { allTables: true })] } };
    assert.match(only({ publisher: all }), /lacks 30 published tables: public\.t0,/);
  });

  it('misses no table that the plan makes, and all that it can’t make', () => {
    const lacking = { inventory: { tables: [] } };
    const definition = {
      schema: 'public',
      name: 'orders',
      columns: [],
      constraints: [],
      partitionKey: null,
      needs: [],
      replicaIdentity: 'default',
      identityIndex: null,
    } as const;
    const newTables = { definitions: [definition], there: [] };
    assert.deepEqual(check({ subscriber: lacking, choice: { newTables } }), []);
    const needs = [{ schema: 'gis', name: 'geometry', kind: 'other', sql: null } as const];
    const unmakeable = { definitions: [{ ...definition, needs }], there: [] };
    assert.match(only({ subscriber: lacking, choice: { newTables: unmakeable } }), /has no table public\.orders/);
    const there = { ...unmakeable, there: [{ schema: 'gis', name: 'geometry' }] };
    assert.deepEqual(check({ subscriber: lacking, choice: { newTables: there } }), []);
  });

  it('warns only of what shows when the publisher is asked, where it isn’t asked yet', () => {
    const apart = { connect: false, slot: { mode: 'create', name: 'orders_sub' } } as const;
    assert.match(only({ choice: apart }), /^info slot .* has no replication slot called orders_sub yet/);
    const said = check({
      subscriber: { inventory: { tables: [] } },
      publisher: { pulse: { slots: [slot('orders_sub', { active: true })] } },
      choice: { ...apart, publications: ['orders_pub', 'nope'] },
    }).map(({ severity, message }) => `${severity} ${message}`);
    assert.equal(said.length, 3, said.join('\n'));
    assert.ok(
      said.every((line) => line.startsWith('warning ')),
      said.join('\n'),
    );
    assert.match(only({ choice: { ...apart, slot: { mode: 'existing', name: 'Upper' } } }), /^error slot/);
  });

  it('wants the leaves of a partitioned table, or its root where it goes via the root', () => {
    const root = table('public', 'events', { partitioned: true });
    const leaf = table('public', 'events_2026', { isPartition: true, partitionOf: root.oid });
    const publishing = (viaRoot: boolean): ServerDraft => ({
      inventory: {
        tables: [root, leaf],
        publications: [publication('orders_pub', { tables: [published(root)], viaRoot })],
      },
    });
    assert.match(only({ publisher: publishing(true) }), /no table public\.events,/);
    assert.match(only({ publisher: publishing(false) }), /no table public\.events_2026,/);
  });

  it('finds publications that are missing, chosen twice, or at odds', () => {
    assert.match(only({ choice: { publications: [] } }), /^error publications Choose at least one/);
    assert.match(only({ choice: { publications: ['nope'] } }), /no publication called nope/);
    assert.match(only({ choice: { publications: ['orders_pub', 'orders_pub'] } }), /orders_pub is chosen twice/);
    const other = publication('other', { tables: [published(orders, { columns: ['id'], columnCount: 2 })] });
    const both = { inventory: { publications: [ordersPub, other] } };
    assert.match(
      only({ publisher: both, choice: { publications: ['orders_pub', 'other'] } }),
      /publish different columns of public\.orders/,
    );
    // As the server sees it: a list of all columns is none.
    const whole = publication('other', { tables: [published(orders, { columns: ['id', 'note'], columnCount: 2 })] });
    const alike = { inventory: { publications: [ordersPub, whole] } };
    assert.doesNotMatch(
      JSON.stringify(check({ publisher: alike, choice: { publications: ['orders_pub', 'other'] } })),
      /different columns/,
    );
  });

  it('knows what older subscribers make of what is published', () => {
    assert.match(only({ subscriber: { major: 10 } }), /^warning publications orders_pub publishes TRUNCATE/);
    const choosy = publication('orders_pub', {
      tables: [published(orders, { columns: ['id'], columnCount: 2, filter: 'id > 1' })],
    });
    const messages = check({ subscriber: { major: 14 }, publisher: { inventory: { publications: [choosy] } } });
    assert.deepEqual(
      messages.map(({ message }) => /(row filters|column lists)/.exec(message)?.[0]),
      ['row filters', 'column lists'],
    );
  });

  it('knows what older publishers make of the options', () => {
    const options = { twoPhase: true, origin: 'none', streaming: 'parallel', binary: true } as const;
    const severities = (major: number): readonly string[] =>
      check({ publisher: { major }, choice: { options } }).map(({ severity }) => severity);
    assert.deepEqual(severities(18), []);
    assert.deepEqual(severities(15), ['warning', 'info']);
    assert.deepEqual(severities(11), ['warning', 'warning', 'error', 'info', 'info']);
    assert.match(
      only({ publisher: { major: 16 }, choice: { options: { failover: true } } }),
      /^error options failover/,
    );
    assert.match(
      only({ subscriber: { major: 14 }, choice: { options: { origin: 'none' } } }),
      /^error options origin: Needs PostgreSQL 16/,
    );
  });

  it('judges host and database of the connection string', () => {
    const conninfo = (host: string, dbname = 'shop'): Partial<SubscriptionChoice> => ({
      conninfo: [
        ['host', host],
        ['dbname', dbname],
      ],
    });
    assert.match(
      only({ choice: conninfo('localhost') }),
      /^info connection .*localhost is the machine that warehouse runs on/,
    );
    assert.match(
      only({ choice: conninfo('127.0.0.1'), subscriberHost: 'db.example' }),
      /^warning connection .*as seen from there/,
    );
    assert.deepEqual(check({ choice: conninfo('localhost'), subscriberHost: '::1' }), []);
    assert.match(only({ choice: conninfo('db.example', 'other') }), /^warning connection .*names the database other/);
    assert.match(only({ choice: { conninfo: [['dbname', 'shop']] } }), /^error connection .*names no host/);
  });

  it('recognises one cluster, and wants a connection to the publisher’s database for it', () => {
    const id = { systemIdentifier: '7' };
    const warehouse = { server: { ...id, database: 'warehouse' } };
    assert.match(only({ subscriber: warehouse, publisher: { server: id } }), /^info slot .*one server/);
    assert.deepEqual(
      check({ subscriber: warehouse, publisher: { server: { ...id, inRecovery: true } } }),
      [],
      'a standby is another server',
    );
    const unknown = checkSubscription(
      {
        subscriber: target({
          connectionId: 'warehouse',
          server: { ...id, database: 'warehouse' },
          inventory: { tables: [orders] },
        }),
        publisher: null,
        publisherInventory: target({ server: id, inventory: { tables: [orders], publications: [ordersPub] } }).snapshot
          .inventory,
      },
      subscriptionChoice(),
    );
    assert.deepEqual(
      unknown.map(({ severity }) => severity),
      ['error'],
    );
    assert.match(unknown[0]?.message ?? '', /Add a connection to the database shop of this server/);
  });

  it('never says the password', () => {
    assert.doesNotMatch(JSON.stringify(check({ subscriber: { inventory: { tables: [] } } })), /s3cr/);
  });
});
