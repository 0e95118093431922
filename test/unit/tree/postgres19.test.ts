import assert from 'node:assert/strict';

import { parseWorkers } from '../../../src/replication/catalog/workers.ts';
import { indexInventory } from '../../../src/ui/tree/model.ts';
import type { PublicationNode, SlotNode, SubscriptionNode } from '../../../src/ui/tree/node.ts';
import { publicationKind } from '../../../src/ui/tree/nodes/publication.ts';
import { slotKind } from '../../../src/ui/tree/nodes/slot.ts';
import { subscriptionKind } from '../../../src/ui/tree/nodes/subscription.ts';
import { sendingsOf } from '../../../src/ui/tree/sending.ts';
import { publication, slot, subscription, table, target } from '../operations/fixture.ts';
import { connection, model, open } from './fixture.ts';

const orders = table('public', 'orders');
const audit = table('public', 'audit');
const root = table('public', 'root', { partitioned: true });
const leaf = table('public', 'leaf', { isPartition: true, partitionOf: root.oid });

describe('what PostgreSQL 19 adds, in the tree', () => {
  const { snapshot } = target({
    major: 19,
    inventory: {
      tables: [orders, audit, root, leaf],
      publications: [
        publication('all', { allTables: true, allSequences: true, exceptTables: [audit, root] }),
        publication('counters', { allSequences: true }),
      ],
      subscriptions: [
        subscription('mirror', {
          foreignServer: 'shop_server',
          options: { ...subscription('x').options, retainDeadTuples: true },
          retentionStopped: true,
          sequences: [
            { oid: 1, schema: 'public', name: 'late', synchronized: false },
            { oid: 2, schema: 'public', name: 'numbers', synchronized: true },
          ],
        }),
        subscription('plain'),
      ],
    },
    pulse: { slots: [slot('s', { syncSkipReason: 'wal_or_rows_removed' }), slot('t')] },
  });
  const drawn = model([connection('shop')], new Map([['shop', open(snapshot)]]));
  const publicationNode = (name: string): PublicationNode => ({
    kind: 'publication',
    id: name,
    connectionId: 'shop',
    name,
  });
  const subscriptionNode = (name: string): SubscriptionNode => ({
    kind: 'subscription',
    id: name,
    connectionId: 'shop',
    name,
  });

  it('shows what a publication takes as a whole, and what it leaves out', () => {
    const row = publicationKind.row(publicationNode('all'), drawn);
    assert.match(row.description ?? '', /all tables but 2.*all sequences/);
    assert.match(row.contextValue, /\ballTables\b/);
    assert.match(
      publicationKind.tooltip?.(publicationNode('all'), drawn) ?? '',
      /Left out: public\\?\.audit and public\\?\.root/,
    );
    assert.deepEqual(
      publicationKind.children?.(publicationNode('all'), drawn).map((node) => ('name' in node ? node.name : node.kind)),
      ['orders'],
    );
    const counters = publicationKind.row(publicationNode('counters'), drawn);
    assert.match(counters.description ?? '', /^all sequences/);
    // No table can be added to it.
    assert.doesNotMatch(counters.contextValue, /\b(chosen|allTables)\b/);
  });

  it('doesn’t list it at the tables that it leaves out, nor at their partitions', () => {
    const index = indexInventory(snapshot.inventory);
    const names = [orders, audit, root, leaf].map((each) =>
      sendingsOf(each, index).map(({ publication: name }) => name),
    );
    assert.deepEqual(names, [['all'], [], [], []]);
  });

  it('says by what a subscription connects, what it retains, and how its sequences stand', () => {
    const tooltip = subscriptionKind.tooltip?.(subscriptionNode('mirror'), drawn) ?? '';
    assert.match(tooltip, /Foreign server: shop\\?_server/);
    assert.match(tooltip, /Sequences: 2, 1 not synchronized yet/);
    assert.match(tooltip, /Dead tuples: retained no more/);
    assert.doesNotMatch(subscriptionKind.tooltip?.(subscriptionNode('plain'), drawn) ?? '', /Sequences|Dead|Foreign/);
    // By which the menu offers to synchronize them.
    assert.match(
      subscriptionKind.row(subscriptionNode('mirror'), drawn).contextValue,
      /\benabled\b.*\bsequences\b.*\bwritable\b/,
    );
    assert.doesNotMatch(subscriptionKind.row(subscriptionNode('plain'), drawn).contextValue, /\bsequences\b/);
  });

  it('says why a slot was left out of the synchronization', () => {
    const node = (name: string): SlotNode => ({ kind: 'slot', id: name, connectionId: 'shop', name });
    assert.match(slotKind.tooltip?.(node('s'), drawn) ?? '', /Last left out .*: wal\\?_or\\?_rows\\?_removed/);
    assert.doesNotMatch(slotKind.tooltip?.(node('t'), drawn) ?? '', /left out/);
  });

  it('doesn’t take the worker that synchronizes sequences for the one that applies', () => {
    const row = [1, 's', 'sequence synchronization', 7, null, null, null, null, null, null];
    assert.deepEqual(
      parseWorkers([row]).map(({ kind }) => kind),
      ['sequenceSynchronization'],
    );
  });
});
