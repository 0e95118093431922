import assert from 'node:assert/strict';

import type { LagScope } from '../../../src/replication/model/stream.ts';
import { SampleStore } from '../../../src/replication/samples/sampleStore.ts';
import { firstView, LagPresenter } from '../../../src/ui/panels/lagPresenter.ts';
import { asOf, shortState, streamName, worstFirst } from '../../../src/ui/worstStream.ts';
import { lsn, sender, type ServerOptions, slot, start, subscription, worker } from './handmade.ts';
import { Stage } from './stage.ts';

const mega = 1024 * 1024;

/** A publisher with slots that are so many bytes behind. */
function pub(id: string, behind: Readonly<Record<string, number>>): ServerOptions {
  const slots = Object.entries(behind).map(([name, bytes], index) =>
    slot(name, { activePid: 100 + index, confirmedFlushLsn: lsn(50 * mega - bytes) }),
  );
  const senders = slots.map(({ activePid, confirmedFlushLsn, name }) =>
    sender({ pid: activePid ?? 0, applicationName: name, flushLsn: confirmedFlushLsn }),
  );
  return { id, pulse: { currentLsn: lsn(50 * mega), slots, senders } };
}

describe('what the lag panel shows', () => {
  const all: LagScope = { kind: 'all' };

  it('are the streams of the scope, both ends by name', () => {
    const stage = new Stage(pub('shop', { orders: 0, audit: 5 * mega }), {
      id: 'wh',
      subscriptions: [subscription('orders')],
      pulse: { workers: [worker('orders', { receivedLsn: lsn(50 * mega) })] },
    });
    const shown = new LagPresenter(stage, { kind: 'slot', connectionId: 'shop', slotName: 'orders' }).state(1000);
    assert.equal(shown.scopeText, 'orders on shop');
    assert.deepEqual(
      shown.rows.map(({ publisher, subscriber }) => [publisher, subscriber]),
      [
        [
          { server: 'shop', object: 'orders' },
          { server: 'wh', object: 'orders' },
        ],
      ],
    );
    assert.deepEqual(
      shown.chart.series.map(({ label }) => label),
      ['shop → wh / orders'],
    );
    assert.equal(new LagPresenter(stage, { kind: 'server', connectionId: 'wh' }).state(1000).rows.length, 1);
    assert.equal(new LagPresenter(stage, all).state(1000).rows.length, 2);
  });

  it('stands still while paused, and has the missed time afterwards', () => {
    const stage = new Stage(pub('shop', { orders: 0 }));
    const presenter = new LagPresenter(stage, all, { ...firstView, metric: 'notAppliedBytes', rangeSeconds: 60 });
    presenter.arrange({ ...presenter.view, paused: true });
    const before = presenter.state(1000);
    stage.beat({ shop: pub('shop', { orders: 3 * mega }).pulse ?? {} });
    stage.beat({ shop: {} });
    assert.deepEqual(presenter.state(1000), before);
    presenter.arrange({ ...presenter.view, rangeSeconds: 300 });
    assert.deepEqual(presenter.state(1000).rows, before.rows);
    assert.equal(presenter.state(1000).chart.times.length, 300);
    presenter.arrange({ ...presenter.view, paused: false });
    const after = presenter.state(1000);
    assert.equal(after.sampledAt, stage.now);
    assert.deepEqual(
      after.chart.series[0]?.values.slice(-3).map((value) => value && Math.round(value / mega)),
      [0, 3, 3],
    );
    assert.equal(after.chart.times.at(-1), start / 1000 + 2);
  });

  it('charts the worst while nobody chose, the same ones from beat to beat, then what was chosen', () => {
    const names = Array.from({ length: 9 }, (_, index) => `s${index}`);
    const behind = (order: readonly string[]) => Object.fromEntries(order.map((name, index) => [name, index * mega]));
    const stage = new Stage(pub('shop', behind(names)));
    const presenter = new LagPresenter(stage, all, { ...firstView, metric: 'notAppliedBytes' });
    const charted = () => presenter.state(1000).chart.series.map(({ id }) => id.replace('slot:shop:', ''));
    assert.deepEqual(charted(), names.slice(3));
    stage.beat({ shop: pub('shop', behind(names.toReversed())).pulse ?? {} });
    assert.deepEqual(charted().toSorted(), names.slice(3));
    presenter.arrange({ ...presenter.view, selected: ['slot:shop:s0', 'slot:gone:x'] });
    assert.deepEqual(charted(), ['s0']);
  });

  it('says why a figure is unknown, and why a server shows nothing', () => {
    const stage = new Stage({
      id: 'shop',
      readsAllStats: false,
      pulse: {
        slots: [slot('orders')],
        senders: [sender({ sentLsn: null, writeLsn: null, flushLsn: null, state: null })],
      },
    });
    stage.refuse({ id: 'legacy' }, 'connection refused');
    const { notices, rows } = new LagPresenter(stage, all).state(1000);
    assert.match(rows[0]?.unknown.notSentBytes ?? '', /pg_monitor/);
    assert.equal(rows[0]?.unknown.notAppliedBytes, undefined);
    assert.deepEqual(notices, ['legacy: connection refused']);
  });

  it('says of how many streams no history is kept, for want of room', () => {
    const stage = new Stage(pub('shop', { orders: 0, users: 0 }));
    const one = new SampleStore(1);
    for (const lag of stage.monitor.lags()) one.record(lag);
    const { connections, monitor, service } = stage;
    const { notices } = new LagPresenter({ connections, monitor, service, samples: one }, all).state(1000);
    assert.match(notices[0] ?? '', /^No history is kept of 1 of these streams: there is room for 512 at a time/);
  });

  it('makes a row anew only where its stream, or the name of a server, is another', () => {
    const stage = new Stage(pub('shop', { orders: 0 }), pub('store', { items: 0 }));
    const presenter = new LagPresenter(stage, all, { ...firstView, metric: 'notAppliedBytes' });
    const [orders, items] = presenter.state(1000).rows;
    assert.equal(presenter.state(1000).rows[0], orders);
    stage.beat({ shop: pub('shop', { orders: 5 * mega }).pulse ?? {} });
    const [later, same] = presenter.state(1000).rows;
    assert.equal(later?.figures.notAppliedBytes, 5 * mega);
    assert.equal(same, items);
    const { facts } = stage.connections;
    Object.assign(stage.connections, { facts: (id: string) => ({ ...facts(id), name: 'new' }) });
    assert.equal(presenter.state(1000).rows[1]?.publisher?.server, 'new');
  });
});

describe('the worst stream', () => {
  it('is what is broken before what is slow, and slow before what is well', () => {
    const stage = new Stage(pub('shop', { well: 0, slow: 40 * mega, lostOne: 0 }));
    const pulse = pub('shop', { well: 0, slow: 40 * mega }).pulse ?? {};
    stage.beat({ shop: { ...pulse, slots: [...(pulse.slots ?? []), slot('lostOne', { lost: true, active: false })] } });
    const shown = worstFirst(stage.monitor.lags()).map((lag) => `${streamName(lag.stream)} ${shortState(lag)}`);
    assert.deepEqual(shown, ['lostOne lost', 'slow 40 MB, ≥ 1 s behind', 'well up to date']);
  });

  it('is never up to date with a megabyte to go, and says the same as the tree', () => {
    const { lag } = new Stage(pub('shop', { slow: 0 }));
    assert.equal(shortState({ ...lag, secondsBehind: 0, notAppliedBytes: 5 * mega }), '5 MB behind');
    assert.equal(shortState({ ...lag, secondsBehind: 42, notAppliedBytes: 7 }), '40 s behind');
    assert.equal(shortState({ ...lag, secondsBehind: null, notAppliedBytes: null }), 'streaming');
  });

  it('says of when it is once nobody looks any more, but not where a server is known to be away', () => {
    const { lag } = new Stage(pub('shop', { well: 0 }));
    assert.equal(asOf(lag, lag.sampledAt + 25_000, 25_000), null);
    assert.match(asOf(lag, lag.sampledAt + 25_001, 25_000) ?? '', /^as of \d\d:\d\d$/);
    assert.equal(asOf({ ...lag, state: 'unreachable' }, lag.sampledAt + 1e9, 25_000), null);
  });
});
