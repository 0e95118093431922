import assert from 'node:assert/strict';

import type { AlertKind } from '../../../src/replication/alerts/alert.ts';
import { Alerts } from '../../../src/replication/alerts/alerts.ts';
import { streamSubject } from '../../../src/replication/alerts/subject.ts';
import { thresholdsFrom } from '../../../src/replication/alerts/thresholds.ts';
import type { PhysicalLag } from '../../../src/replication/model/physical.ts';
import type { StreamLag } from '../../../src/replication/model/stream.ts';
import { AlertCenter } from '../../../src/ui/alerts/alertCenter.ts';
import { alertsFirst, badgeOf } from '../../../src/ui/alerts/alertWords.ts';
import { AlertMutes } from '../../../src/ui/alerts/mutes.ts';
import { rowOf, tooltipOf } from '../../../src/ui/tree/kinds.ts';
import { connectionNode, type SlotNode, type SubscriptionNode } from '../../../src/ui/tree/node.ts';
import { minute, noon, physicalLag, SharedState, stream } from '../alerts/handmade.ts';
import { slot, subscription, target } from '../operations/fixture.ts';
import { connection, model, open, outlookOf, streamLag } from './fixture.ts';

const gigabyte = 1024 ** 3;

describe('alerts in the tree', () => {
  const db2 = slot('db2', { type: 'physical', plugin: null, database: null, active: false });
  const shop = target({
    serverName: 'shop',
    pulse: {
      slots: [slot('orders', { active: true, activePid: 1 }), slot('calm', { active: true, activePid: 2 }), db2],
    },
  }).snapshot;
  const warehouse = target({
    connectionId: 'warehouse',
    inventory: { subscriptions: [subscription('orders'), subscription('calm')] },
  }).snapshot;
  const states = new Map([
    ['shop', open(shop)],
    ['warehouse', open(warehouse)],
  ]);
  const connections = [connection('shop'), connection('warehouse')];
  let lags: readonly StreamLag[];
  let physical: readonly PhysicalLag[];
  let now: number;
  let center: AlertCenter;
  let alerts: Alerts;

  beforeEach(() => {
    now = noon;
    lags = [];
    physical = [];
    const monitor = {
      lags: () => lags,
      streams: () => lags.map((lag) => lag.stream),
      measuredBy: () => ({ publisherId: null, subscriberId: null }),
      onDidSample: () => () => {},
    };
    const service = { state: (id: string) => states.get(id) ?? ({ phase: 'closed' } as const) };
    const facts = (id: string) => connections.find((one) => one.id === id);
    const { forecasts } = outlookOf({
      connections: { all: () => connections },
      service,
      monitor: { lags: () => lags, lagOfSubscription: () => undefined, cascades: () => [] },
    });
    alerts = new Alerts({
      monitor,
      physical: { lags: () => physical },
      service,
      connections: { facts },
      forecasts,
      copies: { ofSubscription: () => null },
      thresholds: (names) => thresholdsFrom(names.includes('shop') ? { retainedMegabytes: 2048 } : {}),
      gapMs: () => minute,
      gatherMs: 0,
    });
    center = new AlertCenter({
      alerts,
      mutes: new AlertMutes({ storage: new SharedState(), now: () => now }),
    });
  });

  const slotNode: SlotNode = { kind: 'slot', id: 's', connectionId: 'shop', name: 'orders' };
  const subscriptionNode: SubscriptionNode = { ...slotNode, kind: 'subscription', connectionId: 'warehouse' };

  /** Both streams as of now, the first of them with these figures. */
  function see(figures: Partial<StreamLag>): void {
    now += 10_000;
    lags = [
      streamLag({ stream: stream('calm'), state: 'streaming', sampledAt: now }),
      streamLag({ stream: stream('orders'), state: 'streaming', sampledAt: now, ...figures }),
    ];
    alerts.look();
  }

  const drawn = () => model(connections, states, lags, undefined, center);
  const kinds = (): readonly AlertKind[] => center.shown().map(({ kind }) => kind);

  it('show on the rows of the slot, the subscription and both connections', () => {
    see({ retainedBytes: 3 * gigabyte });
    assert.deepEqual(kinds(), ['retained'], 'by the threshold of its publisher');
    const row = rowOf(slotNode, drawn());
    assert.match(row.description ?? '', /^⚠ retains too much · active · .* → warehouse \/ orders$/);
    assert.match(row.accessibleLabel, /warning: retains too much/);
    assert.deepEqual(row.icon, { id: 'warning', color: 'list.warningForeground' });
    assert.match(
      tooltipOf(slotNode, drawn()) ?? '',
      /\nAlert: The replication slot orders on shop retains 3 GB of WAL, more than 2 GB\S* Since /,
    );
    const other = rowOf(subscriptionNode, drawn());
    assert.match(other.description ?? '', /^⚠ retains too much · /);
    assert.equal(other.icon?.id, 'warning');
    for (const id of ['shop', 'warehouse']) {
      const server = rowOf(connectionNode(id), drawn());
      assert.match(server.description ?? '', / · 1 alert$/, id);
      assert.equal(server.icon?.id, 'warning', id);
    }
    const calm = rowOf({ ...slotNode, name: 'calm' }, drawn());
    assert.deepEqual(calm.icon, { id: 'plug', color: 'charts.green' });
  });

  it('say once what the state says: an error on the row, in the badge and first in the status bar', () => {
    see({ state: 'stopped', stateText: 'stopped: no apply worker is running' });
    for (let times = 0; times < 6; times++) {
      see({ state: 'stopped', stateText: 'stopped: no apply worker is running' });
    }
    assert.deepEqual(kinds(), ['stopped']);
    const row = rowOf(subscriptionNode, drawn());
    assert.equal(row.icon?.id, 'error');
    assert.doesNotMatch(row.description ?? '', /⚠/);
    assert.deepEqual(badgeOf(center.shown()), {
      value: 1,
      tooltip:
        '1 replication stream needs attention. The subscription orders on warehouse applies nothing: no apply worker is running.',
    });
    assert.deepEqual(
      alertsFirst(center, lags).map((lag) => lag.stream.consumer),
      ['orders', 'calm'],
    );
  });

  it('are gone from everywhere while the stream is muted, and are back afterwards', async () => {
    let changes = 0;
    center.onDidChange(() => (changes += 1));
    see({ retainedBytes: 3 * gigabyte });
    assert.equal(changes, 1);
    await center.mute(streamSubject(stream('orders')), now + 60 * minute);
    assert.equal(changes, 2);
    assert.deepEqual(kinds(), []);
    assert.equal(badgeOf(center.shown()), undefined);
    const row = rowOf(slotNode, drawn());
    assert.doesNotMatch(row.description ?? '', /⚠/);
    assert.match(row.contextValue, /\bmuted\b/);
    assert.match(rowOf(subscriptionNode, drawn()).contextValue, /\bmuted\b/);
    assert.match(tooltipOf(slotNode, drawn()) ?? '', /\nAlerts: muted until /);
    assert.deepEqual(
      alertsFirst(center, lags).map((lag) => lag.stream.consumer),
      ['calm', 'orders'],
    );
    now += 60 * minute;
    assert.deepEqual(kinds(), ['retained']);
    assert.doesNotMatch(rowOf(slotNode, drawn()).contextValue, /\bmuted\b/);
    await center.mute(streamSubject(stream('orders')), 'always');
    await center.unmute(streamSubject(stream('orders')));
    assert.deepEqual(kinds(), ['retained']);
  });

  it('show on the row of a physical slot, in the badge and at its server, and are muted there', async () => {
    const at = noon + 10_000;
    physical = [physicalLag({ state: 'lost', sampledAt: at }), physicalLag({ id: 'standby:x', slotName: null })];
    alerts.look();
    assert.deepEqual(kinds(), ['lost']);
    assert.match(
      badgeOf(center.shown())?.tooltip ?? '',
      /^1 physical slot needs attention\. The physical replication /,
    );
    physical = [physicalLag({ retainedBytes: 3 * gigabyte, sampledAt: at + 10_000 })];
    alerts.look();
    const node: SlotNode = { ...slotNode, name: 'db2' };
    const row = () => rowOf(node, drawn());
    assert.match(row().description ?? '', /^⚠ retains too much · physical · /);
    assert.deepEqual(row().icon, { id: 'warning', color: 'list.warningForeground' });
    assert.match(tooltipOf(node, drawn()) ?? '', /\nAlert: The physical replication slot db2 on shop retains 3 GB /);
    assert.match(rowOf(connectionNode('shop'), drawn()).description ?? '', / · 1 alert$/);
    const subject = center.physicalSlot('shop', 'db2');
    assert.ok(subject);
    await center.mute(subject, 'always');
    assert.deepEqual(kinds(), []);
    assert.doesNotMatch(row().description ?? '', /⚠/);
    assert.match(row().contextValue, /\bmuted\b/);
  });

  it('end where the slot is dropped, and wait where its connection is closed', () => {
    const ended: string[] = [];
    alerts.onDidChange(({ cleared }) => ended.push(...cleared.map(({ kind, subjectId }) => `${kind} ${subjectId}`)));
    see({ retainedBytes: 3 * gigabyte });
    lags = [];
    alerts.look();
    assert.deepEqual(ended, ['retained shop/orders']);
    see({ retainedBytes: 3 * gigabyte });
    const since = alerts.active()[0]?.raisedAt;
    assert.equal(since, now, 'one of that name begins anew');
    states.set('shop', { phase: 'closed' });
    lags = [];
    alerts.look();
    assert.deepEqual([ended.length, kinds()], [1, []]);
    states.set('shop', open(shop));
    see({ retainedBytes: 3 * gigabyte });
    assert.deepEqual([ended.length, alerts.active()[0]?.raisedAt], [1, since]);
  });

  it('go on where the other end of the stream comes to be known, which gives it another id', () => {
    const ended: string[] = [];
    alerts.onDidChange(({ cleared }) => ended.push(...cleared.map(({ kind }) => kind)));
    const alone = stream('orders', { id: 'subscription:warehouse:orders', publisher: null });
    const stopped = { state: 'stopped', stateText: 'stopped' } as const;
    for (let times = 0; times < 7; times++) see({ stream: alone, ...stopped });
    const since = alerts.active()[0]?.raisedAt;
    see(stopped);
    see(stopped);
    assert.deepEqual(ended, []);
    assert.deepEqual(
      alerts.active().map(({ kind, raisedAt, subjectId }) => [kind, raisedAt, subjectId]),
      [['stopped', since, 'shop/orders']],
    );
  });

  it('keep when they began and ended, for the marks of a chart', () => {
    see({ retainedBytes: 3 * gigabyte });
    const raisedAt = now;
    for (let times = 0; times < 4; times++) see({ retainedBytes: 0 });
    assert.deepEqual(kinds(), []);
    assert.deepEqual(
      center.events('shop/orders').map(({ at, kind, what }) => [kind, what, at]),
      [
        ['retained', 'raised', raisedAt],
        ['retained', 'cleared', now],
      ],
    );
  });
});
