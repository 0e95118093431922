import assert from 'node:assert/strict';

import type { Client } from 'pg';

import type { StreamLag } from '../../src/replication/model/stream.ts';
import { eventually } from '../support/eventually.ts';
import { useServers } from '../support/servers/useServers.ts';
import type { Major } from '../support/servers/versions.ts';
import { skip } from '../support/skip.ts';
import { LagLab, load, patienceMs } from './lagKit.ts';
import { assertBytesTrue, assertNoFigures, assertSecondsTrue, SampleTimes, TruthLog } from './lagTruth.ts';
import { createStream, haltSender, loseBySize, statusSeconds } from './lagTruthKit.ts';
import { MeteredRelay } from './meteredRelay.ts';

/** Streams that work; `dormant` is disabled. */
const working = ['steady', 'locked', 'failing', 'distant', 'halted'] as const;

/** The states of a stream, each brought about on a pair of servers of that version, and what is shown of them. */
export function knownTruth(major: Major): void {
  // What stands still is not to be given up, however slow the machine is: hence the timeouts.
  const servers = useServers({
    publisher: {
      major,
      settings: {
        autovacuum: 'off',
        wal_sender_timeout: '10min',
        ...(major >= 13 ? { logical_decoding_work_mem: '64kB' } : {}),
      },
    },
    subscriber: {
      major,
      settings: {
        max_logical_replication_workers: String(working.length),
        wal_receiver_status_interval: `${statusSeconds}s`,
        wal_receiver_timeout: '10min',
      },
    },
  });
  let lab: LagLab;
  let log: TruthLog;
  let times: SampleTimes;
  let relay: MeteredRelay;
  let blocker: Client | undefined;
  /** A process that was stopped; 0 for none. */
  let halted = 0;
  let passedAt = 0;

  before(async () => {
    const { publisher, subscriber } = servers;
    relay = await MeteredRelay.open(publisher);
    await publisher.createDatabase('busy');
    await publisher.script('CREATE TABLE other (filler text)', 'busy');
    for (const name of working) {
      const port = name === 'distant' ? relay.port : publisher.port;
      await createStream(publisher, subscriber, name, { port, streaming: name === 'locked' });
    }
    await createStream(publisher, subscriber, 'dormant', { port: publisher.port, enabled: false });
    lab = new LagLab({ publisher, subscriber });
    times = new SampleTimes(lab, 'publisher');
    lab.watch('publisher', 'subscriber');
    log = await TruthLog.start(publisher);
  });
  after(async () => {
    if (halted !== 0) process.kill(halted, 'SIGCONT');
    times?.stop();
    await lab?.dispose();
    await log?.end();
    await relay?.cut();
  });

  const upToDate = async (names: readonly string[]): Promise<void> => {
    for (const name of names) {
      await lab.until(`${name} up to date`, name, upToDateLag);
    }
  };
  const notMoving = (name: string, why: string) =>
    lab.until(why, name, ({ stateText }) => stateText.startsWith('not moving: ') && stateText.endsWith(`; ${why}`));
  const noWorker = (name: string, why: string) => {
    const told = `stopped: no apply worker is running; ${why}: raise it and restart subscriber`;
    return lab.until(told, name, ({ stateText }) => stateText === told);
  };
  const stuck = (name: string, atLeast: number) => assertSecondsTrue({ lab, log, times }, name, { atLeast });

  it('idle: everything is zero, from sample to sample', async () => {
    await upToDate(working);
    await assertSecondsTrue({ lab, log, times }, 'steady', { atLeast: 0, samples: 5 });
    await assertBytesTrue(lab, servers.publisher, 'steady');
    // Both ends run on one clock, which a slow answer tells only roughly.
    const oneClock = (difference: number | null) => difference !== null && Math.abs(difference) < 1000;
    const lag = await lab.until(
      'disabled, and one clock',
      'dormant',
      ({ clockDifferenceMs, state }) => state === 'disabled' && oneClock(clockDifferenceMs),
    );
    assert.equal(lag.stateText, 'disabled');
    assert.deepEqual(lag.hidden, []);
  });

  it('another database is busy: an idle stream is not behind, and a slot nobody reads says whose WAL it keeps', async () => {
    const { publisher } = servers;
    const seconds: number[] = [];
    const stop = lab.monitor.onDidSample(() => {
      const steady = lab.monitor.lags().find(({ stream }) => stream.publisher?.slotName === 'steady');
      if (steady) seconds.push(steady.secondsBehind ?? Infinity);
    });
    const writer = await publisher.client('busy');
    let unread: StreamLag | undefined;
    // By half of the last samples: on a machine that is busy itself the subscriber's answer may be late for a while.
    const median = () => seconds.slice(-20).toSorted((a, b) => a - b)[10] ?? Infinity;
    const deadline = Date.now() + patienceMs;
    const isDone = () => unread !== undefined && seconds.length >= 20 && (median() <= 1.5 || Date.now() > deadline);
    for (let writes = 0; !isDone(); writes += 1) {
      if (unread === undefined && writes % 200 === 0) {
        // A slot that nobody reads. The statistics of what was done before may come as late as after its creation: then
        // it can't be told whose WAL it keeps, and the next one will do.
        if (writes > 0) await publisher.query("SELECT pg_drop_replication_slot('unread')");
        await publisher.query("SELECT pg_create_logical_replication_slot('unread', 'test_decoding')");
      }
      await writer.query("INSERT INTO other SELECT repeat('x', 500) FROM generate_series(1, 50)");
      await new Promise((resolve) => setTimeout(resolve, 20));
      unread ??= lab.monitor
        .lags()
        .find(({ otherDatabases, stream }) => stream.publisher?.slotName === 'unread' && otherDatabases.length > 0);
    }
    stop();
    await writer.end();
    assert.ok(unread);
    assert.deepEqual(unread.otherDatabases, ['busy']);
    assert.match(unread.stateText, /^inactive: .*; only other databases write \(busy\), nothing of postgres waits$/);
    assert.ok((unread.notAppliedBytes ?? 0) > 100_000, 'its bytes are shown all the same');
    assert.ok(median() <= 1.5, `an idle stream is shown ${seconds.join(', ')} s behind`);
    // Real work of its own is never explained away.
    await load(publisher, 'dormant', 10);
    await lab.until('rows of its own', 'unread', ({ otherDatabases }) => otherDatabases.length === 0);
  });

  it('five streams get stuck at once, each in its way, and a sixth is disabled', async () => {
    const { publisher, subscriber } = servers;
    blocker = await subscriber.client();
    await blocker.query('BEGIN; LOCK TABLE locked_t IN ACCESS EXCLUSIVE MODE');
    await subscriber.query("INSERT INTO failing_t VALUES (1, 'in the way')");
    await upToDate(working);
    relay.pause();
    // What statistics show within their delay after a confirmation may be what was confirmed.
    if (major < 14) await eventually(() => log.stillFor('distant') > 1500, { within: patienceMs, what: 'a pause' });
    passedAt = relay.passed.toClient;
    halted = await haltSender(publisher, 'halted');
    for (const name of [...working, 'dormant']) await load(publisher, name, name === 'distant' ? 1500 : 100);
    // Long before the next status would be due: rows of the own database were written, a lock is waited for.
    if (major < 14) for (const name of ['distant', 'locked']) await stuck(name, 3.5);
  });

  it('apply waits for a lock: that it does and who holds it', async () => {
    await stuck('locked', 5);
    const [worker] = await servers.subscriber.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_subscription WHERE subname = 'locked' AND relid IS NULL AND pid IS NOT NULL",
    );
    const [holder] = (await blocker?.query<{ pid: number }>('SELECT pg_backend_pid() AS pid'))?.rows ?? [];
    const who = `the apply worker (process ${worker?.pid}) waits for a lock on subscriber, which the process ${holder?.pid} holds`;
    const lag = await notMoving('locked', who);
    assert.equal(lag.state, 'catchingUp');
    await assertBytesTrue(lab, servers.publisher, 'locked');
  });

  it('the WAL sender stands still: that it sends nothing', async () => {
    await stuck('halted', 5);
    const lag = await notMoving('halted', `the WAL sender (process ${halted} on publisher) sends nothing`);
    assert.equal(lag.state, 'catchingUp');
    assert.equal(lag.inFlightBytes, 0);
    assert.ok((lag.notSentBytes ?? 0) > 100_000);
    await assertBytesTrue(lab, servers.publisher, 'halted');
  });

  it('the network swallows everything: that nothing arrives', async () => {
    await stuck('distant', 5);
    const lag = await notMoving('distant', 'what is sent does not arrive at subscriber');
    assert.equal(relay.passed.toClient, passedAt, 'nothing passed meanwhile');
    assert.equal(lag.state, 'catchingUp');
    assert.ok((lag.inFlightBytes ?? 0) > 0);
    await assertBytesTrue(lab, servers.publisher, 'distant');
  });

  it('apply fails again and again: stopped, with as many errors and conflicts as the server counts', async () => {
    await stuck('failing', 5);
    // A worker that fails only after a while is at work until then.
    const pattern =
      major < 15
        ? /^stopped: /
        : /^stopped: .*it fails again and again \(\d+ errors so far\), see the log of subscriber/;
    const lag = await lab.until('stopped', 'failing', ({ stateText }) => pattern.test(stateText));
    if (major < 15) {
      assert.deepEqual([lag.errorsPerMinute, lag.conflictsPerMinute], [null, null]);
      return;
    }
    const column = major >= 18 ? 'confl_insert_exists' : 'apply_error_count';
    const counted = async () => {
      const [row] = await servers.subscriber.query<{ n: string }>(
        `SELECT ${column} AS n FROM pg_stat_subscription_stats WHERE subname = 'failing'`,
      );
      return Number(row?.n);
    };
    // All of them happened within a minute and while we looked, the first one perhaps excepted.
    const most = await counted();
    const least = major >= 18 ? lag.conflictsPerMinute : lag.errorsPerMinute;
    assert.ok(least !== null && least >= 1 && least <= most, `${least} shown, ${most} counted`);
  });

  it('disabled: its bytes and its age grow all the same', async () => {
    const lag = await stuck('dormant', 5);
    assert.deepEqual([lag.state, lag.stateText], ['disabled', 'disabled']);
    assert.deepEqual([lag.appliedBytesPerSecond, lag.sentBytesPerSecond], [0, 0]);
    await assertBytesTrue(lab, servers.publisher, 'dormant');
  });

  it('the network is cut: nobody reads the slot any more, and the subscriber does not get to it', async () => {
    await relay.cut();
    const lag = await lab.until('stopped', 'distant', ({ state }) => state === 'stopped');
    assert.match(
      lag.stateText,
      /^stopped: (no apply worker is running|the apply worker (does not get to its slot|is started again and again))/,
    );
    await stuck('distant', 5);
    // The publisher may need a moment to notice.
    await lab.until('nothing applied', 'distant', ({ appliedBytesPerSecond }) => appliedBytesPerSecond === 0);
  });

  it('let go, all catch up, and no more is confirmed than passed the throttled way', async () => {
    await blocker?.query('COMMIT');
    await blocker?.end();
    process.kill(halted, 'SIGCONT');
    halted = 0;
    await servers.subscriber.query('DELETE FROM failing_t WHERE id = 1');
    relay.throttle(1_200_000);
    relay.resume();
    const before = relay.passed.toClient;
    await relay.mend();
    await upToDate(working);
    const [kept] = await servers.subscriber.query<{ bytes: string }>(
      'SELECT sum(length(filler)) AS bytes FROM distant_t',
    );
    assert.ok(Number(kept?.bytes) > 1_400_000);
    assert.ok(relay.passed.toClient - before >= Number(kept?.bytes), 'all rows passed the relay');
    relay.throttle(Infinity);
    for (const name of working) await assertBytesTrue(lab, servers.publisher, name);
  });

  it('a big transaction goes to disk, or is sent before its commit, and both are counted', async function () {
    if (major < 14) skip(this, 'spills and streamed transactions are counted since 14');
    for (const name of ['steady', 'locked']) await load(servers.publisher, name, 500);
    await upToDate(['steady', 'locked']);
    await eventually(
      async () => {
        const rows = await servers.publisher.query<Record<string, string>>(
          `SELECT slot_name, spill_txns, spill_bytes, stream_txns, stream_bytes, total_txns, total_bytes
             FROM pg_stat_replication_slots WHERE slot_name IN ('steady', 'locked')`,
        );
        for (const row of rows) {
          const shown = lab.monitor.lags().find(({ stream }) => stream.publisher?.slotName === row['slot_name']);
          const { decoding } = shown ?? {};
          assert.deepEqual(
            decoding && [
              decoding.spillTransactions,
              decoding.spillBytes,
              decoding.streamTransactions,
              decoding.streamBytes,
            ],
            ['spill_txns', 'spill_bytes', 'stream_txns', 'stream_bytes'].map((column) => Number(row[column])),
          );
          if (row['slot_name'] === 'steady') assert.ok((decoding?.spillsPerMinute ?? 0) >= 1);
          else assert.ok((decoding?.streamedPerMinute ?? 0) >= 1);
        }
        return rows.length === 2;
      },
      { within: patienceMs, what: 'the counters as the server has them' },
    );
  });

  it('workers are exhausted: a subscription waits for one, and says which setting is in its way', async () => {
    await upToDate(working);
    await servers.subscriber.query('ALTER SUBSCRIPTION dormant ENABLE');
    await noWorker(
      'dormant',
      `all ${working.length} logical replication workers of subscriber are in use (max_logical_replication_workers)`,
    );
    await stuck('dormant', 5);
    await servers.subscriber.query('ALTER SUBSCRIPTION steady DISABLE');
    await upToDate(['dormant']);
  });

  it('background workers are exhausted: the same, of the setting that limits them', async () => {
    const { publisher, subscriber } = servers;
    // One of them is the launcher of logical replication.
    await subscriber.query(`ALTER SYSTEM SET max_worker_processes = ${working.length + 1}`);
    await subscriber.query("ALTER SYSTEM SET max_logical_replication_workers = '10'");
    await subscriber.query("ALTER SYSTEM SET max_sync_workers_per_subscription = '0'");
    await subscriber.restart();
    await upToDate(['locked', 'failing', 'distant', 'halted', 'dormant']);
    await subscriber.query('ALTER SUBSCRIPTION steady ENABLE');
    await load(publisher, 'steady', 10);
    const [all, share] = [working.length + 1, working.length];
    await noWorker(
      'steady',
      `all ${all} background workers of subscriber are in use, ${share} of them by logical replication (max_worker_processes)`,
    );
    await stuck('steady', 5);
    await subscriber.query('ALTER SUBSCRIPTION locked DISABLE');
    await upToDate(['steady']);
  });

  it('tables wait to be copied: for which setting, and how many are copied at once', async () => {
    const { publisher, subscriber } = servers;
    for (const name of ['late_a', 'late_b']) {
      for (const server of [publisher, subscriber]) await server.query(`CREATE TABLE ${name} (id int PRIMARY KEY)`);
      await publisher.query(`INSERT INTO ${name} VALUES (1)`);
    }
    await publisher.query('ALTER PUBLICATION steady_pub ADD TABLE late_a, late_b');
    await subscriber.query('ALTER SUBSCRIPTION steady REFRESH PUBLICATION WITH (copy_data = true)');
    const copying = (text: string) => lab.until(text, 'steady', ({ stateText }) => stateText === text);
    const none =
      'stopped: the copy of 2 of 3 tables does not begin; subscriber allows no worker for it (max_sync_workers_per_subscription is 0): raise it and reload its configuration';
    await copying(none);
    const holder = await subscriber.client();
    await holder.query('BEGIN; LOCK TABLE late_a, late_b IN ACCESS EXCLUSIVE MODE');
    await subscriber.query("ALTER SYSTEM SET max_sync_workers_per_subscription = '1'");
    await subscriber.query('SELECT pg_reload_conf()');
    const [all, share] = [working.length + 1, working.length];
    await copying(
      `copying: 2 of 3 tables to go; all ${all} background workers of subscriber are in use, ${share} of them by logical replication (max_worker_processes): raise it and restart subscriber`,
    );
    await subscriber.query('ALTER SUBSCRIPTION failing DISABLE');
    await copying('copying: 2 of 3 tables to go, 1 at once (max_sync_workers_per_subscription)');
    await holder.query('COMMIT');
    await holder.end();
    await upToDate(['steady']);
  });

  it('a subscriber ahead of its publisher, as after a restore: that what is written is left out, and no figure', async () => {
    const { publisher, subscriber } = servers;
    await subscriber.query('ALTER SUBSCRIPTION halted DISABLE');
    await eventually(
      async () => {
        await subscriber.query(
          "SELECT pg_replication_origin_advance('pg_' || oid, '7F/0') FROM pg_subscription WHERE subname = 'halted'",
        );
        return true;
      },
      { within: patienceMs, what: 'an origin that no worker uses' },
    );
    await subscriber.query('ALTER SUBSCRIPTION halted ENABLE');
    await load(publisher, 'halted', 10);
    const told = /^stopped: subscriber has applied up to 7F\/0 and publisher ends at 0\/[0-9A-F]+: it was set back, /;
    const lag = await lab.until('ahead', 'halted', ({ stateText }) => told.test(stateText));
    assert.deepEqual([lag.state, lag.secondsBehind, lag.notAppliedBytes], ['stopped', null, null]);
    const [last] = await publisher.query<{ id: number }>('SELECT max(id) AS id FROM halted_t');
    assert.equal((await subscriber.query('SELECT 1 FROM halted_t WHERE id = $1', [last?.id])).length, 0);
  });

  it('a slot is lost, by its idle time and by the WAL it kept: lost, with the reason, and no figure', async function () {
    if (major < 13) skip(this, 'slots are lost since 13');
    const { publisher } = servers;
    if (major >= 18) {
      await publisher.query("SELECT pg_create_logical_replication_slot('idle', 'test_decoding')");
      await publisher.query("ALTER SYSTEM SET idle_replication_slot_timeout = '1s'");
      await publisher.query('SELECT pg_reload_conf()');
      await eventually(
        async () => {
          await publisher.query('CHECKPOINT');
          const rows = await publisher.query(
            "SELECT 1 FROM pg_replication_slots WHERE slot_name = 'idle' AND invalidation_reason = 'idle_timeout'",
          );
          return rows.length === 1;
        },
        { within: patienceMs, what: 'the loss of an idle slot' },
      );
      const idle = await lab.until('lost', 'idle', ({ state }) => state === 'lost');
      assert.match(idle.stateText, /it was inactive for longer than idle_replication_slot_timeout$/);
      assertNoFigures(idle);
      await publisher.query('ALTER SYSTEM RESET idle_replication_slot_timeout');
    }
    await publisher.query("SELECT pg_create_logical_replication_slot('late', 'test_decoding')");
    await loseBySize(publisher, 'late');
    const late = await lab.until('lost', 'late', ({ state }) => state === 'lost');
    assert.match(
      late.stateText,
      major >= 17
        ? /the WAL it needs was removed, because it kept more than max_slot_wal_keep_size$/
        : /^lost: publisher can't/,
    );
    assertNoFigures(late);
  });
}

function upToDateLag({ notAppliedBytes, secondsBehind, state, stream }: StreamLag): boolean {
  return stream.subscriber !== null && state === 'streaming' && notAppliedBytes === 0 && secondsBehind === 0;
}
