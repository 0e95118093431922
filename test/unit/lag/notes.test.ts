import assert from 'node:assert/strict';

import { RecentCount } from '../../../src/replication/lag/recentCount.ts';
import { streamNotes } from '../../../src/ui/streamNotes.ts';
import { pulseOf, sender, subscription } from './handmade.ts';
import { Stage } from './stage.ts';
import { behind, receiving as sub } from './stuck.ts';

describe('what is counted', () => {
  it('is the growth of the last minute, and begins anew when it was reset', () => {
    const count = new RecentCount();
    assert.equal(count.inLastMinute, null);
    for (const [second, value] of [
      [0, 7],
      [10, 9],
      [30, 12],
    ] as const) {
      count.record(second * 1000, value);
    }
    assert.equal(count.inLastMinute, 5);
    count.record(71_000, 12);
    assert.equal(count.inLastMinute, 3);
    count.record(72_000, 2);
    count.record(73_000, 4);
    assert.equal(count.inLastMinute, 5);
    count.record(74_000, null);
    assert.equal(count.inLastMinute, null);
  });

  it('are errors, conflicts, and what did not fit into memory', () => {
    const decoding = {
      spillTransactions: 3,
      spillBytes: 4096,
      streamTransactions: 0,
      streamBytes: 0,
      totalTransactions: 9,
      totalBytes: 9000,
    };
    const counted = (errors: number) => ({
      subscriptions: [
        { ...pulseOf(subscription('orders_sub')), applyErrors: errors, syncErrors: 1, conflicts: errors },
      ],
    });
    const stage = new Stage(
      { id: 'pub', pulse: behind(5000, { decoding }) },
      { ...sub, pulse: { ...sub.pulse, ...counted(1) } },
    );
    const spilled = behind(5000, { decoding: { ...decoding, spillTransactions: 5 } }) ?? {};
    stage.beat({ pub: spilled, sub: counted(4) });
    const { lag } = stage;
    assert.deepEqual([lag.errorsPerMinute, lag.conflictsPerMinute, lag.decoding?.spillsPerMinute], [3, 3, 2]);
    assert.deepEqual(streamNotes(lag), [
      'Decoded on disk for want of memory: 5 transactions so far, 2 in the last minute (4 kB)',
      '3 errors in the last minute',
      '3 conflicts in the last minute',
    ]);
  });
});

describe('two clocks', () => {
  it('are compared by the round trips, and their difference is taken out of the age of a reply', () => {
    const stage = new Stage({ id: 'pub', pulse: behind(5000) }, sub);
    stage.now += 1000;
    // The publisher is 2 s slow, the subscriber 60 s fast; it replied 3 s ago.
    const replyTime = stage.now + 1000 + 60_000 - 3000;
    const pulse = { ...behind(5000), senders: [sender({ replyTime })] };
    stage.beat({
      pub: { ...pulse, serverTime: stage.now + 1000 - 2000 },
      sub: { serverTime: stage.now + 1000 + 60_000 },
    });
    assert.deepEqual([stage.lag.clockDifferenceMs, stage.lag.replyAgeSeconds], [62_000, 3]);
    assert.deepEqual(streamNotes(stage.lag), ["The subscriber's clock is 1 min ahead of the publisher's"]);
    assert.equal(new Stage({ id: 'pub', pulse }).lag.replyAgeSeconds, null);
  });
});

describe('what a role may not see', () => {
  it('is named with the privilege that shows it', () => {
    const nothing = sender({ state: null, sentLsn: null, writeLsn: null, flushLsn: null, replayLsn: null });
    const { lag } = new Stage(
      { id: 'pub', readsAllStats: false, pulse: { ...behind(5000), senders: [nothing] } },
      { ...sub, readsAllStats: false },
    );
    assert.deepEqual([lag.notSentBytes, lag.inFlightBytes, lag.notAppliedBytes], [null, null, 5000]);
    assert.deepEqual(streamNotes(lag), [
      'Not shown to this role: what the WAL sender on pub has sent and what was received; membership in pg_monitor shows it',
      'Not shown to this role: what the apply worker on sub waits for; membership in pg_monitor shows it',
    ]);
  });
});
