import assert from 'node:assert/strict';

import type { LagChangesMessage, LagStateMessage, LagView } from '../../../src/protocol/lag.ts';
import { withChanges } from '../../../src/protocol/lagRows.ts';
import type { AlertEvent } from '../../../src/replication/alerts/alert.ts';
import { EventBook } from '../../../src/replication/lag/eventBook.ts';
import { joinEvents, SeenEvents } from '../../../src/replication/lag/events.ts';
import { SampleStore } from '../../../src/replication/samples/sampleStore.ts';
import { keepCrossed } from '../../../src/ui/alerts/alertMarks.ts';
import { LagChanges } from '../../../src/ui/panels/lagChanges.ts';
import { LagFeed } from '../../../src/ui/panels/lagFeed.ts';
import { firstView, LagPresenter, type LagSources, mostCharted } from '../../../src/ui/panels/lagPresenter.ts';
import { PanelChannel } from '../../../src/ui/panels/panelChannel.ts';
import { planEvents } from '../../../src/ui/plans/planEvents.ts';
import { eventually } from '../../support/eventually.ts';
import { lsn, pulseOf, slot, start, subscription } from './handmade.ts';
import { Stage } from './stage.ts';

const mega = 1024 * 1024;
const day = 86_400_000;

/** A publisher with so many slots, the n-th n megabytes behind, and `more` for all. */
function shop(count: number, more = 0) {
  const slots = Array.from({ length: count }, (_, index) =>
    slot(`s${index}`, { activePid: null, active: false, confirmedFlushLsn: lsn((500 - index - more) * mega) }),
  );
  return { id: 'shop', pulse: { currentLsn: lsn(500 * mega), slots } };
}

/** What watches it. */
function parts({ connections, service }: Stage) {
  return { connections, service };
}

function presenterOf(stage: Stage, view: Partial<LagView> = {}, more: Partial<LagSources> = {}): LagPresenter {
  const { connections, monitor, samples, service } = stage;
  const arranged = { ...firstView, metric: 'notAppliedBytes' as const, ...view };
  return new LagPresenter({ connections, monitor, samples, service, ...more }, { kind: 'all' }, arranged);
}

describe('the chart of the lag panel', () => {
  it('has at most twelve streams, the first of those chosen, and counts the others', () => {
    const stage = new Stage(shop(20));
    const selected = Array.from({ length: 20 }, (_, index) => `slot:shop:s${19 - index}`);
    const { chart } = presenterOf(stage, { selected }).state(1000);
    assert.deepEqual(
      chart.series.map(({ id }) => id),
      selected.slice(0, mostCharted),
    );
    assert.equal(chart.leftOut, 20 - mostCharted);
  });

  it('chooses among those that pass the filter while nobody chose', () => {
    const stage = new Stage(shop(20));
    const presenter = presenterOf(stage);
    assert.equal(presenter.state(1000).chart.series.length, 6);
    presenter.arrange({ ...presenter.view, filter: 's1 slot' });
    assert.equal(presenter.state(1000).chart.series.length, 0);
    presenter.arrange({ ...presenter.view, filter: 's3' });
    assert.deepEqual(
      presenter.state(1000).chart.series.map(({ id }) => id),
      ['slot:shop:s3'],
    );
  });

  it('shows a part of time when it is looked at closely, and stands while the rows go on', () => {
    const stage = new Stage(shop(1));
    for (let second = 0; second < 60; second += 1) stage.beat({ shop: shop(1, second).pulse });
    const from = start / 1000 + 10;
    const presenter = presenterOf(stage, { zoom: { from, to: from + 20 } });
    const { chart } = presenter.state(1000);
    assert.deepEqual([chart.times[0], chart.times.at(-1), chart.stepSeconds], [from, from + 20, 1]);
    assert.deepEqual(
      chart.series[0]?.values.slice(0, 3).map((value) => value && Math.round(value / mega)),
      [9, 10, 11],
    );
    stage.beat({ shop: shop(1, 77).pulse });
    const later = presenter.state(1000);
    assert.deepEqual(later.chart, chart);
    assert.equal(later.rows[0]?.figures.notAppliedBytes, 77 * mega);
  });

  it('looks closely at what is long ago by the steps that are kept of it', () => {
    const stage = new Stage(shop(1));
    const samples = new SampleStore();
    const [lag] = stage.monitor.lags();
    assert.ok(lag);
    for (const ago of [5 * day, day / 4, 0]) samples.record({ ...lag, sampledAt: stage.now - ago });
    for (const [ago, step] of [
      [5 * day, 1800],
      [day / 4, 60],
    ] as const) {
      const at = (stage.now - ago) / 1000;
      const { chart } = presenterOf(stage, { zoom: { from: at - 300, to: at + 300 } }, { samples }).state(1000);
      assert.equal(chart.stepSeconds, step);
      assert.equal(chart.series[0]?.values.filter((value) => value !== null).length, 1);
    }
  });

  it('reaches back a day and a month by what is kept, in steps that fit', () => {
    const stage = new Stage(shop(1));
    const samples = new SampleStore();
    const [lag] = stage.monitor.lags();
    assert.ok(lag);
    for (const ago of [20 * day, day / 2, 0]) {
      samples.record({ ...lag, sampledAt: stage.now - ago, notAppliedBytes: ago === 0 ? 0 : 4096 });
    }
    for (const [rangeSeconds, known] of [
      [86_400, 2],
      [2_592_000, 3],
    ] as const) {
      const { chart } = presenterOf(stage, { rangeSeconds }, { samples }).state(1000);
      assert.equal(chart.times.length, 360);
      assert.equal(chart.series[0]?.values.filter((value) => value !== null).length, known, `${rangeSeconds} s`);
    }
  });

  it('compares with the same moment a day before: by the minute, and by the half hour before that', () => {
    const stage = new Stage(shop(1));
    const samples = new SampleStore();
    const [lag] = stage.monitor.lags();
    assert.ok(lag);
    samples.record({ ...lag, sampledAt: stage.now - day - 120_000, notAppliedBytes: 4096 });
    samples.record({ ...lag, sampledAt: stage.now - day, notAppliedBytes: 100 });
    samples.record(lag);
    const series = (yesterday: boolean) =>
      presenterOf(stage, { yesterday }, { samples }).state(1000).chart.series[0]?.yesterday;
    assert.equal(series(false), undefined);
    const before = series(true);
    assert.equal(before?.length, 300);
    const near = (value: number | null | undefined, of: number) => Math.abs((value ?? 0) - of) <= of * 0.001;
    assert.ok(near(before?.at(-1), 100), String(before?.at(-1)));
    assert.ok(near(before?.at(-121), 4096), String(before?.at(-121)));
    // Nothing was sampled in the minute between, so that the worst of its half hour stands for it.
    assert.ok(near(before?.at(-61), 4096), String(before?.at(-61)));
  });

  it('marks starts of servers, what was enabled or disabled, and plans, of the streams it shows', () => {
    const stage = new Stage();
    const book = new EventBook(() => stage.now);
    const seen = new SeenEvents({ ...parts(stage), book });
    const orders = (on: boolean) => subscription('orders', { enabled: on });
    const enabled = (on: boolean) => ({ subscriptions: [pulseOf(orders(on))] });
    stage.open({ ...shop(1), startedAt: start - 60_000 });
    stage.open({ id: 'wh', startedAt: start - 9 * day, subscriptions: [orders(true)] });
    stage.beat({ shop: {}, wh: enabled(true) });
    stage.beat({ wh: enabled(false) });
    stage.beat({ wh: enabled(true) });
    stage.beat({ shop: { startedAt: stage.now + 500 } });
    const texts = (from: number) => book.between(from, stage.now).map(({ kind, text }) => `${kind}: ${text}`);
    assert.deepEqual(texts(start - day), [
      'restart: shop was started',
      'disabled: Subscription orders on wh was disabled',
      'enabled: Subscription orders on wh was enabled',
      'restart: shop was started',
    ]);
    const entry = { id: 'a', title: 'Create slot s1', status: 'failed', startedAt: start, endedAt: start + 1000 };
    const step = { connectionId: 'shop' };
    const history = { entries: () => [{ ...entry, steps: [step, step] }] } as unknown as Parameters<
      typeof planEvents
    >[0];
    const lagEvents = joinEvents(book, planEvents(history));
    const { chart } = presenterOf(stage, { selected: ['slot:shop:s0'] }, { lagEvents }).state(1000);
    assert.deepEqual(
      chart.marks.map(({ at, text }) => [at - start / 1000, text]),
      [
        [-60, 'shop was started'],
        [1, 'Create slot s1 (failed)'],
        [3.5, 'shop was started'],
      ],
      'what happened on the other server has nothing to do with these streams',
    );
    seen.dispose();
    stage.beat({ wh: enabled(false) });
    assert.equal(book.between(0, Infinity).length, 5, 'nothing is seen any more');
    // As a window that is reloaded, and sees the same server again.
    const again = new SeenEvents({ ...parts(stage), book });
    stage.beat({ wh: enabled(false), shop: {} });
    assert.equal(book.between(0, Infinity).length, 5, 'the same start is marked once');
    again.dispose();
  });

  it('marks thresholds that were crossed with the stream that crossed them', () => {
    const stage = new Stage(shop(2));
    const streamId = 'slot:shop:s0';
    const crossed = {
      subjectId: streamId,
      kind: 'inactive',
      what: 'raised',
      at: start,
      text: 'inactive for long',
    } as const;
    const raised: AlertEvent[] = [crossed, { ...crossed, at: start - day }];
    let changed = () => {};
    const alerts = {
      events: (id: string) => (id === streamId ? raised : []),
      onDidChange: (listener: () => void) => {
        changed = listener;
        return () => {};
      },
    };
    const book = new EventBook(() => stage.now);
    keepCrossed(alerts, stage.monitor, book);
    const presenter = (id: string) => presenterOf(stage, { selected: [id] }, { lagEvents: book });
    const marks = (id: string) =>
      presenter(id)
        .state(1000)
        .chart.marks.map(({ text }) => text);
    assert.deepEqual(marks(streamId), []);
    changed();
    changed();
    assert.deepEqual([marks(streamId), marks('slot:shop:s1')], [['inactive for long'], []]);
    // After a reload an alert that holds is told again, with the figures of then.
    raised.push({ ...crossed, text: 'inactive for longer' });
    changed();
    assert.deepEqual(marks(streamId), ['inactive for long']);
    raised.push({ ...crossed, what: 'cleared', text: 'No longer: inactive' });
    changed();
    assert.deepEqual(marks(streamId), ['inactive for long', 'No longer: inactive']);
  });
});

describe('the small lines of the lag panel', () => {
  const sparks = (presenter: LagPresenter) => presenter.state(1000).rows.map(({ spark }) => spark);

  it('are the figure over the chosen time by its greatest, and go on from beat to beat as if read anew', () => {
    const stage = new Stage(shop(1));
    const presenter = presenterOf(stage, { rangeSeconds: 60 });
    sparks(presenter);
    for (let second = 0; second < 45; second += 1) {
      stage.beat({ shop: shop(1, second % 10).pulse });
      sparks(presenter);
    }
    const [followed] = sparks(presenter);
    assert.equal(followed, sparks(presenterOf(stage, { rangeSeconds: 60 }))[0]);
    assert.equal(followed?.length, 30);
    assert.match(followed ?? '', /^ {7}\d{23}$/);
    assert.ok(followed?.includes('9'));
  });

  it('are read a few at a time where there are hundreds', () => {
    const presenter = presenterOf(new Stage(shop(100)));
    const read = () => sparks(presenter).filter((spark) => spark !== '').length;
    assert.deepEqual([read(), read(), read(), read()], [40, 80, 100, 100]);
  });
});

describe('what is sent of a state of the lag panel', () => {
  it('is all at first and what changed from then on, out of which the page makes the same state again', () => {
    const stage = new Stage(shop(30));
    const presenter = presenterOf(stage);
    const changes = new LagChanges();
    const first = changes.next(presenter.state(1000));
    assert.equal(first.type, 'state');
    let page = first.type === 'state' ? first : null;
    for (const pulse of [shop(30, 1).pulse, shop(30, 1).pulse, shop(28, 2).pulse, shop(31, 2).pulse]) {
      stage.beat({ shop: pulse });
      const state = presenter.state(1000);
      const message = changes.next(state);
      assert.ok(message.type === 'changes' && page);
      const before = page;
      page = withChanges(before, message);
      const byId = (rows: readonly { readonly id: string }[]) => rows.toSorted((a, b) => a.id.localeCompare(b.id));
      assert.deepEqual({ ...page, rows: byId(page.rows) }, { ...state, rows: byId(state.rows) });
      const told = new Set(message.rows.map(({ id }) => id));
      assert.ok(page.rows.filter(({ id }) => !told.has(id)).every((row) => before.rows.includes(row)));
    }
    const again = changes.next(presenter.state(1000));
    assert.deepEqual(again.type === 'changes' && [again.rows, again.gone, again.chart], [[], [], undefined]);
    changes.reset();
    assert.equal(changes.next(presenter.state(1000)).type, 'state');
  });

  it('names of a row only what is different', () => {
    const stage = new Stage(shop(1));
    const presenter = presenterOf(stage);
    const changes = new LagChanges();
    changes.next(presenter.state(1000));
    stage.beat({ shop: shop(1, 3).pulse });
    const message = changes.next(presenter.state(1000));
    const [row] = message.rows;
    assert.ok(row && 'figures' in row && !('publisher' in row) && !('state' in row), JSON.stringify(row));
  });
});

describe('a lag page that loads while servers beat', () => {
  it('begins with the newest state, and nothing older comes after it', async () => {
    const stage = new Stage(shop(2));
    const presenter = presenterOf(stage);
    const got: (LagStateMessage | LagChangesMessage)[] = [];
    const channel = new PanelChannel<LagStateMessage | LagChangesMessage>((message) => got.push(message));
    const feed = new LagFeed({
      state: () => presenter.state(1000),
      send: (message) => channel.post(message),
      beatMs: () => 0,
    });
    const arrive = () => {
      feed.arrived();
      channel.ready();
    };
    const beat = (grown: number) => {
      stage.beat({ shop: shop(2, grown).pulse });
      feed.sampled();
      feed.post();
    };
    beat(1);
    beat(2);
    stage.beat({ shop: shop(2, 3).pulse });
    arrive();
    beat(4);
    assert.deepEqual(
      got.map(({ type }) => type),
      ['state', 'changes'],
    );
    channel.unready();
    feed.left();
    beat(5);
    stage.beat({ shop: shop(2, 6).pulse });
    arrive();
    assert.deepEqual(
      got.slice(2).map(({ type, sampledAt }) => [type, sampledAt]),
      [['state', stage.now]],
    );
    feed.sampled();
    await eventually(() => got.length === 4, { what: 'the next beat', every: 10 });
    feed.left();
  });
});
