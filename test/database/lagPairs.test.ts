import assert from 'node:assert/strict';

import { eventually } from '../support/eventually.ts';
import { useServers } from '../support/servers/useServers.ts';
import { type Major, majorsUnderTest } from '../support/servers/versions.ts';
import { computed, LagLab, load, longTestMs, patienceMs, startStream } from './lagKit.ts';

/** Every version publishes to the next and subscribes to the one before; the oldest and the newest do both. */
function pairs(): readonly (readonly [publisher: Major, subscriber: Major])[] {
  const majors = majorsUnderTest();
  const [oldest, newest] = [majors[0], majors.at(-1)];
  const ring = majors.flatMap((major, index) => {
    const next = majors[index + 1];
    return next === undefined ? [] : [[major, next] as const];
  });
  if (oldest === undefined || newest === undefined || oldest === newest) return majors.map((major) => [major, major]);
  return majors.length === 2 ? [...ring, [newest, oldest]] : [...ring, [newest, oldest], [oldest, newest]];
}

for (const [publisher, subscriber] of pairs()) {
  describe(`lag from PostgreSQL ${publisher} to ${subscriber} (real servers)`, function () {
    this.timeout(longTestMs);
    const servers = useServers({
      publisher: { major: publisher },
      subscriber: { major: subscriber, settings: { wal_receiver_status_interval: '1s' } },
    });
    let lab: LagLab;

    before(async () => {
      await startStream(servers.publisher, servers.subscriber, 'orders');
      lab = new LagLab({ publisher: servers.publisher, subscriber: servers.subscriber });
      lab.watch('publisher', 'subscriber');
    });
    after(() => lab?.dispose());

    it('is 0 when idle, grows while apply is stuck although replay_lag does not, and is 0 again', async () => {
      const idle = await lab.until('an idle stream', 'orders', (lag) => {
        const { notAppliedBytes, secondsBehind, state, stream } = lag;
        return stream.subscriber !== null && state === 'streaming' && notAppliedBytes === 0 && secondsBehind === 0;
      });
      assert.deepEqual(idle.stream.subscriber, { connectionId: 'subscriber', subscriptionName: 'orders' });
      assert.equal(idle.notSentBytes, 0);

      const blocker = await servers.subscriber.client();
      await blocker.query('BEGIN; LOCK TABLE orders_t IN ACCESS EXCLUSIVE MODE');
      // A subscriber that waits for nothing yet confirms a transaction of which it got nothing, in its middle, while it
      // is open on the publisher. One that hangs on a lock confirms nothing: only then is all of the load to go.
      await load(servers.publisher, 'orders', 1);
      await eventually(
        async () => {
          const waiting = await servers.subscriber.query('SELECT 1 FROM pg_locks WHERE NOT granted');
          return waiting.length > 0;
        },
        { within: patienceMs, what: 'an apply worker that waits for the lock' },
      );
      await load(servers.publisher, 'orders', 1999);
      const stuck = await lab.until('a stream that is stuck', 'orders', ({ notAppliedBytes, secondsBehind }) => {
        return (notAppliedBytes ?? 0) > 1_000_000 && (secondsBehind ?? 0) > 1;
      });
      const before = stuck.secondsBehind ?? 0;
      const later = await lab.until('more seconds behind', 'orders', (lag) => (lag.secondsBehind ?? 0) >= before + 1);
      assert.equal(later.secondsBehindIsMinimum, false);
      const { replay_lag: replayLag } = await computed(servers.publisher, 'orders');
      assert.ok(replayLag === null || replayLag === undefined || replayLag < 1, `replay_lag is ${replayLag}`);
      // A checkpoint may write between two looks: compared until both saw the same.
      await eventually(
        async () => {
          const { in_flight, not_applied, not_sent, retained } = await computed(servers.publisher, 'orders');
          const lag = await lab.until('the stream', 'orders', () => true);
          assert.deepEqual(
            [lag.notAppliedBytes, lag.retainedBytes, lag.notSentBytes, lag.inFlightBytes],
            [not_applied, retained, not_sent, in_flight],
          );
          return true;
        },
        { within: patienceMs, what: 'the same figures as computed' },
      );

      await blocker.query('COMMIT');
      await blocker.end();
      const done = await lab.until('everything applied', 'orders', ({ notAppliedBytes, secondsBehind }) => {
        return notAppliedBytes === 0 && secondsBehind === 0;
      });
      assert.ok((done.appliedBytesPerSecond ?? 0) > 0);
      const [counted] = await servers.subscriber.query<{ n: string }>('SELECT count(*) AS n FROM orders_t');
      assert.equal(Number(counted?.n), 2000);
    });
  });
}
