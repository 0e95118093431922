import assert from 'node:assert/strict';

import { checkAgainst } from '../../../src/replication/declaration/against.ts';
import { parseDeclaration } from '../../../src/replication/declaration/parse.ts';
import { planReconcile, type ReconcileFacts } from '../../../src/replication/declaration/reconcile.ts';
import { needsPassword } from '../../../src/replication/declaration/reconcileSubscription.ts';
import type { Declaration, DeclaredPublication } from '../../../src/replication/declaration/shape.ts';
import type { Plan } from '../../../src/replication/model/plan.ts';
import { Secret } from '../../../src/replication/model/secret.ts';
import { joinPlans } from '../../../src/replication/operations/joinPlans.ts';
import { planDropPublications } from '../../../src/replication/operations/publication/dropPublication.ts';
import { planCreateSlot } from '../../../src/replication/operations/slot/createSlot.ts';
import type { PlanTarget } from '../../../src/replication/operations/target.ts';
import { renderRedacted } from '../../../src/replication/postgres/statement.ts';
import { publication, published, slot, subscription, table, target } from '../operations/fixture.ts';

const nothingKnown: ReconcileFacts = { subscriptions: new Map(), readers: [], waitLimitMs: 1000 };

function titles(plan: Plan): readonly string[] {
  return plan.steps.map(({ id, title }) => `${id} ${title}`);
}

function reconcile(on: PlanTarget, declaration: Omit<Declaration, 'format'>, facts = nothingKnown): Plan {
  return planReconcile(on, { format: 1, ...declaration }, facts);
}

describe('the plan that brings a server to a file', () => {
  const orders = table('public', 'orders');

  it('has no step where the server is so already', () => {
    const shop = target({
      inventory: {
        tables: [orders],
        publications: [publication('p', { tables: [published(orders)], comment: 'c' })],
        subscriptions: [subscription('s')],
      },
      pulse: { slots: [slot('x', { plugin: 'pgoutput' })] },
    });
    const plan = reconcile(shop, {
      publications: [{ name: 'p', owner: 'postgres', tables: [{ schema: 'public', name: 'orders' }] }],
      subscriptions: [{ name: 's', enabled: true, publications: ['orders_pub'], slot: 's' }],
      slots: [{ name: 'x', plugin: 'pgoutput' }],
      replicaIdentities: [{ schema: 'public', name: 'orders', identity: 'default' }],
    });
    assert.deepEqual([titles(plan), plan.remarks], [[], []]);
  });

  it('makes what is missing in an order that holds, and compares with the present before it runs', () => {
    const plan = reconcile(target({ inventory: { tables: [orders] } }), {
      subscriptions: [
        { name: 's', owner: 'other', comment: 'why', publications: ['p'], connection: { host: 'h', port: 5433 } },
      ],
      slots: [{ name: 'x', plugin: 'test_decoding' }],
      publications: [{ name: 'p', owner: 'other', tables: [{ schema: 'public', name: 'orders' }] }],
      replicaIdentities: [{ schema: 'public', name: 'orders', identity: 'full' }],
    });
    assert.deepEqual(
      plan.steps.map(({ statement }) => renderRedacted(statement).replaceAll(/\s+/g, ' ')),
      [
        'ALTER TABLE "public"."orders" REPLICA IDENTITY FULL',
        'CREATE PUBLICATION "p" FOR TABLE "public"."orders"',
        'ALTER PUBLICATION "p" OWNER TO "other"',
        `SELECT pg_catalog.pg_create_logical_replication_slot('x', 'test_decoding')`,
        `CREATE SUBSCRIPTION "s" CONNECTION 'host=h port=5433' PUBLICATION "p"`,
        `COMMENT ON SUBSCRIPTION "s" IS 'why'`,
        'ALTER SUBSCRIPTION "s" OWNER TO "other"',
      ],
    );
    assert.deepEqual(
      plan.steps.map(({ id }) => id),
      ['1', '2', '3', '4', '5', '6', '7'],
    );
    assert.ok(plan.basis?.some(({ kind, name }) => kind === 'table' && name === 'orders'));
  });

  it('leaves of an entry what the file leaves out', () => {
    const there = publication('p', {
      tables: [published(orders)],
      operations: { insert: true, update: false, delete: false, truncate: false },
      viaRoot: true,
      comment: null,
    });
    const shop = target({ inventory: { tables: [orders], publications: [there] } });
    const member = { schema: 'public', name: 'orders' };
    const made = (declared: Partial<DeclaredPublication>): readonly string[] =>
      titles(reconcile(shop, { publications: [{ name: 'p', ...declared }] }));
    assert.deepEqual(made({}), []);
    assert.deepEqual(made({ tables: [member], comment: '' }), []);
    assert.deepEqual(made({ publish: ['insert'], viaPartitionRoot: true }), []);
    assert.deepEqual(made({ viaPartitionRoot: false }), ['1 Set publish_via_partition_root of publication p']);
    assert.equal(made({ tables: [] }).length, 1, 'an empty list is one');
  });

  it('drops nothing that the file does not name, unless it says so', () => {
    const shop = target({
      inventory: {
        tables: [table('public', 'bare', { replicaIdentity: 'full' })],
        publications: [publication('p')],
        subscriptions: [subscription('s', { slotName: 'sl' })],
      },
      pulse: {
        slots: [slot('idle'), slot('busy', { active: true, activePid: 7 }), slot('foreign', { database: 'other' })],
      },
    });
    const empty = { publications: [], subscriptions: [], slots: [], replicaIdentities: [] };
    assert.deepEqual(titles(reconcile(shop, empty)), []);
    const all = { publications: true, subscriptions: true, slots: true, replicaIdentities: true };
    const plan = reconcile(shop, { ...empty, prune: all });
    assert.deepEqual(titles(plan), [
      '1 Set the replica identity of public.bare to DEFAULT',
      '2 Drop subscription s and its replication slot sl',
      '3 Drop publication p',
      '4 Drop the replication slot idle',
    ]);
    assert.ok(
      plan.remarks.some((remark) => /busy.*in use.*stays/.test(remark)),
      plan.remarks.join('\n'),
    );
    const some = reconcile(shop, { prune: { slots: true } });
    assert.deepEqual(titles(some), ['1 Drop the replication slot idle']);
  });

  it('names only the slots that may read a publication that it drops or makes anew', () => {
    const shop = target({
      inventory: { publications: [publication('p'), publication('q', { allTables: true })] },
      pulse: { slots: ['reader', 'other', 'unknown'].map((name) => slot(name, { plugin: 'pgoutput' })) },
    });
    const known = { reading: ['reader'], notReading: ['other'] };
    const facts = { ...nothingKnown, slots: new Map(['p', 'q'].map((name) => [name, known])) };
    const declared = { publications: [{ name: 'q', tables: [] }], prune: { publications: true } };
    const words = reconcile(shop, declared, facts).steps.map(({ consequence }) => consequence ?? '');
    assert.equal(words.length, 2);
    for (const text of words) assert.match(text, /unknown/);
    for (const text of words) assert.doesNotMatch(text, /other/);
    const nobody = reconcile(shop, declared).steps.map(({ consequence }) => consequence ?? '');
    for (const text of nobody) assert.match(text, /other/);
  });

  it('says of what it cannot change that it stays', () => {
    const shop = target({ pulse: { slots: [slot('x', { plugin: 'test_decoding' })] } });
    const plan = reconcile(shop, { slots: [{ name: 'x', plugin: 'pgoutput' }] });
    assert.deepEqual(titles(plan), []);
    assert.match(plan.remarks.join(), /replication slot x on shop differs from the file \(plugin test_decoding\)/);
    const subscribed = target({ inventory: { subscriptions: [subscription('s')] } });
    const unread = reconcile(subscribed, {
      subscriptions: [{ name: 's', publications: ['orders_pub'], connection: { host: 'x' } }],
    });
    assert.deepEqual(titles(unread), []);
    assert.match(unread.remarks.join(), /may not be read on shop/);
  });

  it('keeps the secrets of a connection string that changes', () => {
    const shop = target({ inventory: { subscriptions: [subscription('s')] } });
    const conninfo = [
      ['host', 'old'],
      ['password', new Secret('hush')],
      ['port', '5432'],
    ] as const;
    const facts = {
      ...nothingKnown,
      subscriptions: new Map([['s', { conninfo, publisher: null, password: null }]]),
    };
    const same = { name: 's', publications: ['orders_pub'], connection: { port: '5432', host: 'old' } };
    assert.deepEqual(titles(reconcile(shop, { subscriptions: [same] }, facts)), []);
    const plan = reconcile(shop, { subscriptions: [{ ...same, connection: { host: 'new' } }] }, facts);
    assert.deepEqual(plan.steps[0]?.statement[1], {
      conninfo: [
        ['host', 'new'],
        ['password', conninfo[1][1]],
      ],
    });

    assert.equal(needsPassword(false, null, same), true);
    assert.equal(needsPassword(true, conninfo, { ...same, connection: { host: 'new' } }), false);
    assert.equal(needsPassword(true, [['host', 'old']], { ...same, connection: { host: 'new' } }), true);
    assert.equal(needsPassword(true, [['host', 'old']], { ...same, connection: { host: 'old' } }), false);
  });

  it('takes a slot that the publisher has already', () => {
    const publisher = target({
      connectionId: 'shop',
      pulse: { slots: [slot('ready', { plugin: 'pgoutput' }), slot('busy', { plugin: 'pgoutput', active: true })] },
    });
    const facts = {
      ...nothingKnown,
      subscriptions: new Map([['s', { conninfo: null, publisher, password: null }]]),
    };
    const wanted = { name: 's', publications: ['p'], connection: { host: 'h' } };
    const sql = (slotName: string): string =>
      reconcile(target({ connectionId: 'warehouse' }), { subscriptions: [{ ...wanted, slot: slotName }] }, facts)
        .steps.map(({ statement }) => renderRedacted(statement))
        .join('; ');
    assert.match(sql('ready'), /create_slot = false, slot_name = 'ready'/);
    assert.doesNotMatch(sql('another'), /create_slot/);
    const remarks = reconcile(
      target({ connectionId: 'warehouse' }),
      { subscriptions: [{ ...wanted, slot: 'ready' }] },
      facts,
    ).remarks;
    assert.match(remarks.join(), /takes over the replication slot ready, .* no other subscription is to read it/);
    // As where the file of one subscriber is applied to another one.
    assert.throws(() => sql('busy'), {
      kind: 'inUse',
      message: /s can’t take it: The replication slot busy is in use/,
    });
  });

  it('refuses before anything is run what the server cannot have', async () => {
    const text = [
      'format: 1',
      'publications:',
      '  - name: p',
      '    schemas: [public, nope]',
      '    tables:',
      '      - {schema: public, name: orders, filter: a > 1}',
      '      - {schema: public, name: gone}',
      '    viaPartitionRoot: true',
      'subscriptions:',
      '  - name: s',
      '    publications: [p]',
      '    options: {binary: true, streaming: on}',
      'slots:',
      '  - {name: x, plugin: pgoutput, twoPhase: true}',
      'replicaIdentities:',
      '  - {schema: public, name: gone, identity: full}',
    ].join('\n');
    const { declaration, locate } = await parseDeclaration(text);
    assert.ok(declaration);
    const old = target({ major: 12, inventory: { tables: [orders] } });
    const faults = locate(checkAgainst(declaration, old.snapshot));
    assert.deepEqual(faults.map(({ range, message }) => `${range.line}:${range.column} ${message}`).toSorted(), [
      '10:11 The subscription s isn’t there yet: it needs its “connection”.',
      '12:15 The server has PostgreSQL 12.1. Needs PostgreSQL 14 or newer.',
      '12:29 The server has PostgreSQL 12.1. Needs PostgreSQL 14 or newer.',
      '14:33 The server has PostgreSQL 12.1. Needs PostgreSQL 14 or newer.',
      '16:28 There is no table public.gone in shop.',
      '4:23 There is no schema nope in shop.',
      '4:5 The server has PostgreSQL 12.1. Needs PostgreSQL 15 or newer.',
      '5:5 The server has PostgreSQL 12.1. Needs PostgreSQL 15 or newer.',
      '7:32 There is no table public.gone in shop.',
      '8:5 The server has PostgreSQL 12.1. Needs PostgreSQL 13 or newer.',
    ]);
  });
});

describe('several plans as one', () => {
  it('numbers the steps anew and says each remark once', () => {
    const shop = target({ inventory: { publications: [publication('p'), publication('q')] } });
    const choice = { name: 'x', plugin: 'pgoutput', twoPhase: false, failover: false, waitLimitMs: 1000 };
    const slots = [planCreateSlot(shop, choice), planCreateSlot(shop, { ...choice, name: 'y' })];
    const plan = joinPlans('All of it', [planDropPublications(shop, ['p', 'q']), ...slots], ['first']);
    assert.deepEqual(titles(plan), [
      '1 Drop publication p',
      '2 Drop publication q',
      '3 Create the replication slot x',
      '4 Create the replication slot y',
    ]);
    assert.equal(plan.remarks[0], 'first');
    assert.equal(new Set(plan.remarks).size, plan.remarks.length);
    assert.notEqual(joinPlans('Another', []).id, plan.id);
  });
});
