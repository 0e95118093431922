import assert from 'node:assert/strict';

import type { Frame } from 'playwright-core';

import { eventually } from '../support/eventually.ts';
import { useServers } from '../support/servers/useServers.ts';
import { webviewProblems } from '../support/vscode/problems.ts';
import { Story } from './story.ts';
import { useWindow } from './window.ts';

describe('a subscription from preflight to change (real workbench)', function () {
  this.bail(true);
  const servers = useServers({ publisher: { major: 18 }, subscriber: { major: 17 } });
  const window = useWindow();
  const subscription = ['warehouse', 'Subscriptions', 'orders_sub'];
  const title = 'Edit Subscription orders_sub (warehouse)';
  const form = (): Promise<Frame> => window.current.workbench.webview(title);
  /** By right-click; again where the tree, still pointing at what was saved last, closed the menu. */
  const openForm = async (): Promise<Frame> => {
    const { workbench } = window.current;
    const tree = workbench.tree('Servers');
    await tree.expand(subscription.slice(0, -1));
    await tree.chooseUntil(subscription, 'Edit Subscription…', workbench.tab(title));
    return form();
  };
  const rows = async (table: string): Promise<number> => {
    const query = `SELECT count(*)::int AS n FROM ${table}`;
    const [row] = await servers.subscriber.query<{ n: number }>(query, [], 'shop');
    return row?.n ?? 0;
  };
  const sql = (page: Frame): Promise<string> => page.getByRole('region', { name: 'SQL' }).innerText();

  before(async () => {
    const { publisher, subscriber } = servers;
    await publisher.createDatabase('shop');
    await subscriber.createDatabase('shop');
    await publisher.script(
      `CREATE TYPE mood AS ENUM ('fine', 'tired');
       CREATE TABLE orders (id int PRIMARY KEY, state mood NOT NULL DEFAULT 'fine', note varchar(40));
       CREATE TABLE customers (id int PRIMARY KEY, name text);
       INSERT INTO orders SELECT i, 'tired', 'note' FROM generate_series(1, 20) i;
       INSERT INTO customers SELECT i, 'customer ' || i FROM generate_series(1, 30) i;
       CREATE PUBLICATION orders_pub FOR TABLE orders;
       CREATE PUBLICATION customers_pub FOR TABLE customers;
       CREATE ROLE repl LOGIN SUPERUSER PASSWORD 'before';`,
      'shop',
    );
  });

  it('creates the table that is missing with the subscription, as the preflight finds it', async () => {
    const { workbench } = window.current;
    await workbench.setTheme('dark');
    const story = new Story(workbench);
    await story.addConnection('shop', servers.publisher.uri({ database: 'shop' }));
    await story.addConnection('warehouse', servers.subscriber.uri({ database: 'shop' }));
    await workbench.tree('Servers').expand(['warehouse']);
    await story.subscribe('shop', 'orders_pub', 'warehouse', {
      name: 'orders_sub',
      look: async (page) => {
        await page.getByRole('textbox', { name: 'User' }).fill('repl');
        await page.getByRole('checkbox', { name: /^Use the password saved/ }).click();
        await page.getByRole('textbox', { name: 'Password' }).fill('before');
        await eventually(async () => /user=repl password=•+/.test(await sql(page)));
        const preflight = page.getByRole('region', { name: 'Preflight' });
        const create = preflight.getByRole('button', { name: 'Create 1 Table With It' });
        await create.waitFor({ timeout: 30_000 });
        await create.scrollIntoViewIfNeeded();
        await workbench.screenshot('preflight');
        await create.click();
        await create.waitFor({ state: 'detached', timeout: 30_000 });
        await page.getByRole('checkbox', { name: /^Create 1 missing table on warehouse/, checked: true }).waitFor();
        await eventually(async () =>
          /CREATE TYPE public\.mood[^]*CREATE TABLE "public"\."orders"[^]*CREATE SUB/.test(await sql(page)),
        );
        await eventually(async () => !/has no table public\.orders/.test(await page.locator('main').innerText()));
        await preflight
          .getByText(/\d+ passed/)
          .first()
          .waitFor();
        assert.doesNotMatch(await preflight.innerText(), /\d+ failed/);
        await workbench.screenshot('preflight-passed');
      },
    });
    await eventually(async () => (await rows('orders')) === 20, { within: 60_000, what: 'the first copy' });
  });

  it('changes options and publications in the form', async () => {
    const { workbench } = window.current;
    const page = await openForm();
    await page.getByText('Nothing differs from what is there.').waitFor();
    await page.getByRole('option', { name: /^customers_pub/ }).click();
    await page.getByRole('checkbox', { name: /^Disable it when applying fails/ }).click();
    await eventually(async () => /ADD PUBLICATION "customers_pub"[^]*disable_on_error = true/.test(await sql(page)));
    // What is wrong stands at the publications, and Save leads to what mends it.
    const missing = /warehouse has no table public\.customers, which is published/;
    await page.locator('#publications-problems').getByText(missing).waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const offer = page.getByRole('checkbox', { name: /^Create 1 missing table on warehouse/ });
    await eventually(async () => offer.evaluate((box) => box === box.ownerDocument.activeElement));
    await offer.click();
    await eventually(async () => /CREATE TABLE "public"\."customers"[^]*ADD PUBLICATION/.test(await sql(page)));
    for (const theme of ['light', 'high-contrast', 'dark'] as const) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`subscription-edit-${theme}`);
    }
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await workbench.tab(title).waitFor({ state: 'detached', timeout: 30_000 });
    await eventually(async () => (await rows('customers')) === 30, { within: 60_000, what: 'the copy of customers' });
    const [options] = await servers.subscriber.query('SELECT subdisableonerr, subpublications FROM pg_subscription');
    assert.deepEqual(options, { subdisableonerr: true, subpublications: ['orders_pub', 'customers_pub'] });
  });

  it('keeps a draft while it is behind another tab, and says what changed meanwhile', async () => {
    const { workbench } = window.current;
    let page = await openForm();
    await page.getByRole('checkbox', { name: /^Send values in binary/ }).click();
    await eventually(async () => /binary = true/.test(await sql(page)));
    // Behind its SQL the page is unloaded, and made anew when it comes back.
    await page.getByRole('button', { name: 'Open SQL in an editor' }).click();
    await window.current.page.locator('.tabs-container .tab', { hasText: 'Change subscription orders_sub' }).waitFor();
    await servers.subscriber.script('ALTER SUBSCRIPTION orders_sub SET (disable_on_error = false)', 'shop');
    page = await form();
    await page.getByText('Shown as it is there now: disable_on_error.').waitFor({ timeout: 30_000 });
    await eventually(async () => /SET \(binary = true\)/.test(await sql(page)));
    await workbench.screenshot('subscription-edit-meanwhile');
    await workbench.close(title);
  });

  it('changes the password in one step, and a row arrives afterwards', async () => {
    const { workbench } = window.current;
    await servers.publisher.script("ALTER ROLE repl PASSWORD 'after'", 'shop');
    const tree = workbench.tree('Servers');
    await tree.chooseUntil(subscription, 'Change Password…', workbench.input.box.locator('input[type="password"]'));
    await workbench.input.answer('mistyped');
    assert.match(await workbench.messages.dialogText(), /doesn’t let repl in with this password/);
    await workbench.messages.answer('Cancel');
    await tree.chooseUntil(subscription, 'Change Password…', workbench.input.box.locator('input[type="password"]'));
    await workbench.input.answer('after');
    await eventually(
      async () => {
        const [row] = await servers.subscriber.query<{ subconninfo: string }>(
          'SELECT subconninfo FROM pg_subscription',
        );
        return row?.subconninfo.includes('after');
      },
      { what: 'the new password in the connection string' },
    );
    await servers.publisher.script("INSERT INTO orders VALUES (21, 'fine', 'later')", 'shop');
    await eventually(async () => (await rows('orders')) === 21, { within: 60_000, what: 'a row after the change' });
  });

  it('copies one table again', async () => {
    const { workbench } = window.current;
    await servers.subscriber.script('DELETE FROM customers WHERE id > 5', 'shop');
    const tree = workbench.tree('Servers');
    const table = [...subscription, 'public.customers'];
    await tree.expand(table.slice(0, -1));
    await tree.chooseUntil(table, 'Copy Table Again…', workbench.input.box.getByText('Empty the table first'));
    await workbench.input.pick('Empty the table first');
    assert.match(await workbench.messages.dialogText(), /public\.customers/);
    await workbench.screenshot('resync-confirm');
    await workbench.messages.answer('Copy');
    await eventually(async () => (await rows('customers')) === 30, { within: 60_000, what: 'the new copy' });
  });

  it('is renamed, and commented on', async () => {
    const { workbench } = window.current;
    const tree = workbench.tree('Servers');
    await tree.chooseUntil(
      subscription,
      'Set Comment of Subscription…',
      workbench.input.box.getByText('Comment on subscription orders_sub'),
    );
    await workbench.input.answer('for the warehouse');
    await workbench.input.box.waitFor({ state: 'hidden' });
    await tree.chooseUntil(
      subscription,
      'Rename Subscription…',
      workbench.input.box.getByText('Rename subscription orders_sub'),
    );
    await workbench.input.answer('shop_sub');
    await tree.row(['warehouse', 'Subscriptions', 'shop_sub']);
    const found = await servers.subscriber.query(
      "SELECT subname, subslotname, obj_description(oid, 'pg_subscription') AS comment FROM pg_subscription",
      [],
      'shop',
    );
    assert.deepEqual(found, [{ subname: 'shop_sub', subslotname: 'orders_sub', comment: 'for the warehouse' }]);
  });

  it('broke no content security policy', () => {
    assert.deepEqual(webviewProblems(window.current.problems), []);
  });
});
