import assert from 'node:assert/strict';

import { TableTrace } from '../../../src/replication/copy/trace.ts';
import { type WaitingInput, whyWaiting } from '../../../src/replication/copy/waiting.ts';
import { sender, slot, worker } from '../lag/handmade.ts';
import { row, settings } from './handmade.ts';

const apply = worker('s');
const copying = worker('s', { kind: 'tableSynchronization', tableOid: 9, pid: 60 });

function why(more: Partial<WaitingInput> = {}): string | null {
  return whyWaiting({
    state: 'init',
    trace: null,
    enabled: true,
    workers: [apply],
    worker: null,
    errorsGrow: false,
    errors: null,
    subscriber: {
      name: 'wh',
      settings: settings({ max_sync_workers_per_subscription: 2, max_logical_replication_workers: 4 }),
      workersInUse: 1,
    },
    publisher: null,
    ...more,
  });
}

/** A table whose attempts ended so often in the last minute. */
function failing(attempts: number): TableTrace {
  const trace = new TableTrace();
  for (let attempt = 0; attempt <= attempts; attempt += 1)
    trace.observe(1000 * (attempt + 1), 'copying', row({ workerPid: attempt + 1 }));
  return trace;
}

describe('why a table is not copied', () => {
  it('says nothing of one that gets on, is about to, or is copied', () => {
    assert.equal(why(), null);
    assert.equal(why({ state: 'copying', worker: copying }), null);
    assert.equal(why({ state: 'copying', trace: failing(1), worker: copying }), null);
    for (const state of ['copied', 'synchronized', 'ready'] as const)
      assert.equal(why({ state, enabled: false }), null);
  });

  it('names the subscription that is off, and the apply worker that does not run', () => {
    assert.equal(why({ enabled: false }), 'the subscription is disabled');
    assert.equal(why({ workers: [] }), 'no apply worker is running, and that is what starts the copy');
  });

  it('names the limit that makes it wait', () => {
    assert.match(why({ workers: [apply, copying, copying] }) ?? '', /^waits its turn: 2 tables are copied at once/);
    const subscriber = {
      name: 'wh',
      settings: settings({ max_sync_workers_per_subscription: 2, max_logical_replication_workers: 4 }),
      workersInUse: 4,
    };
    assert.equal(
      why({ subscriber }),
      'wh has no free logical replication worker (max_logical_replication_workers is 4)',
    );
    const none = { ...subscriber, settings: settings({ max_sync_workers_per_subscription: 0 }) };
    assert.match(why({ subscriber: none }) ?? '', /max_sync_workers_per_subscription is 0/);
    const long = new TableTrace();
    long.observe(1000, 'init', null);
    long.observe(20_000, 'init', null);
    assert.match(why({ trace: long }) ?? '', /wh started no worker for it: max_worker_processes may be used up/);
  });

  it('says that an error repeats, by the workers that end or by the counter, and what commonly causes it', () => {
    assert.equal(why({ state: 'copying', trace: failing(3) }), 'an error repeats, see the log of wh');
    const ended = failing(0);
    ended.observe(2000, 'copying', row({ workerPid: null }));
    assert.equal(why({ state: 'copying', trace: ended }), null, 'the next worker may be about to begin');
    ended.observe(4000, 'copying', row({ workerPid: null }));
    assert.equal(why({ state: 'copying', trace: ended }), 'an error repeats, see the log of wh');
    const counted = { state: 'copying', errorsGrow: true, errors: 12 } as const;
    assert.equal(why(counted), 'an error repeats (12 errors of the subscription so far), see the log of wh');
    const full = { name: 'shop', settings: settings({ max_replication_slots: 2, max_wal_senders: 1 }) };
    assert.match(
      why({ ...counted, publisher: { ...full, pulse: { slots: [slot('a'), slot('b')], senders: [] } } }) ?? '',
      /^an error repeats: shop has no free replication slot \(max_replication_slots is 2\)/,
    );
    assert.match(
      why({ ...counted, publisher: { ...full, pulse: { slots: [], senders: [sender()] } } }) ?? '',
      /shop has no free WAL sender \(max_wal_senders is 1\)/,
    );
  });

  it('goes by the time that was watched, also where the clock was set back meanwhile', () => {
    const hour = 3_600_000;
    const trace = failing(3);
    for (const at of [hour, hour + 1000]) trace.observe(at, 'init', null);
    trace.restart();
    for (const at of [6000, 22_000]) trace.observe(at, 'init', null);
    assert.match(why({ trace }) ?? '', /^wh started no worker for it/);
    const later = new TableTrace();
    for (let attempt = 0; attempt < 3; attempt += 1)
      later.observe(hour + 1000 * attempt, 'copying', row({ workerPid: attempt + 1 }));
    later.restart();
    later.observe(1000, 'copying', row({ workerPid: 3 }));
    assert.equal(why({ state: 'copying', trace: later, worker: copying }), null);
  });

  it('names who holds the lock that its worker waits for', () => {
    const locked = { ...copying, waitsFor: 'Lock', blockedBy: [4711] };
    assert.equal(why({ state: 'copying', worker: locked }), 'its worker waits for a lock that the process 4711 holds');
    assert.match(
      why({ state: 'copying', worker: { ...locked, blockedBy: [1, 2] } }) ?? '',
      /a lock that the processes 1 and 2 hold$/,
    );
    assert.match(
      why({ state: 'copying', worker: { ...locked, blockedBy: [0] } }) ?? '',
      /a lock that a prepared transaction holds$/,
    );
  });
});
