import assert from 'node:assert/strict';

import type { SubscriptionDraft } from '../../src/protocol/subscription.ts';
import type { SubscriptionChoice } from '../../src/replication/model/choices.ts';
import { ReplicationError } from '../../src/replication/model/errors.ts';
import { planAlterSubscription } from '../../src/replication/operations/subscription/alterSubscription.ts';
import { planCreateSubscription } from '../../src/replication/operations/subscription/createSubscription.ts';
import { preflight as preflightOf } from '../../src/replication/operations/subscription/preflight.ts';
import { NewTablesReader } from '../../src/ui/panels/newTables.ts';
import { undoPlan } from '../../src/ui/plans/undo.ts';
import { eventually } from '../support/eventually.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';
import { playSubscription, subscriptionDraft } from './formsKit.ts';
import { Bench, subscriptionTo } from './operationsKit.ts';

const patience = { within: 40_000, every: 100 };

/** Everything of a database that a plan of this test could make. */
async function objects(server: TestServer): Promise<readonly string[]> {
  const rows = await server.query<{ what: string }>(
    `select 'relation ' || oid::regclass::text as what from pg_class where relnamespace in (select oid from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema')
     union all select 'type ' || oid::regtype::text from pg_type where typnamespace in (select oid from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema')
     union all select 'schema ' || nspname::text from pg_namespace where nspname !~ '^pg_'
     union all select 'subscription ' || subname::text from pg_subscription order by 1`,
  );
  return rows.map(({ what }) => what);
}

/** Of every version what its tables can be: tableDefinitions.test.ts. Roots are published since 13, lists since 15. */
for (const major of majorsUnderTest().filter((each) => [10, 13, 14, 15, 18].includes(each))) {
  describe(`tables made with a subscription on PostgreSQL ${major} (real servers)`, function () {
    this.timeout(180_000);
    const servers = useServers({ publisher: { major }, subscriber: { major } });
    let bench: Bench;

    before(async () => {
      await servers.publisher.script(`
        CREATE SCHEMA "odd ""shop"; CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE TYPE size AS ENUM ('s', 'm');
        CREATE TABLE "odd ""shop".people (id int PRIMARY KEY, mood mood, size size DEFAULT 'm', name text NOT NULL);
        INSERT INTO "odd ""shop".people VALUES (1, 'glad', 's', 'Ada');
        CREATE TABLE late (id int PRIMARY KEY); INSERT INTO late VALUES (1), (2);
        CREATE TABLE typed (id int PRIMARY KEY); INSERT INTO typed VALUES (1);
        CREATE TABLE known (id int PRIMARY KEY);
        CREATE PUBLICATION people_pub FOR TABLE "odd ""shop".people, known; CREATE PUBLICATION late_pub FOR TABLE late;
        CREATE PUBLICATION typed_pub FOR TABLE typed`);
      // One of the types is there already, and nothing uses it.
      await servers.subscriber.script(`CREATE TYPE size AS ENUM ('s', 'm'); CREATE TABLE known (id int PRIMARY KEY)`);
    });
    beforeEach(() => {
      bench = new Bench().add('publisher', servers.publisher).add('subscriber', servers.subscriber);
    });
    afterEach(() => bench.service.dispose());

    const rowsOf = (table: string) => servers.subscriber.query(`SELECT * FROM ${table}`);
    /** What a form reads for a choice. */
    async function withNewTables(choice: SubscriptionChoice): Promise<SubscriptionChoice> {
      const { publisher, subscriber } = await bench.parties('publisher', 'subscriber');
      assert.ok(publisher);
      const source = { inventory: publisher.snapshot.inventory, connectionId: 'publisher' };
      const reader = new NewTablesReader(bench.service.reads);
      const { newTables, problems } = await reader.lacked(subscriber, source, choice.publications, true);
      assert.deepEqual(
        problems.filter(({ severity }) => severity === 'error'),
        [],
      );
      assert.ok(newTables);
      return { ...choice, newTables };
    }
    const planOf = async (name: string, publications: readonly string[]) =>
      planCreateSubscription(
        await bench.parties('publisher', 'subscriber'),
        await withNewTables(subscriptionTo(servers.publisher, name, publications)),
      );
    async function openForm(ends: Partial<SubscriptionDraft>) {
      const form = playSubscription(bench, ends);
      await eventually(() => {
        const model = form.posted.findLast((message) => message.type === 'model');
        return model?.subscriber.phase === 'open';
      }, patience);
      return form;
    }

    it('one plan makes types, tables and subscription in this order, and its undo leaves what was there before', async () => {
      const before = await objects(servers.subscriber);
      const plan = await planOf('people_sub', ['people_pub']);
      assert.equal(plan.title, 'Create subscription people_sub, with 1 new table');
      assert.deepEqual(
        plan.steps.map(({ title }) => title),
        [
          'Create the schema odd "shop',
          'Create the type public.mood',
          'Create the table "odd ""shop".people',
          'Create subscription people_sub',
        ],
      );
      const outcome = await bench.done(plan);
      await eventually(async () => (await rowsOf('"odd ""shop".people')).length === 1, patience);
      assert.deepEqual(await rowsOf('"odd ""shop".people'), [{ id: 1, mood: 'glad', size: 's', name: 'Ada' }]);
      const undo = undoPlan(plan, outcome);
      assert.ok(undo);
      await bench.done(undo);
      assert.deepEqual(await objects(servers.subscriber), before);
      // Up to 13 a slot of a copy goes with its WAL sender, a moment later.
      await eventually(
        async () => (await servers.publisher.query('SELECT 1 FROM pg_replication_slots')).length === 0,
        patience,
      );
    });

    it('isn’t run where somebody made one of the tables meanwhile', async () => {
      const plan = await planOf('late_sub', ['late_pub']);
      await servers.subscriber.script('CREATE TABLE late (id int PRIMARY KEY)');
      const thrown: unknown = await bench.run(plan).then(
        () => null,
        (error: unknown) => error,
      );
      assert.ok(ReplicationError.is(thrown, 'stalePlan'), String(thrown));
      assert.match(thrown.message, /The table public\.late on subscriber was created since this plan was made/);
      assert.deepEqual(await servers.subscriber.query('SELECT 1 FROM pg_subscription'), []);
      await servers.subscriber.script('DROP TABLE late');
    });

    it('the form offers it where tables are missing, tries it, and creates all at once', async () => {
      const ends = { subscriberConnectionId: 'subscriber', publisherConnectionId: 'publisher' };
      const form = await openForm(ends);
      const { address } = await form.next('address');
      await eventually(() => {
        const model = form.posted.findLast((message) => message.type === 'model');
        return model?.publisher.phase === 'open';
      }, patience);
      const draft = { ...subscriptionDraft, ...ends, address, name: 'form_sub', publications: ['people_pub'] };
      const without = await form.review(draft);
      assert.deepEqual(without.missingTables, ['"odd ""shop".people']);
      assert.deepEqual(
        without.problems.filter(({ severity }) => severity === 'error').map(({ field, object }) => [field, object]),
        [['publications', '"odd ""shop".people']],
      );
      const wanted = { ...draft, createTables: true };
      const review = await form.review(wanted);
      assert.match(review.sql, /CREATE TYPE public\.mood[^]*CREATE TABLE "odd ""shop"."people"[^]*CREATE SUBSCRIPTION/);
      assert.deepEqual(
        review.problems.filter(({ severity }) => severity === 'error'),
        [],
      );
      await form.send({ type: 'preflight', draft: wanted });
      const preflight = form.posted.findLast((message) => message.type === 'preflight');
      assert.deepEqual(
        preflight?.checks.filter(({ state }) => state === 'failed'),
        [],
      );
      assert.equal(preflight?.checks.find(({ id }) => id === 'subscriber.trial')?.state, 'passed');
      assert.deepEqual(await servers.subscriber.query(`SELECT 1 FROM pg_tables WHERE tablename = 'people'`), []);
      assert.equal(await form.create(wanted), null);
      assert.deepEqual(form.created, ['form_sub']);
      await eventually(async () => (await rowsOf('"odd ""shop".people')).length === 1, patience);
      form.dispose();
    });

    it('changes a subscription to read a publication whose table is missing, and takes it back', async () => {
      const { publisher, subscriber } = await bench.parties('publisher', 'subscriber');
      assert.ok(publisher);
      const source = { inventory: publisher.snapshot.inventory, connectionId: 'publisher' };
      const names = ['people_pub', 'late_pub'];
      const { newTables } = await new NewTablesReader(bench.service.reads).lacked(subscriber, source, names, true);
      assert.ok(newTables);
      const plan = planAlterSubscription(
        subscriber,
        'form_sub',
        { publications: { names, refresh: true, copyData: true, newTables } },
        publisher,
      );
      assert.deepEqual(
        plan.steps.map(({ title }) => title),
        ['Create the table public.late', 'Let subscription form_sub read late_pub too'],
      );
      const outcome = await bench.done(plan);
      await eventually(async () => (await rowsOf('late')).length === 2, patience);
      await eventually(
        async () =>
          (await servers.subscriber.query(`SELECT 1 FROM pg_subscription_rel WHERE srsubstate <> 'r'`)).length === 0,
        { ...patience, what: 'every table being ready' },
      );
      const undo = undoPlan(plan, outcome);
      assert.ok(undo);
      await bench.done(undo);
      assert.deepEqual(await servers.subscriber.query(`SELECT 1 FROM pg_tables WHERE tablename = 'late'`), []);
      await servers.subscriber.script('DROP SUBSCRIPTION form_sub');
    });

    it('reads them from a publisher that is only typed', async () => {
      const typed = { subscriberConnectionId: 'subscriber', publisherKind: 'typed' } as const;
      const form = await openForm(typed);
      await form.send({ type: 'read', text: servers.publisher.uri() });
      const { address } = await form.next('address');
      const draft = { ...subscriptionDraft, ...typed, address, name: 'typed_sub', publications: ['typed_pub'] };
      await form.send({ type: 'look', draft });
      assert.deepEqual((await form.review(draft)).missingTables, ['public.typed']);
      const wanted = { ...draft, createTables: true };
      assert.match((await form.review(wanted)).sql, /CREATE TABLE "public"."typed"[^]*CREATE SUBSCRIPTION/);
      assert.equal(await form.create(wanted), null);
      await eventually(async () => (await rowsOf('typed')).length === 1, patience);
      assert.ok(!JSON.stringify(form.posted).includes(servers.publisher.password));
      form.dispose();
      await servers.subscriber.script('DROP SUBSCRIPTION typed_sub');
    });

    if (major >= 13) {
      it('makes the partitions of a table that is published via its root', async () => {
        await servers.publisher.script(`
          CREATE TABLE parted (id int NOT NULL, PRIMARY KEY (id)) PARTITION BY RANGE (id);
          CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);
          CREATE TABLE parted_lowest PARTITION OF parted_low FOR VALUES FROM (0) TO (5);
          CREATE TABLE parted_rest PARTITION OF parted DEFAULT;
          INSERT INTO parted VALUES (1), (99);
          CREATE PUBLICATION parted_pub FOR TABLE parted WITH (publish_via_partition_root = true)`);
        await bench.done(await planOf('parted_sub', ['parted_pub']));
        await eventually(async () => (await rowsOf('parted_lowest')).length === 1, patience);
        await eventually(async () => (await rowsOf('parted_rest')).length === 1, patience);
        await servers.subscriber.script('DROP SUBSCRIPTION parted_sub');
      });
    }

    if (major >= 15) {
      it('lets what isn’t sent be null', async () => {
        await servers.publisher.script(`
          CREATE TABLE listed (id int PRIMARY KEY, secret text NOT NULL, at int NOT NULL DEFAULT 7);
          INSERT INTO listed VALUES (1, 'x'); CREATE PUBLICATION listed_pub FOR TABLE listed (id)`);
        const plan = await planOf('listed_sub', ['listed_pub']);
        assert.ok(plan.remarks.includes('public.listed: the column secret may be null: it isn’t sent.'));
        await bench.done(plan);
        await eventually(async () => (await rowsOf('listed')).length === 1, patience);
        assert.deepEqual(await rowsOf('listed'), [{ id: 1, secret: null, at: 7 }]);
        await servers.subscriber.script('DROP SUBSCRIPTION listed_sub');
      });
    }
  });
}

/** To 18 with its values, to an older one without: it copies none. */
for (const major of majorsUnderTest().filter((each) => each === 18 || each === 14)) {
  describe(`generated columns that an 18 sends to a real ${major}`, function () {
    this.timeout(180_000);
    const servers = useServers({ publisher: { major: 18 }, subscriber: { major } });
    let bench: Bench;
    before(async () => {
      for (const name of ['sent', 'listed', 'left']) {
        await servers.publisher.script(`
          CREATE TABLE "${name}" (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) STORED NOT NULL);
          INSERT INTO "${name}" (id) VALUES (1)`);
      }
      await servers.publisher.script(`
        CREATE PUBLICATION sent_pub FOR TABLE sent WITH (publish_generated_columns = stored);
        CREATE PUBLICATION listed_pub FOR TABLE listed (id, twice);
        CREATE PUBLICATION left_pub FOR TABLE "left"`);
      bench = new Bench().add('publisher', servers.publisher).add('subscriber', servers.subscriber);
    });
    after(() => bench.service.dispose());

    it('takes them as plain columns where they are sent, and computes them where not', async () => {
      const { publisher, subscriber } = await bench.parties('publisher', 'subscriber');
      assert.ok(publisher);
      const source = { inventory: publisher.snapshot.inventory, connectionId: 'publisher' };
      const names = ['sent_pub', 'listed_pub', 'left_pub'];
      const { newTables } = await new NewTablesReader(bench.service.reads).lacked(subscriber, source, names, true);
      assert.ok(newTables);
      const parties = await bench.parties('publisher', 'subscriber');
      const choice = { ...subscriptionTo(servers.publisher, 'generated_sub', names), newTables };
      const plan = planCreateSubscription(parties, choice);
      assert.ok(plan.remarks.includes('public.sent: the column twice is an ordinary column: its values are sent.'));
      await bench.done(plan);
      await eventually(
        async () =>
          (await servers.subscriber.query(`SELECT 1 FROM pg_subscription_rel WHERE srsubstate = 'r'`)).length === 3,
        { ...patience, what: 'all three tables being ready' },
      );
      const copied = major >= 18 ? 2 : null;
      for (const name of ['sent', 'listed', 'left']) {
        assert.deepEqual(
          await servers.subscriber.query(`SELECT * FROM "${name}"`),
          [{ id: 1, twice: name === 'left' ? 2 : copied }],
          name,
        );
      }
      await servers.publisher.script('INSERT INTO sent (id) VALUES (2); INSERT INTO listed (id) VALUES (2)');
      for (const name of ['sent', 'listed']) {
        await eventually(
          async () => (await servers.subscriber.query(`SELECT 1 FROM ${name} WHERE id = 2 AND twice = 4`)).length === 1,
          patience,
        );
      }
    });

    it('warns where one is in the primary key of a subscriber that doesn’t copy them', async () => {
      await servers.publisher.script(`
        CREATE TABLE keyed (id int, twice int GENERATED ALWAYS AS (id * 2) STORED, PRIMARY KEY (id, twice));
        INSERT INTO keyed VALUES (1); CREATE PUBLICATION keyed_pub FOR TABLE keyed (id, twice)`);
      await bench.service.refresh('publisher');
      const parties = await bench.parties('publisher', 'subscriber');
      const { publisher, subscriber } = parties;
      assert.ok(publisher);
      const source = { inventory: publisher.snapshot.inventory, connectionId: 'publisher' };
      const reader = new NewTablesReader(bench.service.reads);
      const { newTables } = await reader.lacked(subscriber, source, ['keyed_pub'], true);
      assert.ok(newTables);
      const choice = subscriptionTo(servers.publisher, 'keyed_sub', ['keyed_pub']);
      const plan = planCreateSubscription(parties, { ...choice, newTables });
      const warned = plan.remarks.filter((remark) => /twice, which is in the primary key/.test(remark));
      assert.equal(warned.length, major >= 18 ? 0 : 1, plan.remarks.join('\n'));
      await bench.done(plan);
      await eventually(
        async () =>
          major >= 18
            ? (await servers.subscriber.query('SELECT 1 FROM keyed WHERE twice = 2')).length === 1
            : /null value in column "twice" of relation "keyed"/.test(await servers.subscriber.logText()),
        { ...patience, what: 'the copy, or why there is none' },
      );
      // The table is there now, and the preflight says the same of it.
      await bench.service.refresh('subscriber');
      const columnsOf = async (copyData: boolean) => {
        const ends = await bench.parties('publisher', 'subscriber');
        const details = async (id: 'publisher' | 'subscriber') => {
          const { tables } = (await bench.target(id)).snapshot.inventory;
          return bench.service.tableDetails(
            id,
            tables.map(({ oid }) => oid),
          );
        };
        const facts = {
          trial: null,
          blockers: null,
          tablesWithRows: [],
          details: { publisher: await details('publisher'), subscriber: await details('subscriber') },
        };
        return preflightOf(ends, { ...choice, copyData }, facts).find(({ id }) => id === 'subscriber.columns')?.state;
      };
      assert.equal(await columnsOf(true), major >= 18 ? 'passed' : 'failed');
      assert.equal(await columnsOf(false), 'passed');
    });
  });
}
