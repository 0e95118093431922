import assert from 'node:assert/strict';

import { paramsOf } from '../support/connect.ts';
import { eventually } from '../support/eventually.ts';
import { Proxy } from '../support/servers/proxy.ts';
import { useServers } from '../support/servers/useServers.ts';
import { type Major, majorsUnderTest } from '../support/servers/versions.ts';
import { beatMs, computed, LagLab, load, longTestMs, patienceMs, startStream } from './lagKit.ts';

const majors = majorsUnderTest();
const newest = majors.at(-1) ?? 18;

describe(`the state of a stream on PostgreSQL ${newest} (real servers)`, function () {
  this.timeout(longTestMs);
  const servers = useServers({ publisher: { major: newest }, subscriber: { major: newest } });
  let lab: LagLab;

  before(async () => {
    await startStream(servers.publisher, servers.subscriber, 'orders');
  });
  beforeEach(() => {
    lab = new LagLab({ publisher: servers.publisher, subscriber: servers.subscriber });
    lab.watch('publisher', 'subscriber');
  });
  afterEach(() => lab.dispose());

  const streaming = () =>
    lab.until('streaming', 'orders', ({ state, stream }) => state === 'streaming' && stream.subscriber !== null);

  it('is disabled when the subscription is, with what it lacks still counted, and streams again', async () => {
    await streaming();
    await servers.subscriber.query('ALTER SUBSCRIPTION orders DISABLE');
    await lab.until('disabled', 'orders', ({ state }) => state === 'disabled');
    await load(servers.publisher, 'orders', 500);
    const lag = await lab.until('bytes not applied', 'orders', (one) => (one.notAppliedBytes ?? 0) > 400_000);
    assert.equal(lag.state, 'disabled');
    assert.equal(lag.inFlightBytes, 0);
    await servers.subscriber.query('ALTER SUBSCRIPTION orders ENABLE');
    await lab.until('everything applied', 'orders', (one) => one.state === 'streaming' && one.notAppliedBytes === 0);
  });

  it('is inactive, with the subscriber named, while that is down, and comes back with it', async () => {
    await streaming();
    await servers.subscriber.stop('fast');
    const lag = await lab.until('inactive', 'orders', ({ state }) => state === 'inactive');
    assert.match(lag.stateText, /no answer from the subscriber subscriber since/);
    assert.notEqual(lag.retainedBytes, null);
    await servers.subscriber.start();
    await streaming();
  });

  it('is unreachable while the publisher is down; the past stays, with a gap, and figures return', async () => {
    const { stream } = await streaming();
    const samples = await eventually(() => lab.samples.of(stream.id), { within: patienceMs, what: 'a sample' });
    const lastBefore = samples.lastAt ?? 0;
    await servers.publisher.stop('fast');
    const stoppedAt = Date.now();
    const lag = await lab.until('unreachable', 'orders', ({ state }) => state === 'unreachable');
    assert.match(lag.stateText, /no answer from the publisher publisher since/);
    assert.deepEqual([lag.notAppliedBytes, lag.secondsBehind, lag.retainedBytes], [null, null, null]);
    // A gap is a whole second without a sample.
    await eventually(() => Date.now() - stoppedAt > 3000, { within: patienceMs, what: 'seconds without a sample' });
    const startedAt = Date.now();
    await servers.publisher.start();
    await streaming();
    await eventually(() => (samples.lastAt ?? 0) > startedAt, { within: patienceMs, what: 'a new figure' });
    const valuesOf = (from: number, to: number) => {
      const second = (at: number) => Math.floor(at / 1000) * 1000;
      const count = (second(to) - second(from)) / 1000;
      return samples.buckets('notAppliedBytes', { from: second(from), widthMs: 1000, count, joinMs: 0 });
    };
    assert.notEqual(valuesOf(lastBefore, lastBefore + 1000)[0], null, 'the past stays');
    const away = valuesOf(stoppedAt + 1000, startedAt);
    assert.ok(away.length > 0 && away.every((value) => value === null), JSON.stringify(away));
    const after = valuesOf(startedAt, Date.now() + 1000);
    assert.ok(
      after.some((value) => value !== null),
      JSON.stringify(after),
    );
  });

  it('is stopped when apply fails again and again, and says so', async () => {
    await streaming();
    await servers.subscriber.query("INSERT INTO orders_t VALUES (999999, 'in the way')");
    await servers.publisher.query("INSERT INTO orders_t VALUES (999999, 'from the publisher')");
    const lag = await lab.until('stopped', 'orders', ({ state }) => state === 'stopped');
    assert.match(lag.stateText, /^stopped: /);
    await servers.subscriber.query('DELETE FROM orders_t WHERE id = 999999');
    await streaming();
  });

  it('is slotMissing when the slot was dropped under the subscription', async () => {
    await startStream(servers.publisher, servers.subscriber, 'gone');
    await lab.until('a stream', 'gone', ({ state, stream }) => state === 'streaming' && stream.subscriber !== null);
    await servers.subscriber.query('ALTER SUBSCRIPTION gone DISABLE');
    await eventually(
      async () => {
        await servers.publisher.query("SELECT pg_drop_replication_slot('gone')");
        return true;
      },
      { within: patienceMs, what: 'a slot that can be dropped' },
    );
    const lag = await lab.until('slotMissing', 'gone', ({ state }) => state === 'slotMissing');
    assert.match(lag.stateText, /no such replication slot on publisher/);
    await servers.subscriber.script('ALTER SUBSCRIPTION gone SET (slot_name = NONE)');
    await servers.subscriber.query('DROP SUBSCRIPTION gone');
  });

  it('shows an ordinary role what it may see: confirmed, retained and seconds, and what is not shown is unknown', async () => {
    const role = await servers.publisher.createRole('viewer', 'viewer-password');
    lab.connections.set('publisher', paramsOf(servers.publisher, role));
    await lab.service.close('publisher');
    await lab.service.open('publisher');
    await load(servers.publisher, 'orders', 10);
    const lag = await lab.until('all confirmed', 'orders', ({ notAppliedBytes, state, stream }) => {
      return notAppliedBytes === 0 && state === 'streaming' && stream.subscriber !== null;
    });
    assert.equal(lag.stream.subscriber?.subscriptionName, 'orders');
    assert.deepEqual([lag.notSentBytes, lag.inFlightBytes], [null, null]);
    assert.notEqual(lag.retainedBytes, null);
  });

  it('takes one round trip a sample', async () => {
    const proxy = await Proxy.open(servers.publisher);
    try {
      lab.connections.set('counted', { ...paramsOf(servers.publisher), sslMode: 'disable', port: proxy.port });
      await lab.service.open('counted');
      const mark = () => {
        const state = lab.service.state('counted');
        return state.phase === 'open' ? state.snapshot.pulse.catalogMark : null;
      };
      const before = mark();
      let pulses = 0;
      let others = 0;
      let trips: number | undefined;
      const stop = lab.service.onDidChange((id, change) => {
        if (id !== 'counted') return;
        if (change === 'pulse') pulses += 1;
        else others += 1;
        // At the moment of an answer nothing else is under way.
        if (pulses === 10) trips ??= proxy.roundTrips - others;
      });
      proxy.resetCounts();
      const end = lab.service.watch(['counted'], beatMs);
      assert.equal(await eventually(() => trips, { within: patienceMs, what: 'ten samples' }), 10);
      end();
      stop();
      assert.equal(mark() === before, others === 0);
      assert.equal(proxy.connections, 0);
    } finally {
      await proxy.dispose();
    }
  });
});

for (const major of [13, 16, 18].filter((one): one is Major => majors.includes(one as Major))) {
  describe(`a lost slot on PostgreSQL ${major} (real servers)`, function () {
    this.timeout(longTestMs);
    const servers = useServers({
      publisher: { major, settings: { max_slot_wal_keep_size: '1MB', max_wal_size: '32MB', min_wal_size: '32MB' } },
    });

    it('says lost, with the reason where the server has it, and never 0', async () => {
      const lab = new LagLab({ publisher: servers.publisher });
      try {
        lab.watch('publisher');
        await servers.publisher.query("SELECT pg_create_logical_replication_slot('late', 'test_decoding')");
        const before = await lab.until('inactive', 'late', ({ state }) => state === 'inactive');
        assert.equal(before.stream.consumer, 'test_decoding');
        await eventually(
          async () => {
            await servers.publisher.script('CREATE TABLE w (x int); DROP TABLE w; SELECT pg_switch_wal(); CHECKPOINT');
            const [slot] = await servers.publisher.query<{ wal_status: string }>(
              "SELECT wal_status FROM pg_replication_slots WHERE slot_name = 'late'",
            );
            return slot?.wal_status === 'lost';
          },
          { what: 'the loss of the slot', within: patienceMs },
        );
        const lag = await lab.until('lost', 'late', ({ state }) => state === 'lost');
        assert.match(lag.stateText, major >= 17 ? /the WAL it needs was removed/ : /lost: publisher can't send/);
        const { not_applied } = await computed(servers.publisher, 'late');
        assert.deepEqual(
          [lag.notAppliedBytes, lag.notSentBytes, lag.retainedBytes, lag.secondsBehind, lag.appliedBytesPerSecond],
          [null, null, null, null, null],
          `the server itself may still show a distance: ${not_applied}`,
        );
      } finally {
        await lab.dispose();
      }
    });
  });
}
