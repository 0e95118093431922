import assert from 'node:assert/strict';

import type { Slot } from '../../../src/replication/model/slot.ts';
import type { Topology } from '../../../src/replication/model/topology.ts';
import { stateWord, summaryText, toneOf, worstOf } from '../../../src/webviews/topology/words.ts';
import { sender, slot } from '../lag/handmade.ts';
import { server, topologyOf } from './world.ts';

const physical = (name: string, more: Partial<Slot> = {}) =>
  slot(name, { type: 'physical', plugin: null, database: null, active: false, activePid: null, ...more });

function drawnOf(...slots: readonly Slot[]): Topology {
  return topologyOf([server({ id: 'shop', pulse: { slots } })]);
}

describe('physical slots that nobody reads, in the topology', () => {
  it('are drawn with nobody at their end, and remarked', () => {
    const drawn = drawnOf(
      physical('db2', { inactiveSince: '2026-11-21T12:49:33Z' }),
      physical('db3', { lost: true, lostReason: 'wal_removed', restartLsn: null }),
    );
    const { edges, nodes, remarks } = drawn;
    assert.deepEqual(
      edges.map((edge) => [edge.kind, edge.slot?.name, stateWord(edge, {}), toneOf(edge, {})]),
      [
        ['physical', 'db2', 'Inactive', 'warning'],
        ['physical', 'db3', 'Lost', 'error'],
      ],
    );
    assert.deepEqual(
      nodes.map(({ name, nobody = false, receives, sends }) => [name, nobody, receives, sends]),
      [
        ['shop', false, 0, 2],
        ['Nobody', true, 2, 0],
      ],
    );
    assert.deepEqual(
      remarks.map(({ about, kind, severity, text }) => [
        edges.findIndex(({ id }) => id === about),
        kind,
        severity,
        text,
      ]),
      [
        [
          1,
          'lostSlot',
          'error',
          'The physical slot db3 on shop is lost (wal_removed): a standby that read it can’t go on from shop, unless it finds that WAL in an archive or is built anew.',
        ],
        [
          0,
          'orphanSlot',
          'warning',
          'No standby reads physical slot db2 on shop since 2026-11-21 12:49:33 UTC. It keeps WAL until it is read or dropped.',
        ],
      ],
    );
    assert.deepEqual(worstOf(edges, {}), { text: 'Lost: 1', tone: 'error' });
    assert.equal(summaryText(nodes, edges, {}), '1 server, 0 streams');
  });

  it('share nobody with the logical slots that nobody reads', () => {
    const { edges, nodes } = drawnOf(physical('db2'), slot('orders', { active: false, activePid: null }));
    assert.deepEqual(
      nodes.map(({ name, receives }) => [name, receives]),
      [
        ['shop', 0],
        ['Nobody', 2],
      ],
    );
    assert.equal(new Set(edges.map(({ id }) => id)).size, 2);
  });

  it('are not those that keep nothing yet, nor those that are read', () => {
    assert.deepEqual(drawnOf(physical('fresh', { restartLsn: null })).edges, []);
    const read = topologyOf([
      server({
        id: 'shop',
        pulse: {
          slots: [physical('db2', { active: true, activePid: 7 })],
          senders: [sender({ pid: 7, applicationName: 'db2' })],
        },
      }),
    ]);
    assert.deepEqual(
      read.edges.map((edge) => [edge.slot?.name, stateWord(edge, {})]),
      [['db2', 'streaming']],
    );
    assert.deepEqual(read.remarks, []);
  });

  it('are known by a standby that names them, though nothing feeds it', () => {
    const setting = { name: 'primary_slot_name', value: 'db2', unit: null };
    const standbyOf = (more: Partial<Slot>) =>
      topologyOf([
        server({ id: 'shop', systemIdentifier: '7', pulse: { slots: [physical('db2', more)] } }),
        server({ id: 'standby', systemIdentifier: '7', inRecovery: true, settings: { primary_slot_name: setting } }),
      ]);
    const { edges, remarks } = standbyOf({});
    assert.deepEqual(
      edges.map((edge) => [edge.to, edge.slot?.name, stateWord(edge, {})]),
      [[edges[0]?.to, 'db2', 'Inactive']],
    );
    assert.match(edges[0]?.doubt ?? '', /^No WAL sender feeds it now/);
    assert.deepEqual(remarks, []);
    const lost = standbyOf({ lost: true, restartLsn: null });
    assert.deepEqual(
      lost.remarks.map(({ about, kind }) => [about, kind]),
      [[lost.edges[0]?.id, 'lostSlot']],
    );
    assert.equal(lost.edges.length, 1);
  });
});
