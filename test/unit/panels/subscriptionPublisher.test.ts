import assert from 'node:assert/strict';

import type { ServerState } from '../../../src/replication/model/serverState.ts';
import type { StreamLag } from '../../../src/replication/model/stream.ts';
import { findPublisher, publisherByAddress } from '../../../src/ui/panels/subscriptionPublisher.ts';
import { subscription, target } from '../operations/fixture.ts';
import { connection, open } from '../tree/fixture.ts';

describe('the publisher of a subscription', () => {
  const publisher = {
    host: 'shop.example',
    port: 5432,
    database: 'shop',
    user: 'reader',
    hasPassword: true,
    applicationName: null,
  };
  const subscriber = target({
    connectionId: 'warehouse',
    inventory: {
      subscriptions: [subscription('orders_sub', { publisher }), subscription('unseen', { publisher: null })],
    },
  }).snapshot;
  const stream: StreamLag['stream'] = {
    id: '1',
    publisher: { connectionId: 'shop', slotName: 'orders_sub', database: 'shop' },
    subscriber: { connectionId: 'warehouse', subscriptionName: 'orders_sub' },
    consumer: 'orders_sub',
  };

  /** Two connections; the publisher's is closed. What it is seen as once it is open, and whether that works. */
  function desk(pairs: boolean, opens: boolean) {
    const states = new Map<string, ServerState>([['warehouse', open(subscriber)]]);
    const opened: string[] = [];
    const all = [connection('warehouse'), connection('shop', { production: true })];
    const parts = {
      connections: { all: () => all, facts: (id: string) => all.find((one) => one.id === id) },
      service: {
        state: (id: string): ServerState => states.get(id) ?? { phase: 'closed' },
        open: (id: string) => {
          opened.push(id);
          if (!opens) return Promise.reject(new Error('refused'));
          const { snapshot } = target({ connectionId: id });
          states.set(id, open(snapshot));
          return Promise.resolve(snapshot);
        },
      },
      monitor: {
        streams: () => (pairs && states.has('shop') ? [stream] : []),
        lagOfSubscription: () => undefined,
      },
    };
    return { services: parts as unknown as Parameters<typeof findPublisher>[0], opened };
  }

  it('is known by its address where its connection is closed, so that its marks count', () => {
    const { opened, services } = desk(true, true);
    const shop = { connectionId: 'shop', serverName: 'shop' };
    assert.deepEqual(publisherByAddress(services, 'warehouse', 'orders_sub'), shop);
    assert.equal(publisherByAddress(services, 'warehouse', 'unseen'), null);
    assert.equal(publisherByAddress(services, 'shop', 'orders_sub'), null, 'nothing is known of a closed subscriber');
    assert.deepEqual(opened, []);
  });

  it('is opened where somebody asks for what depends on it, and is it only if it then shows as that', async () => {
    const good = desk(true, true);
    const found = await findPublisher(good.services, 'warehouse', 'orders_sub');
    assert.deepEqual([found?.connectionId, good.opened], ['shop', ['shop']]);
    assert.equal((await findPublisher(good.services, 'warehouse', 'orders_sub'))?.connectionId, 'shop');
    assert.deepEqual(good.opened, ['shop'], 'it isn’t opened again');
    assert.equal(await findPublisher(desk(false, true).services, 'warehouse', 'orders_sub'), null);
    assert.equal(await findPublisher(desk(true, false).services, 'warehouse', 'orders_sub'), null);
    assert.equal(await findPublisher(desk(true, true).services, 'warehouse', 'unseen'), null);
  });
});
