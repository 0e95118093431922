import assert from 'node:assert/strict';

import { editConninfo, withPassword } from '../../src/replication/model/editConninfo.ts';
import type { PlanProgress } from '../../src/replication/model/plan.ts';
import { Secret } from '../../src/replication/model/secret.ts';
import {
  checkAlterSubscription,
  planAlterSubscription,
} from '../../src/replication/operations/subscription/alterSubscription.ts';
import { planCreateSubscription } from '../../src/replication/operations/subscription/createSubscription.ts';
import { planDropSubscription } from '../../src/replication/operations/subscription/dropSubscription.ts';
import { planResyncTable } from '../../src/replication/operations/subscription/resyncTable.ts';
import { planSkipTransaction } from '../../src/replication/operations/subscription/skipTransaction.ts';
import { renderForServer } from '../../src/replication/postgres/statement.ts';
import { eventually } from '../support/eventually.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';
import { skip } from '../support/skip.ts';
import { Bench, subscriptionTo } from './operationsKit.ts';

async function rows(server: TestServer, table: string): Promise<number> {
  const [row] = await server.query<{ n: string }>(`select count(*) n from ${table}`);
  return Number(row?.n);
}

async function arrives(server: TestServer, table: string, count: number): Promise<void> {
  await eventually(async () => (await rows(server, table)) === count, {
    within: 30_000,
    what: `${count} rows of ${table}`,
  });
}

async function ready(server: TestServer, count: number): Promise<void> {
  await eventually(async () => (await rows(server, `pg_subscription_rel where srsubstate = 'r'`)) === count, {
    within: 30_000,
    what: `${count} tables ready`,
  });
}

describe('changing subscriptions (real servers)', function () {
  this.timeout(180_000);

  // Where the statements change: ADD and DROP, binary (14), SKIP (15), two_phase (18). subscriptionPairs takes every major.
  for (const major of majorsUnderTest().filter((each) => [10, 13, 14, 15, 18].includes(each))) {
    describe(`on ${major}`, () => {
      const servers = useServers({
        publisher: { major },
        subscriber: { major, settings: { wal_retrieve_retry_interval: '200ms', log_statement: 'all' } },
      });
      let bench: Bench;
      const listed = major >= 15 ? ' (id, "no te") where (id > 0)' : '';
      before(async () => {
        for (const server of [servers.publisher, servers.subscriber]) {
          await server.script(
            'create table orders (id int primary key, "no te" text, extra int); create table events (id int primary key); create table heir () inherits (events)',
          );
        }
        await servers.publisher.script(
          `create publication one for table orders${listed}; create publication two for table only events`,
        );
        bench = new Bench().add('publisher', servers.publisher).add('subscriber', servers.subscriber);
        await bench.done(
          planCreateSubscription(
            await bench.parties('publisher', 'subscriber'),
            subscriptionTo(servers.publisher, 'sub', ['one']),
          ),
        );
        await ready(servers.subscriber, 1);
      });
      beforeEach(() => {
        bench = new Bench().add('publisher', servers.publisher).add('subscriber', servers.subscriber);
      });
      afterEach(() => bench.service.dispose());
      it('reads another publication, copies it once, and does not double it when it is taken back without copying', async () => {
        await servers.publisher.script('insert into events values (1), (2)');
        const publications = { names: ['one', 'two'], refresh: true, copyData: true };
        const publisher = await bench.target('publisher');
        const adding = planAlterSubscription(await bench.target('subscriber'), 'sub', { publications }, publisher);
        assert.equal(adding.steps.length, 1);
        await bench.done(adding);
        await arrives(servers.subscriber, 'events', 2);
        await ready(servers.subscriber, 2);
        const less = { publications: { names: ['one'], refresh: true, copyData: true } };
        const dropping = planAlterSubscription(await bench.target('subscriber'), 'sub', less, publisher);
        assert.equal(dropping.steps.length, 1);
        await bench.done(dropping);
        assert.equal(await rows(servers.subscriber, 'pg_subscription_rel'), 1);

        await servers.subscriber.script('analyze events');
        const again = checkAlterSubscription(await bench.target('subscriber'), 'sub', { publications }, publisher);
        assert.deepEqual(
          again.map(({ severity, message }) => `${severity} ${message.slice(0, 46)}`),
          ['info These tables are copied: public.events.', 'warning public.events already holds rows on subscriber'],
        );
        const without = { publications: { ...publications, copyData: false } };
        await bench.done(planAlterSubscription(await bench.target('subscriber'), 'sub', without, publisher));
        await servers.publisher.script('insert into events values (3)');
        await arrives(servers.subscriber, 'events', 3);
      });

      it('keeps the password and every other keyword of the connection, in either form', async () => {
        const before = await bench.service.reads.subscriptionConninfo('subscriber', 'sub');
        const edited = editConninfo(before, { connect_timeout: '9', application_name: `it's \\ me` });
        const change = { connection: { conninfo: edited, before } };
        await bench.done(planAlterSubscription(await bench.target('subscriber'), 'sub', change));
        const read = await bench.service.reads.subscriptionConninfo('subscriber', 'sub');
        const shown = (list: typeof read): readonly unknown[] =>
          list.map(([keyword, value]) => [keyword, value instanceof Secret ? value.reveal() : value]);
        assert.deepEqual(shown(read), shown(edited));
        await servers.publisher.script(`insert into orders values (10, 'still connected')`);
        await arrives(servers.subscriber, 'orders', 1);

        // Which libpq knows since 13.
        const passphrase = major >= 13 ? '&sslpassword=s3%3D' : '';
        await servers.subscriber.script(
          `create subscription odd connection 'postgresql://us%27er:p%40ss%20w@h1:1,h2:2/db?service=over${passphrase}' publication p with (connect = false, slot_name = none)`,
        );
        const odd = await bench.service.reads.subscriptionConninfo('subscriber', 'odd');
        assert.deepEqual(shown(odd), [
          ['user', `us'er`],
          ['password', 'p@ss w'],
          ['host', 'h1,h2'],
          ['port', '1,2'],
          ['dbname', 'db'],
          ['service', 'over'],
          ...(major >= 13 ? [['sslpassword', 's3=']] : []),
        ]);
        const secret = new Secret(`n'ew\\ one`);
        const plan = planAlterSubscription(await bench.target('subscriber'), 'odd', {
          connection: { conninfo: withPassword(odd, secret), before: odd },
        });
        assert.equal(plan.steps.length, 1);
        const outcome = await bench.done(plan);
        assert.doesNotMatch(JSON.stringify([plan, outcome, bench.logged]), /n'ew|p@ss|s3=/);
        const [stored] = await servers.subscriber.query<{ subconninfo: string }>(
          `select subconninfo from pg_subscription where subname = 'odd'`,
        );
        assert.equal(
          stored?.subconninfo,
          String.raw`user='us\'er' password='n\'ew\\ one' host=h1,h2 port=1,2 dbname=db service=over` +
            (major >= 13 ? ' sslpassword=s3=' : ''),
        );
        await servers.subscriber.script('drop subscription odd');

        const role = await servers.subscriber.createRole('onlooker', 'onlooker-pass');
        bench.add('onlooker', servers.subscriber, role);
        await assert.rejects(bench.service.reads.subscriptionConninfo('onlooker', 'sub'), { kind: 'privilege' });
        await servers.subscriber.script('drop role onlooker');
      });

      it('keeps the password out of the server’s log, whether the statement fails or not', async () => {
        const choice = subscriptionTo(servers.publisher, 'orders', ['nope'], { database: 'nowhere' });
        const outcome = await bench.run(planCreateSubscription(await bench.parties('publisher', 'subscriber'), choice));
        assert.match(outcome.steps[0]?.error?.kind ?? '', /^publisher/);
        const log = await servers.subscriber.logText();
        assert.match(log, /database "nowhere" does not exist/);
        assert.ok(!log.includes(servers.publisher.password), 'the password is in the log');
      });

      it('reads its comment', async () => {
        await servers.subscriber.script(`comment on subscription sub is 'it''s ours'`);
        const { subscriptions } = (await bench.target('subscriber')).snapshot.inventory;
        assert.deepEqual(
          subscriptions.map(({ comment }) => comment),
          [`it's ours`],
        );
      });

      it('warns of a slot that the publisher doesn’t have', async () => {
        const publisher = await bench.target('publisher');
        const problems = checkAlterSubscription(
          await bench.target('subscriber'),
          'sub',
          { slotName: 'nowhere' },
          publisher,
        );
        assert.match(problems[0]?.message ?? '', /^publisher has no replication slot nowhere: replication would stop/);
      });

      it('enables it again where its worker doesn’t end and the wait for that is cancelled', async function () {
        if (major < 18) skip(this, 'two_phase can be changed since 18');
        const locker = await servers.subscriber.client('postgres');
        await locker.query('begin; lock table events');
        await servers.publisher.script('insert into events values (4)');
        const waits = `select from pg_locks where not granted and relation = 'events'::regclass`;
        await eventually(async () => (await servers.subscriber.query(waits)).length > 0, { within: 30_000 });
        const stop = new AbortController();
        const onProgress = ({ type }: PlanProgress): void => {
          if (type === 'waiting') stop.abort();
        };
        const plan = planAlterSubscription(await bench.target('subscriber'), 'sub', { options: { twoPhase: true } });
        const outcome = await bench.run(plan, { signal: stop.signal, onProgress });
        assert.equal(outcome.status, 'cancelled');
        assert.equal((await bench.target('subscriber')).snapshot.inventory.subscriptions[0]?.enabled, true);
        await locker.end();
        await arrives(servers.subscriber, 'only events', 4);
      });

      it('skips a transaction that can’t be applied, and goes on after it', async () => {
        await servers.subscriber.script(`insert into orders values (50, 'in the way')`);
        await servers.publisher.script(
          `begin; insert into orders values (49, 'lost with it'); insert into orders values (50, 'fails'); commit`,
        );
        await servers.publisher.script(`insert into orders values (51, 'after')`);
        const lost = await failing(servers.publisher, servers.subscriber);
        const plan = planSkipTransaction(await bench.target('subscriber'), 'sub', lost);
        assert.equal(plan.steps.length, major >= 15 ? 1 : 3);
        assert.ok(
          plan.steps.some(({ consequence }) => /All changes of the transaction are lost/.test(consequence ?? '')),
        );
        await bench.done(plan);
        await eventually(async () => (await rows(servers.subscriber, 'orders where id = 51')) === 1, {
          within: 30_000,
          what: 'the row after',
        });
        assert.equal(await rows(servers.subscriber, 'orders where id = 49'), 0);
        if (major < 15) {
          // What was applied already can't be applied again by a position that is too low.
          const back = await bench.run(
            planSkipTransaction(await bench.target('subscriber'), 'sub', { lsn: '0/1', endLsn: '0/1' }),
          );
          assert.match(back.steps[1]?.error?.server?.message ?? '', /was applied already/);
          await servers.subscriber.script('alter subscription sub enable');
        } else {
          const wrong = planSkipTransaction(await bench.target('subscriber'), 'sub', { lsn: 'FFFFFF/0' });
          await bench.done(wrong);
          await bench.done(planSkipTransaction(await bench.target('subscriber'), 'sub', { lsn: null }));
          assert.equal((await bench.target('subscriber')).snapshot.inventory.subscriptions[0]?.skipLsn, null);
        }
      });

      it('copies a table again while changes from before still come in, and applies none of them twice', async () => {
        await servers.publisher.query(`insert into orders values (2039, 'by a worker that follows the table')`);
        await arrives(servers.subscriber, 'orders where id = 2039', 1);
        await servers.subscriber.script(
          `create function slow() returns trigger language plpgsql as 'begin perform pg_sleep(0.05); return new; end';
           create trigger slow before insert on events for each row execute procedure slow();
           alter table events enable always trigger slow`,
        );
        // Each in a transaction of its own: in between the worker leaves pg_subscription_rel to a refresh.
        for (let id = 100; id < 120; id++) await servers.publisher.query(`insert into events values (${id})`);
        await servers.publisher.query(`insert into orders values (2040, 'late')`);
        const plan = planResyncTable(
          { subscriber: await bench.target('subscriber'), publisher: await bench.target('publisher') },
          'sub',
          { schema: 'public', name: 'orders' },
          { truncate: true, readers: [] },
        );
        await bench.done(plan);
        await arrives(servers.subscriber, 'events where id >= 100', 20);
        await ready(servers.subscriber, 2);
        await servers.publisher.query(`insert into orders values (2041, 'after')`);
        await arrives(servers.subscriber, 'orders where id >= 2039', 3);
        assert.doesNotMatch(await servers.subscriber.logText(), /\(2040/, 'no conflict with the row that was copied');
        await servers.subscriber.script('drop function slow() cascade');
      });

      it('doesn’t begin to copy a table again that can’t be emptied', async () => {
        await servers.subscriber.script(`create table "it's ""child""" (id int references orders)`);
        const subscriber = await bench.target('subscriber');
        const orders = subscriber.snapshot.inventory.tables.find(({ name }) => name === 'orders');
        const [details] = await bench.service.tableDetails('subscriber', [orders?.oid ?? 0]);
        const referencedBy = details?.referencedBy ?? [];
        assert.deepEqual(referencedBy, [{ schema: 'public', name: `it's "child"` }]);
        const parties = { subscriber, publisher: await bench.target('publisher') };
        const table = { schema: 'public', name: 'orders' };
        assert.throws(
          () => planResyncTable(parties, 'sub', table, { truncate: true, readers: [], referencedBy }),
          /can’t be emptied: foreign keys of public\."it's ""child""" refer to it/,
        );
        await servers.subscriber.script(`drop table "it's ""child"""`);
      });

      it('copies one table again, with its columns and its filter, and the other stays as it was', async () => {
        await servers.publisher.script(
          `truncate orders; insert into orders select g, 'fresh', 7 from generate_series(1, 30) g`,
        );
        await servers.subscriber.script('delete from orders where id <= 20');
        const before = (await bench.target('publisher')).snapshot.inventory.publications;
        const plan = async (truncate: boolean): Promise<ReturnType<typeof planResyncTable>> =>
          planResyncTable(
            { subscriber: await bench.target('subscriber'), publisher: await bench.target('publisher') },
            'sub',
            { schema: 'public', name: 'orders' },
            {
              truncate,
              readers: [
                { publication: 'one', subscription: 'other', serverName: 'elsewhere' },
                { publication: 'one', subscription: 'sub', serverName: 'subscriber' },
              ],
            },
          );
        const made = await plan(true);
        assert.match(made.steps[0]?.consequence ?? '', /other \(elsewhere\) reads one too/);
        await bench.done(made);
        for (const step of made.steps.slice(-2)) {
          const on = step.connectionId === 'publisher' ? servers.publisher : servers.subscriber;
          assert.equal((await on.query(renderForServer(step.effect ?? []))).length, 1, step.title);
        }
        await arrives(servers.subscriber, 'orders', 30);
        const membersOnly = (list: typeof before): unknown => list.map(({ name, tables }) => [name, tables]);
        assert.deepEqual(
          membersOnly((await bench.target('publisher')).snapshot.inventory.publications),
          membersOnly(before),
        );
        await ready(servers.subscriber, 2);
        await servers.publisher.script(`insert into orders values (31, 'followed', 1)`);
        await arrives(servers.subscriber, 'orders', 31);
        await servers.publisher.script('create publication whole for all tables');
        await servers.subscriber.script('alter subscription sub set publication whole with (refresh = false)');
        await assert.rejects(plan(true), { kind: 'unsupported' });
        await servers.subscriber.script('alter subscription sub set publication one, two with (refresh = false)');
        await servers.publisher.script('drop publication whole');
        await bench.done(planDropSubscription(await bench.target('subscriber'), 'sub', 'dropSlotToo'));
        assert.deepEqual((await bench.target('publisher')).snapshot.pulse.slots, []);
      });
    });
  }
});

/** Where the failing transaction is: from the subscriber's log (15+), or from what the slot still holds. */
async function failing(publisher: TestServer, subscriber: TestServer): Promise<{ lsn: string; endLsn?: string }> {
  if (subscriber.major >= 15) {
    const lsn = await eventually(
      async () =>
        /relation "public\.orders"[^\n]* in transaction \d+, finished at ([0-9A-F]+\/[0-9A-F]+)/.exec(
          await subscriber.logText(),
        )?.[1],
      { within: 30_000 },
    );
    return { lsn };
  }
  await eventually(async () => /duplicate key value/.test(await subscriber.logText()), { within: 30_000 });
  await subscriber.query('alter subscription sub disable');
  const commits = await eventually(
    async () => {
      const found = await publisher
        .query<{ end: string }>(
          `select encode(substr(data, 11, 8), 'hex') as "end"
           from pg_logical_slot_peek_binary_changes('sub', null, null, 'proto_version', '1', 'publication_names', '"one","two"') where get_byte(data, 0) = 67`,
        )
        .catch(() => []);
      return found.length > 0 ? found : null;
    },
    { within: 30_000 },
  );
  const [origin] = await subscriber.query<{ lsn: string }>(
    `select remote_lsn::text as lsn from pg_replication_origin_status`,
  );
  const [high = '0', low = '0'] = (origin?.lsn ?? '0/0').split('/');
  const applied = Number.parseInt(high, 16) * 2 ** 32 + Number.parseInt(low, 16);
  const first = commits.map(({ end }) => end).find((end) => Number.parseInt(end, 16) > applied) ?? '';
  await subscriber.query('alter subscription sub enable');
  const endLsn = `${first.slice(0, 8).replace(/^0+(?=.)/, '')}/${first.slice(8)}`.toUpperCase();
  return { lsn: endLsn, endLsn };
}
