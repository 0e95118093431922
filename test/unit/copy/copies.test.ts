import assert from 'node:assert/strict';

import { Copies } from '../../../src/replication/copy/copies.ts';
import type { Pulse } from '../../../src/replication/model/snapshot.ts';
import type { SubscribedTable, TableState } from '../../../src/replication/model/subscription.ts';
import { address, slot, subscription } from '../lag/handmade.ts';
import { Stage } from '../lag/stage.ts';

/** A subscriber whose tables are copied beat by beat, and what is said of them; each has 1000 bytes on the publisher. */
function copying(tables: readonly SubscribedTable[], mostListed = Infinity) {
  const sub = subscription('orders_sub', { tables, publisher: address({ host: 'pub' }) });
  const progress = (open: Readonly<Record<number, TableState>>): Partial<Pulse> => {
    const counts = { init: 0, copying: 0, copied: 0, synchronized: 0, ready: tables.length };
    for (const state of Object.values(open)) {
      counts.ready -= 1;
      counts[state] += 1;
    }
    const notReady = Object.entries(open)
      .map(([oid, state]) => ({ tableOid: Number(oid), state }))
      .slice(0, mostListed);
    return { tableProgress: [{ subscriptionOid: sub.oid ?? 0, counts, notReady }] };
  };
  const stage = new Stage(
    { id: 'pub', systemIdentifier: '1', pulse: { slots: [slot('orders_sub')] } },
    { id: 'sub', systemIdentifier: '2', subscriptions: [sub] },
  );
  const copies = new Copies({
    service: {
      ...stage.service,
      reads: { copySizes: (_, asked) => Promise.resolve(asked.map((name) => ({ ...name, bytes: 1000, rows: 10 }))) },
    },
    connections: stage.connections,
    monitor: stage.monitor,
    log: { warn: () => {} },
  });
  const beat = (open: Readonly<Record<number, TableState>>): void => stage.beat({ sub: progress(open) });
  return { beat, copies };
}

describe('the tables of a subscription that are copied', () => {
  const tables = Array.from({ length: 10_000 }, (_, index) => ({
    oid: index + 1,
    schema: 'public',
    name: `t${index + 1}`,
    state: 'ready' as const,
  }));

  it('are told as long as they are not ready, and forgotten then', () => {
    const { beat, copies } = copying(tables.slice(0, 3));
    beat({ 1: 'copying', 2: 'init' });
    assert.deepEqual(
      [1, 2, 3].map((oid) => copies.ofTable('sub', 'orders_sub', oid)?.state),
      ['copying', 'init', undefined],
    );
    beat({ 2: 'copying' });
    assert.equal(copies.ofTable('sub', 'orders_sub', 1), null);
    assert.equal(copies.ofSubscription('sub', 'orders_sub')?.tablesDone, 2);
    beat({});
    assert.equal(copies.ofSubscription('sub', 'orders_sub'), null);
  });

  it('count by themselves where the server does not list all that are to be copied', async () => {
    const { beat, copies } = copying(tables.slice(0, 10), 4);
    const begun: Readonly<Record<number, TableState>> = Object.fromEntries(
      tables.slice(0, 9).map(({ oid }) => [oid, 'init']),
    );
    beat(begun);
    await new Promise((resolve) => setImmediate(resolve));
    beat(begun);
    const copy = copies.ofSubscription('sub', 'orders_sub');
    assert.deepEqual([copy?.by, copy?.fraction, copy?.left.kind], ['tables', 0.1, 'never']);
    beat({ 1: 'copying', 2: 'init' });
    assert.deepEqual(copies.ofSubscription('sub', 'orders_sub')?.tablesDone, 8);
  });

  it('are few of many: a row of the tree that is ready costs nothing', () => {
    const { beat, copies } = copying(tables);
    beat({ 1: 'copying' });
    const found = tables.filter(({ oid }) => copies.ofTable('sub', 'orders_sub', oid) !== null);
    assert.deepEqual(
      found.map(({ oid }) => oid),
      [1],
    );
  });
});
