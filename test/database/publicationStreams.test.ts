import assert from 'node:assert/strict';

import type { PublicationChoice } from '../../src/replication/model/choices.ts';
import { planAlterPublication } from '../../src/replication/operations/publication/alterPublication.ts';
import { planCreatePublication } from '../../src/replication/operations/publication/createPublication.ts';
import { planAddTables, planRemoveMembers } from '../../src/replication/operations/publication/publicationMembers.ts';
import { planCreateSubscription } from '../../src/replication/operations/subscription/createSubscription.ts';
import { planEnableSubscription } from '../../src/replication/operations/subscription/switchSubscription.ts';
import { eventually } from '../support/eventually.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';
import { Bench, member, publicationOf, subscriptionTo } from './operationsKit.ts';
import { presentChoice } from './planDesk.ts';

async function ids(server: TestServer, table: string): Promise<readonly number[]> {
  const rows = await server.query<{ id: number }>(`select id from ${table} order by id`);
  return rows.map(({ id }) => id);
}

/** Writes rows one by one, and in transactions of many, while `work` goes on. */
async function whileWriting(server: TestServer, work: () => Promise<void>): Promise<void> {
  const ending = new AbortController();
  let [{ next } = { next: 0 }] = await server.query<{ next: number }>(
    'select coalesce(max(id), 0) + 1000 as next from a',
  );
  const single = (async () => {
    const client = await server.client();
    while (!ending.signal.aborted) await client.query(`insert into a values (${next++})`);
    await client.end();
  })();
  const longer = (async () => {
    const client = await server.client();
    while (!ending.signal.aborted) {
      await client.query(`begin`);
      for (let row = 0; row < 20; row++) await client.query(`insert into a values (${next++})`);
      await client.query(`commit`);
    }
    await client.end();
  })();
  try {
    await work();
  } finally {
    ending.abort();
    await Promise.all([single, longer]);
  }
}

for (const major of majorsUnderTest()) {
  describe(`editing a publication that is read (real ${major} to a real 18)`, function () {
    this.timeout(180_000);
    const servers = useServers({ publisher: { major }, subscriber: { major: 18 } });
    let bench: Bench;
    const readers = [{ publication: 'live', subscription: 'live_sub', serverName: 'subscriber' }];

    before(async () => {
      const tables = ['a', 'b', 'c', 'd'].map((name) => `create table ${name} (id int primary key);`).join(' ');
      await servers.publisher.script(`${tables} create table elsewhere (id int primary key)`);
      await servers.subscriber.script(tables);
      bench = new Bench().add('publisher', servers.publisher).add('subscriber', servers.subscriber);
      const made = publicationOf('live', { tables: [member('public', 'a')] });
      await bench.done(planCreatePublication(await bench.target('publisher'), made));
      const parties = await bench.parties('publisher', 'subscriber');
      await bench.done(planCreateSubscription(parties, subscriptionTo(servers.publisher, 'live_sub', ['live'])));
      await same('a');
    });
    after(() => bench.service.dispose());

    /** Waits until both ends hold the same rows of a table. */
    async function same(table: string): Promise<void> {
      await eventually(
        async () =>
          JSON.stringify(await ids(servers.publisher, table)) === JSON.stringify(await ids(servers.subscriber, table)),
        { within: 60_000, what: `the rows of ${table}` },
      );
    }

    const edit = async (more: Partial<PublicationChoice>, name = 'live') => {
      const target = await bench.target('publisher');
      return planAlterPublication(target, name, { ...presentChoice(target, name), ...more }, { readers });
    };

    it('loses nothing to dropping and creating again, of what streams and of what waits', async () => {
      await whileWriting(servers.publisher, async () => {
        for (const scope of ['allTables', 'chosen', 'allTables', 'chosen'] as const) {
          const tables = scope === 'chosen' ? [member('public', 'a')] : [];
          const plan = await edit({ scope, tables });
          assert.deepEqual(
            plan.steps.map(({ risk }) => risk),
            ['severe'],
          );
          const { consequence } = plan.steps[0] ?? {};
          assert.match(consequence ?? '', /dropped and created again in one transaction/);
          assert.match(consequence ?? '', /read by live_sub \(subscriber\)/);
          assert.match(consequence ?? '', /live_sub \(active\), keeps its position/);
          await bench.done(plan);
        }
      });
      await same('a');

      await bench.done(planEnableSubscription(await bench.target('subscriber'), 'live_sub', false));
      await servers.publisher.script('insert into a values (-3)');
      await bench.done(await edit({ scope: 'allTables' }));
      await servers.publisher.script('insert into a values (-2)');
      await bench.done(await edit({ scope: 'chosen', tables: [member('public', 'a')] }));
      await servers.publisher.script('insert into a values (-1)');
      await bench.done(planEnableSubscription(await bench.target('subscriber'), 'live_sub', true));
      await same('a');
      assert.deepEqual((await ids(servers.subscriber, 'a')).slice(0, 3), [-3, -2, -1]);
    });

    it('adds tables and has their reader refreshed, in one plan', async () => {
      await servers.publisher.script('insert into b values (1)');
      const subscriber = await bench.target('subscriber');
      const refresh = [{ subscriber, subscription: 'live_sub', copyData: true }];
      const target = await bench.target('publisher');
      const plan = planAddTables(target, 'live', [member('public', 'b')], { readers, refresh });
      assert.deepEqual(
        plan.steps.map(({ connectionId, title }) => [connectionId, title]),
        [
          ['publisher', 'Add public.b to publication live'],
          ['subscriber', 'Refresh subscription live_sub'],
        ],
      );
      await bench.done(plan);
      await same('b');
      await servers.publisher.script('insert into b values (2)');
      await same('b');
    });

    it('says what happens at readers that aren’t refreshed, and it does', async () => {
      const target = await bench.target('publisher');
      const adding = planAddTables(target, 'live', [member('public', 'c')], { readers });
      assert.match(adding.remarks.join(' '), /live_sub \(subscriber\) must be refreshed to follow public\.c/);
      await bench.done(adding);
      await servers.publisher.script('insert into c values (1); insert into a values (10)');
      await same('a');
      assert.deepEqual(await ids(servers.subscriber, 'c'), [], 'until it is refreshed');
      const removing = planRemoveMembers(
        await bench.target('publisher'),
        'live',
        { tables: [{ schema: 'public', name: 'c' }], schemas: [] },
        { readers },
      );
      assert.equal(removing.steps[0]?.risk, 'lossy');
      assert.match(removing.steps[0]?.consequence ?? '', /public\.c are no longer sent to live_sub \(subscriber\)/);
      await bench.done(removing);
    });

    it('names a table that the reader doesn’t have', async () => {
      const subscriber = await bench.target('subscriber');
      const refresh = [{ subscriber, subscription: 'live_sub', copyData: false }];
      const target = await bench.target('publisher');
      const plan = planAddTables(target, 'live', [member('public', 'elsewhere')], { refresh });
      assert.match(plan.remarks.join(' '), /subscriber has no table public\.elsewhere: create it there first/);
      const outcome = await bench.run(plan);
      assert.equal(outcome.steps[1]?.error?.kind, 'missing');
      const back = { tables: [{ schema: 'public', name: 'elsewhere' }], schemas: [] };
      await bench.done(planRemoveMembers(await bench.target('publisher'), 'live', back));
    });

    it('renames it and tells its reader in the same plan', async () => {
      const subscriber = await bench.target('subscriber');
      const target = await bench.target('publisher');
      const plan = planAlterPublication(
        target,
        'live',
        { ...presentChoice(target, 'live'), name: 'renamed', tables: [member('public', 'a'), member('public', 'd')] },
        { readers, refresh: [{ subscriber, subscription: 'live_sub', copyData: true }] },
      );
      assert.deepEqual(
        plan.steps.map(({ connectionId }) => connectionId),
        ['publisher', 'publisher', 'subscriber'],
      );
      assert.match(plan.steps[1]?.consequence ?? '', /live_sub \(subscriber\) reads it under the name live/);
      await servers.publisher.script('insert into d values (1)');
      await bench.done(plan);
      const { subscriptions } = (await bench.target('subscriber')).snapshot.inventory;
      assert.deepEqual(subscriptions[0]?.publications, ['renamed']);
      await servers.publisher.script('insert into a values (20)');
      await same('a');
      await same('d');
    });

    if (major >= 15) {
      it('changes columns and filter of a member without a gap', async () => {
        const target = await bench.target('publisher');
        const before = presentChoice(target, 'renamed');
        await whileWriting(servers.publisher, async () => {
          for (const filter of ['id > 0', 'id >= 1', null]) {
            const now = await bench.target('publisher');
            const tables = before.tables.map((table) => (table.name === 'a' ? { ...table, filter } : table));
            const plan = planAlterPublication(now, 'renamed', { ...before, tables }, { readers: [] });
            assert.match(plan.steps[0]?.consequence ?? '', /public\.a is sent .* without a gap/);
            assert.equal(plan.steps[0]?.risk, 'none');
            await bench.done(plan);
          }
        });
        await same('a');
      });
    }
  });
}
