import assert from 'node:assert/strict';

import type { Slot } from '../../../src/replication/model/slot.ts';
import { address, lsn, pulseOf, sender, type ServerOptions, slot, start, subscription, worker } from './handmade.ts';
import { Stage } from './stage.ts';

function pub(more: Partial<Slot> = {}, options: Partial<ServerOptions> = {}): ServerOptions {
  return { id: 'pub', ...options, pulse: { slots: [slot('orders_sub', more)], senders: [sender()], ...options.pulse } };
}

const idle = { active: false, activePid: null };
const sub: ServerOptions = {
  id: 'sub',
  subscriptions: [subscription('orders_sub')],
  pulse: { workers: [worker('orders_sub')] },
};
const disabled: ServerOptions = { id: 'sub', subscriptions: [subscription('orders_sub', { enabled: false })] };

function counts(init: number, copying: number, ready: number) {
  return { counts: { init, copying, copied: 0, synchronized: 0, ready }, notReady: [], subscriptionOid: 16_400 };
}

function stateOf(stage: Stage): string {
  return `${stage.lag.state} | ${stage.lag.stateText}`;
}

describe('the state of a stream', () => {
  it('is streaming, with figures, while both ends work', () => {
    const stage = new Stage(pub(), sub);
    assert.equal(stateOf(stage), 'streaming | streaming');
    assert.equal(stage.lag.notAppliedBytes, 0);
    assert.equal(stage.lag.retainedBytes, 2000);
  });

  it('is streaming without the subscriber', () => {
    assert.equal(stateOf(new Stage(pub())), 'streaming | streaming');
  });

  it('is what the subscriber says where the publisher is not known, and figures are unknown', () => {
    const stage = new Stage(sub);
    assert.match(
      stateOf(stage),
      /^streaming \| streaming, by sub, which heard from its publisher less than 10 s ago; how far/,
    );
    stage.beat({ sub: { workers: [worker('orders_sub', { lastMessageAt: start })] } }, 25_000);
    assert.match(stateOf(stage), /, which heard from its publisher 25 s ago; how far/);
    assert.equal(stage.lag.notAppliedBytes, null);
    assert.equal(stage.lag.secondsBehind, null);
  });

  it('is lost, with the reason and without figures, though restart_lsn may still be set', () => {
    const stage = new Stage(pub({ ...idle, lost: true, lostReason: 'idle_timeout', walStatus: 'lost' }), sub);
    assert.match(stateOf(stage), /^lost \| lost: pub can't send from this slot any more, it was inactive for longer/);
    const { appliedBytesPerSecond, notAppliedBytes, notSentBytes, retainedBytes, secondsBehind } = stage.lag;
    assert.deepEqual(
      [notAppliedBytes, notSentBytes, retainedBytes, secondsBehind, appliedBytesPerSecond],
      [null, null, null, null, null],
    );
    assert.match(stateOf(new Stage(pub({ ...idle, lost: true }))), /^lost \| .*it was invalidated$/);
  });

  it('is disabled, and says when an error may have done it or it has no slot', () => {
    assert.equal(stateOf(new Stage(pub(idle), disabled)), 'disabled | disabled');
    const onError = subscription('orders_sub', { enabled: false });
    const stage = new Stage(pub(idle), {
      id: 'sub',
      subscriptions: [{ ...onError, options: { ...onError.options, disableOnError: true } }],
      pulse: { subscriptions: [{ ...pulseOf(onError), applyErrors: 3, syncErrors: 0 }] },
    });
    assert.match(stateOf(stage), /^disabled \| disabled, perhaps by an error/);
    const none = subscription('orders_sub', { enabled: false, slotName: null });
    assert.match(stateOf(new Stage({ id: 'sub', subscriptions: [none] })), /no slot/);
  });

  it('is starting for the pause a subscriber takes, then stopped, until a worker is at work', () => {
    const stage = new Stage(pub(idle), { ...sub, pulse: { workers: [] } });
    assert.match(stateOf(stage), /^starting/);
    for (let second = 1; second < 7; second += 1) stage.beat({ pub: {}, sub: {} });
    assert.match(stateOf(stage), /^starting/);
    stage.beat({ pub: {}, sub: {} });
    assert.equal(stateOf(stage), 'stopped | stopped: no apply worker is running; the log of sub says why');
    // A worker that has just been started and has got nowhere yet proves nothing.
    stage.beat({ sub: { workers: [worker('orders_sub', { receivedLsn: null })] }, pub: {} });
    assert.match(stateOf(stage), /^stopped \| stopped: the apply worker does not get to its slot/);
    stage.beat({ sub: { workers: [worker('orders_sub')] }, pub: { slots: [slot('orders_sub')] } });
    assert.match(stateOf(stage), /^stopped \| stopped: the apply worker is started again and again/);
    stage.beat({ sub: {}, pub: {} });
    assert.match(stateOf(stage), /^streaming/);
  });

  it('is stopped, from look to look, while each worker is there for a moment only', () => {
    const stage = new Stage(pub(idle), { ...sub, pulse: { workers: [] } });
    const states = Array.from({ length: 16 }, (_, second) => {
      stage.beat({ sub: { workers: second % 3 === 2 ? [worker('orders_sub', { pid: 900 + second })] : [] }, pub: {} });
      return stage.lag.state;
    });
    assert.deepEqual(new Set(states.slice(8)), new Set(['stopped']));
    assert.match(stage.lag.stateText, /^stopped: no apply worker is running; the log of sub says why$/);
  });

  it('is stopped with the number of errors as soon as they grow, where the server counts them', () => {
    const failing = (applyErrors: number) => ({
      workers: [],
      subscriptions: [{ ...pulseOf(subscription('orders_sub')), applyErrors, syncErrors: 0 }],
    });
    const stage = new Stage(pub(idle), { ...sub, pulse: failing(4) });
    assert.match(stateOf(stage), /^starting/);
    stage.beat({ sub: failing(5), pub: {} });
    assert.match(stateOf(stage), /^stopped \| .*; it failed \(5 errors so far\)/);
    stage.beat({ sub: failing(6), pub: {} });
    assert.match(stateOf(stage), /^stopped \| .*; it fails again and again \(6 errors so far\)/);
  });

  it('is stopped, not copying, while the copy of a table fails again and again', () => {
    const failing = (syncErrors: number) => ({
      ...sub.pulse,
      tableProgress: [counts(0, 1, 2)],
      subscriptions: [{ ...pulseOf(subscription('orders_sub')), applyErrors: 0, syncErrors }],
    });
    const stage = new Stage(pub(idle), { ...sub, pulse: failing(4) });
    assert.match(stateOf(stage), /^copying/);
    stage.beat({ sub: failing(5), pub: {} });
    assert.match(stateOf(stage), /^stopped \| stopped: the copy of 1 of 3 tables does not get on; it failed/);
  });

  it('is stopped, without a figure, where the subscriber was ahead before the publisher was read', () => {
    const applied = (bytes: number) => ({
      subscriptions: [{ ...pulseOf(subscription('orders_sub')), appliedLsn: lsn(bytes) }],
    });
    const stage = new Stage(pub(), sub);
    // Read after the publisher it may have what that wrote since.
    stage.now += 100;
    stage.beat({ sub: applied(11_000) }, 0);
    assert.equal(stateOf(stage), 'streaming | streaming');
    stage.beat({ pub: {} });
    const told =
      'stopped | stopped: sub has applied up to 0/2AF8 and pub ends at 0/2710: it was set back, or is another server, and what it writes up to there is left out';
    assert.deepEqual([stateOf(stage), stage.lag.secondsBehind, stage.lag.notAppliedBytes], [told, null, null]);
    stage.beat({ sub: {} });
    assert.equal(stateOf(stage), told);
    stage.beat({ pub: { currentLsn: lsn(11_000) } });
    assert.equal(stage.lag.state, 'streaming');
  });

  it('is copying with the number of tables that are left', () => {
    const stage = new Stage(pub(), { ...sub, pulse: { ...sub.pulse, tableProgress: [counts(2, 1, 12)] } });
    assert.equal(stateOf(stage), 'copying | copying: 3 of 15 tables to go');
    stage.beat({ pub: {}, sub: { tableProgress: [counts(0, 0, 15)] } });
    assert.match(stateOf(stage), /^streaming/);
  });

  it('is starting or catching up when the WAL sender says so', () => {
    assert.match(stateOf(new Stage(pub({}, { pulse: { senders: [sender({ state: 'startup' })] } }))), /^starting/);
    const catchup = { currentLsn: lsn(10_000 + 5 * 1024 * 1024), senders: [sender({ state: 'catchup' })] };
    assert.equal(stateOf(new Stage(pub({}, { pulse: catchup }))), 'catchingUp | catching up, 5 MB to go');
  });

  it('is inactive when nobody reads the slot, since when that is known', () => {
    assert.equal(stateOf(new Stage(pub(idle))), 'inactive | inactive: nobody reads it');
    const since = new Stage(pub({ ...idle, inactiveSince: '2020-01-02T03:04:05Z' }));
    assert.match(stateOf(since), /nobody reads it since 2020-01-0\d \d\d:\d\d:05$/);
  });

  it('is inactive, with the subscriber named, when that does not answer and its slot is free', () => {
    const stage = new Stage(pub(), sub);
    stage.fail('sub', 'connection refused');
    assert.equal(stateOf(stage), 'streaming | streaming');
    stage.beat({ pub: { slots: [slot('orders_sub', idle)], senders: [] } });
    assert.match(stateOf(stage), /^inactive \| inactive: no answer from the subscriber sub since/);
    assert.equal(stage.lag.notAppliedBytes, 0);
  });

  it('is unreachable while the publisher does not answer: figures unknown, and back when it returns', () => {
    const stage = new Stage(pub(), sub);
    stage.fail('pub', 'connection refused');
    assert.match(
      stateOf(stage),
      /^unreachable \| unreachable: no answer from the publisher pub since .*: connection refused$/,
    );
    assert.equal(stage.lag.notAppliedBytes, null);
    assert.equal(stage.lag.sampledAt, start);
    stage.now += 60_000;
    stage.open(pub({}, { startedAt: stage.now - 5000, pulse: { currentLsn: lsn(12_000) } }));
    assert.equal(stage.lag.state, 'streaming');
    assert.equal(stage.lag.notAppliedBytes, 2000);
  });

  it('is slotMissing when the slot went away under the subscription', () => {
    const stage = new Stage(pub(), sub);
    const { id } = stage.lag.stream;
    stage.beat({ pub: { slots: [], senders: [] } });
    assert.match(stateOf(stage), /^slotMissing \| slot missing: there is no such replication slot on pub/);
    assert.equal(stage.lag.stream.id, id);
  });

  it('is not slotMissing by a publisher that was read before the subscription was there', () => {
    const stage = new Stage({ id: 'pub' });
    stage.now += 4000;
    const publisher = address({ host: 'pub', database: 'shop' });
    stage.open({ ...sub, subscriptions: [subscription('orders_sub', { publisher })] });
    assert.equal(stateOf(stage), 'starting | starting: figures come as soon as pub is read again');
    stage.beat({ sub: {} });
    assert.equal(stage.lag.state, 'starting');
    stage.beat({ pub: {} });
    assert.equal(stage.lag.state, 'slotMissing');
    // Another name of the slot is as new as a subscription.
    stage.beat({ sub: { subscriptions: [{ ...pulseOf(subscription('orders_sub')), slotName: 'other' }] } });
    assert.equal(stage.lag.state, 'starting');
    stage.beat({ pub: { slots: [slot('other')], senders: [sender()] } });
    assert.equal(stage.lag.state, 'streaming');
  });

  it('is not inactive by a publisher that was read before the worker got to work', () => {
    const stage = new Stage(pub(idle, { pulse: { senders: [] } }), { ...sub, pulse: { workers: [] } });
    stage.beat({ pub: {} });
    stage.beat({ sub: { workers: [worker('orders_sub')] } });
    assert.equal(stateOf(stage), 'starting | starting: figures come as soon as pub is read again');
    stage.beat({ pub: {} });
    assert.equal(stage.lag.state, 'inactive');
    stage.beat({ pub: { slots: [slot('orders_sub')], senders: [sender()] } });
    assert.equal(stage.lag.state, 'streaming');
  });

  it('is not stopped by one look at the subscriber, however long ago that was', () => {
    const stage = new Stage(pub(idle), { ...sub, pulse: { workers: [] } });
    stage.beat({ pub: {} }, 10_000);
    assert.equal(stage.lag.state, 'starting');
    stage.beat({ sub: {} });
    assert.equal(stage.lag.state, 'stopped');
  });

  it('is streaming for a role that may not see senders: what is not shown is unknown, the rest is there', () => {
    const hidden = sender({ state: null, sentLsn: null, writeLsn: null, flushLsn: null, replayLsn: null });
    const stage = new Stage(
      pub({ confirmedFlushLsn: lsn(9000) }, { readsAllStats: false, pulse: { senders: [hidden] } }),
    );
    assert.equal(stage.lag.state, 'streaming');
    const { inFlightBytes, notAppliedBytes, notSentBytes, retainedBytes } = stage.lag;
    assert.deepEqual([notSentBytes, inFlightBytes, notAppliedBytes, retainedBytes], [null, null, 1000, 2000]);
  });

  it('names the process where a session reads the slot by SQL', () => {
    assert.equal(stateOf(new Stage(pub({}, { pulse: { senders: [] } }))), 'streaming | read by the process 100');
  });
});

describe('the bytes of a stream', () => {
  it('are the distances of facts section 5', () => {
    const position = { sentLsn: lsn(9500), writeLsn: lsn(9200), flushLsn: lsn(9000), replayLsn: lsn(9100) };
    const stage = new Stage(pub({ confirmedFlushLsn: lsn(9000) }, { pulse: { senders: [sender(position)] } }));
    const { inFlightBytes, notAppliedBytes, notSentBytes, retainedBytes } = stage.lag;
    assert.deepEqual([notSentBytes, inFlightBytes, notAppliedBytes, retainedBytes], [500, 300, 1000, 2000]);
  });

  it('are never below zero', () => {
    const position = { sentLsn: lsn(10_100), writeLsn: lsn(10_200), flushLsn: lsn(10_050) };
    const { lag } = new Stage(pub({ restartLsn: lsn(10_001) }, { pulse: { senders: [sender(position)] } }));
    assert.deepEqual([lag.notSentBytes, lag.inFlightBytes, lag.notAppliedBytes, lag.retainedBytes], [0, 0, 0, 0]);
  });

  it('are all still to be sent, and none in flight, while nobody reads', () => {
    const { lag } = new Stage(
      pub({ ...idle, confirmedFlushLsn: lsn(4000), safeWalBytes: -5 }, { pulse: { senders: [] } }),
    );
    assert.deepEqual([lag.notSentBytes, lag.inFlightBytes, lag.notAppliedBytes, lag.headroomBytes], [6000, 0, 6000, 0]);
  });

  it('take 0/0 and missing positions for unknown', () => {
    const position = { sentLsn: '0/0', writeLsn: null, flushLsn: null };
    const { lag } = new Stage(
      pub({ confirmedFlushLsn: null, restartLsn: null }, { pulse: { senders: [sender(position)] } }),
    );
    assert.deepEqual(
      [lag.notSentBytes, lag.inFlightBytes, lag.notAppliedBytes, lag.retainedBytes, lag.secondsBehind],
      [null, null, null, null, null],
    );
  });
});
