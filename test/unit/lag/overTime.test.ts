import assert from 'node:assert/strict';

import type { StreamLag } from '../../../src/replication/model/stream.ts';
import { lsn, sender, type ServerOptions, slot, start, subscription, worker } from './handmade.ts';
import { Stage } from './stage.ts';

function at(current: number, confirmed: number, active = true) {
  return {
    currentLsn: lsn(current),
    slots: [slot('orders_sub', { confirmedFlushLsn: lsn(confirmed), active, activePid: active ? 100 : null })],
    senders: active ? [sender({ flushLsn: lsn(confirmed), sentLsn: lsn(current) })] : [],
  };
}

function pub(current: number, confirmed: number, more: Partial<ServerOptions> = {}): ServerOptions {
  return { id: 'pub', pulse: at(current, confirmed), ...more };
}

function receiver(received: number): ServerOptions {
  return {
    id: 'sub',
    subscriptions: [subscription('orders_sub')],
    pulse: { workers: [worker('orders_sub', { receivedLsn: lsn(received) })] },
  };
}

/** Seconds behind after each of the positions, a second apart. */
function seconds(
  stage: Stage,
  positions: readonly (readonly [current: number, confirmed: number])[],
): (number | null)[] {
  return positions.map(([current, confirmed]) => {
    stage.beat({ pub: at(current, confirmed) });
    return stage.lag.secondsBehind;
  });
}

describe('seconds behind', () => {
  it('are 0 while everything is confirmed, and stay 0 on an idle publisher', () => {
    const stage = new Stage(pub(1000, 1000));
    assert.deepEqual(
      seconds(stage, [
        [1000, 1000],
        [1000, 1000],
        [1000, 1000],
      ]),
      [0, 0, 0],
    );
    stage.beat({ pub: at(2000, 2000) }, 5000);
    assert.equal(stage.lag.secondsBehind, 0);
  });

  it('grow by one a second while apply is stuck, whether or not more is written', () => {
    const stage = new Stage(pub(1000, 1000));
    const grown = seconds(stage, [
      [5000, 1000],
      [9000, 1000],
      [9000, 1000],
      [9000, 1000],
      [20_000, 1000],
    ]);
    assert.deepEqual(grown, [0, 2, 3, 4, 5]);
    assert.deepEqual(seconds(stage, [[20_000, 20_000]]), [0]);
  });

  it('count from the second beat where beats are far apart', () => {
    const stage = new Stage(pub(1000, 1000));
    const slow = [5000, 5000, 5000].map((current) => {
      stage.beat({ pub: at(current, 1000) }, 10_000);
      return stage.lag.secondsBehind;
    });
    assert.deepEqual(slow, [0, 20, 30]);
  });

  it('say at which moment the confirmed position was written, between the samples too', () => {
    const stage = new Stage(pub(10_000, 10_000));
    assert.deepEqual(
      seconds(stage, [
        [11_000, 10_900],
        [12_000, 11_500],
        [13_000, 11_600],
      ]),
      [0.1, 0.5, 1.4],
    );
  });

  it('do not count what is soon confirmed: WAL of other databases', () => {
    const stage = new Stage(pub(1000, 1000));
    assert.deepEqual(
      seconds(stage, [
        [5000, 1000],
        [5000, 5000],
        [7000, 5000],
        [7000, 7000],
      ]),
      [0, 0, 0, 0],
    );
  });

  it('do not count it until the next status of the consumer where the publisher is older than 14', () => {
    const old = { versionNumber: 130_023 };
    const stage = new Stage(pub(1000, 1000, old));
    const quiet = Array.from({ length: 11 }, (): [number, number] => [5000, 1000]);
    assert.deepEqual(new Set(seconds(stage, quiet)), new Set([0]));
    assert.deepEqual(
      seconds(stage, [
        [5000, 1000],
        [5000, 1000],
      ]),
      [0, 13],
    );
    // A subscriber that received more than it confirmed has something to apply.
    const stuck = new Stage(pub(1000, 1000, old), receiver(4000));
    assert.deepEqual(
      seconds(stuck, [
        [5000, 1000],
        [5000, 1000],
        [5000, 1000],
      ]),
      [0, 2, 3],
    );
    // And WAL that isn't even sent may concern it.
    const unsent = new Stage(pub(1000, 1000, old));
    unsent.beat({ pub: { ...at(5000, 1000), senders: [sender({ flushLsn: lsn(1000), sentLsn: lsn(1000) })] } });
    unsent.beat({ pub: {} });
    assert.equal(unsent.lag.secondsBehind, 2);
  });

  it('count what the own database wrote as soon as its statistics show it, where the publisher is older than 14', () => {
    const wrote = (rows: number) => ({ databaseWrites: [{ database: 'shop', rows }] });
    const old = pub(1000, 1000, { versionNumber: 130_023 });
    const stage = new Stage({ ...old, pulse: { ...old.pulse, ...wrote(5) } });
    const shown: [number | null, string][] = [];
    for (const rows of [5, 5, 5, 6, 6]) {
      stage.beat({ pub: { ...at(shown.length < 2 ? 1000 : 5000, 1000), ...wrote(rows) } });
      shown.push([stage.lag.secondsBehind, stage.lag.stateText]);
    }
    assert.deepEqual(shown, [
      [0, 'streaming'],
      [0, 'streaming'],
      [0, 'streaming'],
      [2, 'streaming'],
      [3, 'streaming'],
    ]);
    // What is seen soon after a confirmation may be what was confirmed; meanwhile it is said how much it may be.
    const soon = new Stage({ ...old, pulse: { ...old.pulse, ...wrote(5) } });
    soon.beat({ pub: { ...at(2000, 2000), ...wrote(5) } });
    soon.beat({ pub: { ...at(5000, 2000), ...wrote(6) } });
    soon.beat({ pub: { ...at(5000, 2000), ...wrote(6) } });
    assert.deepEqual(
      [soon.lag.secondsBehind, soon.lag.stateText],
      [0, 'streaming, at most 2 s behind: an idle consumer of this version confirms only now and then'],
    );
  });

  it('count what waits for a lock, though it was received with what is confirmed', () => {
    const waits = { workers: [worker('orders_sub', { receivedLsn: lsn(1000), waitsFor: 'Lock' })] };
    const stage = new Stage(pub(1000, 1000, { versionNumber: 130_023 }), receiver(1000));
    for (let beat = 0; beat < 3; beat += 1) stage.beat({ pub: at(5000, 1000), sub: waits });
    assert.equal(stage.lag.secondsBehind, 3);
  });

  it('do not count what is written and not on disk yet, which nobody can send', () => {
    const stage = new Stage(pub(1000, 1000));
    for (let beat = 0; beat < 4; beat += 1) stage.beat({ pub: { ...at(1088, 1000), flushedLsn: lsn(1000) } });
    assert.deepEqual([stage.lag.secondsBehind, stage.lag.notAppliedBytes], [0, 88]);
    for (let beat = 0; beat < 2; beat += 1) stage.beat({ pub: { flushedLsn: lsn(1088) } });
    assert.equal(stage.lag.secondsBehind, 2);
  });

  it('wait for the next status as often as the subscriber is set to send one, where that is known', () => {
    const settings = { wal_receiver_status_interval: { name: '', value: '2', unit: 's' } };
    const stage = new Stage(pub(1000, 1000, { versionNumber: 130_023 }), { ...receiver(1000), settings });
    const quiet = Array.from({ length: 5 }, (): [number, number] => [5000, 1000]);
    assert.deepEqual(seconds(stage, quiet), [0, 0, 0, 0, 5]);
  });

  it('count at once, and go on, once nobody reads the slot; the rate is none then', () => {
    const stage = new Stage(pub(1000, 1000));
    seconds(stage, [
      [2000, 1900],
      [3000, 2900],
    ]);
    assert.ok((stage.lag.appliedBytesPerSecond ?? 0) > 0);
    const stopped = [4000, 5000, 6000].map((current) => {
      stage.beat({ pub: at(current, 2900, false) });
      return stage.lag.secondsBehind;
    });
    assert.deepEqual(stopped, [1.1, 2.1, 3.1]);
    assert.deepEqual([stage.lag.appliedBytesPerSecond, stage.lag.sentBytesPerSecond], [0, 0]);
  });

  it('do not drop when a stream that was nearly up to date stops moving', () => {
    const stage = new Stage(pub(1000, 1000));
    assert.deepEqual(
      seconds(stage, [
        [2000, 1500],
        [3000, 2500],
        [4000, 2500],
        [5000, 2500],
      ]),
      [0.5, 0.5, 1.5, 2.5],
    );
  });

  it('count at once what the subscriber is at, though its first change lies at the confirmed position', () => {
    const stage = new Stage(pub(1000, 1000, { versionNumber: 130_023 }), receiver(1000));
    stage.beat({ pub: at(1000, 1000) });
    stage.beat({
      sub: { workers: [worker('orders_sub', { receivedLsn: lsn(1000), lastMessageAt: stage.now + 500 })] },
    });
    const grown = seconds(
      stage,
      Array.from({ length: 5 }, () => [5000, 1000]),
    );
    assert.deepEqual(grown.slice(-2), [5, 6]);
  });

  it('do not drop while a stream that is far behind pauses for a beat', () => {
    const stage = new Stage(pub(1000, 1000));
    assert.deepEqual(
      seconds(stage, [
        [2000, 1000],
        [3000, 1000],
        [4000, 1000],
        [5000, 2000],
        [6000, 2000],
        [7000, 2000],
      ]),
      [0, 2, 3, 3, 4, 5],
    );
  });

  it('are a minimum where the WAL was written before the first sample, and unknown before that says anything', () => {
    const stage = new Stage(pub(9000, 1000));
    assert.equal(stage.lag.secondsBehind, null);
    assert.deepEqual(
      seconds(stage, [
        [9000, 1000],
        [9000, 1000],
        [9000, 1000],
      ]),
      [1, 2, 3],
    );
    assert.equal(stage.lag.secondsBehindIsMinimum, true);
    assert.deepEqual(seconds(stage, [[9000, 9000]]), [0]);
    assert.equal(stage.lag.secondsBehindIsMinimum, false);
  });

  it('are a minimum where it was written while nobody sampled', () => {
    const stage = new Stage(pub(1000, 1000));
    stage.beat({ pub: at(9000, 1000) }, 600_000);
    assert.deepEqual(
      seconds(stage, [
        [9000, 1000],
        [9000, 1000],
      ]),
      [1, 2],
    );
    assert.equal(stage.lag.secondsBehindIsMinimum, true);
  });

  it('go on over a restart, and start over when the server lost WAL in a crash', () => {
    const stage = new Stage(pub(1000, 1000));
    seconds(stage, [
      [5000, 1000],
      [5000, 1000],
      [5000, 1000],
    ]);
    stage.beat({ pub: { ...at(6000, 1000), startedAt: stage.now } });
    assert.equal(stage.lag.secondsBehind, 4);
    assert.deepEqual(seconds(stage, [[4000, 1000]]), [5]);
    assert.deepEqual(seconds(stage, [[4000, 4000]]), [0]);
  });

  it('grow for a slot that nobody reads', () => {
    const stage = new Stage(pub(1000, 1000));
    for (let beat = 0; beat < 5; beat += 1) stage.beat({ pub: at(5000, 1000, false) });
    assert.equal(stage.lag.secondsBehind, 5);
  });

  it('make a stream catch up, or not move, in words', () => {
    const stage = new Stage(pub(1000, 1000));
    for (let beat = 0; beat < 8; beat += 1) stage.beat({ pub: at(5000, 1000) });
    assert.equal(stage.lag.state, 'catchingUp');
    assert.equal(stage.lag.stateText, 'not moving: nothing was confirmed for 8 s, 3.9 kB to go');
    stage.beat({ pub: at(5000, 1500) });
    assert.match(stage.lag.stateText, /^catching up, 8\.\d s behind, 3\.4 kB to go$/);
  });
});

describe('rates', () => {
  it('are bytes a second over the last samples, of what is written and of what is confirmed', () => {
    const stage = new Stage(pub(10_000, 10_000));
    assert.equal(stage.lag.writtenBytesPerSecond, null);
    for (let beat = 1; beat <= 3; beat += 1) stage.beat({ pub: at(10_000 + beat * 500, 10_000 + beat * 200) });
    assert.deepEqual([stage.lag.writtenBytesPerSecond, stage.lag.appliedBytesPerSecond], [500, 200]);
  });

  it('begin anew after a restart and after a gap', () => {
    const stage = new Stage(pub(10_000, 10_000));
    stage.beat({ pub: at(11_000, 11_000) });
    stage.beat({ pub: { ...at(12_000, 12_000), startedAt: stage.now } });
    assert.deepEqual([stage.lag.writtenBytesPerSecond, stage.lag.appliedBytesPerSecond], [null, null]);
    stage.beat({ pub: at(12_300, 12_300) });
    assert.equal(stage.lag.writtenBytesPerSecond, 300);
    stage.beat({ pub: at(99_000, 99_000) }, 60_000);
    assert.equal(stage.lag.writtenBytesPerSecond, null);
  });
});

describe('the figures over time', () => {
  const buckets = (from: number, count: number) => ({ from, count, widthMs: 1000, joinMs: 2500 });
  const bytes = (stage: Stage, from: number, count: number) =>
    stage.monitor.series(stage.lag.stream.id)?.buckets('notAppliedBytes', buckets(from, count));

  it('are kept by beat, with the worst of each part', () => {
    const stage = new Stage(pub(1000, 1000));
    seconds(stage, [
      [2000, 1000],
      [3000, 1000],
      [3000, 3000],
    ]);
    assert.deepEqual(bytes(stage, start, 4), [0, 1000, 2000, 0]);
    const series = stage.monitor.series(stage.lag.stream.id);
    assert.deepEqual(
      series?.buckets('notAppliedBytes', { from: start, count: 2, widthMs: 2000, joinMs: 2500 }),
      [1000, 2000],
    );
  });

  it('have no hole where a beat came late, and keep the gap where the server was away', () => {
    const stage = new Stage(pub(1000, 1000));
    stage.beat({ pub: at(2000, 1000) }, 1100);
    stage.beat({ pub: at(2500, 1000) }, 2000);
    assert.deepEqual(bytes(stage, start, 4), [0, 1000, 1000, 1500]);
    stage.fail('pub', 'connection refused');
    stage.now += 10_000;
    stage.open(pub(3000, 3000));
    const series = bytes(stage, start, 15);
    assert.deepEqual(series?.slice(0, 4), [0, 1000, 1000, 1500]);
    assert.deepEqual(
      series?.slice(4, 13),
      Array.from({ length: 9 }, () => null),
    );
    assert.equal(series?.[13], 0);
  });

  it('are bounded to an hour of beats', () => {
    const stage = new Stage(pub(1000, 1000));
    for (let beat = 1; beat <= 4000; beat += 1) stage.beat({ pub: at(1000 + beat, 1000 + beat) });
    const series = stage.monitor.series(stage.lag.stream.id);
    assert.equal(series?.lastAt, stage.now);
    const kept = series?.buckets('notAppliedBytes', { from: start, count: 4001, widthMs: 1000, joinMs: 0 });
    assert.equal(kept?.filter((value) => value !== null).length, 3600);
  });

  it('are kept by the second where samples are taken faster', () => {
    const stage = new Stage(pub(1000, 1000));
    for (let beat = 1; beat <= 20; beat += 1) stage.beat({ pub: at(1000 + beat, 1000) }, 500);
    assert.deepEqual(bytes(stage, start, 11), [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 20]);
    stage.beat({ pub: { ...at(5000, 1000), afterGap: true } }, 500);
    stage.beat({ pub: { ...at(5001, 1000), afterGap: false } }, 300);
    assert.deepEqual(bytes(stage, start + 9000, 2), [19, 4001]);
  });

  it('are forgotten with the connection', () => {
    const stage = new Stage(pub(1000, 1000));
    const { id } = stage.lag.stream;
    stage.remove('pub');
    assert.deepEqual(stage.monitor.lags(), []);
    assert.equal(stage.monitor.series(id), undefined);
  });
});

describe('the lag monitor', () => {
  it('tells listeners until they stop, and gives the streams of a scope', () => {
    const stage = new Stage(pub(1000, 1000), { ...receiver(1000), host: 'wh' }, { id: 'other', pulse: at(5, 5) });
    const ids = (lags: readonly StreamLag[]) => lags.map(({ stream }) => stream.publisher?.connectionId);
    assert.deepEqual(ids(stage.monitor.lags()), ['pub', 'other']);
    assert.deepEqual(ids(stage.monitor.lags({ kind: 'server', connectionId: 'other' })), ['other']);
    assert.deepEqual(ids(stage.monitor.lags({ kind: 'slot', connectionId: 'pub', slotName: 'orders_sub' })), ['pub']);
    assert.deepEqual(ids(stage.monitor.lags({ kind: 'slot', connectionId: 'pub', slotName: 'x' })), []);
    let calls = 0;
    const stop = stage.monitor.onDidSample(() => (calls += 1));
    stage.beat({ pub: {} });
    stop();
    stage.beat({ pub: {} });
    assert.equal(calls, 1);
  });

  it('takes the connection that sees senders, of several to one server', () => {
    const own = pub(1000, 900, { host: 'p', readsAllStats: false, systemIdentifier: '1' });
    const hidden = {
      ...own,
      pulse: { ...own.pulse, senders: [sender({ sentLsn: null, flushLsn: null, state: null })] },
    };
    const stage = new Stage(hidden, {
      ...pub(1000, 900),
      id: 'admin',
      host: 'p',
      database: 'postgres',
      systemIdentifier: '1',
    });
    assert.equal(stage.lag.notSentBytes, 0);
    stage.fail('admin', 'gone');
    assert.equal(stage.lag.notSentBytes, null);
    assert.equal(stage.lag.notAppliedBytes, 100);
  });
});
