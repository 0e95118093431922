import assert from 'node:assert/strict';

import { PositionHistory } from '../../../src/replication/lag/positions.ts';
import { PositionRate } from '../../../src/replication/lag/rate.ts';
import type { Pulse } from '../../../src/replication/model/snapshot.ts';
import { LagPresenter } from '../../../src/ui/panels/lagPresenter.ts';
import { lsn, pulseOf, sender, slot, start, subscription, worker } from '../lag/handmade.ts';
import { Stage } from '../lag/stage.ts';

/** What a publisher of one stream shows at these positions. */
function showing(current: number, confirmed: number): Partial<Pulse> {
  return {
    currentLsn: lsn(current),
    slots: [slot('orders_sub', { confirmedFlushLsn: lsn(confirmed) })],
    senders: [sender({ flushLsn: lsn(confirmed), sentLsn: lsn(current) })],
  };
}

/** What the chart has for each of the last seconds. */
function chart(stage: Stage, seconds: number, joinMs = 3000) {
  const { id } = stage.lag.stream;
  const buckets = { from: stage.now - (seconds - 1) * 1000, widthMs: 1000, count: seconds, joinMs };
  return stage.samples.of(id)?.buckets('notAppliedBytes', buckets);
}

describe('a gap in the samples (the machine slept)', () => {
  it('makes no rate over it, though as much time has passed as between two samples of a slow beat', () => {
    const stage = new Stage({ id: 'pub', pulse: showing(1000, 1000) });
    stage.beat({ pub: showing(2000, 2000) });
    assert.deepEqual([stage.lag.writtenBytesPerSecond, stage.lag.appliedBytesPerSecond], [1000, 1000]);
    stage.beat({ pub: { ...showing(900_000, 900_000), afterGap: true } }, 9000);
    assert.deepEqual([stage.lag.writtenBytesPerSecond, stage.lag.appliedBytesPerSecond], [null, null]);
    stage.beat({ pub: { ...showing(901_000, 901_000), afterGap: false } });
    assert.deepEqual([stage.lag.writtenBytesPerSecond, stage.lag.appliedBytesPerSecond], [1000, 1000]);
  });

  it('leaves the chart empty, also where samples so far apart belong together otherwise', () => {
    const stage = new Stage({ id: 'pub', pulse: showing(1000, 500) });
    stage.beat({ pub: showing(1000, 400) });
    stage.beat({ pub: { ...showing(1000, 100), afterGap: true } }, 5000);
    stage.beat({ pub: { ...showing(1000, 50), afterGap: false } }, 1000);
    assert.deepEqual(chart(stage, 8, 25_000), [500, 600, null, null, null, null, 900, 950]);
  });

  it('says "at least" of what was written in it: nobody knows when', () => {
    const history = new PositionHistory();
    history.record(start, lsn(1000));
    history.record(start + 5000, lsn(9000), true);
    history.record(start + 6000, lsn(9500));
    assert.deepEqual(history.writtenAfter(lsn(2000)), { kind: 'before', firstPast: start + 5000 });
    assert.deepEqual(history.writtenAfter(lsn(9250)), { kind: 'at', at: start + 5500, firstPast: start + 6000 });
  });

  it('shows figures again at once where it was the clock that was set back', () => {
    const stage = new Stage({ id: 'pub', pulse: showing(1000, 1000) });
    for (let second = 0; second < 5; second += 1) stage.beat({ pub: showing(2000 + second * 1000, 1000) });
    stage.now -= 3_600_000;
    stage.beat({ pub: { ...showing(8000, 7000), afterGap: true } });
    stage.beat({ pub: { ...showing(9000, 8000), afterGap: false } });
    stage.beat({ pub: { ...showing(10_000, 9000), afterGap: false } });
    const { appliedBytesPerSecond, secondsBehind, writtenBytesPerSecond } = stage.lag;
    assert.deepEqual([writtenBytesPerSecond, appliedBytesPerSecond, secondsBehind], [1000, 1000, 1]);
    assert.deepEqual(chart(stage, 3), [1000, 1000, 1000]);
  });

  it('tells a standstill, and its end, as soon as ever where it was the clock that was set back', () => {
    const errors = (applyErrors: number) => ({
      subscriptions: [{ ...pulseOf(subscription('orders_sub')), applyErrors, syncErrors: 0 }],
    });
    const stage = new Stage(
      { id: 'pub', pulse: showing(20_000, 20_000) },
      {
        id: 'sub',
        subscriptions: [subscription('orders_sub')],
        pulse: { workers: [worker('orders_sub')], ...errors(1) },
      },
    );
    stage.beat({ pub: showing(20_000, 20_000), sub: { workers: [], ...errors(2) } });
    stage.beat({ pub: showing(20_000, 20_000), sub: {} });
    assert.match(stage.lag.stateText, /^stopped: .*it failed \(2 errors so far\)/);
    stage.now -= 3_600_000;
    stage.beat({ pub: { afterGap: true }, sub: { afterGap: true } });
    const texts = Array.from({ length: 9 }, () => {
      stage.beat({ pub: { afterGap: false }, sub: { afterGap: false } });
      return stage.lag.stateText;
    });
    assert.match(texts[0] ?? '', /^starting/);
    assert.match(
      texts[8] ?? '',
      /^stopped: no apply worker is running; its slot is still held; the log of sub says why$/,
    );
    for (let second = 0; second < 3; second += 1) {
      stage.beat({ pub: showing(20_000, 20_000), sub: { workers: [worker('orders_sub', { pid: 901 })] } });
    }
    assert.equal(stage.lag.stateText, 'streaming');
    for (let second = 0; second < 9; second += 1) stage.beat({ pub: showing(29_000, 20_000), sub: {} });
    stage.now -= 3_600_000;
    stage.beat({ pub: { afterGap: true }, sub: { afterGap: true } });
    for (let second = 0; second < 9; second += 1) {
      stage.beat({ pub: { ...showing(29_000, 20_000), afterGap: false }, sub: { afterGap: false } });
    }
    assert.match(stage.lag.stateText, /^not moving: nothing was confirmed for/);
  });

  it('counts once, however often the sample after it is looked at', () => {
    const rate = new PositionRate();
    rate.record(start, lsn(1000), 1, true);
    rate.record(start + 1000, lsn(2000), 1);
    rate.record(start + 9000, lsn(90_000), 1, true);
    rate.record(start + 10_000, lsn(91_000), 1);
    rate.record(start + 10_000, lsn(91_000), 1, true);
    assert.equal(rate.bytesPerSecond, 1000);
  });
});

describe('a server that answers slowly', () => {
  it('is named in the lag panel, with how often it is sampled', () => {
    const stage = new Stage({ id: 'pub', pulse: showing(1000, 500) });
    const notices = () => new LagPresenter(stage, { kind: 'all' }).state(1000).notices;
    assert.deepEqual(notices(), []);
    stage.slow('pub', 4000);
    assert.deepEqual(notices(), ['pub answers slowly: sampled every 4 s']);
    stage.beat({ pub: showing(1000, 500) });
    assert.deepEqual(notices(), []);
  });
});
