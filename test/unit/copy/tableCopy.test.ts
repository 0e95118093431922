import assert from 'node:assert/strict';

import { subscriptionCopy } from '../../../src/replication/copy/subscriptionCopy.ts';
import { tableCopy, type TableCopyInput } from '../../../src/replication/copy/tableCopy.ts';
import { TableTrace } from '../../../src/replication/copy/trace.ts';
import { subscriptionCopyWords, tableCopyFacts, tableCopyWords } from '../../../src/replication/copy/words.ts';
import { TrendWindow } from '../../../src/replication/forecast/trend.ts';
import type { TableState } from '../../../src/replication/model/subscription.ts';
import { events, row, size, traced } from './handmade.ts';

function judged(more: Partial<TableCopyInput> = {}) {
  const plain = {
    table: events,
    state: 'copying',
    size: size(),
    leavesOut: [],
    waits: null,
  } as const;
  return tableCopy({ ...plain, trace: traced(10, (second) => ({ rows: second * 40 })), ...more });
}

describe('how far the copy of a table is', () => {
  it('goes by rows against the estimate of the publisher, since 14', () => {
    const copy = judged();
    assert.equal(copy.fraction, 0.4);
    assert.equal(copy.by, 'rows');
    assert.ok(copy.left.kind === 'in' && Math.abs(copy.left.seconds - 15) < 0.01, JSON.stringify(copy.left));
    assert.equal(tableCopyWords(copy), 'copying 40 % · under a minute left');
    const facts = Object.fromEntries(tableCopyFacts(copy));
    assert.equal(facts['Rows copied'], '400 rows of about 1,000 rows');
    assert.equal(facts['Rate'], '40 rows/s');
    assert.equal(facts['Finished'], 'in ≈ 15 s: 40 rows/s come (11 samples over 10 s)');
  });

  it('goes by the size here against the size there, before 14 and where the table was never analysed', () => {
    const trace = traced(10, (second) => ({ tableBytes: second * 8192 }));
    const copy = judged({ trace, size: size({ bytes: 163_840, rows: null }) });
    assert.equal(copy.fraction, 0.5);
    assert.equal(copy.by, 'size');
    assert.ok(copy.left.kind === 'in' && Math.abs(copy.left.seconds - 10) < 0.01, JSON.stringify(copy.left));
    const both = traced(10, (second) => ({ rows: second, tableBytes: second * 8192 }));
    assert.equal(judged({ trace: both, size: size({ bytes: 163_840, rows: null }) }).by, 'size');
    assert.equal(judged({ trace: both, size: size({ bytes: 163_840, rows: 0 }) }).by, 'size');
  });

  it('cannot be said with a row filter, with other columns before 14, and without a size', () => {
    const filtered = judged({ leavesOut: ['rows'] });
    assert.equal(filtered.fraction, null);
    assert.equal(filtered.left.kind, 'unknown');
    assert.equal(tableCopyWords(filtered), 'copying 400 rows so far');
    const bySize = traced(10, (second) => ({ tableBytes: second * 8192 }));
    assert.equal(judged({ trace: bySize, leavesOut: ['columns'] }).fraction, null);
    assert.match(JSON.stringify(judged({ size: null }).left), /how much there is on the publisher is not known/);
    assert.equal(judged({ size: null }).fraction, null);
  });

  it('is never all while rows are copied: an estimate may be old', () => {
    const copy = judged({ size: size({ rows: 300 }) });
    assert.equal(copy.fraction, 0.99);
    assert.match(JSON.stringify(copy.left), /more to copy than the estimate says/);
    assert.equal(tableCopyWords(copy), 'copying 99 %');
  });

  it('counts a new attempt from the beginning, without the dead rows of the one before', () => {
    const trace = traced(10, (second) => ({ tableBytes: second * 1000 }));
    trace.observe(11_000, 'copying', row({ workerPid: null, tableBytes: 10_000 }));
    assert.equal(trace.failedAttempts, 1);
    for (let second = 12; second <= 22; second += 1) {
      trace.observe(second * 1000, 'copying', row({ workerPid: 51, tableBytes: 10_000 + (second - 12) * 1000 }));
    }
    assert.equal(trace.grownBytes, 10_000);
    assert.ok(Math.abs((trace.size.trend()?.perSecond ?? 0) - 1000) < 1);
    assert.equal(trace.failedAttempts, 1);
    trace.observe(90_000, 'copying', row({ workerPid: 51 }));
    assert.equal(trace.failedAttempts, 0);
  });

  it('takes nothing for copied that attempts left behind which came and went between two beats', () => {
    const trace = traced(2, () => ({ workerPid: null, tableBytes: 0 }));
    for (let second = 3; second <= 9; second += 1) {
      trace.observe(second * 1000, 'copying', row({ workerPid: null, tableBytes: second * 50_000 }));
      assert.equal(trace.grownBytes, 0);
    }
    trace.observe(10_000, 'copying', row({ workerPid: 77, tableBytes: 450_500 }));
    assert.equal(trace.grownBytes, 500);
  });

  it('is by what was in the table when the copy began, without a count of rows', () => {
    const trace = new TableTrace();
    trace.observe(1000, 'init', row({ workerPid: null, tableBytes: 50_000 }));
    trace.observe(2000, 'copying', row({ tableBytes: 60_000 }));
    const copy = judged({ trace, size: size({ rows: null }) });
    assert.equal(copy.bytesCopied, 10_000);
    assert.equal(copy.fraction, 0.1);
    // It shrank: dead rows of the end of the table were removed.
    trace.observe(3000, 'copying', row({ tableBytes: 20_000 }));
    assert.equal(judged({ trace, size: size({ rows: null }) }).bytesCopied, 0);
  });

  it('cannot be said where it had begun before, unless the table was empty or an attempt was seen to end', () => {
    const trace = new TableTrace();
    trace.observe(1000, 'copying', row({ tableBytes: 60_000 }));
    const copy = judged({ trace, size: size({ rows: null }) });
    assert.deepEqual([copy.bytesCopied, copy.bytesHere, copy.fraction], [null, 60_000, null]);
    assert.equal(tableCopyWords(copy), 'copying');
    const facts = Object.fromEntries(tableCopyFacts(copy));
    assert.match(facts['Bytes copied'] ?? '', /^not known: the table here holds 59 kB, and how much of it was there/);
    assert.match(facts['Finished'] ?? '', /^cannot be said: it had begun when it was first seen/);
    trace.observe(2000, 'copying', row({ workerPid: null, tableBytes: 70_000 }));
    trace.observe(3000, 'copying', row({ workerPid: 51, tableBytes: 80_000 }));
    assert.equal(judged({ trace, size: size({ rows: null }) }).fraction, 0.1);
    const begun = traced(0, () => ({ tableBytes: 60_000, emptyBefore: true }));
    assert.equal(begun.grownBytes, 60_000);
    const fromNothing = traced(0, () => ({ tableBytes: 0 }));
    fromNothing.observe(1000, 'copying', row({ tableBytes: 8192 }));
    assert.equal(fromNothing.grownBytes, 8192);
  });

  it('forgets what it began with in a gap, in which attempts may have come and gone', () => {
    const after = (workerPid: number | null) => {
      const trace = traced(5, (second) => ({ tableBytes: second * 1000 }));
      trace.restart();
      trace.observe(600_000, 'copying', row({ workerPid, tableBytes: 90_000 }));
      return trace.grownBytes;
    };
    assert.equal(after(50), 90_000);
    assert.equal(after(51), null);
    assert.equal(after(null), 0);
    const waiting = new TableTrace();
    waiting.observe(1000, 'init', row({ workerPid: null, tableBytes: 0 }));
    waiting.restart();
    waiting.observe(600_000, 'copying', row({ tableBytes: 90_000 }));
    assert.equal(waiting.grownBytes, null);
  });

  it('says that the estimate is an upper bound where only a part comes, and by what it is exceeded', () => {
    const said = (more: Partial<TableCopyInput>) => {
      const facts = Object.fromEntries(tableCopyFacts(judged(more)));
      return [facts['Rows copied'], facts['Bytes copied']];
    };
    const both = traced(10, (second) => ({ rows: second * 40, bytes: second * 1024 }));
    assert.deepEqual(said({ trace: both, leavesOut: ['rows'] }), [
      '400 rows of at most about 1,000 rows (a row filter decides how many come)',
      '10 kB received; the table takes 98 kB on the publisher, of which only a part comes',
    ]);
    assert.deepEqual(said({ state: 'init', trace: null, leavesOut: ['columns'] }), [
      'about 1,000 rows in all',
      'about 98 kB on the publisher in all, of which only a part comes',
    ]);
    const beyond = traced(10, (second) => ({ rows: second * 400, bytes: 1024 }));
    assert.equal(said({ trace: beyond })[0], '4,000 rows, more than the 1,000 rows that the publisher estimates');
    const grown = traced(10, (second) => ({ tableBytes: second * 20_000 }));
    assert.equal(said({ trace: grown })[1], '200 kB, more than the 98 kB on the publisher');
  });

  it('has begun nothing before its turn, and is done after', () => {
    const waiting = judged({ state: 'init', trace: null });
    assert.equal(waiting.fraction, 0);
    assert.equal(tableCopyWords(waiting), null);
    const turn = judged({ state: 'init', trace: null, waits: 'waits its turn' });
    assert.equal(tableCopyWords(turn), 'waiting to be copied: waits its turn');
    assert.deepEqual(turn.left, { kind: 'unknown', reason: 'its copy has not begun' });
    for (const state of ['copied', 'synchronized', 'ready'] as const satisfies readonly TableState[]) {
      const done = judged({ state, trace: null });
      assert.equal(done.fraction, 1);
      assert.equal(done.left.kind, 'now');
      assert.equal(tableCopyWords(done), null);
    }
  });
});

describe('how far the copy of a subscription is', () => {
  const none = { init: 0, copying: 0, copied: 0, synchronized: 0, ready: 0 };
  const counts = { ...none, copying: 1, init: 1, ready: 2 };
  const open = [
    judged(),
    judged({ table: { ...events, oid: 8 }, state: 'init', trace: null, size: size({ bytes: 50_000 }) }),
  ];

  it('goes by size where all sizes are known, with the time left by what all workers do', () => {
    const done = new TrendWindow({ windowMs: 60_000, minSpanMs: 5000, minSamples: 4, gapMs: 35_000 });
    for (let second = 0; second <= 10; second += 1) done.record(second * 1000, 240_000 - (10 - second) * 2000);
    const sizes = [size(), size({ bytes: 50_000 }), size({ bytes: 150_000 }), size({ bytes: 50_000 })];
    const copy = subscriptionCopy({ subscriptionName: 's', counts, open, sizes, done });
    assert.equal(copy.by, 'size');
    assert.equal(copy.fraction, 240_000 / 350_000);
    assert.ok(copy.left.kind === 'in' && Math.abs(copy.left.seconds - 55) < 0.1, JSON.stringify(copy.left));
    assert.equal(subscriptionCopyWords(copy), '68 % copied · under a minute left');
    assert.deepEqual([copy.tablesDone, copy.tables], [2, 4]);
    // Whatever the others do, it is not done while one fails.
    const failing = judged({ table: { ...events, oid: 9 }, waits: 'an error repeats, see the log of warehouse' });
    const held = subscriptionCopy({ subscriptionName: 's', counts, open: [...open, failing], sizes, done });
    assert.deepEqual(held.left, {
      kind: 'never',
      reason: 'public.events: an error repeats, see the log of warehouse',
    });
  });

  it('goes by tables where a size is not known, and says nothing of the time', () => {
    const copy = subscriptionCopy({ subscriptionName: 's', counts, open, sizes: null, done: new TrendWindow() });
    assert.equal(copy.by, 'tables');
    assert.equal(copy.fraction, 2.4 / 4);
    assert.equal(copy.left.kind, 'unknown');
    assert.equal(subscriptionCopyWords(copy), '2 of 4 tables copied');
  });

  it('goes by tables where a row filter decides how much comes, and says so', () => {
    const sizes = [size(), size({ bytes: 50_000 })];
    const [first] = open;
    const filtered = judged({ table: { ...events, oid: 8 }, state: 'init', trace: null, leavesOut: ['rows'] });
    assert.ok(first);
    const done = new TrendWindow();
    const copy = subscriptionCopy({ subscriptionName: 's', counts, open: [first, filtered], sizes, done });
    assert.equal(copy.by, 'tables');
    assert.deepEqual(copy.left, { kind: 'unknown', reason: 'a row filter decides how many rows come' });
  });

  it('is as far as its only open table, and done without one', () => {
    const only = { subscriptionName: 's', counts: { ...none, copying: 1 }, sizes: null, done: new TrendWindow() };
    assert.deepEqual(subscriptionCopy({ ...only, open: [judged()] }).left, judged().left);
    const more = subscriptionCopy({ ...only, counts: { ...none, copying: 1, init: 300 }, open: [judged()] });
    assert.equal(more.left.kind, 'unknown');
    const all = subscriptionCopy({ ...only, counts: { ...none, ready: 3 }, open: [] });
    assert.equal(all.left.kind, 'now');
    assert.equal(subscriptionCopyWords(all), null);
  });
});
