import assert from 'node:assert/strict';

import type { Topology } from '../../../src/replication/model/topology.ts';
import { buildTopology, connectedPart } from '../../../src/replication/topology/buildTopology.ts';
import { guessConsumer } from '../../../src/replication/topology/consumers.ts';
import { pairStreams } from '../../../src/replication/topology/pairStreams.ts';
import { address, facts, sender, slot, start, subscription, worker } from '../lag/handmade.ts';
import { server, serversOf, topologyOf } from './world.ts';

/** Every edge as `from/slot > to/subscription`, `~` for a physical one. */
function shown({ edges, nodes }: Topology): readonly string[] {
  const name = (id: string) => nodes.find((node) => node.id === id)?.name ?? '?';
  return edges.map(({ from, kind, slot: read, subscription: by, to }) => {
    const arrow = kind === 'physical' ? '~' : '>';
    return `${name(from)}/${read?.name ?? '-'} ${arrow} ${name(to)}/${by?.name ?? '-'}`;
  });
}

function remarksOf({ remarks }: Topology): readonly string[] {
  return remarks.map(({ about, kind, severity }) => `${severity} ${kind} ${about}`);
}

const inactive = { active: false, activePid: null } as const;

describe('the topology', () => {
  it('draws both ends of a stream with sender, workers, publications and tables', () => {
    const { edges, nodes, remarks } = topologyOf(serversOf(['shop', 'warehouse'], [['shop', 'warehouse', 'orders']]));
    assert.deepEqual(
      nodes.map(({ address: at, kind, name, reading, receives, sends }) => [name, kind, at, reading, receives, sends]),
      [
        ['shop', 'server', 'shop.example.org:5432', 'open', 0, 1],
        ['warehouse', 'server', 'warehouse.example.org:5432', 'open', 1, 0],
      ],
    );
    const [edge] = edges;
    assert.equal(edge?.slot?.name, 'orders');
    assert.equal(edge.sender?.pid, 100);
    assert.deepEqual(edge.subscription?.workers, [{ kind: 'apply', pid: 900, table: null }]);
    assert.deepEqual(edge.subscription.publications, ['orders_pub']);
    assert.deepEqual(edge.subscription.tables, [{ name: 'public.t_orders', state: 'ready' }]);
    assert.deepEqual(remarks, []);
  });

  it('does not call a table ready that the list of those that aren’t had no room for', () => {
    const tables = [5, 6, 7].map((oid) => ({ oid, schema: 'public', name: `t${oid}`, state: 'init' as const }));
    const counts = { init: 2, copying: 1, copied: 0, synchronized: 0, ready: 0 };
    const notReady = [{ tableOid: 5, state: 'copying' as const }];
    const tableProgress = [{ subscriptionOid: 16_400, counts, notReady }];
    const subscriptions = [subscription('orders', { tables })];
    const [edge] = topologyOf([server({ id: 'warehouse', subscriptions, pulse: { tableProgress } })]).edges;
    const states = edge?.subscription?.tables.map(({ state }) => state);
    assert.deepEqual(states, ['copying', 'init', 'init']);
  });

  it('is one box for all connections to a server, read or not', () => {
    const shop = server({ id: 'shop', host: '127.0.0.1' });
    const other = server({ id: 'shop-db2', host: 'localhost', database: 'db2', systemIdentifier: '73686f70' });
    const { nodes } = buildTopology({
      servers: [shop, other],
      unread: [facts({ id: 'closed', host: '127.0.0.1' }), facts({ id: 'far' }), facts({ id: 'far-too', host: 'far' })],
      streams: [],
      before: null,
    });
    assert.deepEqual(
      nodes.map(({ members, name, reading }) => [name, reading, members.length]),
      [
        ['shop and 2 more', 'open', 3],
        ['far, far-too', 'never', 2],
      ],
    );
  });

  it('tells a subscriber’s workers and the slots of its table synchronizations', () => {
    const shop = server({
      id: 'shop',
      pulse: {
        slots: [
          slot('orders'),
          slot('pg_16400_sync_5_77', inactive),
          slot('orders_16400_sync_6', { temporary: true }),
          slot('pg_16401_sync_5_77', inactive),
        ],
        senders: [sender({ applicationName: 'orders' })],
      },
    });
    const warehouse = server({
      id: 'warehouse',
      systemIdentifier: '77',
      subscriptions: [
        subscription('orders', {
          tables: [
            { oid: 5, schema: 'public', name: 'events', state: 'ready' },
            { oid: 6, schema: 'public', name: 'items', state: 'init' },
          ],
        }),
      ],
      pulse: {
        subscriptionOids: [16_400, 16_401],
        workers: [worker('orders'), worker('orders', { kind: 'tableSynchronization', pid: 901, tableOid: 5 })],
        tableProgress: [
          {
            subscriptionOid: 16_400,
            counts: { init: 0, copying: 1, copied: 0, synchronized: 0, ready: 1 },
            notReady: [{ tableOid: 5, state: 'copying' }],
          },
        ],
      },
    });
    const { edges, remarks } = topologyOf([shop, warehouse]);
    const edge = edges.find(({ subscription: by }) => by !== null);
    assert.deepEqual(edge?.syncSlots, ['pg_16400_sync_5_77', 'orders_16400_sync_6']);
    assert.deepEqual(edge.subscription?.workers[1], {
      kind: 'tableSynchronization',
      pid: 901,
      table: 'public.events',
    });
    assert.deepEqual(
      edge.subscription.tables.map(({ name, state }) => [name, state]),
      [
        ['public.events', 'copying'],
        ['public.items', 'ready'],
      ],
    );
    assert.deepEqual(remarks, []);
  });

  it('draws consumers with what is known, and keeps who read a slot last', () => {
    const reading = (more: object, by: object) =>
      server({ id: 'shop', pulse: { slots: [slot('one', more)], senders: [sender(by)] } });
    const first = topologyOf([
      reading({ plugin: 'wal2json' }, { applicationName: 'indexer', clientAddress: '10.0.0.7' }),
    ]);
    const [, node] = first.nodes;
    assert.deepEqual([node?.kind, node?.name, node?.address, node?.guess], ['consumer', 'indexer', '10.0.0.7', null]);
    const gone = server({ id: 'shop', pulse: { slots: [slot('one', inactive)], senders: [] } });
    assert.equal(topologyOf([gone], first).nodes[1]?.id, node?.id);
    assert.deepEqual(shown(topologyOf([gone])), ['shop/one > Nobody/-']);
    assert.deepEqual(remarksOf(topologyOf([gone])), ['warning orphanSlot slot:shop:one']);
    const unseen = topologyOf([reading({ activePid: 7 }, {})]);
    assert.equal(unseen.nodes[1]?.name, 'A client that may not be seen');
    assert.equal(topologyOf([reading({}, { applicationName: '' })]).nodes[1]?.name, 'repl');
  });

  it('recognises products by application name, slot and plugin, and says by which', () => {
    const guess = (name: string, applicationName: string | null, plugin = 'pgoutput') =>
      guessConsumer(slot(name, { plugin }), applicationName === null ? null : sender({ applicationName }));
    assert.deepEqual(guess('x', 'Debezium Streaming'), { product: 'Debezium', because: 'by its application name' });
    assert.deepEqual(guess('debezium', null), { product: 'Debezium', because: 'by the name of its slot' });
    assert.deepEqual(guess('x', null, 'decoderbufs'), { product: 'Debezium', because: 'by its output plugin' });
    const products = {
      materialize_8f3a: 'Materialize',
      airbyte_slot: 'Airbyte',
      peerflow_slot_mirror: 'PeerDB',
      fivetran_pgoutput_slot: 'Fivetran',
      flow_slot: 'Estuary Flow',
      sequin_slot: 'Sequin',
      electric_slot_default: 'ElectricSQL',
      powersync_1_ab: 'PowerSync',
      inngest_cdc: 'Inngest',
    };
    for (const [name, product] of Object.entries(products)) assert.equal(guess(name, 'x')?.product, product);
    assert.equal(guess('x', 'pg_recvlogical', 'test_decoding')?.product, 'pg_recvlogical');
    assert.equal(guess('orders', 'orders')?.product, 'PostgreSQL subscription');
    assert.equal(guess('orders', 'orders', 'wal2json'), null);
    assert.equal(guess('my_debezium', 'mine'), null);
  });

  it('draws the unknown publisher of a subscription by its address', () => {
    const at = (publisher: ReturnType<typeof address> | null) =>
      topologyOf([server({ id: 'warehouse', subscriptions: [subscription('orders', { publisher })] })]).nodes[1];
    assert.deepEqual(
      [at(address({ host: 'db', port: 5433 }))?.name, at(address({ host: 'db' }))?.kind],
      ['db:5433', 'publisher'],
    );
    assert.equal(at(address({ host: 'localhost', port: 5499 }))?.address, 'localhost:5499 as seen from warehouse');
    assert.equal(at(null)?.name, 'Unknown publisher');
  });

  it('says that a slot is gone, lost, or not wanted', () => {
    const to = address({ host: 'shop', database: 'shop' });
    const warehouse = (more: object) =>
      server({ id: 'warehouse', subscriptions: [subscription('orders', { publisher: to, ...more })] });
    const shop = server({ id: 'shop' });
    assert.deepEqual(remarksOf(topologyOf([shop, warehouse({})])), ['error slotGone subscription:warehouse:orders']);
    assert.deepEqual(shown(topologyOf([shop, warehouse({})])), ['shop/- > warehouse/orders']);
    const none = topologyOf([shop, warehouse({ slotName: null })]);
    assert.deepEqual(remarksOf(none), ['warning noSlot subscription:warehouse:orders']);
    assert.deepEqual(shown(none), ['shop/- > warehouse/orders']);
    const lost = server({ id: 'shop', pulse: { slots: [slot('orders', { ...inactive, lost: true })] } });
    assert.deepEqual(remarksOf(topologyOf([lost, warehouse({})])), ['error lostSlot slot:shop:orders']);
  });

  it('says gone also where only another database of the publisher is a connection', () => {
    const to = address({ host: 'shop', database: 'other' });
    const warehouse = server({ id: 'warehouse', subscriptions: [subscription('orders', { publisher: to })] });
    const seen = topologyOf([server({ id: 'shop' }), warehouse]);
    assert.deepEqual(shown(seen), ['shop/- > warehouse/orders']);
    assert.deepEqual(remarksOf(seen), ['error slotGone subscription:warehouse:orders']);
  });

  it('tells synchronization slots that were left behind only where their cluster can tell, and not too early', () => {
    const left = 'pg_16400_sync_5_77';
    const shop = server({ id: 'shop', pulse: { slots: [slot(left, inactive)] } });
    const warehouse = (sampledAt: number, oids?: readonly number[]) =>
      server({
        id: 'warehouse',
        systemIdentifier: '77',
        pulse: { sampledAt, ...(oids ? { subscriptionOids: oids } : {}) },
      });
    const kinds = (seen: Topology) => seen.remarks.map(({ kind }) => kind);
    assert.deepEqual(kinds(topologyOf([shop])), ['foreignSyncSlot']);
    assert.deepEqual(kinds(topologyOf([shop, warehouse(start + 10)])), []);
    assert.deepEqual(kinds(topologyOf([shop, warehouse(start + 10, [16_400])])), []);
    const seen = topologyOf([shop, warehouse(start + 10, [])]);
    assert.deepEqual(kinds(seen), ['leftSyncSlot']);
    // The subscriber was read before: a subscription may have been made since.
    assert.deepEqual(kinds(topologyOf([shop, warehouse(start - 10, [])])), []);
    assert.deepEqual(kinds(topologyOf([shop, warehouse(start - 10, [])], seen)), ['leftSyncSlot']);
  });

  it('gives the part that hangs together with one server', () => {
    const whole = topologyOf(
      serversOf(
        ['a', 'b', 'c', 'd'],
        [
          ['a', 'b', 'one'],
          ['c', 'b', 'two'],
          ['d', 'nobody', 'three'],
        ],
      ),
    );
    const part = connectedPart(whole, 'a');
    assert.deepEqual(
      part.nodes.map(({ name }) => name),
      ['a', 'b', 'c'],
    );
    assert.deepEqual(shown(part), ['a/one > b/one', 'c/two > b/two']);
    assert.deepEqual(connectedPart(whole, 'unknown').nodes, []);
  });

  it('is the same however often it is made, and ids don’t depend on what goes on', () => {
    const servers = serversOf(
      ['a', 'b'],
      [
        ['a', 'b', 'one'],
        ['a', 'x', 'two'],
      ],
    );
    assert.deepEqual(topologyOf(servers), topologyOf(servers));
    assert.equal(pairStreams(servers).length, 2);
  });
});

describe('loops in the topology', () => {
  const ring = (origins: Readonly<Record<string, string>>, versionNumber = 180_004, ways = ['ab', 'bc', 'ca']) =>
    topologyOf(
      serversOf(
        [...new Set(ways.join(''))],
        ways.map((way) => [way.charAt(0), way.charAt(1), way]),
      ).map((one) => ({
        ...one,
        snapshot: {
          ...one.snapshot,
          inventory: {
            ...one.snapshot.inventory,
            server: {
              ...one.snapshot.inventory.server,
              versionNumber,
              capabilities: {
                ...one.snapshot.inventory.server.capabilities,
                ...(versionNumber < 160_000
                  ? { 'subscription.origin': { can: false, because: 'version', reason: 'older' } as const }
                  : {}),
              },
            },
            subscriptions: one.snapshot.inventory.subscriptions.map((by) => ({
              ...by,
              tables: [
                { oid: 1, schema: 'public', name: by.name === 'extra' ? 'other' : 't', state: 'ready' as const },
              ],
              options: { ...by.options, origin: origins[by.name] ?? 'any' },
            })),
          },
        },
      })),
    );
  const loops = ({ remarks }: Topology) => remarks.filter(({ kind }) => kind === 'loop').length;

  it('are told on each stream of a ring that lets everything through', () => {
    const seen = ring({});
    assert.equal(loops(seen), 3);
    assert.match(
      seen.remarks[0]?.text ?? '',
      /^Changes of public\.t go round in a loop: subscription .* because it doesn’t ask/,
    );
  });

  it('are told where they cross, and not on the ways that lead in and out', () => {
    const seen = ring({}, 180_004, ['ab', 'ba', 'bc', 'cd', 'db', 'de', 'xa', 'ef']);
    assert.deepEqual(seen.remarks.map(({ about }) => about.slice(-2)).toSorted(), ['ab', 'ba', 'bc', 'cd', 'db']);
  });

  it('end where one subscription asks for origin = none and its publisher understands it', () => {
    assert.equal(loops(ring({ ab: 'none' })), 0);
    const old = ring({ ab: 'none' }, 150_000);
    assert.equal(loops(old), 3);
    assert.ok(old.remarks.some(({ text }) => text.includes('is older than 16 and ignores origin = none')));
  });

  it('need the same table all the way', () => {
    const pair = serversOf(
      ['a', 'b'],
      [
        ['a', 'b', 'there'],
        ['b', 'a', 'back'],
      ],
    );
    const seen = topologyOf(pair);
    assert.equal(loops(seen), 0, 'one sends t_there, the other t_back');
    assert.deepEqual(
      seen.edges.map(({ bidirectional }) => bidirectional),
      [true, true],
    );
  });
});

describe('physical standbys in the topology', () => {
  const standby = (id: string, more: object = {}) =>
    server({
      id,
      host: id,
      systemIdentifier: '1',
      inRecovery: true,
      startedAt: start - id.length,
      pulse: { inRecovery: true, startedAt: start - id.length },
      ...more,
    });
  const primary = (
    senders: readonly ReturnType<typeof sender>[],
    slots = [slot('s', { type: 'physical', activePid: 1 })],
  ) => server({ id: 'primary', systemIdentifier: '1', pulse: { senders, slots } });

  it('hang on the primary with their system identifier, by the one sender', () => {
    const seen = topologyOf([standby('standby'), primary([sender({ pid: 1, applicationName: 'walreceiver' })])]);
    assert.deepEqual(shown(seen), ['primary/s ~ standby/-']);
    assert.equal(seen.edges[0]?.doubt, null);
  });

  it('are told apart by slot, name and address, and doubted where nothing tells', () => {
    const two = [
      sender({ pid: 1, applicationName: 'walreceiver', clientAddress: '10.0.0.1' }),
      sender({ pid: 2, applicationName: 'walreceiver', clientAddress: '10.0.0.2' }),
    ];
    const seen = topologyOf([primary(two, []), standby('10.0.0.2'), standby('10.0.0.100')]);
    assert.deepEqual(
      seen.edges.map(({ doubt, sender: by, to }) => [to, by?.pid, doubt === null]),
      [
        ['server:10.0.0.2', 2, true],
        ['server:10.0.0.100', 1, false],
      ],
    );
  });

  it('without a sender still belong to their primary, and strangers show by their sender', () => {
    assert.equal(topologyOf([primary([]), standby('standby')]).edges[0]?.sender, null);
    const seen = topologyOf([primary([sender({ pid: 1, applicationName: 'replica-7', clientAddress: '10.1.1.1' })])]);
    assert.deepEqual(seen.nodes[1], { ...seen.nodes[1], kind: 'standby', name: 'replica-7', address: '10.1.1.1' });
    // A base backup and a logical sender that only starts are no standbys.
    assert.equal(
      topologyOf([primary([sender({ pid: 9, state: 'backup' }), sender({ pid: 8, state: 'startup' })])]).edges.length,
      0,
    );
  });

  it('are not taken for the publisher, though they have its slots', () => {
    const to = address({ host: 'primary', database: 'shop' });
    const seen = topologyOf([
      standby('standby', { pulse: { inRecovery: true, slots: [slot('orders', { synced: true })] } }),
      server({ id: 'primary', systemIdentifier: '1', pulse: { slots: [slot('orders')], senders: [sender()] } }),
      server({
        id: 'sub',
        subscriptions: [subscription('orders', { publisher: to })],
        pulse: { workers: [worker('orders')] },
      }),
    ]);
    assert.ok(shown(seen).includes('primary/orders > sub/orders'));
  });

  it('are not confused with a copy that has become a primary', () => {
    const seen = topologyOf([
      primary([]),
      server({ id: 'copy', systemIdentifier: '1', startedAt: start - 5, pulse: { startedAt: start - 5 } }),
    ]);
    assert.deepEqual(
      remarksOf(seen).filter((text) => text.includes('sameFiles')),
      ['info sameFiles server:copy'],
    );
  });
});
