import assert from 'node:assert/strict';

import type { PlanProgress } from '../../src/replication/model/plan.ts';
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
import { planSetReplicaIdentity } from '../../src/replication/operations/table/replicaIdentity.ts';
import { eventually } from '../support/eventually.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';
import { Bench, member, publicationOf, subscriptionTo } from './operationsKit.ts';

type Waiting = Extract<PlanProgress, { type: 'waiting' }>;

/** Listens to a plan, and can be asked for the first report of blockers. */
class Listener {
  readonly seen: PlanProgress[] = [];
  readonly onProgress = (progress: PlanProgress): void => void this.seen.push(progress);

  blockers(): Promise<Waiting> {
    const found = (): Waiting | undefined =>
      this.seen.find((progress): progress is Waiting => progress.type === 'waiting' && progress.blockers.length > 0);
    return eventually(found, { within: 20_000, what: 'a report of blockers' });
  }
}

/** An open transaction that has written. Gives the way to end it. */
async function openWriter(server: TestServer): Promise<{ readonly pid: number; end(): Promise<void> }> {
  const client = await server.client('postgres');
  await client.query(`set application_name = 'writer'`);
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  await client.query('begin; insert into orders values (1000)');
  return {
    pid: rows[0]?.pid ?? 0,
    async end() {
      await client.query('rollback');
      await client.end();
    },
  };
}

async function slotNames(server: TestServer): Promise<readonly string[]> {
  return (await server.query<{ slot_name: string }>('select slot_name from pg_replication_slots order by 1')).map(
    (row) => row.slot_name,
  );
}

async function subscriptionNames(server: TestServer): Promise<readonly string[]> {
  return (await server.query<{ subname: string }>('select subname from pg_subscription order by 1')).map(
    (row) => row.subname,
  );
}

describe('the executor (real servers)', function () {
  this.timeout(180_000);
  const fixed = useServers({ newest: { major: 18 } });
  before(() => fixed.newest.script('create table orders (id int primary key)'));

  // Statements, locks and breaks are the same on all between; what differs by version is in the operations.
  for (const major of majorsUnderTest().filter((each) => [10, 14, 18].includes(each))) {
    describe(`on ${major}`, () => {
      const servers = useServers({ server: { major, settings: { max_prepared_transactions: '5' } } });
      let bench: Bench;
      let server: TestServer;

      before(async () => {
        await servers.server.script(
          'create table orders (id int primary key); create publication orders_pub for table orders',
        );
        await servers.server.createDatabase('warehouse');
        await servers.server.script('create table orders (id int primary key)', 'warehouse');
      });
      beforeEach(() => {
        server = servers.server;
        bench = new Bench().add('publisher', server).add('subscriber', fixed.newest);
      });
      afterEach(async () => {
        await bench.service.dispose();
        // A test that failed half way must not make the next one wait.
        await server.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'writer'`);
      });

      it('subscribes within one cluster without waiting for itself', async () => {
        bench.add('subscriber', server, { database: 'warehouse' });
        const parties = await bench.parties('publisher', 'subscriber');
        const choice = subscriptionTo(server, 'inside', ['orders_pub']);
        assert.deepEqual(
          checkSubscription(parties, choice).map(({ severity }) => severity),
          ['info'],
        );
        const plan = planCreateSubscription(parties, choice);
        assert.equal(plan.steps.length, 2);
        await bench.done(plan);
        await server.script('insert into orders values (1)');
        await eventually(async () => (await server.query('select from orders', [], 'warehouse')).length === 1, {
          within: 30_000,
        });
        await bench.done(planDropSubscription(await bench.target('subscriber'), 'inside', 'dropSlotToo'));
        assert.deepEqual(await slotNames(server), []);
        await server.script('delete from orders');
      });

      it('shows what CREATE SUBSCRIPTION waits for, and leaves nothing behind when cancelled', async () => {
        const writer = await openWriter(server);
        const plan = planCreateSubscription(
          await bench.parties('publisher', 'subscriber'),
          subscriptionTo(server, 'waits', ['orders_pub']),
        );
        const listener = new Listener();
        const stop = new AbortController();
        const running = bench.run(plan, { onProgress: listener.onProgress, signal: stop.signal });
        const { blockers, remainingMs } = await listener.blockers();
        assert.deepEqual(
          blockers.map(({ connectionId, pid, applicationName, state }) => ({
            connectionId,
            pid,
            applicationName,
            state,
          })),
          [{ connectionId: 'publisher', pid: writer.pid, applicationName: 'writer', state: 'idle in transaction' }],
        );
        assert.ok(remainingMs > 0 && remainingMs <= 30_000);
        stop.abort();
        const outcome = await running;
        assert.equal(outcome.status, 'cancelled');
        assert.equal(outcome.steps[0]?.error?.kind, 'cancelled');
        assert.equal(outcome.steps[0]?.error?.advice, 'Nothing was left behind.');
        // The writer is still open: nothing was helped along by its end.
        assert.deepEqual([await slotNames(server), await subscriptionNames(fixed.newest)], [[], []]);
        await writer.end();
        assert.equal((await bench.run(plan)).status, 'done', 'the same plan works afterwards');
        await bench.done(planDropSubscription(await bench.target('subscriber'), 'waits', 'dropSlotToo'));
      });

      it('gives up in time, and says what it waited for', async () => {
        const writer = await openWriter(server);
        const choice = subscriptionTo(server, 'late', ['orders_pub'], { waitLimitMs: 1500 });
        const outcome = await bench.run(planCreateSubscription(await bench.parties('publisher', 'subscriber'), choice));
        assert.equal(outcome.status, 'failed');
        assert.equal(outcome.steps[0]?.error?.kind, 'timeout');
        assert.match(
          outcome.steps[0]?.error?.message ?? '',
          new RegExp(`waited for process ${writer.pid} \\(writer as postgres, idle in transaction`),
        );
        assert.match(outcome.steps[0]?.error?.advice ?? '', /^Nothing was left behind\./);
        assert.deepEqual([await slotNames(server), await subscriptionNames(fixed.newest)], [[], []]);
        await writer.end();
      });

      it('sees prepared transactions that a slot waits for, and goes on once they end', async () => {
        await server.script(`begin; insert into orders values (77); prepare transaction 'two words'`);
        const listener = new Listener();
        const choice = { name: 'patient', plugin: 'pgoutput', twoPhase: false, failover: false, waitLimitMs: 30_000 };
        const running = bench.run(planCreateSlot(await bench.target('publisher'), choice), listener);
        const { blockers } = await listener.blockers();
        assert.deepEqual(
          blockers.map(({ preparedGid }) => preparedGid),
          ['two words'],
        );
        await server.script(`rollback prepared 'two words'`);
        assert.equal((await running).status, 'done');
        await bench.done(planDropSlots(await bench.target('publisher'), ['patient']));
      });

      it('names whoever holds the table that a change waits for', async () => {
        const reader = await server.client('postgres');
        await reader.query('begin; select from orders');
        const listener = new Listener();
        const stop = new AbortController();
        const identity = { tables: [{ schema: 'public', name: 'orders' }], identity: 'full', index: null } as const;
        const plan = planSetReplicaIdentity(await bench.target('publisher'), identity);
        const running = bench.run(plan, { onProgress: listener.onProgress, signal: stop.signal });
        const { blockers } = await listener.blockers();
        assert.deepEqual(
          blockers.map(({ state }) => state),
          ['idle in transaction'],
        );
        stop.abort();
        assert.equal((await running).status, 'cancelled');
        await reader.end();
      });

      it('finds out how a step ended whose connection broke, and runs nothing after it', async () => {
        const writer = await openWriter(server);
        const slot = { name: 'broken', plugin: 'pgoutput', twoPhase: false, failover: false, waitLimitMs: 30_000 };
        const first = planCreateSlot(await bench.target('publisher'), slot);
        const then = planCreatePublication(await bench.target('publisher'), publicationOf('never'));
        const plan = { ...first, steps: [...first.steps, ...then.steps.map((step) => ({ ...step, id: '2' }))] };
        const running = bench.run(plan);
        await eventually(async () => {
          const ended = await server.query(
            `select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_create_logical_replication_slot(''broken''%' and pid <> pg_backend_pid()`,
          );
          return ended.length > 0;
        });
        const outcome = await running;
        assert.equal(outcome.status, 'failed');
        assert.deepEqual(
          outcome.steps.map(({ status }) => status),
          ['failed', 'pending'],
        );
        assert.match(outcome.steps[0]?.error?.message ?? '', /It was not carried out, as the server said afterwards/);
        assert.equal(outcome.steps[0]?.error?.advice, 'Nothing was left behind.');
        assert.deepEqual(await slotNames(server), []);
        await writer.end();
      });

      it('drops a subscription whose publisher is down, saying what stays there', async () => {
        bench.add('publisher', fixed.newest).add('subscriber', server);
        await fixed.newest.script('create publication away for table orders');
        const choice = subscriptionTo(fixed.newest, 'away', ['away']);
        await bench.done(planCreateSubscription(await bench.parties('publisher', 'subscriber'), choice));
        await fixed.newest.stop();
        const failing = await bench.run(planDropSubscription(await bench.target('subscriber'), 'away', 'dropSlotToo'));
        assert.equal(failing.status, 'failed');
        assert.equal(failing.steps[0]?.error?.kind, 'publisherUnreachable');
        const leaving = planDropSubscription(await bench.target('subscriber'), 'away', 'leaveSlot');
        assert.match(
          leaving.remarks[0] ?? '',
          /The replication slot away stays on 127\.0\.0\.1:\d+.*SELECT pg_catalog\.pg_drop_replication_slot\('away'\);/,
        );
        await bench.done(leaving);
        assert.deepEqual(await subscriptionNames(server), []);
        await fixed.newest.start();
        assert.ok((await slotNames(fixed.newest)).includes('away'));
        for (const name of await slotNames(fixed.newest)) {
          await bench.done(planDropSlots(await bench.target('publisher'), [name]));
        }
        await bench.done(planDropPublications(await bench.target('publisher'), ['away']));
      });

      it('says what an ordinary role lacks, before and after the fact', async () => {
        const role = await server.createRole('ordinary', 'ordinary-pass');
        bench.add('publisher', server, role).add('subscriber', server, role);
        const target = await bench.target('publisher');
        const choice = publicationOf('mine', { tables: [member('public', 'orders')] });
        const problems = checkPublication(target, choice, new Map());
        assert.deepEqual(
          problems.map(({ severity, object }) => [severity, object]),
          [
            ['error', undefined],
            ['error', 'public.orders'],
          ],
        );
        const writer = await openWriter(server);
        const [blocker] = await bench.service.blockers('publisher');
        assert.deepEqual([blocker?.pid, blocker?.state, blocker?.ageSeconds], [writer.pid, null, null]);
        await writer.end();
        const outcomes = [
          await bench.run(planCreatePublication(target, choice)),
          await bench.run(
            planCreateSlot(target, {
              name: 'mine',
              plugin: 'pgoutput',
              twoPhase: false,
              failover: false,
              waitLimitMs: 5000,
            }),
          ),
          await bench.run(planDropPublications(target, ['orders_pub'])),
          await bench.run(
            planCreateSubscription(
              { subscriber: target, publisher: null, publisherInventory: null },
              subscriptionTo(fixed.newest, 'mine', ['p']),
            ),
          ),
        ];
        assert.deepEqual(
          outcomes.map(({ status, steps }) => [status, steps[0]?.error?.kind]),
          outcomes.map(() => ['failed', 'privilege']),
        );
      });

      it('never shows the password, whatever a server echoes', async () => {
        const odd = new Secret(`it's \\ secret`);
        const choice = subscriptionTo(fixed.newest, 'wrong', ['nope'], { password: odd });
        for (const conninfo of [choice.conninfo, [...choice.conninfo, ['nonsense', 'x'] as const]]) {
          const plan = planCreateSubscription(
            { subscriber: await bench.target('publisher'), publisher: null, publisherInventory: null },
            { ...choice, conninfo },
          );
          const outcome = await bench.run(plan);
          assert.equal(outcome.status, 'failed');
          assert.doesNotMatch(JSON.stringify([plan, outcome, bench.logged]), /secret/);
        }
      });
    });
  }
});
