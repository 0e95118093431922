import assert from 'node:assert/strict';

import type { Client } from 'pg';

import { eventually } from '../support/eventually.ts';
import { type Standby, startStandby } from '../support/servers/standby.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { useServers } from '../support/servers/useServers.ts';
import { type Major, majorsUnderTest } from '../support/servers/versions.ts';
import { LagLab, load, longTestMs, patienceMs } from './lagKit.ts';
import { assertBytesTrue, assertSecondsTrue, SampleTimes, TruthLog } from './lagTruth.ts';

/** Logical decoding on a standby: since 16. */
const majors = ([16, 18] as const).filter((one) => majorsUnderTest().includes(one));

for (const major of majors)
  describe(`the known truth of a standby that publishes, on PostgreSQL ${major} (real servers)`, function () {
    this.timeout(longTestMs);
    truths(major);
  });

function truths(major: Major): void {
  const servers = useServers({ primary: { major }, subscriber: { major } });
  let standby: Standby | undefined;
  let lab: LagLab;
  let log: TruthLog;
  let times: SampleTimes;

  before(async () => {
    const { primary, subscriber } = servers;
    standby = await startStandby(primary, {
      settings: { hot_standby_feedback: 'on', wal_receiver_status_interval: '1s' },
    });
    const published: TestServer = standby.server;
    const table = 'CREATE TABLE orders_t (id int PRIMARY KEY, filler text)';
    await primary.script(`${table}; CREATE PUBLICATION orders_pub FOR TABLE orders_t`);
    await subscriber.script(table);
    await eventually(async () => (await published.query('SELECT FROM pg_publication')).length === 1, {
      within: patienceMs,
      what: 'the publication on the standby',
    });
    const conninfo = published.conninfo({ password: primary.password }).replaceAll("'", "''");
    let created = false;
    const creating = subscriber
      .query(`CREATE SUBSCRIPTION orders CONNECTION '${conninfo}' PUBLICATION orders_pub WITH (copy_data = false)`)
      .finally(() => (created = true));
    // A slot on a standby waits until the primary says which transactions run.
    await eventually(
      async () => {
        await primary.query('SELECT pg_log_standby_snapshot()');
        return created;
      },
      { within: patienceMs, every: 100, what: 'the slot on the standby' },
    );
    await creating;
    lab = new LagLab({ standby: published, subscriber });
    times = new SampleTimes(lab, 'standby');
    lab.watch('standby', 'subscriber');
    log = await TruthLog.start(published);
  });
  after(async () => {
    times?.stop();
    await lab?.dispose();
    await log?.end();
    await standby?.dispose();
  });

  it('is measured by what it has replayed: zero when all is applied, and by bytes and age while apply is stuck', async () => {
    assert.ok(standby);
    await load(servers.primary, 'orders', 100);
    const idle = await lab.until(
      'everything applied',
      'orders',
      ({ notAppliedBytes, secondsBehind, state, stream }) => {
        return stream.subscriber !== null && state === 'streaming' && notAppliedBytes === 0 && secondsBehind === 0;
      },
    );
    assert.equal(idle.stream.publisher?.connectionId, 'standby');
    const blocker: Client = await servers.subscriber.client();
    await blocker.query('BEGIN; LOCK TABLE orders_t IN ACCESS EXCLUSIVE MODE');
    await load(servers.primary, 'orders', 500);
    const stuck = await assertSecondsTrue({ lab, log, times }, 'orders', { atLeast: 5 });
    assert.equal(stuck.state, 'catchingUp');
    await lab.until('the lock it waits for', 'orders', ({ stateText }) =>
      /^not moving: .*waits for a lock on subscriber/.test(stateText),
    );
    await assertBytesTrue(lab, standby.server, 'orders');
    await blocker.query('COMMIT');
    await blocker.end();
    await lab.until('everything applied', 'orders', ({ notAppliedBytes, secondsBehind, state }) => {
      return state === 'streaming' && notAppliedBytes === 0 && secondsBehind === 0;
    });
    const [counted] = await servers.subscriber.query<{ n: string }>('SELECT count(*) AS n FROM orders_t');
    assert.equal(Number(counted?.n), 600);
  });
}
