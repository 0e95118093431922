import assert from 'node:assert/strict';

import { lsn, sender, worker } from './handmade.ts';
import { at, pub, receiver, seconds } from './moving.ts';
import { Stage } from './stage.ts';

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

  it('do not count the part of a record at the end of the last page on disk', () => {
    const stage = new Stage(pub(16_300, 16_300));
    const open = { ...at(20_000, 16_300), senders: [sender({ flushLsn: lsn(16_300), sentLsn: lsn(16_300) })] };
    for (const [flushed, shown] of [
      [16_384, 0],
      [16_384, 0],
      [16_400, 3],
    ] as const) {
      stage.beat({ pub: { ...open, flushedLsn: lsn(flushed) } });
      assert.equal(stage.lag.secondsBehind, shown);
    }
  });

  it('do not drop where a stream older than 14 that catches up pauses for a beat', () => {
    const stage = new Stage(pub(1000, 1000, { versionNumber: 130_023 }));
    for (let beat = 0; beat < 3; beat += 1) stage.beat({ pub: at(5000, 1000, false) });
    assert.deepEqual(
      seconds(stage, [
        [6000, 2000],
        [7000, 2000],
        [8000, 2000],
        [8000, 8000],
        [9000, 8000],
        [9000, 8000],
      ]).map((one) => one !== null && one > 0),
      [true, true, false, false, false, false],
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
