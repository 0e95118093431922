import assert from 'node:assert/strict';

import type { Locator } from 'playwright-core';

import { eventually } from '../support/eventually.ts';
import { useServers } from '../support/servers/useServers.ts';
import { webviewProblems } from '../support/vscode/problems.ts';
import type { TreePath } from '../support/vscode/workbench/tree.ts';
import type { Theme } from '../support/vscode/workbench/workbench.ts';
import { stockShop, Story } from './story.ts';
import { useWindow } from './window.ts';

const pub = ['shop', 'Publications', 'shop_pub'] as const;
const title = 'Edit Publication shop_pub (shop)';

describe('editing a publication (real workbench)', function () {
  this.bail(true);
  // Without passwords: this editor keeps secrets in memory only, and a form is to come back after a reload.
  const servers = useServers({ publisher: { major: 18, auth: 'trust' }, subscriber: { major: 16, auth: 'trust' } });
  const window = useWindow();

  /** Drags a row of the Servers view onto another, by the mouse. */
  async function drag(from: TreePath, onto: TreePath): Promise<void> {
    const { page, workbench } = window.current;
    // The tooltip of the row on which the pointer rests since the drag before lies over other rows.
    await page.mouse.move(700, 500);
    await page.locator('.monaco-hover:visible').first().waitFor({ state: 'hidden' });
    const tree = workbench.tree('Servers');
    const [source, target] = [await tree.element(from), await tree.element(onto)];
    await source.locator('.label-name').dragTo(target.locator('.label-name'), { timeout: 5_000 });
  }

  /**
   * Drags until what it leads to is shown. A row that is drawn anew while it is dragged isn't known to VS Code any more: then
   * nothing comes of it, and this drags again as a person would.
   */
  async function dragUntil(from: TreePath, onto: TreePath, shown: Locator): Promise<void> {
    await eventually(
      async () => {
        if (!(await shown.isVisible())) await drag(from, onto);
        await shown.waitFor({ timeout: 10_000 });
        return true;
      },
      { within: 120_000, what: `what ${from.join(' › ')} on ${onto.join(' › ')} leads to` },
    );
  }

  /** What the publication sends by the publisher's catalog: "orders", "customers (id,name) WHERE (id > 1)". */
  async function published(name = 'shop_pub'): Promise<readonly string[]> {
    const rows = await servers.publisher.query<{ sent: string }>(
      `select concat(tablename, ' (' || array_to_string(attnames, ',') || ')', ' WHERE ' || rowfilter) as sent
         from pg_publication_tables where pubname = $1 order by 1`,
      [name],
      'shop',
    );
    return rows.map(({ sent }) => sent);
  }

  const all = {
    customers: 'customers (id,name,note)',
    orders: 'orders (id,customer_id,total,note)',
    audit: 'audit_log (at,what)',
  } as const;

  it('has a publication of one table, and a subscription that reads it', async () => {
    const { workbench } = window.current;
    await workbench.setTheme('dark');
    await stockShop(servers.publisher, servers.subscriber);
    await servers.publisher.script('create publication shop_pub for table orders', 'shop');
    await servers.subscriber.script('create publication other_pub', 'shop');
    await servers.subscriber.script(
      `create subscription shop_sub connection '${servers.publisher.conninfo({ database: 'shop' }).replaceAll("'", "''")}' publication shop_pub`,
      'shop',
    );
    const story = new Story(workbench);
    for (const [name, { host, port, superuser }] of [
      ['shop', servers.publisher],
      ['warehouse', servers.subscriber],
    ] as const) {
      await story.addConnection(name, `postgresql://${superuser}@${host}:${port}/shop`);
    }
    const tree = workbench.tree('Servers');
    await tree.expand(['warehouse', 'Publications']);
    await tree.expand(['shop', 'Publications']);
    await eventually(async () => /1 subscriber/.test((await tree.row(pub)).description), { within: 60_000 });
    await tree.expand(['shop', 'Tables']);
  });

  it('adds a table that is dropped onto it, and refreshes the subscription that reads it', async () => {
    const { workbench } = window.current;
    await dragUntil(['shop', 'Tables', 'public.customers'], pub, workbench.messages.dialog);
    const question = await workbench.messages.dialogText();
    assert.match(question, /Add public\.customers to shop_pub on shop\?/);
    assert.match(question, /shop_sub on warehouse/);
    await workbench.screenshot('edit-publication-drop');
    await workbench.messages.answer('Add and Refresh');
    await eventually(async () => (await published()).includes(all.customers), { what: 'customers to be published' });
    const count = 'select count(*)::int as n from customers';
    await eventually(async () => (await servers.subscriber.query<{ n: number }>(count, [], 'shop'))[0]?.n === 500, {
      within: 30_000,
      what: 'the customers at the subscriber',
    });
    assert.deepEqual(await published(), [all.customers, all.orders]);
    const tree = workbench.tree('Servers');
    await tree.expand(pub);
    await tree.row([...pub, 'public.customers']);
  });

  it('warns of a table without an identity, and adds nothing where that is declined', async () => {
    const { workbench, page } = window.current;
    await dragUntil(['shop', 'Tables', 'public.audit_log'], pub, workbench.messages.dialog);
    assert.match(await workbench.messages.dialogText(), /public\.audit_log has no replica identity/);
    await page.keyboard.press('Escape');
    await workbench.messages.dialog.waitFor({ state: 'hidden' });
    assert.deepEqual(await published(), [all.customers, all.orders]);
  });

  it('refuses in words what is dropped onto another server’s publication, and does nothing elsewhere', async () => {
    const { workbench } = window.current;
    await drag(['shop', 'Tables', 'public.audit_log'], ['shop', 'Tables', 'public.orders']);
    const note = workbench.messages.note(/can’t be added to other_pub/);
    await dragUntil(['shop', 'Tables', 'public.audit_log'], ['warehouse', 'Publications', 'other_pub'], note);
    await note.hover();
    await note.locator('.codicon-notifications-clear').click();
    await note.waitFor({ state: 'detached' });
    const rows = await servers.subscriber.query('select 1 from pg_publication_rel', [], 'shop');
    assert.equal(rows.length, 0);
    assert.deepEqual(await published(), [all.customers, all.orders]);
  });

  it('opens the form filled with what is, where nothing is to change', async () => {
    const { workbench } = window.current;
    await workbench.tree('Servers').chooseUntil(pub, 'Edit Publication…', workbench.tab(title));
    const form = await workbench.webview(title);
    await form.getByText('Nothing to change: the publication is what this form says.').waitFor();
    assert.equal(await form.getByRole('textbox', { name: 'Name (required)' }).inputValue(), 'shop_pub');
    await form.getByText('2 of 3 chosen').waitFor();
    await form.locator('vscode-button#create[disabled]', { hasText: 'Save' }).waitFor();
  });

  it('has the server judge columns and filter, counts the rows, and looks as it should in every theme', async () => {
    const { workbench } = window.current;
    const form = await workbench.webview(title);
    await form.getByRole('option', { name: 'public.customers' }).getByText('All columns, all rows').click();
    await form.getByRole('checkbox', { name: 'All columns, also those added later' }).click();
    await form.getByRole('checkbox', { name: /^note/ }).click();
    await form.getByRole('textbox', { name: 'Row filter' }).fill('now() > to_timestamp(id)');
    await form.getByRole('button', { name: 'Check With the Server' }).click();
    await form
      .locator('.verdict')
      .getByText(/mutable functions are not allowed/)
      .waitFor();
    await workbench.screenshot('edit-publication-refused');
    await form.getByRole('textbox', { name: 'Row filter' }).fill('id <= 100');
    await form.getByRole('button', { name: 'Check With the Server' }).click();
    await form.getByText('The server takes it, and the replica identity covers it. The filter uses id.').waitFor();
    await form.getByRole('button', { name: 'Count Rows' }).click();
    await form.getByText(/^100 of 500 rows pass now/).waitFor();
    await form.getByRole('option', { name: 'public.audit_log' }).click();
    await form.getByRole('group', { name: 'Subscriptions that read it' }).waitFor();
    await form
      .getByRole('region', { name: 'SQL' })
      .getByText(/audit_log/)
      .first()
      .waitFor();
    for (const theme of ['dark', 'light', 'high-contrast'] satisfies readonly Theme[]) {
      if (theme !== 'dark') await workbench.setTheme(theme);
      const again = await workbench.webview(title);
      await again.getByText(/^100 of 500 rows pass now/).waitFor();
      await again.getByRole('group', { name: 'Subscriptions that read it' }).scrollIntoViewIfNeeded();
      await workbench.screenshot(`edit-publication-readers-${theme}`);
      await again.locator('#editor-title').scrollIntoViewIfNeeded();
      await workbench.screenshot(`edit-publication-${theme}`);
    }
  });

  it('comes back after a reload of the window with what was typed', async () => {
    const { workbench } = window.current;
    await workbench.reload();
    const form = await workbench.webview(title);
    await form.getByRole('heading', { name: 'Edit Publication shop_pub' }).waitFor();
    await form
      .getByRole('region', { name: 'SQL' })
      .getByText(/WHERE \(id <= 100\)[^]*audit_log/)
      .waitFor();
    await form.getByRole('option', { name: 'public.audit_log' }).click();
    await form.getByText('2 of 3 chosen').waitFor();
    await workbench.openContainer('Replication');
    // Who reads it is known once the subscriber is open too.
    const tree = workbench.tree('Servers');
    await tree.expand(['shop', 'Publications']);
    await tree.expand(['warehouse']);
    await eventually(async () => /1 subscriber/.test((await tree.row(pub)).description), { within: 60_000 });
  });

  it('says that somebody else changed it meanwhile, keeps what was typed, and saves the rest', async () => {
    const { workbench } = window.current;
    const form = await workbench.webview(title);
    await servers.publisher.script("alter publication shop_pub set (publish = 'insert, update, delete')", 'shop');
    await form
      .getByText('shop_pub was changed on the server since it was loaded here.', { exact: false })
      .waitFor({ timeout: 30_000 });
    await workbench.screenshot('edit-publication-changed');
    await form.getByText('Load it anew and keep my changes').click();
    await form
      .getByRole('region', { name: 'SQL' })
      .getByText(/WHERE \(id <= 100\)/)
      .waitFor();
    await form.getByRole('button', { name: 'Save' }).click();
    await workbench.tab(title).first().waitFor({ state: 'detached', timeout: 30_000 });
    assert.deepEqual(await published(), ['customers (id,name) WHERE (id <= 100)', all.orders]);
    const [row] = await servers.publisher.query('select pubtruncate, pubdelete from pg_publication', [], 'shop');
    assert.deepEqual(row, { pubtruncate: false, pubdelete: true });
  });

  it('edits one table from its row, removes another, and shows what is really published', async () => {
    const { workbench } = window.current;
    const tree = workbench.tree('Servers');
    await tree.expand(pub);
    await tree.chooseUntil([...pub, 'public.customers'], 'Edit Columns and Filter…', workbench.tab(title));
    const form = await workbench.webview(title);
    await form.getByRole('heading', { name: 'public.customers' }).waitFor();
    assert.equal(await form.getByRole('textbox', { name: 'Row filter' }).inputValue(), '(id <= 100)');
    await workbench.close(title);
    await tree.chooseUntil([...pub, 'public.orders'], 'Remove From Publication…', workbench.messages.dialog);
    assert.match(await workbench.messages.dialogText(), /Remove public\.orders from shop_pub on shop\?/);
    await workbench.screenshot('edit-publication-remove');
    await workbench.messages.answer('Remove and Refresh');
    await tree.gone([...pub, 'public.orders']);
    assert.deepEqual(await published(), ['customers (id,name) WHERE (id <= 100)']);
    const document = window.current.page.locator('.editor-container .view-lines');
    await tree.chooseUntil(pub, 'Show What Is Published', document.getByText('public.customers'));
    await workbench.screenshot('edit-publication-published');
  });

  it('adds several tables that are dragged together', async () => {
    const { workbench } = window.current;
    const tree = workbench.tree('Servers');
    await tree.expand(['shop', 'Tables']);
    await tree.select(['shop', 'Tables', 'public.audit_log']);
    await tree.select(['shop', 'Tables', 'public.orders'], { add: true });
    await drag(['shop', 'Tables', 'public.orders'], pub);
    assert.match(await workbench.messages.dialogText(), /Add public\.\w+ and public\.\w+ to shop_pub on shop\?/);
    await workbench.messages.answer('Add Only');
    await tree.row([...pub, 'public.audit_log']);
    assert.deepEqual(await published(), [all.audit, 'customers (id,name) WHERE (id <= 100)', all.orders]);
    assert.deepEqual(webviewProblems(window.current.problems), []);
  });
});
