import assert from 'node:assert/strict';

import { DatabaseActivity } from '../../../src/replication/lag/databaseActivity.ts';
import { lsn, sender, slot, worker } from './handmade.ts';
import { Stage } from './stage.ts';
import { behind, receiving as sub, still } from './stuck.ts';

describe('where a stream is held up', () => {
  const idle = { workers: [worker('orders_sub', { receivedLsn: lsn(5000), waitsFor: 'Activity' })] };

  it('is the lock that the apply worker waits for, with who holds it', () => {
    const waits = { workers: [worker('orders_sub', { receivedLsn: lsn(5000), waitsFor: 'Lock', blockedBy: [77] })] };
    const { lag } = still(behind(10_000), waits);
    assert.equal(
      lag.stateText,
      'not moving: nothing was confirmed for 8 s, 4.9 kB to go; the apply worker (process 900) waits for a lock on sub, which the process 77 holds',
    );
  });

  it('is who holds that lock: several processes, or a prepared transaction, which has none', () => {
    for (const [blockedBy, holds] of [
      [[77, 78, 77], ', which the processes 77 and 78 hold'],
      [[0], ', which a prepared transaction holds'],
      [[77, 0], ', which the process 77 and a prepared transaction hold'],
      [[], ' on sub'],
    ] as const) {
      const waits = { workers: [worker('orders_sub', { receivedLsn: lsn(5000), waitsFor: 'Lock', blockedBy })] };
      const { stateText } = still(behind(10_000), waits).lag;
      assert.ok(stateText.endsWith(holds), stateText);
    }
  });

  it('is the WAL sender that sends nothing, or the way on which what it sends is lost', () => {
    assert.match(still(behind(5000), idle).lag.stateText, /; the WAL sender \(process 100 on pub\) sends nothing$/);
    assert.match(still(behind(8000), idle).lag.stateText, /; what is sent does not arrive at sub$/);
  });

  it('is not the way where the subscriber has it all by now, nor while the WAL sender still reads', () => {
    const stage = still(behind(8000), idle);
    const has = { workers: [worker('orders_sub', { receivedLsn: lsn(8000), waitsFor: 'Activity' })] };
    stage.beat({ sub: has });
    assert.match(stage.lag.stateText, /^not moving: [^;]*, 4\.9 kB to go$/);
    stage.beat({ pub: behind(9000), sub: idle });
    assert.match(stage.lag.stateText, /; the WAL sender \(process 100 on pub\) is still reading what was written$/);
  });

  it('is not told where the worker is at work, or may not be seen', () => {
    const busy = { workers: [worker('orders_sub', { receivedLsn: lsn(5000), waitsFor: 'IO' })] };
    for (const workers of [busy, sub.pulse]) {
      assert.match(still(behind(8000), workers).lag.stateText, /^not moving: [^;]*, 4\.9 kB to go$/);
    }
  });

  it('is the number of workers that the setting allows, once none can be started', () => {
    const settings = { max_logical_replication_workers: { name: '', value: '4', unit: null } };
    const free = { slots: [slot('orders_sub', { active: false, activePid: null })], senders: [] };
    const stage = new Stage({ id: 'pub', pulse: free }, { ...sub, settings, pulse: { workers: [], workersInUse: 4 } });
    assert.equal(stage.lag.state, 'starting');
    for (const beat of [1, 2, 3]) stage.beat({ pub: {}, sub: { workersInUse: beat === 1 ? 3 : 4 } });
    assert.equal(
      stage.lag.stateText,
      'stopped: no apply worker is running; all 4 logical replication workers of sub are in use (max_logical_replication_workers): raise it and restart sub',
    );
    stage.beat({ pub: {}, sub: { workersInUse: 3 } });
    assert.equal(stage.lag.state, 'starting');
  });

  it('is the number of WAL senders, where none is left for its slot', () => {
    const settings = { max_wal_senders: { name: '', value: '1', unit: null } };
    const taken = { slots: [slot('orders_sub', { active: false, activePid: null })], senders: [sender({ pid: 7 })] };
    const stage = new Stage({ id: 'pub', settings, pulse: taken }, { ...sub, pulse: { workers: [] } });
    for (let beat = 0; beat < 8; beat += 1) stage.beat({ pub: {}, sub: {} });
    assert.equal(
      stage.lag.stateText,
      'stopped: no apply worker is running; the only WAL sender of pub is in use (max_wal_senders): raise it and restart pub',
    );
  });

  it('is told besides a copy that is under way', () => {
    const waits = { workers: [worker('orders_sub', { receivedLsn: lsn(5000), waitsFor: 'Lock', blockedBy: [77] })] };
    const counts = { init: 0, copying: 1, copied: 0, synchronized: 0, ready: 1 };
    const tableProgress = [{ counts, notReady: [], subscriptionOid: 16_400 }];
    assert.match(
      still(behind(10_000), { ...waits, tableProgress }).lag.stateText,
      /^copying: 1 of 2 tables to go; not moving: .*; the apply worker \(process 900\) waits for a lock on sub, which/,
    );
  });

  it('is the number of background workers, where the role sees them, or that it does not', () => {
    const settings = { max_worker_processes: { name: '', value: '8', unit: null } };
    const free = { slots: [slot('orders_sub', { active: false, activePid: null })], senders: [] };
    const full = { workers: [], workersInUse: 3, backgroundWorkers: 8 };
    const stage = new Stage({ id: 'pub', pulse: free }, { ...sub, settings, pulse: full });
    for (let beat = 0; beat < 3; beat += 1) stage.beat({ pub: {}, sub: {} });
    assert.equal(
      stage.lag.stateText,
      'stopped: no apply worker is running; all 8 background workers of sub are in use, 3 of them by logical replication (max_worker_processes): raise it and restart sub',
    );
    const blind = new Stage(
      { id: 'pub', pulse: free },
      { ...sub, settings, readsAllStats: false, pulse: { ...full, backgroundWorkers: null } },
    );
    for (let beat = 0; beat < 8; beat += 1) blind.beat({ pub: {}, sub: {} });
    assert.equal(blind.lag.stateText, 'stopped: no apply worker is running; the log of sub says why');
    assert.deepEqual(blind.lag.hidden, [
      { what: 'whether sub has a background worker left', privilege: 'membership in pg_monitor' },
    ]);
  });
});

describe('WAL of other databases', () => {
  const writes = (shop: number, busy: number) => [
    { database: 'shop', rows: shop },
    { database: 'busy', rows: busy },
    { database: 'quiet', rows: 9 },
  ];

  it('is told apart where the own database wrote nothing since, and only once the statistics can tell', () => {
    const activity = new DatabaseActivity();
    activity.record(1000, writes(5, 5));
    activity.record(2000, writes(6, 5));
    activity.record(3000, writes(6, 8));
    assert.deepEqual(activity.onlyOthersSince('shop', 2500), [], 'too young');
    const back = new DatabaseActivity();
    for (const [at, busy] of [
      [9_000_000, 5],
      [9_001_000, 6],
      [1000, 6],
      [5000, 6],
    ] as const) {
      back.record(at, writes(5, busy));
    }
    assert.deepEqual(back.onlyOthersSince('shop', 2000), [], 'what it saw before the clock was set back was not since');
    activity.record(5000, writes(6, 8));
    assert.deepEqual(activity.onlyOthersSince('shop', 2500), ['busy']);
    assert.deepEqual(activity.onlyOthersSince('shop', 1500), [], 'shop itself wrote');
    assert.deepEqual(activity.onlyOthersSince('shop', 500), [], 'before the first sample');
    assert.deepEqual(activity.onlyOthersSince('new', 2500), [], 'never seen');
    activity.record(6000, writes(0, 0));
    assert.deepEqual(activity.onlyOthersSince('shop', 2500), [], 'a counter that was reset says nothing');
  });

  it('is said, and what is not confirmed stays shown', () => {
    const free = { slots: [slot('orders_sub', { active: false, activePid: null })], senders: [] };
    const stage = new Stage({ id: 'pub', pulse: { ...free, databaseWrites: writes(5, 5) } });
    stage.beat({ pub: { currentLsn: lsn(20_000), databaseWrites: writes(5, 7) } });
    for (const second of [1, 2, 3]) stage.beat({ pub: { databaseWrites: writes(5, 7 + second) } });
    const { notAppliedBytes, otherDatabases, stateText } = stage.lag;
    assert.deepEqual([otherDatabases, notAppliedBytes], [['busy'], 10_000]);
    assert.equal(stateText, 'inactive: nobody reads it; only other databases write (busy), nothing of shop waits');
    stage.beat({ pub: { databaseWrites: writes(6, 20) } });
    assert.deepEqual([stage.lag.otherDatabases, stage.lag.stateText], [[], 'inactive: nobody reads it']);
  });

  it('does not explain away what the subscriber has received and not applied', () => {
    const received = { workers: [worker('orders_sub', { receivedLsn: lsn(9000) })] };
    const stage = still({ ...behind(10_000), databaseWrites: writes(5, 5) }, received, 1);
    for (const second of [1, 2, 3]) stage.beat({ pub: { databaseWrites: writes(5, 5 + second) }, sub: {} });
    assert.deepEqual(stage.lag.otherDatabases, []);
  });
});
