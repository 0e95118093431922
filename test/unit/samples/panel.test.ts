import assert from 'node:assert/strict';

import { Forecasts } from '../../../src/replication/forecast/forecasts.ts';
import { followStreams } from '../../../src/replication/samples/follow.ts';
import { SampleStore } from '../../../src/replication/samples/sampleStore.ts';
import { firstView, LagPresenter } from '../../../src/ui/panels/lagPresenter.ts';
import { lsn, slot, start } from '../lag/handmade.ts';
import { Stage } from '../lag/stage.ts';
import { sample } from './handmade.ts';

const mega = 1024 * 1024;

describe('the lag panel over what was kept', () => {
  /** A slot that nobody reads, with a megabyte written each second, followed as the extension does. */
  function followed() {
    const stage = new Stage({ id: 'shop' });
    const samples = new SampleStore();
    const forecasts = new Forecasts(stage);
    let firsts = 0;
    const stop = followStreams({ ...parts(stage), forecasts, samples, onFirst: () => (firsts += 1) });
    const play = (seconds: number) => {
      for (let second = 1; second <= seconds; second += 1) {
        const unread = { active: false, activePid: null, restartLsn: lsn(mega), confirmedFlushLsn: lsn(mega) };
        const headroom = { safeWalBytes: (1000 - second) * mega };
        const slots = [slot('orders', { ...unread, ...headroom })];
        stage.beat({ shop: { currentLsn: lsn((10 + second) * mega), slots } });
      }
    };
    return { stage, samples, forecasts, stop, play, firsts: () => firsts };
  }
  const parts = ({ connections, monitor, service }: Stage) => ({ connections, monitor, service });

  it('opens with what was sampled before the window was', () => {
    const { play, samples, stage, stop } = followed();
    samples.merge(
      sample(start, {}, 'orders').stream,
      start - 120_000,
      chunksOf(sample(start - 120_000, { notAppliedBytes: 4096 }, 'orders')),
    );
    play(1);
    const view = { ...firstView, metric: 'notAppliedBytes', rangeSeconds: 300 } as const;
    const { chart } = new LagPresenter({ ...parts(stage), samples }, { kind: 'all' }, view).state(1000);
    const [series] = chart.series;
    assert.equal(series?.values.filter((value) => value !== null).length, 2, JSON.stringify(series));
    assert.equal(
      series?.values.at(-122),
      samples
        .of('slot:shop:orders')
        ?.buckets('notAppliedBytes', { from: start - 120_000, widthMs: 1000, count: 1, joinMs: 0 })[0],
    );
    stop();
  });

  it('says in the row what lies ahead, and asks for the history once', () => {
    const { firsts, forecasts, play, samples, stage, stop } = followed();
    assert.equal(firsts(), 0, 'nothing is read before there is a stream');
    play(30);
    assert.equal(firsts(), 1);
    const { rows } = new LagPresenter({ ...parts(stage), samples, forecasts }, { kind: 'all' }).state(1000);
    assert.deepEqual(rows[0]?.outlook, ['⚠ lost in ≈ 16 min']);
    stop();
    play(5);
    assert.equal(forecasts.lossOf('shop', 'orders').when.kind, 'in', 'what stopped following keeps what it had');
  });
});

/** A sample as another window has written it down. */
function chunksOf(lag: ReturnType<typeof sample>) {
  const other = new SampleStore();
  other.record(lag);
  const tiers = other.of(lag.stream.id)?.tiers;
  assert.ok(tiers);
  return { seconds: tiers.seconds.chunks(), minutes: tiers.minutes.chunks(), halfHours: tiers.halfHours.chunks() };
}
