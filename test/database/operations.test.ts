import assert from 'node:assert/strict';

import { escapeIdentifier } from 'pg';

import type { PublicationChoice } from '../../src/replication/model/choices.ts';
import { Secret } from '../../src/replication/model/secret.ts';
import {
  checkPublication,
  planCreatePublication,
} from '../../src/replication/operations/publication/createPublication.ts';
import { planDropPublications } from '../../src/replication/operations/publication/dropPublication.ts';
import { planCreateSlot } from '../../src/replication/operations/slot/createSlot.ts';
import { planDropSlots } from '../../src/replication/operations/slot/dropSlot.ts';
import {
  checkSubscription,
  planCreateSubscription,
} from '../../src/replication/operations/subscription/createSubscription.ts';
import { planDropSubscription } from '../../src/replication/operations/subscription/dropSubscription.ts';
import { planRefreshSubscription } from '../../src/replication/operations/subscription/refreshSubscription.ts';
import { planEnableSubscription } from '../../src/replication/operations/subscription/switchSubscription.ts';
import { planSetReplicaIdentity } from '../../src/replication/operations/table/replicaIdentity.ts';
import { eventually } from '../support/eventually.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest, type Major } from '../support/servers/versions.ts';
import { Bench, member, publicationOf, subscriptionTo } from './operationsKit.ts';

const hostileNames = [
  '"; drop table x; --',
  '<img src=x onerror=alert(1)>',
  'a.b',
  "it's \\ back",
  'Größe 表',
  'n'.repeat(63),
];

/** Every form of a publication that a version has, as choices. */
function formsOf(major: Major): readonly PublicationChoice[] {
  const orders = member('public', 'orders');
  const forms = [
    publicationOf('p_empty'),
    publicationOf('p_tables', { tables: [orders, member('public', 'events')] }),
    publicationOf('p_all', { scope: 'allTables' }),
    publicationOf('p_insert', {
      tables: [orders],
      operations: { insert: true, update: false, delete: false, truncate: false },
    }),
    publicationOf('p_nothing', { operations: { insert: false, update: false, delete: false, truncate: false } }),
  ];
  const truncate = { insert: true, update: true, delete: true, truncate: true };
  if (major >= 11) forms.push(publicationOf('p_truncate', { tables: [orders], operations: truncate }));
  if (major >= 13) forms.push(publicationOf('p_root', { tables: [member('public', 'parted')], viaRoot: true }));
  if (major >= 15) {
    forms.push(
      publicationOf('p_schema', { schemas: ['sales'] }),
      publicationOf('p_mixed', { schemas: ['sales'], tables: [orders] }),
      publicationOf('p_listed', {
        tables: [member('public', 'orders', { columns: ['id', 'note'], filter: 'id > 1 -- not the first' })],
      }),
    );
  }
  if (major >= 18) forms.push(publicationOf('p_generated', { tables: [orders], generatedColumns: 'stored' }));
  return forms;
}

async function shape(server: TestServer): Promise<void> {
  await server.script(`
    create schema if not exists sales;
    create table orders (id int primary key, note text);
    create table events (id int primary key, note text);
    create table later (id int primary key);
    create table sales.leads (id int primary key);
    create table bare (id int);
    create table parted (id int ${server.major >= 11 ? 'primary key' : ''}) partition by range (id);
    create table parted_1 partition of parted for values from (0) to (100);
    ${server.major >= 11 ? '' : 'alter table parted_1 add primary key (id);'}`);
}

async function rows(server: TestServer, table: string): Promise<number> {
  const [row] = await server.query<{ n: string }>(`select count(*) n from ${table}`);
  return Number(row?.n);
}

async function allReady(bench: Bench, name: string): Promise<boolean> {
  const { snapshot } = await bench.target('subscriber');
  const found = snapshot.inventory.subscriptions.find((subscription) => subscription.name === name);
  return found !== undefined && found.tables.length > 0 && found.tables.every(({ state }) => state === 'ready');
}

/** Publication, subscription, rows, switching, refreshing and dropping, between two servers. */
async function wholeStory(bench: Bench, publisher: TestServer, subscriber: TestServer): Promise<void> {
  const published = publicationOf('story', { tables: [member('public', 'orders'), member('public', 'events')] });
  await bench.done(planCreatePublication(await bench.target('publisher'), published));
  await publisher.script(`insert into orders select g, 'n' from generate_series(1, 20) g`);

  const parties = await bench.parties('publisher', 'subscriber');
  const choice = subscriptionTo(publisher, 'story_sub', ['story']);
  assert.deepEqual(checkSubscription(parties, choice), []);
  await bench.done(planCreateSubscription(parties, choice));
  await eventually(async () => (await rows(subscriber, 'orders')) === 20, { within: 30_000, what: 'the copied rows' });
  await eventually(() => allReady(bench, 'story_sub'), { within: 30_000, what: 'all tables ready' });
  await publisher.script(`insert into orders values (21, 'followed'); update orders set note = 'changed' where id = 1`);
  await eventually(async () => (await rows(subscriber, `orders where id = 21 or note = 'changed'`)) === 2, {
    within: 30_000,
  });

  await bench.done(planEnableSubscription(await bench.target('subscriber'), 'story_sub', false));
  assert.equal((await bench.target('subscriber')).snapshot.inventory.subscriptions[0]?.enabled, false);
  await bench.done(planEnableSubscription(await bench.target('subscriber'), 'story_sub', true));

  await publisher.script('alter publication story add table later; insert into later values (1)');
  await bench.done(planRefreshSubscription(await bench.target('subscriber'), 'story_sub', { copyData: true }));
  await eventually(async () => (await rows(subscriber, 'later')) === 1, {
    within: 30_000,
    what: 'the table that came later',
  });

  await bench.done(planDropSubscription(await bench.target('subscriber'), 'story_sub', 'dropSlotToo'));
  const { snapshot } = await bench.target('publisher');
  assert.deepEqual(
    snapshot.pulse.slots.filter(({ name }) => name === 'story_sub'),
    [],
  );
  await bench.done(planDropPublications(await bench.target('publisher'), ['story']));
  for (const server of [publisher, subscriber]) await server.script('truncate orders, events, later');
}

/** The same by a role that owns the table on either side, and is no superuser. The subscriber is 16 or newer. */
async function ordinaryStory(publisher: TestServer, subscriber: TestServer): Promise<void> {
  const publishing = await publisher.createRole('ordinary_publisher', 'publisher-pass', 'REPLICATION');
  const subscribing = await subscriber.createRole('ordinary_subscriber', 'subscriber-pass');
  const own = (role: string): string =>
    `grant create on database postgres to ${role}; create table own (id int primary key); alter table own owner to ${role}`;
  await publisher.script(own('ordinary_publisher'));
  await subscriber.script(`${own('ordinary_subscriber')}; grant pg_create_subscription to ordinary_subscriber`);
  const bench = new Bench().add('publisher', publisher, publishing).add('subscriber', subscriber, subscribing);
  try {
    const target = await bench.target('publisher');
    const choice = publicationOf('own_pub', { tables: [member('public', 'own')] });
    assert.deepEqual(checkPublication(target, choice, new Map()), []);
    await bench.done(planCreatePublication(target, choice));
    await publisher.script('insert into own values (1)');
    const parties = await bench.parties('publisher', 'subscriber');
    const conninfo = [
      ['host', publisher.host],
      ['port', String(publisher.port)],
      ['dbname', 'postgres'],
      ['user', 'ordinary_publisher'],
    ] as const;
    const subscription = subscriptionTo(publisher, 'own_sub', ['own_pub'], {
      conninfo,
      password: new Secret('publisher-pass'),
    });
    assert.deepEqual(checkSubscription(parties, subscription), []);
    await bench.done(planCreateSubscription(parties, subscription));
    await eventually(async () => (await rows(subscriber, 'own')) === 1, { within: 30_000, what: 'the copied row' });
    await bench.done(planDropSubscription(await bench.target('subscriber'), 'own_sub', 'dropSlotToo'));
    await bench.done(planDropPublications(await bench.target('publisher'), ['own_pub']));
  } finally {
    await bench.service.dispose();
    await publisher.script('drop owned by ordinary_publisher; drop role ordinary_publisher');
    await subscriber.script('drop owned by ordinary_subscriber; drop role ordinary_subscriber');
  }
}

describe('operations (real servers)', function () {
  this.timeout(180_000);
  const fixed = useServers({ newest: { major: 18 } });
  before(() => shape(fixed.newest));

  for (const major of majorsUnderTest()) {
    describe(`on ${major}`, () => {
      const servers = useServers({ server: { major } });
      let bench: Bench;
      before(() => shape(servers.server));
      beforeEach(() => {
        bench = new Bench();
      });
      afterEach(() => bench.service.dispose());

      it('creates every form of publication as chosen, drops it, and takes the drop back', async () => {
        bench.add('publisher', servers.server);
        const forms = formsOf(major);
        for (const choice of forms) {
          const target = await bench.target('publisher');
          const problems = checkPublication(target, choice, new Map());
          assert.deepEqual(
            problems.filter(({ severity }) => severity === 'error'),
            [],
            choice.name,
          );
          await bench.done(planCreatePublication(target, choice));
        }
        const { publications, tables } = (await bench.target('publisher')).snapshot.inventory;
        const tableOf = (name: string): (typeof tables)[number] | undefined =>
          tables.find((table) => table.name === name);
        assert.equal(
          tableOf('parted_1')?.partitionOf,
          tableOf('parted')?.oid,
          'by this the leaves of a published table are found',
        );
        assert.equal(tableOf('orders')?.partitionOf, undefined);
        for (const choice of forms) {
          const found = publications.find(({ name }) => name === choice.name);
          assert.ok(found, choice.name);
          assert.deepEqual(
            [found.allTables, found.viaRoot, found.generatedColumns],
            [choice.scope === 'allTables', choice.viaRoot, choice.generatedColumns],
          );
          assert.deepEqual(found.operations, choice.operations, choice.name);
          assert.deepEqual(found.schemas, choice.schemas);
          assert.deepEqual(
            found.tables.map(({ name }) => name).toSorted(),
            choice.tables.map(({ name }) => name).toSorted(),
          );
          assert.deepEqual(
            found.tables.map(({ columns }) => columns),
            choice.tables.map(({ columns }) => columns),
          );
        }
        const dropping = planDropPublications(
          await bench.target('publisher'),
          forms.map(({ name }) => name),
        );
        await bench.done(dropping);
        assert.deepEqual((await bench.target('publisher')).snapshot.inventory.publications, []);
        const again = {
          ...dropping,
          basis: [],
          steps: dropping.steps.map((step) => ({ ...step, statement: step.undo?.statement ?? [] })),
        };
        await bench.done(again);
        const withoutOid = (list: typeof publications): readonly object[] => list.map((each) => ({ ...each, oid: 0 }));
        assert.deepEqual(
          withoutOid((await bench.target('publisher')).snapshot.inventory.publications),
          withoutOid(publications),
        );
        await bench.done({ ...dropping, basis: [] });
      });

      it('warns of what would break, before it does', async () => {
        bench.add('publisher', servers.server);
        const target = await bench.target('publisher');
        const tables = [
          member('public', 'bare'),
          member('public', 'orders', {
            columns: major >= 15 ? ['note'] : null,
            filter: major >= 15 ? `note = 'x'` : null,
          }),
        ];
        const oids = target.snapshot.inventory.tables.map(({ oid }) => oid);
        const details = new Map(
          (await bench.service.tableDetails('publisher', oids)).map((detail) => [detail.oid, detail]),
        );
        const choice = publicationOf('risky', { tables });
        const verdicts = await bench.service.reads.tryMembers('publisher', choice);
        const problems = checkPublication(target, choice, details, verdicts);
        assert.deepEqual(problems.map(({ severity, field, object }) => `${severity} ${field} ${object}`).toSorted(), [
          ...(major >= 15 ? ['warning columns public.orders'] : []),
          'warning tables public.bare',
        ]);
        await bench.done(planCreatePublication(target, choice));
        await assert.rejects(
          servers.server.script('insert into bare values (1); update bare set id = 2'),
          /replica identity/,
        );
        const identity = { tables: [{ schema: 'public', name: 'bare' }], identity: 'full', index: null } as const;
        await bench.done(planSetReplicaIdentity(await bench.target('publisher'), identity));
        await servers.server.script('insert into bare values (1); update bare set id = 2');
        await bench.done(planDropPublications(await bench.target('publisher'), ['risky']));
      });

      it('creates and drops a slot, with what the version has', async () => {
        bench.add('publisher', servers.server);
        const choice = { name: 'made', plugin: 'test_decoding', twoPhase: true, failover: true, waitLimitMs: 10_000 };
        await bench.done(planCreateSlot(await bench.target('publisher'), choice));
        const made = (await bench.target('publisher')).snapshot.pulse.slots.find(({ name }) => name === 'made');
        assert.deepEqual(
          [made?.plugin, made?.twoPhase, made?.failover],
          ['test_decoding', major >= 14 ? true : null, major >= 17 ? true : null],
        );
        await bench.done(planDropSlots(await bench.target('publisher'), ['made']));
        assert.deepEqual((await bench.target('publisher')).snapshot.pulse.slots, []);
      });

      it('publishes to 18', async () => {
        bench.add('publisher', servers.server).add('subscriber', fixed.newest);
        await wholeStory(bench, servers.server, fixed.newest);
      });

      it('subscribes to 18', async () => {
        bench.add('publisher', fixed.newest).add('subscriber', servers.server);
        await wholeStory(bench, fixed.newest, servers.server);
      });

      it('lets ordinary roles do the whole job where the version lets them', async () => {
        await ordinaryStory(servers.server, fixed.newest);
        if (major >= 16) await ordinaryStory(fixed.newest, servers.server);
      });

      it('takes hostile names as data', async () => {
        bench.add('publisher', servers.server).add('subscriber', fixed.newest);
        for (const server of [servers.server, fixed.newest]) {
          for (const name of hostileNames) {
            const quoted = escapeIdentifier(name);
            await server.script(
              `create schema ${quoted}; create table ${quoted}.${quoted} (${quoted} int primary key)`,
            );
          }
        }
        const tables = hostileNames.map((name) =>
          member(name, name, major >= 15 ? { columns: [name], filter: `${escapeIdentifier(name)} > 0` } : {}),
        );
        for (const name of hostileNames) {
          await bench.done(planCreatePublication(await bench.target('publisher'), publicationOf(name, { tables })));
        }
        const name = hostileNames[0] ?? '';
        const parties = await bench.parties('publisher', 'subscriber');
        const choice = subscriptionTo(servers.server, name, [name, hostileNames[5] ?? '']);
        assert.deepEqual(
          checkSubscription(parties, choice).map(({ severity }) => severity),
          ['info'],
          'only that the slot gets another name',
        );
        await bench.done(planCreateSubscription(parties, choice));
        for (const table of hostileNames.map(escapeIdentifier))
          await servers.server.script(`insert into ${table}.${table} values (1)`);
        for (const table of hostileNames.map(escapeIdentifier)) {
          await eventually(async () => (await rows(fixed.newest, `${table}.${table}`)) === 1, {
            within: 30_000,
            what: `rows of ${table}`,
          });
        }
        const identity = {
          tables: hostileNames.map((each) => ({ schema: each, name: each })),
          identity: 'full',
          index: null,
        } as const;
        await bench.done(planSetReplicaIdentity(await bench.target('publisher'), identity));
        await bench.done(planEnableSubscription(await bench.target('subscriber'), name, false));
        await bench.done(planDropSubscription(await bench.target('subscriber'), name, 'dropSlotToo'));
        await bench.done(planDropPublications(await bench.target('publisher'), hostileNames));
        for (const each of hostileNames) await fixed.newest.script(`drop schema ${escapeIdentifier(each)} cascade`);
      });
    });
  }
});
