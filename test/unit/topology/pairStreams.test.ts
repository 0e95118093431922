import assert from 'node:assert/strict';

import { portOf } from '../../../src/replication/catalog/foreignServers.ts';
import type { Stream } from '../../../src/replication/model/stream.ts';
import type { KnownServer } from '../../../src/replication/topology/clusters.ts';
import { mainWorker } from '../../../src/replication/topology/ends.ts';
import { pairStreams } from '../../../src/replication/topology/pairStreams.ts';
import {
  address,
  knownServer,
  lsn,
  sender,
  type ServerOptions,
  slot,
  start,
  subscription,
  worker,
} from '../lag/handmade.ts';

/** `publisher/slot > subscriber/subscription`, `-` for an end that isn't known. */
function shown(streams: readonly Stream[]): readonly string[] {
  return streams.map((stream) => {
    const from = stream.publisher ? `${stream.publisher.connectionId}/${stream.publisher.slotName}` : '-';
    const to = stream.subscriber ? `${stream.subscriber.connectionId}/${stream.subscriber.subscriptionName}` : '-';
    return `${from} > ${to}`;
  });
}

function publisher(id: string, more: Partial<ServerOptions> = {}): KnownServer {
  return knownServer({ id, ...more, pulse: { slots: [slot('orders_sub')], senders: [sender()], ...more.pulse } });
}

function subscriber(id: string, more: Partial<ServerOptions> = {}): KnownServer {
  return knownServer({
    id,
    database: 'wh',
    subscriptions: [subscription('orders_sub')],
    ...more,
    pulse: { workers: [worker('orders_sub')], ...more.pulse },
  });
}

const dead = { pulse: { slots: [slot('orders_sub', { active: false, activePid: null })], senders: [] } };

describe('pairing streams', () => {
  it('pairs by the slot name where there is one candidate, also while nothing runs', () => {
    assert.deepEqual(shown(pairStreams([publisher('pub'), subscriber('sub')])), ['pub/orders_sub > sub/orders_sub']);
    const stopped = [publisher('pub', dead), subscriber('sub', { pulse: { workers: [] } })];
    assert.deepEqual(shown(pairStreams(stopped)), ['pub/orders_sub > sub/orders_sub']);
  });

  it('does not take the same name alone for a pair where the connection string leads elsewhere', () => {
    const elsewhere = [subscription('orders_sub', { publisher: address({ host: 'staging', database: 'shop' }) })];
    const still = subscriber('sub', { subscriptions: elsewhere, pulse: { workers: [] } });
    assert.deepEqual(shown(pairStreams([publisher('pub', dead), still])), ['pub/orders_sub > -', '- > sub/orders_sub']);
    // At work it is known by its sender: the same server may have another name where the subscriber is.
    const atWork = subscriber('sub', { subscriptions: elsewhere });
    const before = pairStreams([publisher('pub'), atWork]);
    assert.deepEqual(shown(before), ['pub/orders_sub > sub/orders_sub']);
    assert.deepEqual(shown(pairStreams([publisher('pub', dead), still], before)), ['pub/orders_sub > sub/orders_sub']);
  });

  it('leaves a slot of another database to others', () => {
    const to = (database: string) =>
      subscriber('sub', { subscriptions: [subscription('orders_sub', { publisher: address({ database }) })] });
    assert.deepEqual(shown(pairStreams([publisher('pub'), to('shop')])), ['pub/orders_sub > sub/orders_sub']);
    assert.deepEqual(shown(pairStreams([publisher('pub'), to('other')])), ['pub/orders_sub > -', '- > sub/orders_sub']);
  });

  it('does not guess between equal candidates', () => {
    assert.deepEqual(shown(pairStreams([publisher('pub-a', dead), publisher('pub-b', dead), subscriber('sub')])), [
      'pub-a/orders_sub > -',
      'pub-b/orders_sub > -',
      '- > sub/orders_sub',
    ]);
  });

  const two = (more: Partial<ServerOptions>) => [
    publisher('pub-a', { systemIdentifier: '1' }),
    publisher('pub-b', more),
  ];
  const onlyB = ['pub-a/orders_sub > -', 'pub-b/orders_sub > sub/orders_sub'];

  it('goes by the host and port of the connection string', () => {
    const to = (host: string, port: number | null) =>
      subscriber('sub', { subscriptions: [subscription('orders_sub', { publisher: address({ host, port }) })] });
    const servers = two({ host: 'B.example.org', port: 5433 });
    assert.deepEqual(shown(pairStreams([...servers, to('b.example.org', 5433)])), onlyB);
    assert.equal(shown(pairStreams([...servers, to('b.example.org', null)])).at(-1), '- > sub/orders_sub');
    assert.deepEqual(shown(pairStreams([...servers, to('nowhere,b.example.org', 5433)])), onlyB);
    assert.deepEqual(shown(pairStreams([...servers, to('nowhere,b.example.org', portOf('5433,5433'))])), onlyB);
    assert.deepEqual([portOf(null), portOf(''), portOf('5432,5433'), portOf('x')], [null, null, null, null]);
  });

  it("takes a local host in the connection string for the subscriber's own machine", () => {
    const subscriptions = [subscription('orders_sub', { publisher: address({ host: 'localhost', port: 5433 }) })];
    const servers = [
      publisher('pub-a', { host: 'localhost', port: 5433 }),
      publisher('pub-b', { host: 'far', port: 5433 }),
    ];
    assert.deepEqual(shown(pairStreams([...servers, subscriber('sub', { host: 'far', subscriptions })])), onlyB);
  });

  it("goes by the sender's application name, which the connection string may override", () => {
    const servers = [
      publisher('pub-a', { pulse: { senders: [sender({ applicationName: 'debezium' })] } }),
      publisher('pub-b', { pulse: { senders: [sender({ applicationName: 'wh1' })] } }),
    ];
    const named = [subscription('orders_sub', { publisher: address({ applicationName: 'wh1' }) })];
    assert.deepEqual(shown(pairStreams([...servers, subscriber('sub', { subscriptions: named })])), onlyB);
  });

  it('goes by the system identifier in the names of sync slots', () => {
    const servers = two({
      pulse: { slots: [slot('orders_sub'), slot('pg_16400_sync_17000_4711', { active: false })] },
    });
    assert.deepEqual(shown(pairStreams([...servers, subscriber('sub', { systemIdentifier: '4711' })])), onlyB);
    assert.equal(pairStreams([...servers, subscriber('sub', { systemIdentifier: '4712' })])[1]?.subscriber, null);
  });

  it('rules out positions that can not be: more received than was written, less than was confirmed', () => {
    const ahead = { workers: [worker('orders_sub', { receivedLsn: lsn(50_000) })], sampledAt: start - 1000 };
    assert.deepEqual(shown(pairStreams([publisher('pub'), subscriber('sub', { pulse: ahead })])), [
      'pub/orders_sub > -',
      '- > sub/orders_sub',
    ]);
    // Sampled later it may have received what the publisher had not written yet.
    const later = { ...ahead, sampledAt: start + 1000 };
    assert.equal(pairStreams([publisher('pub'), subscriber('sub', { pulse: later })]).length, 1);
    const behind = { workers: [worker('orders_sub', { receivedLsn: lsn(5000) })], sampledAt: start + 1000 };
    assert.equal(pairStreams([publisher('pub'), subscriber('sub', { pulse: behind })]).length, 2);
  });

  it('keeps a pair while an end is down, though another candidate looks better', () => {
    const up = [
      publisher('pub-a', { host: 'a' }),
      publisher('pub-b', { pulse: { senders: [sender({ applicationName: 'x' })] } }),
    ];
    const before = pairStreams([...up, subscriber('sub')]);
    assert.equal(shown(before)[0], 'pub-a/orders_sub > sub/orders_sub');
    const down = [publisher('pub-a', dead), publisher('pub-b'), subscriber('sub')];
    assert.equal(shown(pairStreams(down, before))[0], 'pub-a/orders_sub > sub/orders_sub');
    assert.equal(shown(pairStreams(down))[1], 'pub-b/orders_sub > sub/orders_sub');
  });

  it('gives a slot to one of two subscriptions, and the other what then is the only one left', () => {
    const servers = two({ host: 'b', port: 5433 });
    const sure = subscriber('sub-1', {
      subscriptions: [subscription('orders_sub', { publisher: address({ host: 'b', port: 5433 }) })],
    });
    assert.deepEqual(shown(pairStreams([...servers, sure, subscriber('sub-2')])), [
      'pub-a/orders_sub > sub-2/orders_sub',
      'pub-b/orders_sub > sub-1/orders_sub',
    ]);
  });

  it("does not double a server that several connections lead to, and shows a slot under its own database's", () => {
    const one = { systemIdentifier: '1', startedAt: 5 };
    const servers = [
      publisher('admin', { ...one, host: 'localhost', database: 'postgres' }),
      publisher('shop', { ...one, host: '127.0.0.1' }),
      publisher('alias', { ...one, host: 'primary.example.org', port: 6432, database: 'reports' }),
    ];
    assert.deepEqual(shown(pairStreams([...servers, subscriber('sub')])), ['shop/orders_sub > sub/orders_sub']);
    assert.deepEqual(shown(pairStreams(servers.slice(2))), ['alias/orders_sub > -']);
  });

  it('does not double a subscription that two connections show, and takes the address from the one that may read it', () => {
    const one = { host: 'wh', systemIdentifier: '9' };
    const reader = subscriber('sub-super', {
      ...one,
      subscriptions: [subscription('orders_sub', { publisher: address({ host: 'b', port: 5433 }) })],
    });
    assert.deepEqual(shown(pairStreams([...two({ host: 'b', port: 5433 }), subscriber('sub', one), reader])), onlyB);
  });

  it('tells a standby from its primary and leaves out the slots it keeps in step', () => {
    const primary = publisher('primary', { systemIdentifier: '1', startedAt: 5 });
    const standby = publisher('standby', {
      systemIdentifier: '1',
      startedAt: 6,
      inRecovery: true,
      pulse: { slots: [slot('orders_sub', { synced: true }), slot('from_standby')] },
    });
    assert.deepEqual(shown(pairStreams([standby, primary])), ['standby/from_standby > -', 'primary/orders_sub > -']);
    // What was synced before a promotion is a slot like any other afterwards.
    const promoted = publisher('promoted', { pulse: { slots: [slot('orders_sub', { synced: true })] } });
    assert.deepEqual(shown(pairStreams([promoted])), ['promoted/orders_sub > -']);
  });

  it('leaves out physical slots and those of table synchronization, old and new', () => {
    const slots = [
      slot('standby_1', { type: 'physical', database: null }),
      slot('pg_16400_sync_17000_7123456789012345678', { active: false }),
      slot('orders_sub_16400_sync_17000', { temporary: true }),
      slot('orders_sub_16400_sync_17001'),
    ];
    assert.deepEqual(shown(pairStreams([publisher('pub', { pulse: { slots } })])), [
      'pub/orders_sub_16400_sync_17001 > -',
    ]);
  });

  it('says who reads a slot of which the other end is not known', () => {
    const consumer = (pulse: NonNullable<ServerOptions['pulse']>) =>
      pairStreams([publisher('pub', { pulse })])[0]?.consumer;
    assert.equal(consumer({ senders: [sender({ applicationName: 'debezium' })] }), 'debezium at 10.0.0.9');
    assert.equal(consumer({ senders: [sender({ applicationName: '', clientAddress: null })] }), 'repl');
    assert.equal(consumer({ slots: [slot('s', { plugin: 'wal2json', active: false, activePid: null })] }), 'wal2json');
  });

  it('knows the publisher of a subscription whose slot is gone: from before, or by its address', () => {
    const gone = publisher('pub', { pulse: { slots: [], senders: [] } });
    const before = pairStreams([publisher('pub'), subscriber('sub')]);
    const after = pairStreams([gone, subscriber('sub')], before);
    assert.deepEqual(shown(after), ['pub/orders_sub > sub/orders_sub']);
    assert.equal(after[0]?.id, before[0]?.id);
    assert.deepEqual(shown(pairStreams([gone, subscriber('sub')])), ['- > sub/orders_sub']);
    const subscriptions = [subscription('orders_sub', { publisher: address({ host: 'pub', database: 'shop' }) })];
    assert.deepEqual(shown(pairStreams([gone, subscriber('sub', { subscriptions })])), [
      'pub/orders_sub > sub/orders_sub',
    ]);
    const noSlot = [subscription('orders_sub', { slotName: null, enabled: false })];
    assert.deepEqual(shown(pairStreams([gone, subscriber('sub', { subscriptions: noSlot })], before)), [
      '- > sub/orders_sub',
    ]);
  });

  it('takes no worker for a subscription that could be that of another database', () => {
    const mine = worker('orders_sub', { subscriptionOid: 1 });
    const other = worker('orders_sub', { subscriptionOid: 2 });
    assert.equal(mainWorker([other, mine], 1, 'orders_sub'), mine);
    assert.equal(mainWorker([mine], null, 'orders_sub'), mine);
    assert.equal(mainWorker([other, mine], null, 'orders_sub'), null);
  });
});
