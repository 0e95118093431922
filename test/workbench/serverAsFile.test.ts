import assert from 'node:assert/strict';

import { eventually } from '../support/eventually.ts';
import { useServers } from '../support/servers/useServers.ts';
import { webviewProblems } from '../support/vscode/problems.ts';
import { Story } from './story.ts';
import { useWindow } from './window.ts';

/** What the person makes of the exported file, a line each: another table, an operation less, a comment. */
const wanted = [
  'format: 1',
  'server: shop',
  'publications: [{name: orders_pub, comment: for the warehouse, publish: [insert, update, delete], tables: [{schema: public, name: customers}, {schema: public, name: orders}]}]',
];

describe('a server as a file (real workbench)', function () {
  this.bail(true);
  const servers = useServers({ shop: { major: 18 } });
  const window = useWindow();

  before(async () => {
    await servers.shop.script(`
      create table orders (id int primary key);
      create table customers (id int primary key);
      create publication orders_pub for table orders`);
  });

  it('is exported from the tree, with what is there', async () => {
    const { workbench, page } = window.current;
    const story = new Story(workbench);
    await story.addConnection('shop', servers.shop.uri());
    const tree = workbench.tree('Servers');
    await tree.expand(['shop']);
    // The menu of a row knows of the open server as soon as its icons do.
    await (
      await tree.element(['shop'])
    )
      .locator('.action-label[aria-label^="Open Lag"]')
      .waitFor({ state: 'attached' });
    await tree.chooseFromContextMenu(['shop'], 'Export Replication as File…');
    await workbench.input.field.waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.tab[data-resource-name="shop.pgreplication.yaml"]').waitFor();
    await page.locator('.view-line', { hasText: 'orders_pub' }).first().waitFor();
    await workbench.screenshot('server-as-file');
  });

  it('is edited, compared with the server, and applied by a plan that is read before it runs', async () => {
    const { workbench, page, problems } = window.current;
    await page.locator('.monaco-editor .view-line').first().click();
    await page.keyboard.press('ControlOrMeta+A');
    for (const line of wanted) {
      await page.keyboard.insertText(line);
      await page.keyboard.press('Enter');
    }
    await page.keyboard.press('ControlOrMeta+S');

    await workbench.command('PostgreSQL Replication: Compare with Server');
    await page.locator('.monaco-diff-editor .view-line', { hasText: 'customers' }).first().waitFor();
    await workbench.screenshot('server-as-file-compared');

    await workbench.command('PostgreSQL Replication: Apply to Server…');
    await page.locator('.view-line', { hasText: 'ADD TABLE' }).first().waitFor();
    await workbench.screenshot('server-as-file-plan');
    assert.deepEqual(await publication(), { comment: null, tables: 'orders', truncate: true });
    await page.locator('.editor-actions .action-label[aria-label^="Run Plan"]').click();
    await eventually(async () => (await publication()).comment !== null, { what: 'the plan that is run' });
    assert.deepEqual(await publication(), {
      comment: 'for the warehouse',
      tables: 'customers, orders',
      truncate: false,
    });
    assert.deepEqual(webviewProblems(problems), []);
  });

  async function publication(): Promise<{ comment: string | null; tables: string | null; truncate: boolean }> {
    const [row] = await servers.shop.query<{ comment: string | null; tables: string | null; truncate: boolean }>(
      `select obj_description(p.oid, 'pg_publication') as comment, p.pubtruncate as truncate,
         (select string_agg(tablename, ', ' order by tablename) from pg_publication_tables t where t.pubname = p.pubname) as tables
       from pg_publication p`,
    );
    assert.ok(row);
    return row;
  }
});
