import assert from 'node:assert/strict';

import type { FormReader, PublicationDraft } from '../../../src/protocol/publication.ts';
import type { MemberVerdict } from '../../../src/replication/model/reads.ts';
import type { LagScope, StreamLag } from '../../../src/replication/model/stream.ts';
import { unknownReadersInWords } from '../../../src/replication/operations/publication/publicationReaders.ts';
import { choosableTables, draftOf, emptyPublication } from '../../../src/ui/panels/publicationDraft.ts';
import {
  chosenRefreshes,
  knownSlotsOf,
  planReaders,
  readersOf,
  tableReach,
} from '../../../src/ui/panels/publicationReaders.ts';
import { MemberTrials } from '../../../src/ui/panels/publicationTrial.ts';
import { publishedTablesText } from '../../../src/ui/plans/publishedTablesText.ts';
import { rebase, samePublication } from '../../../src/webviews/publication/rebase.ts';
import { countWords } from '../../../src/webviews/publication/tableJudgement.ts';
import { hostileNames, publication, published, slot, subscription, table, target } from '../operations/fixture.ts';
import { connection, open, streamLag } from '../tree/fixture.ts';

const orders = table('public', 'orders');
const orders2026 = table('public', 'orders_2026', { inheritsFrom: [orders.oid] });
const deep = table('public', 'orders_2026_eu', { inheritsFrom: [orders2026.oid, orders.oid] });
const customers = table('public', 'customers');
const audit = table('sales', 'audit');

const ordersPub = publication('orders_pub', {
  tables: [published(orders, { filter: '(id > 0)' }), published(customers, { columns: ['id', 'name'] })],
});
const shop = target({ inventory: { tables: [orders, orders2026, deep, customers, audit], publications: [ordersPub] } });
const { inventory } = shop.snapshot;
const asItIs = draftOf(ordersPub, inventory);

describe('a publication as a draft', () => {
  it('is exactly what the catalog says: a table that others inherit from is a member alone', () => {
    assert.deepEqual(asItIs.tables, [
      { schema: 'public', name: 'orders', columns: null, filter: '(id > 0)', only: true },
      { schema: 'public', name: 'customers', columns: ['id', 'name'], filter: null },
    ]);
    assert.equal(draftOf(publication('p', { allTables: true }), inventory).scope, 'allTables');
  });

  it('lists what inherits from a table at any depth, each once', () => {
    const heirs = new Map(choosableTables(inventory).map(({ heirs: below, label }) => [label, below]));
    assert.deepEqual(heirs.get('public.orders')?.toSorted(), ['public.orders_2026', 'public.orders_2026_eu']);
    assert.deepEqual(heirs.get('public.orders_2026'), ['public.orders_2026_eu']);
    assert.equal(heirs.get('public.customers'), undefined);
  });
});

describe('an edit whose publication changed meanwhile', () => {
  const there = (more: Partial<PublicationDraft>): PublicationDraft => ({ ...asItIs, ...more });
  const [first, second] = asItIs.tables as [PublicationDraft['tables'][number], PublicationDraft['tables'][number]];
  const added = { schema: 'sales', name: 'audit', columns: null, filter: null };

  it('keeps what was typed, and takes over the rest', () => {
    const typed = there({ name: 'renamed', tables: [first, { ...second, filter: 'id < 9' }] });
    const present = there({
      viaRoot: true,
      schemas: ['sales'],
      tables: [{ ...first, filter: '(id > 5)' }, second, added],
    });
    const merged = rebase(typed, asItIs, present);
    assert.deepEqual(merged, {
      ...present,
      name: 'renamed',
      tables: [{ ...first, filter: '(id > 5)' }, { ...second, filter: 'id < 9' }, added],
    });
  });

  it('keeps a table away that was unticked here, and one that was taken out there', () => {
    const unticked = there({ tables: [first] });
    assert.deepEqual(rebase(unticked, asItIs, there({ tables: [first, second, added] })).tables, [first, added]);
    const untouched = there({ viaRoot: true });
    assert.deepEqual(rebase(untouched, asItIs, there({ tables: [second] })).tables, [second]);
    const edited = there({ tables: [{ ...first, filter: null }, second] });
    assert.deepEqual(rebase(edited, asItIs, there({ tables: [second] })).tables, [second, { ...first, filter: null }]);
  });

  it('merges operations and schemas one by one', () => {
    const base = there({ schemas: ['a', 'b'] });
    const typed = { ...base, schemas: ['b', 'c'], operations: { ...base.operations, delete: false } };
    const present = { ...base, schemas: ['a', 'b', 'd'], operations: { ...base.operations, truncate: false } };
    const merged = rebase(typed, base, present);
    assert.deepEqual(merged.schemas, ['b', 'd', 'c']);
    assert.deepEqual(merged.operations, { insert: true, update: true, delete: false, truncate: false });
  });

  it('is the same whatever the order, and whatever is to be refreshed', () => {
    const turned = there({ tables: [second, { ...first, only: true }] });
    const refresh = [{ connectionId: 'w', subscription: 's', copyData: true }];
    assert.ok(samePublication(asItIs, { ...turned, refresh }));
    assert.ok(!samePublication(asItIs, there({ tables: [first] })));
    assert.ok(!samePublication(asItIs, there({ tables: [{ ...first, only: false }, second] })));
    for (const name of hostileNames) assert.ok(!samePublication(asItIs, there({ name })));
  });
});

describe('the server’s verdicts on a draft', () => {
  const verdict = (more: Partial<MemberVerdict>): MemberVerdict => ({
    schema: 'public',
    name: 'orders',
    error: null,
    filterColumns: [],
    identityProblem: null,
    ...more,
  });
  const draft: PublicationDraft = { ...asItIs, tables: asItIs.tables.slice(0, 1) };

  it('hold until the table, the operations or the options change', () => {
    const trials = new MemberTrials();
    assert.equal(trials.untried(draft).length, 1);
    trials.take(draft, [verdict({})]);
    assert.equal(trials.of(draft).length, 1);
    assert.equal(trials.untried(draft).length, 0);
    const refiltered = { ...draft, tables: draft.tables.map((one) => ({ ...one, filter: 'id > 1' })) };
    const changes: readonly PublicationDraft[] = [
      refiltered,
      { ...draft, operations: { ...draft.operations, delete: false } },
      { ...draft, viaRoot: true },
      { ...draft, schemas: ['sales'] },
    ];
    for (const changed of changes) {
      assert.equal(trials.of(changed).length, 0);
      assert.equal(trials.untried(changed).length, 1);
    }
    // Another name changes nothing about the tables.
    assert.equal(trials.of({ ...draft, name: 'other' }).length, 1);
    assert.equal(trials.of({ ...draft, scope: 'allTables' }).length, 0);
  });

  it('hold until a table or an identity changes on the server', () => {
    const trials = new MemberTrials();
    trials.see({ tables: [orders] });
    trials.take(draft, [verdict({})]);
    trials.see({ tables: [{ ...orders, sizeBytes: 1e9 }] });
    assert.equal(trials.of(draft).length, 1);
    trials.see({ tables: [{ ...orders, replicaIdentity: 'full' }] });
    assert.equal(trials.of(draft).length, 0);
  });

  it('are asked for tables with a part of their own, and for the one that is looked at', () => {
    const trials = new MemberTrials();
    const plain = { schema: 'sales', name: 'audit', columns: null, filter: null };
    const all = { ...asItIs, tables: [...asItIs.tables, plain] };
    assert.deepEqual(
      trials.untried(all).map(({ name }) => name),
      ['orders', 'customers'],
    );
    assert.equal(trials.untried(all, plain).length, 3);
  });
});

describe('what an edit changes for the subscribers', () => {
  const members = { allTables: false, schemas: [], tables: [orders], viaRoot: false };

  it('is what they are told of only by it, and what they no longer are', () => {
    assert.deepEqual(tableReach(inventory, members, { ...members, tables: [customers], schemas: ['sales'] }), {
      added: ['sales.audit', 'public.customers'],
      removed: ['public.orders'],
    });
    assert.deepEqual(tableReach(inventory, members, members), { added: [], removed: [] });
  });

  it('counts partitions, and their root where it is published via that', () => {
    const root = table('public', 'events', { partitioned: true });
    const part = table('public', 'events_1', { isPartition: true, partitionOf: root.oid });
    const { snapshot } = target({ inventory: { tables: [root, part] } });
    const whole = { ...members, tables: [root] };
    assert.deepEqual(tableReach(snapshot.inventory, whole, { ...whole, viaRoot: true }), {
      added: ['public.events'],
      removed: ['public.events_1'],
    });
  });
});

describe('the readers of a publication', () => {
  const publisher = target({
    inventory: { publications: [ordersPub] },
    pulse: { slots: [slot('orders_sub'), slot('other', { database: 'else' })] },
  });
  const reads = subscription('orders_sub', { publications: ['orders_pub', 'more'] });
  const warehouse = target({ connectionId: 'warehouse', inventory: { subscriptions: [reads] } });
  const lag: StreamLag = streamLag({
    state: 'streaming',
    stream: {
      id: '1',
      publisher: { connectionId: 'shop', slotName: 'orders_sub', database: 'shop' },
      subscriber: { connectionId: 'warehouse', subscriptionName: 'orders_sub' },
      consumer: 'orders_sub',
    },
  });
  const states = new Map([
    ['shop', open(publisher.snapshot)],
    ['warehouse', open(warehouse.snapshot)],
  ]);
  const sources = {
    service: { state: (id: string) => states.get(id) ?? ({ phase: 'closed' } as const) },
    connections: {
      facts: (id: string) => (states.has(id) ? connection(id, { production: id === 'warehouse' }) : undefined),
    },
    monitor: {
      lags: (scope?: LagScope) => (scope?.kind === 'slot' && scope.slotName === 'orders_sub' ? [lag] : []),
    },
  };
  const reader: FormReader = {
    connectionId: 'warehouse',
    serverName: 'warehouse',
    subscription: 'orders_sub',
    production: true,
    readOnly: false,
  };

  it('are the subscriptions that list it, found by its database’s slots', () => {
    assert.deepEqual(readersOf(sources, 'shop', 'orders_pub'), [reader]);
    assert.deepEqual(readersOf(sources, 'shop', 'unread'), []);
    assert.deepEqual(readersOf(sources, 'closed', 'orders_pub'), []);
  });

  it('are told from the slots of subscriptions that read something else, and from those that nobody here knows', () => {
    assert.deepEqual(knownSlotsOf(sources, 'shop', 'orders_pub'), { reading: ['orders_sub'], notReading: [] });
    const unread = knownSlotsOf(sources, 'shop', 'unread');
    assert.deepEqual(unread, { reading: [], notReading: ['orders_sub'] });
    assert.deepEqual(knownSlotsOf(sources, 'closed', 'orders_pub'), { reading: [], notReading: [] });
    const known = (name: string) => ({ readers: planReaders(readersOf(sources, 'shop', name), name) });
    const words = (publisherSlots: readonly string[], name: string): string =>
      unknownReadersInWords(
        target({ pulse: { slots: publisherSlots.map((one) => slot(one)) } }),
        known(name).readers.length > 0,
        knownSlotsOf(sources, 'shop', name),
      );
    assert.equal(words(['orders_sub'], 'orders_pub'), '');
    assert.equal(words(['orders_sub'], 'unread'), '');
    assert.match(words(['orders_sub', 'debezium'], 'unread'), /^It may be read through the replication slot debezium /);
    assert.match(
      words(['orders_sub', 'debezium'], 'orders_pub'),
      /^It may also be read through .* debezium .*knows its reader/,
    );
  });

  it('are refreshed as it was chosen, on their own servers; one that is gone isn’t', () => {
    const wish = { connectionId: 'warehouse', subscription: 'orders_sub', copyData: false };
    const [refresh, ...others] = chosenRefreshes(sources, [reader], [wish, { ...wish, subscription: 'gone' }]);
    assert.deepEqual(others, []);
    assert.deepEqual(
      [refresh?.subscriber.serverName, refresh?.subscription, refresh?.copyData],
      ['warehouse', 'orders_sub', false],
    );
  });
});

describe('words about publications', () => {
  it('tell how a count ended', () => {
    const count = { passing: 1204, total: 2000, tookMs: 340, stopped: null } as const;
    assert.equal(countWords(count), '1,204 of 2,000 rows pass now (0.3 s).');
    assert.equal(countWords({ ...count, tookMs: 3 }), '1,204 of 2,000 rows pass now (in no time).');
    const stopped = countWords({ passing: null, total: null, tookMs: 10_003, stopped: 'timeLimit' });
    assert.match(stopped, /isn’t known\. Counting was given up after 10 s/);
  });

  it('list what is sent as text that no name can leave', () => {
    const text = publishedTablesText({
      name: 'line\nbreak',
      serverName: 'shop',
      database: 'shop',
      publication: ordersPub,
      tables: [
        { schema: 'public', name: 'orders', columns: ['id'], filter: '(id > 0)', by: 'table' },
        { schema: 'public', name: 'x\ny', columns: null, filter: null, by: 'schema' },
      ],
    });
    assert.match(text, /^-- What the publication line break sends on shop, database shop: 2 tables\./);
    assert.match(text, /public\.orders \(id\)\n {4}WHERE \(id > 0\)\n {4}-- named in the publication/);
    assert.match(text, /public\."x y"\n {4}-- its schema is published/);
  });

  it('start a new publication from what was selected', () => {
    const draft = emptyPublication({ tables: [orders], schemas: ['sales'] });
    assert.deepEqual([draft.tables.length, draft.schemas, draft.name], [1, ['sales'], '']);
  });
});
