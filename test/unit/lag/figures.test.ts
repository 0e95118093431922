import assert from 'node:assert/strict';

import type { StreamLag } from '../../../src/replication/model/stream.ts';
import { sender, start } from './handmade.ts';
import { at, pub, receiver, seconds } from './moving.ts';
import { Stage } from './stage.ts';

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
    stage.samples.of(stage.lag.stream.id)?.buckets('notAppliedBytes', buckets(from, count));

  it('are kept by beat, with the worst of each part', () => {
    const stage = new Stage(pub(1000, 1000));
    seconds(stage, [
      [2000, 1000],
      [3000, 1000],
      [3000, 3000],
    ]);
    assert.deepEqual(bytes(stage, start, 4), [0, 1000, 2000, 0]);
    const series = stage.samples.of(stage.lag.stream.id);
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

  it('are kept by the second where samples are taken faster', () => {
    const stage = new Stage(pub(1000, 1000));
    for (let beat = 1; beat <= 20; beat += 1) stage.beat({ pub: at(1000 + beat, 1000) }, 500);
    assert.deepEqual(bytes(stage, start, 11), [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 20]);
    stage.beat({ pub: { ...at(5000, 1000), afterGap: true } }, 500);
    stage.beat({ pub: { ...at(9000, 1000), afterGap: false } }, 300);
    const [before, after] = bytes(stage, start + 9000, 2) ?? [];
    assert.deepEqual([before, Math.round((after ?? 0) / 100)], [19, 80]);
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
