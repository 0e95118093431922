import assert from 'node:assert/strict';
import process from 'node:process';

import { disableAndWaitSql, launcherAtWork } from '../../src/replication/operations/subscription/subscriptionSteps.ts';
import { eventually } from '../support/eventually.ts';
import { startServer } from '../support/servers/startServer.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';

describe('waiting until the workers of a subscription have ended (real servers)', function () {
  this.timeout(180_000);

  for (const major of majorsUnderTest().filter((each) => [14, 18].includes(each))) {
    describe(`on ${major}`, () => {
      const servers = useServers({ subscriber: { major } });

      it('waits for one that is just being started, too', async () => {
        const { subscriber } = servers;
        await subscriber.script(
          `create subscription sub connection 'host=127.0.0.1 port=1 dbname=nowhere' publication one with (connect = false, slot_name = none)`,
        );
        await subscriber.script(`alter subscription sub set (slot_name = sub)`);
        const [started] = await subscriber.query<{ pid: string }>(
          `select split_part(pg_read_file('postmaster.pid'), e'\\n', 1) pid`,
        );
        const postmaster = Number(started?.pid);
        const [changing, watching] = [await subscriber.client(), await subscriber.client()];
        const seen = async (query: string): Promise<boolean> => (await watching.query(query)).rows.length > 0;
        // Nothing is forked now: the launcher waits for the worker that it asked for.
        process.kill(postmaster, 'SIGSTOP');
        let waiting: Promise<unknown> = Promise.resolve();
        try {
          await changing.query('alter subscription sub enable');
          await eventually(() => seen(`select from pg_stat_activity where wait_event ilike 'BgworkerStartup'`), {
            within: 30_000,
            what: 'a worker that is being started',
          });
          assert.equal(await seen('select from pg_stat_subscription where pid is not null'), false);
          waiting = changing.query(disableAndWaitSql('sub'));
          await eventually(
            () => seen(`select from pg_stat_activity where wait_event = 'PgSleep' and query like 'DO %'`),
            { within: 30_000, what: 'the wait for it' },
          );
        } finally {
          process.kill(postmaster, 'SIGCONT');
        }
        await waiting;
        assert.equal(await seen('select from pg_stat_subscription where pid is not null'), false);
      });
    });
  }

  for (const major of majorsUnderTest().filter((each) => [13, 18].includes(each))) {
    it(`takes no launcher for busy on ${major} that waits for a lock, or that doesn’t tell what it does`, async () => {
      const server = await startServer({ major });
      try {
        const [locking, watching] = [await server.client(), await server.client()];
        const seen = async (query: string): Promise<boolean> => (await watching.query(query)).rows.length > 0;
        const resting = { within: 60_000, what: 'a launcher that isn’t taken for busy' };
        const there = `select from pg_stat_activity where backend_type = 'logical replication launcher'`;
        await locking.query('begin');
        await locking.query('lock table pg_subscription in access exclusive mode');
        await eventually(() => seen(there), { within: 60_000, what: 'the launcher' });
        // Started again, it reads which subscriptions there are.
        await watching.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'logical replication launcher'`,
        );
        await eventually(() => seen(`${there} and wait_event_type = 'Lock'`), {
          within: 60_000,
          what: 'a launcher that waits for the lock',
        });
        assert.equal(await seen(launcherAtWork), false);
        await locking.query('rollback');

        await server.script('alter system set track_activities = off');
        await server.restart();
        const after = await server.client();
        const rows = async (query: string): Promise<number> => (await after.query(query)).rows.length;
        await eventually(async () => (await rows(there)) > 0, { within: 60_000, what: 'the launcher' });
        await eventually(async () => (await rows(launcherAtWork)) === 0, resting);
      } finally {
        await server.dispose();
      }
    });
  }
});
