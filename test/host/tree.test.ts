import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import type { TestApi } from '../../src/extension.ts';
import { connectionNode, groupNode, type TreeNode } from '../../src/ui/tree/node.ts';
import { eventually } from '../support/eventually.ts';
import { useServers } from '../support/servers/useServers.ts';
import { addConnection, extensionApi, nodeAt, rowsBelow } from './api.ts';

describe('the Servers tree, on real servers', () => {
  const servers = useServers({ publisher: { major: 18 }, subscriber: { major: 16 } });
  const added: string[] = [];
  let api: TestApi;

  before(async () => {
    api = await extensionApi();
    await vscode.commands.executeCommand('pgReplication.servers.focus');
    const { publisher, subscriber } = servers;
    await publisher.script(`
      CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
      CREATE TABLE "a.b" (id int);
      CREATE PUBLICATION orders_pub FOR TABLE orders (id, total) WHERE (id > 0), "a.b" WITH (publish = 'insert');
      CREATE PUBLICATION "<img src=x>" FOR ALL TABLES;
    `);
    await publisher.query(`SELECT pg_create_logical_replication_slot('left_behind', 'test_decoding')`);
    await subscriber.script(
      'CREATE TABLE orders (id int PRIMARY KEY, total int, note text); CREATE TABLE "a.b" (id int)',
    );
    const conninfo = publisher.conninfo().replaceAll("'", "''");
    await subscriber.query(`CREATE SUBSCRIPTION reporting_sub CONNECTION '${conninfo}' PUBLICATION orders_pub`);
  });

  after(async () => {
    for (const id of added) {
      await api.connections.remove(id);
      await api.service.close(id);
    }
  });

  it('shows both ends of a stream', async () => {
    const shop = await addConnection(api, 'shop', servers.publisher);
    const warehouse = await addConnection(api, 'warehouse', servers.subscriber);
    added.push(shop.id, warehouse.id);
    const below = async (...labels: readonly string[]): Promise<readonly string[]> => {
      const rows = await rowsBelow(api, await nodeAt(api, ...labels));
      return rows.map(({ text }) => text);
    };
    assert.deepEqual(await below('shop', 'Publications'), ['<img src=x>  all tables', 'orders_pub  insert · 2 tables']);
    assert.deepEqual(await below('shop', 'Publications', 'orders_pub'), [
      'public."a.b"  identity: none (no primary key)',
      'public.orders  2 of 3 columns · filtered · identity: primary key',
    ]);
    await eventually(
      async () =>
        (await below('warehouse', 'Subscriptions')).includes('reporting_sub  streaming · up to date · 2 tables ready'),
      { within: 60_000, what: 'the subscription to stream' },
    );
    assert.deepEqual(await below('warehouse', 'Subscriptions', 'reporting_sub'), [
      'public."a.b"  ready',
      'public.orders  ready',
    ]);
    // The slots of the first copies are there until the next beat.
    const slots = await eventually(
      async () => {
        const rows = await below('shop', 'Replication Slots');
        return rows.length === 2 && rows;
      },
      { within: 60_000, what: 'the end of the initial copies' },
    );
    assert.match(slots[0] ?? '', /^left_behind {2}inactive( \d+ min)? · .+ retained$/);
    assert.equal(slots[1], 'reporting_sub  active · up to date → warehouse / reporting_sub');
    assert.deepEqual(await below('shop', 'Publications', 'orders_pub'), [
      'public."a.b"  identity: none (no primary key)',
      'public.orders  2 of 3 columns · filtered · identity: primary key',
    ]);
    assert.deepEqual(await below('shop', 'Subscriptions'), ['No subscriptions yet — create one']);
  });

  it('writes tooltips only on hover, without trust and without markup of names', async () => {
    const node = await nodeAt(api, 'shop', 'Publications', '<img src=x>');
    const { tree } = api.servers;
    const item = tree.getTreeItem(node);
    assert.equal(item.tooltip, undefined);
    const { tooltip } = tree.resolveTreeItem(item, node);
    assert.ok(tooltip instanceof vscode.MarkdownString);
    assert.equal(tooltip.isTrusted ?? false, false);
    assert.equal(tooltip.supportHtml ?? false, false);
    assert.ok(!tooltip.value.includes('<'));
  });

  it('selects what was made, once the tree knows it', async () => {
    const shop = api.connections.all().find(({ name }) => name === 'shop');
    assert.ok(shop);
    await servers.publisher.query(`SELECT pg_create_logical_replication_slot('just_made', 'pgoutput')`);
    await api.reveal({ kind: 'slot', connectionId: shop.id, name: 'just_made' });
    assert.deepEqual(selectedNames(api), ['just_made']);
    await servers.publisher.script('CREATE PUBLICATION just_published');
    await api.reveal({ kind: 'publication', connectionId: shop.id, name: 'just_published' });
    assert.deepEqual(selectedNames(api), ['just_published']);
  });

  it('keeps a failure, with one row to try again, and doesn’t connect again by itself', async () => {
    const legacy = await addConnection(api, 'legacy', servers.publisher, { password: 'wrong' });
    added.push(legacy.id);
    const refusals = async (): Promise<number> =>
      (await servers.publisher.logText()).split('password authentication failed').length - 1;
    const before = await refusals();
    const node = connectionNode(legacy.id);
    for (let expansion = 0; expansion < 5; expansion += 1) {
      const rows = await rowsBelow(api, node);
      assert.deepEqual(
        rows.map(({ item }) => [item.label, item.command?.command]),
        [['Enter password…', 'pgReplication.connection.retry']],
      );
    }
    const row = api.servers.tree.getTreeItem(node);
    assert.equal(row.description, '✖ cannot connect: password authentication failed');
    await eventually(async () => (await refusals()) > before, { what: 'the refusal in the log' });
    const attempts = await refusals();
    await rowsBelow(api, node);
    assert.equal(await refusals(), attempts);
    await api.connections.update(legacy.id, {}, api.secret(servers.publisher.password));
    await vscode.commands.executeCommand('pgReplication.connection.refresh', node);
    assert.match(String(api.servers.tree.getTreeItem(node).description), /^PostgreSQL 18/);
  });

  it('stays disconnected where the person disconnected, until it is collapsed and expanded', async () => {
    const shop = api.connections.all().find(({ name }) => name === 'shop');
    assert.ok(shop);
    const node = api.servers.tree.known(connectionNode(shop.id));
    const phase = (): string => api.service.state(shop.id).phase;
    await api.servers.view.reveal(node, { expand: true, select: true, focus: true });
    await vscode.commands.executeCommand('pgReplication.connection.disconnect', node);
    const rows = await rowsBelow(api, node);
    assert.deepEqual(
      rows.map(({ item }) => item.label),
      ['Connect'],
    );
    assert.equal(phase(), 'closed');
    await vscode.commands.executeCommand('list.collapse');
    await eventually(
      async () => {
        await api.servers.view.reveal(node, { expand: true });
        return phase() === 'open';
      },
      { what: 'the connection to open with its row' },
    );
  });

  it('says so when a server stops, and when it is back', async () => {
    const shop = api.connections.all().find(({ name }) => name === 'shop');
    assert.ok(shop);
    const node = connectionNode(shop.id);
    const described = (): string => String(api.servers.tree.getTreeItem(node).description);
    await servers.publisher.stop();
    await eventually(() => described() === '✖ connection lost — retrying', { within: 5000, what: 'the loss' });
    const rows = await rowsBelow(api, node);
    assert.equal(rows[0]?.item.label, 'Try again now');
    assert.ok(rows.some(({ item }) => item.label === 'Publications'));
    await servers.publisher.start();
    await eventually(() => described().startsWith('PostgreSQL 18'), { within: 60_000, what: 'the return' });
  });

  it('shows an ordinary role what it may see, and names what it may not', async () => {
    const as = await servers.subscriber.createRole('plain', 'plain-password');
    const plain = await addConnection(api, 'plain', servers.subscriber, as);
    added.push(plain.id);
    const rows = await rowsBelow(api, connectionNode(plain.id));
    assert.deepEqual(
      rows.slice(0, 4).map(({ item }) => item.label),
      ['Publications', 'Subscriptions', 'Replication Slots', 'Tables'],
    );
    const hidden = rows.slice(4);
    assert.ok(hidden.length > 0);
    for (const { node, text } of hidden) {
      assert.equal(node.kind, 'hidden');
      assert.match(text, /^Hidden: .+ {2}needs /);
    }
  });

  it('opens 10,000 tables and 500 publications page by page', async () => {
    const database = await servers.publisher.createDatabase('large');
    await servers.publisher.script(
      `DO $$ BEGIN FOR i IN 1..10000 LOOP EXECUTE format('CREATE TABLE t%s (id int)', lpad(i::text, 5, '0')); IF i % 1000 = 0 THEN COMMIT; END IF; END LOOP; END $$`,
      database,
    );
    await servers.publisher.script(
      `DO $$ BEGIN FOR i IN 1..500 LOOP EXECUTE format('CREATE PUBLICATION p%s FOR TABLE t%s', lpad(i::text, 3, '0'), lpad(i::text, 5, '0')); END LOOP; END $$`,
      database,
    );
    const large = await addConnection(api, 'large', servers.publisher, { database });
    added.push(large.id);
    const timed = async (
      what: string,
      node: TreeNode,
    ): Promise<readonly { readonly text: string; readonly node: TreeNode }[]> => {
      const startedAt = performance.now();
      const rows = await rowsBelow(api, node);
      console.log(`      ${what}: ${rows.length} rows in ${(performance.now() - startedAt).toFixed(1)} ms`);
      return rows;
    };
    await timed('opening the connection', connectionNode(large.id));
    const publications = await timed('500 publications', groupNode(large.id, 'publications'));
    assert.equal(publications.length, 500);
    const tables = await timed('10,000 tables, first page', groupNode(large.id, 'tables'));
    assert.equal(tables.length, 501);
    assert.equal(tables.at(-1)?.text, 'Load more…  9,500 rows left');
    await vscode.commands.executeCommand('pgReplication.tree.loadMore', tables.at(-1)?.node);
    assert.equal((await timed('second page', groupNode(large.id, 'tables'))).length, 1001);
  }).timeout(180_000);
});

function selectedNames(api: TestApi): readonly string[] {
  return api.servers.view.selection.map((node) => ('name' in node ? node.name : node.kind));
}
