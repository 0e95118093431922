import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { childrenOf, rowOf, tooltipOf } from '../../../src/ui/tree/kinds.ts';
import { LiveModel, pageSize } from '../../../src/ui/tree/liveModel.ts';
import { connectionNode, groupNode } from '../../../src/ui/tree/node.ts';
import {
  hostileNames,
  publication,
  published,
  sender,
  slot,
  subscription,
  table,
  target,
} from '../operations/fixture.ts';
import { connection, draw, failed, model, open, outlookOf, streamLag } from './fixture.ts';

const orders = table('public', 'orders', { sizeBytes: 25_000_000 });
const customers = table('public', 'customers', { identityUsable: false });
const events = table('sales', 'events', { replicaIdentity: 'full', sizeBytes: 5_000_000_000 });
const parts = table('sales', 'parts', { partitioned: true, sizeBytes: 0 });
const scratch = table('sales', 'scratch', { unlogged: true });

const shop = target({
  major: 17,
  serverName: 'shop',
  inventory: {
    tables: [orders, customers, events, parts, scratch],
    publications: [
      publication('all_data', { allTables: true }),
      publication('nothing_yet'),
      publication('orders_pub', {
        operations: { insert: true, update: true, delete: false, truncate: false },
        tables: [
          published(orders, { columns: ['id', 'total', 'at'], columnCount: 7, filter: '(total > 10)' }),
          published(customers),
        ],
      }),
      publication('sales_pub', { schemas: ['sales'] }),
    ],
    hidden: [{ what: 'the state of WAL senders', privilege: 'pg_monitor' }],
  },
  pulse: {
    currentLsn: '1/40000000',
    serverTime: Date.parse('2026-01-01T12:00:00Z'),
    senders: [sender(4711, 'debezium-2')],
    slots: [
      slot('reporting_sub', { active: true, activePid: 42, confirmedFlushLsn: '1/3F400000' }),
      slot('debezium', { inactiveSince: '2026-01-01T09:00:00Z', restartLsn: '0/34000000' }),
      slot('debezium_2', { active: true, activePid: 4711, confirmedFlushLsn: '1/3FFFFFFF' }),
      slot('gone', { lost: true, walStatus: 'lost', lostReason: 'wal_removed' }),
      slot('elsewhere', { database: 'other', walStatus: 'unreserved' }),
      slot('standby', { type: 'physical', database: null, plugin: null, active: true, activePid: 43 }),
      slot(`pg_16422_sync_${events.oid}_77`, { active: false }),
    ],
  },
}).snapshot;

const reporting = subscription('reporting_sub', {
  tables: [
    { oid: orders.oid, schema: 'public', name: 'orders', state: 'ready' },
    { oid: events.oid, schema: 'sales', name: 'events', state: 'init' },
  ],
});
const warehouse = target({
  major: 16,
  connectionId: 'warehouse',
  server: { systemIdentifier: '77' },
  without: { 'slot.create': { can: false, because: 'privilege', reason: 'The role needs the REPLICATION attribute.' } },
  inventory: { subscriptions: [reporting, subscription('old_sub', { enabled: false })], tables: [events] },
  pulse: {
    tableProgress: [
      {
        subscriptionOid: reporting.oid ?? 0,
        counts: { init: 0, copying: 1, copied: 0, synchronized: 0, ready: 14 },
        notReady: [{ tableOid: events.oid, state: 'copying' }],
      },
    ],
  },
}).snapshot;

const stream = {
  id: 'shop/reporting_sub',
  publisher: { connectionId: 'shop', slotName: 'reporting_sub', database: 'shop' },
  subscriber: { connectionId: 'warehouse', subscriptionName: 'reporting_sub' },
  consumer: 'reporting_sub',
};
const lag = streamLag({ stream, state: 'streaming', notAppliedBytes: 12_582_912 });
const refused = { kind: 'authentication', message: 'legacy.example doesn’t let the role postgres in.' } as const;
const lost = { kind: 'connectionLost', message: 'The connection was lost.' } as const;

function golden(name: string, lines: readonly string[]): void {
  const file = join(import.meta.dirname, '../../golden/tree', `${name}.txt`);
  const text = `${lines.join('\n')}\n`.replaceAll(/16422_sync_\d+/g, '16422_sync_OID');
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
  }
  assert.equal(text, readFileSync(file, 'utf8'));
}

describe('the Servers tree', () => {
  const connections = [
    connection('shop'),
    connection('warehouse', { production: true, color: 'charts.blue' }),
    connection('legacy', { folder: 'old' }),
    connection('archive', { folder: 'old', readOnly: true }),
  ];

  it('draws two servers with a stream, a failed and a closed one', () => {
    const states = new Map([
      ['shop', open(shop)],
      ['warehouse', open(warehouse)],
      ['legacy', failed(refused, null, null)],
    ]);
    golden('two-servers', draw(undefined, model(connections, states, [lag])));
  });

  it('keeps what was known of a server that was lost, and says so', () => {
    const states = new Map([['shop', failed(lost, shop, 1)]]);
    golden('lost', draw(undefined, model([connection('shop')], states, [lag])));
  });

  it('draws a read-only connection without what changes it', () => {
    const states = new Map([['shop', open(target().snapshot)]]);
    golden('read-only', draw(undefined, model([connection('shop', { readOnly: true })], states)));
  });

  it('gives every row an id of its own, the same at every drawing, and words for a screen reader', () => {
    const states = new Map([
      ['shop', open(shop)],
      ['warehouse', open(warehouse)],
    ]);
    const drawn = model(connections, states, [lag]);
    const ids = (): string[] => {
      const all: string[] = [];
      const walk = (from: Parameters<typeof childrenOf>[0]): void => {
        for (const node of childrenOf(from, drawn)) {
          all.push(node.id);
          const row = rowOf(node, drawn);
          assert.ok(row.accessibleLabel.startsWith(row.label), `${row.label}: ${row.accessibleLabel}`);
          assert.match(row.contextValue, /^\w+(\.\w+)*$/);
          if (row.children !== 'none') walk(node);
        }
      };
      walk(undefined);
      return all;
    };
    const first = ids();
    assert.equal(new Set(first).size, first.length);
    assert.deepEqual(ids(), first);
  });

  it('keeps a hostile name out of the markup of tooltips', () => {
    for (const name of [...hostileNames, '[x](command:y)', '`*_~', '$(zap)']) {
      const hostile = table(name, name);
      const { snapshot } = target({
        inventory: {
          tables: [hostile],
          publications: [publication(name, { tables: [published(hostile, { filter: name, columns: [name] })] })],
          subscriptions: [subscription(name, { publications: [name] })],
        },
        pulse: { slots: [slot(name)] },
      });
      const drawn = model([connection('shop', { name })], new Map([['shop', open(snapshot)]]));
      const texts: string[] = [];
      const walk = (from: Parameters<typeof childrenOf>[0]): void => {
        for (const node of childrenOf(from, drawn)) {
          texts.push(tooltipOf(node, drawn) ?? '');
          walk(node);
        }
      };
      walk(undefined);
      assert.ok(texts.filter(Boolean).length >= 6);
      for (const text of texts) {
        assert.doesNotMatch(text, /</, text);
        assert.doesNotMatch(text.replaceAll(/\\./g, '').replaceAll('**', ''), /[[\]`*_~$]/, text);
      }
    }
  });

  it('shows long lists in pages', () => {
    const tables = Array.from({ length: 10_000 }, (_, number) =>
      table('public', `t${String(number).padStart(5, '0')}`),
    );
    const states = new Map([['shop', open(target({ inventory: { tables } }).snapshot)]]);
    const drawn = model([connection('shop')], states);
    const group = groupNode('shop', 'tables');
    const first = childrenOf(group, drawn);
    assert.equal(first.length, pageSize + 1);
    assert.deepEqual(first.at(-1), {
      kind: 'more',
      id: `${group.id}/more`,
      connectionId: 'shop',
      of: group.id,
      remaining: 10_000 - pageSize,
    });
    drawn.showAtLeast(group.id, pageSize + 1);
    assert.equal(childrenOf(group, drawn).length, 2 * pageSize + 1);
    drawn.showAtLeast(group.id, 10_000);
    assert.equal(childrenOf(group, drawn).length, 10_000);
  });

  it('foretells when a slot that nobody reads is lost, from what was written since; one in use is not foretold', () => {
    // 1 GiB written in 3 h; 0.7 GiB more may be.
    const headroom = { safeWalBytes: 700 * 1024 ** 2, confirmedFlushLsn: '1/00000000' };
    const { snapshot } = target({
      pulse: {
        currentLsn: '1/40000000',
        serverTime: Date.parse('2026-01-01T12:00:00Z'),
        slots: [
          slot('left', { ...headroom, inactiveSince: '2026-01-01T09:00:00Z' }),
          slot('used', { ...headroom, active: true, activePid: 1 }),
        ],
      },
    });
    const drawn = model([connection('shop')], new Map([['shop', open(snapshot)]]));
    const [left, used] = childrenOf(groupNode('shop', 'slots'), drawn).map((node) => rowOf(node, drawn));
    assert.match(left?.description ?? '', /^inactive 3 h · .* retained · ⚠ lost in ≈ 2 h$/);
    assert.match(left?.accessibleLabel ?? '', /, warning: lost in about 2 h$/);
    assert.doesNotMatch(used?.description ?? '', /lost/);
  });

  it('shows on its row that a subscription does not work', () => {
    const states = new Map([['warehouse', open(warehouse)]]);
    const stuck = streamLag({ stream, state: 'stopped' });
    const row = rowOf(connectionNode('warehouse'), model(connections, states, [stuck]));
    assert.match(row.description ?? '', / · 1 subscription not working/);
    assert.equal(row.icon?.id, 'error');
    assert.equal(rowOf(connectionNode('warehouse'), model(connections, states, [lag])).icon?.id, 'database');
  });

  it('finds a stream under every connection to its server', () => {
    const other = { kind: 'slot', id: 's', connectionId: 'admin', name: 'reporting_sub' } as const;
    const sources: Parameters<typeof outlookOf>[0] = {
      service: { state: (id) => (id === 'admin' ? open(shop) : { phase: 'closed' }) },
      connections: { all: () => [...connections, connection('admin')] },
      monitor: {
        lags: (scope) => (!scope || (scope.kind === 'slot' && scope.slotName === 'reporting_sub') ? [lag] : []),
        lagOfSubscription: () => undefined,
        cascades: () => [],
      },
    };
    const drawn = new LiveModel({ ...sources, ...outlookOf(sources) });
    assert.match(rowOf(other, drawn).description ?? '', /12 MB behind → warehouse \/ reporting_sub$/);
  });

  it('says nothing of a connection that was removed', () => {
    const drawn = model([], new Map());
    assert.equal(rowOf(connectionNode('gone'), drawn).label, 'unknown connection');
  });
});
