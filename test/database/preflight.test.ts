import assert from 'node:assert/strict';

import type { SubscriptionChoice } from '../../src/replication/model/choices.ts';
import { Secret } from '../../src/replication/model/secret.ts';
import { preflight, type PreflightCheck } from '../../src/replication/operations/subscription/preflight.ts';
import { openSession } from '../../src/replication/postgres/session.ts';
import { trySubscription } from '../../src/replication/trials/trySubscription.ts';
import { Proxy } from '../support/servers/proxy.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';
import { Bench, subscriptionTo } from './operationsKit.ts';

/** What a trial must leave as it was, on either end. */
async function traces(server: TestServer): Promise<readonly unknown[]> {
  return server.query(`select (select count(*) from pg_subscription) subscriptions, (select count(*) from pg_replication_slots) slots,
    (select count(*) from pg_replication_origin) origins, (select count(*) from pg_subscription_rel) relations`);
}

/** The preflight as the form makes it. */
async function look(bench: Bench, choice: SubscriptionChoice): Promise<readonly PreflightCheck[]> {
  const parties = await bench.parties('publisher', 'subscriber');
  const names = [
    { schema: 'public', name: 'orders' },
    { schema: 'public', name: 'bare' },
    { schema: 'public', name: 'gone' },
  ];
  const details = async (id: string): ReturnType<typeof bench.service.tableDetails> =>
    bench.service.tableDetails(
      id,
      (await bench.target(id)).snapshot.inventory.tables.map(({ oid }) => oid),
    );
  return preflight(parties, choice, {
    trial: await bench.service.reads.trySubscription('subscriber', choice),
    blockers: await bench.service.blockers('publisher'),
    tablesWithRows: await bench.service.reads.tablesWithRows('subscriber', names),
    details: { publisher: await details('publisher'), subscriber: await details('subscriber') },
  });
}

function notPassed(checks: readonly PreflightCheck[]): readonly string[] {
  return checks
    .filter(({ state }) => state !== 'passed')
    .map(({ id, state, remedy }) => `${state} ${id} ${remedy ?? '-'}`);
}

describe('the preflight of a subscription (real servers)', function () {
  this.timeout(180_000);
  const fixed = useServers({ newest: { major: 18 } });
  before(async () => {
    await fixed.newest.script(
      'create table orders (id int primary key, note text); create table bare (id int); create publication good for table orders; create publication risky for table orders, bare',
    );
  });

  // A subscription is tried in another way since 15; a role for it came with 16.
  for (const major of majorsUnderTest().filter((each) => [10, 14, 15, 16, 18].includes(each))) {
    describe(`of ${major} from 18`, () => {
      const servers = useServers({ server: { major } });
      let bench: Bench;
      before(() => servers.server.script('create table orders (id int primary key, note text)'));
      beforeEach(() => {
        bench = new Bench().add('publisher', fixed.newest).add('subscriber', servers.server);
      });
      afterEach(async () => {
        await bench.service.dispose();
        // Whatever was tried, nothing of it stays.
        for (const server of [fixed.newest, servers.server]) {
          assert.deepEqual(await traces(server), [{ subscriptions: '0', slots: '0', origins: '0', relations: '0' }]);
        }
      });

      it('finds nothing wrong where nothing is', async () => {
        const without = { operations: 'insert, update, delete' };
        await fixed.newest.script(`alter publication good set (publish = '${without.operations}')`);
        const checks = await look(bench, subscriptionTo(fixed.newest, 'fine', ['good']));
        assert.deepEqual(notPassed(checks), []);
      });

      it('finds what would fail, worst first, with its tables and what helps', async () => {
        await fixed.newest.script(`alter publication good set (publish = 'insert, update, delete, truncate')`);
        await servers.server.script('insert into orders values (1)');
        const writer = await fixed.newest.client('postgres');
        await writer.query('begin; insert into orders values (1)');
        try {
          const checks = await look(bench, subscriptionTo(fixed.newest, 'bad', ['good', 'risky']));
          assert.deepEqual(notPassed(checks), [
            'failed subscriber.trial -',
            'failed subscriber.tables createTables',
            'warning publisher.blockers -',
            'warning subscriber.rows truncateTables',
            'warning publisher.identity setReplicaIdentity',
            ...(major === 10 ? ['warning versions -'] : []),
          ]);
          const tables = (id: string): unknown => checks.find((check) => check.id === id)?.tables;
          assert.deepEqual(tables('subscriber.tables'), [{ schema: 'public', name: 'bare' }]);
          assert.deepEqual(tables('subscriber.rows'), [{ schema: 'public', name: 'orders' }]);
        } finally {
          await writer.end();
          await servers.server.script('truncate orders');
        }
      });

      it('sees columns that are missing or of another type', async () => {
        await servers.server.script('alter table orders drop column note');
        const choice = subscriptionTo(fixed.newest, 'columns', ['good']);
        const missing = (await look(bench, choice)).find(({ id }) => id === 'subscriber.columns');
        assert.match(missing?.message ?? '', /^public\.orders on subscriber lacks the column note/);
        await servers.server.script('alter table orders add column note int');
        const other = (await look(bench, choice)).find(({ id }) => id === 'subscriber.columns');
        assert.match(
          other?.message ?? '',
          /^note of public\.orders is integer on subscriber and text on the publisher/,
        );
        await servers.server.script('alter table orders drop column note, add column note text');
      });

      it('tries it from the subscriber: wrong password, no such database, nobody there, a silent one', async () => {
        const choice = subscriptionTo(fixed.newest, 'tried', ['good']);
        const proxy = await Proxy.open(fixed.newest);
        const through = (port: number): SubscriptionChoice['conninfo'] =>
          choice.conninfo.map(([keyword, value]) => [keyword, keyword === 'port' ? String(port) : value] as const);
        const attempts: [Partial<SubscriptionChoice>, RegExp][] = [
          [{ password: new Secret(`it's \\ wrong`) }, /password authentication failed/],
          [{ conninfo: [...choice.conninfo, ['dbname', 'nowhere']] }, /database "nowhere" does not exist/],
          [{ conninfo: through(1) }, /refused/],
        ];
        for (const [more, wanted] of attempts) {
          const trial = await bench.service.reads.trySubscription('subscriber', { ...choice, ...more });
          assert.equal(trial.ok, false);
          assert.match(trial.error?.server?.message ?? '', wanted);
          assert.doesNotMatch(JSON.stringify(trial), /wrong/);
        }
        await proxy.cut('silent');
        const session = await openSession(await bench.connections.params('subscriber'));
        const silent = await trySubscription(session, { ...choice, conninfo: through(proxy.port) }, { limitMs: 1000 });
        await session.close();
        assert.equal(silent.error?.kind, 'publisherUnreachable');
        assert.match(
          silent.error?.message ?? '',
          new RegExp(`no answer from 127\\.0\\.0\\.1:${proxy.port} within 1 s`),
        );
        await proxy.dispose();
        assert.doesNotMatch(
          await servers.server.logText(),
          new RegExp(`it''s|${fixed.newest.password}`),
          'no password is in the log',
        );
      });

      it('waits for nothing, not even within one cluster, and warns of a publication that isn’t there', async () => {
        bench.add('publisher', servers.server);
        await servers.server.script('create publication own for table orders');
        const writer = await servers.server.client('postgres');
        await writer.query('begin; insert into orders values (9)');
        const inside = await bench.service.reads.trySubscription(
          'subscriber',
          subscriptionTo(servers.server, 'inside', ['own', 'nope']),
        );
        await writer.end();
        assert.equal(inside.ok, true);
        assert.equal(inside.notices.length, major >= 15 ? 1 : 0);
        await servers.server.script('drop publication own');
      });

      it('is refused on a connection marked read-only', async () => {
        const params = await bench.connections.params('subscriber');
        bench.connections.set('subscriber', params, { readOnly: true });
        await assert.rejects(
          bench.service.reads.trySubscription('subscriber', subscriptionTo(fixed.newest, 'never', ['good'])),
          { kind: 'readOnlyConnection' },
        );
      });
    });
  }
});
