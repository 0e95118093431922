import assert from 'node:assert/strict';

import { reach, TrendWindow, usualRules } from '../../../src/replication/forecast/trend.ts';

/** One sample a second from the first to the last second, by a function of the second. */
function filled(last: number, figure: (second: number) => number | null, rules = usualRules): TrendWindow {
  const window = new TrendWindow(rules);
  for (let second = 0; second <= last; second += 1) window.record(second * 1000, figure(second));
  return window;
}

const close = (actual: number, wanted: number, share = 0.001): boolean =>
  Math.abs(actual - wanted) <= Math.abs(wanted) * share;

describe('how a figure moves', () => {
  it('says nothing before there are ten seconds and five samples, and says what is lacking', () => {
    const short = filled(9, (second) => second);
    assert.equal(short.trend(), null);
    assert.equal(short.lacks, 'measured for 9 s so far, 10 s are needed');
    const few = new TrendWindow();
    for (const at of [0, 10_000, 20_000]) few.record(at, at);
    assert.equal(few.trend(), null);
    assert.equal(new TrendWindow().lacks, 'nothing was measured yet');
  });

  it('goes by all samples, not by two: one that is off hardly counts', () => {
    const steady = filled(60, (second) => second * 1000).trend();
    assert.ok(steady && close(steady.perSecond, 1000), JSON.stringify(steady));
    const off = filled(60, (second) => second * 1000 + (second === 60 ? 20_000 : 0)).trend();
    assert.ok(off && close(off.perSecond, 1000, 0.05), JSON.stringify(off));
  });

  it('knows how unsteady it is: the pace of both halves', () => {
    const trend = filled(60, (second) => (second <= 30 ? second : 30 + (second - 30) * 3)).trend();
    assert.ok(trend && close(trend.least, 1) && close(trend.greatest, 3), JSON.stringify(trend));
  });

  it('begins anew after a gap, an unknown figure, and where something else began', () => {
    const window = filled(60, (second) => second);
    window.record(60_000 + usualRules.gapMs + 1, 500);
    assert.equal(window.spanSeconds, 0);
    const unknown = filled(60, (second) => (second === 55 ? null : second));
    assert.equal(unknown.spanSeconds, 4);
    const other = filled(60, (second) => second);
    other.record(61_000, 61, 'another');
    assert.equal(other.spanSeconds, 0);
    other.record(62_000, 62, 'another');
    assert.equal(other.spanSeconds, 1);
  });

  it('looks back five minutes, in few samples', () => {
    const window = filled(3600, (second) => (second < 3000 ? 0 : (second - 3000) * 10));
    const trend = window.trend();
    assert.ok(trend && close(trend.perSecond, 10) && trend.samples <= 120 && trend.spanSeconds <= 301);
    assert.ok(trend.spanSeconds > 200, String(trend.spanSeconds));
  });

  it('reaches a distance by the pace, with the range of the halves', () => {
    const trend = filled(60, (second) => 1000 - (second <= 30 ? second : 30 + (second - 30) * 3)).trend();
    assert.ok(trend);
    const when = reach(trend.value, trend, -1, { never: 'no', moves: 'room' });
    assert.ok(when.kind === 'in' && when.latest !== null);
    assert.ok(close(when.earliest, trend.value / 3) && close(when.latest, trend.value), JSON.stringify(when));
    assert.ok(when.earliest < when.seconds && when.seconds < when.latest);
    assert.deepEqual(reach(10, trend, 1, { never: 'it falls', moves: 'kept' }), { kind: 'never', reason: 'it falls' });
    const slowing = filled(60, (second) => (second < 30 ? second * 10 : 300 - (second - 30))).trend();
    assert.ok(slowing);
    const maybe = reach(100, slowing, 1, { never: 'no', moves: 'room' });
    assert.ok(maybe.kind === 'in' && maybe.latest === null, JSON.stringify(maybe));
  });

  it('says that nothing is foreseen where a figure hardly moves, or not at all', () => {
    const still = filled(60, () => 5).trend();
    const crawling = filled(60, (second) => 1e9 - second).trend();
    assert.ok(still && crawling);
    assert.deepEqual(reach(5, still, -1, { never: 'it rests', moves: 'room' }), { kind: 'never', reason: 'it rests' });
    assert.deepEqual(reach(1e9, crawling, -1, { never: 'no', moves: 'room' }), {
      kind: 'never',
      reason: 'at the present rate it takes more than a year',
    });
    // One half all but stood still: at that pace it would take years.
    const stopping = filled(60, (second) => 1e9 - (second < 30 ? second * 1e6 : 30e6 + second)).trend();
    assert.ok(stopping);
    const when = reach(stopping.value, stopping, -1, { never: 'no', moves: 'room' });
    assert.ok(when.kind === 'in' && when.latest === null, JSON.stringify(when));
    // What was passed already is reached now, and not some time ago.
    const passed = reach(-5, crawling, -1, { never: 'no', moves: 'room' });
    assert.ok(passed.kind === 'in' && passed.seconds === 0 && passed.earliest === 0, JSON.stringify(passed));
  });
});
