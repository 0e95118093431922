import assert from 'node:assert/strict';

import { eventually } from '../support/eventually.ts';
import { useServers } from '../support/servers/useServers.ts';
import { webviewProblems } from '../support/vscode/problems.ts';
import { Story } from './story.ts';
import { useWindow } from './window.ts';

const injection = '"; drop table x; --';
const markup = '<img src=x onerror=alert(1)>';
/** 63 bytes, the longest name there is, of two bytes a letter but one. */
const long = `${'ü'.repeat(31)}x`;
const tables = [injection, markup, long, 'a.b', '**bold** [link](command:x)'];

describe('hostile names in the real workbench', function () {
  this.bail(true);
  const servers = useServers({ publisher: { major: 18 }, subscriber: { major: 16 } });
  const window = useWindow();
  const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

  it('are data from the form to the subscriber', async () => {
    const { page, workbench } = window.current;
    page.on('dialog', (dialog) => assert.fail(`a page ran what was a name: ${dialog.message()}`));
    for (const server of [servers.publisher, servers.subscriber]) {
      await server.createDatabase('shop');
      await server.script('create table x (id int primary key);', 'shop');
      for (const table of tables) await server.script(`create table ${quoted(table)} (id int primary key)`, 'shop');
    }
    for (const table of tables) await servers.publisher.script(`insert into ${quoted(table)} values (1), (2)`, 'shop');
    const story = new Story(workbench);
    await story.addConnection(markup, servers.publisher.uri({ database: 'shop' }));
    await story.addConnection(injection, servers.subscriber.uri({ database: 'shop' }));
    await story.createPublication(markup, { name: markup, tables });
    await story.subscribe(markup, markup, injection, { name: injection });
    for (const table of tables) {
      await eventually(
        async () => {
          const rows = await servers.subscriber.query(`select id from ${quoted(table)}`, [], 'shop');
          return rows.length === 2;
        },
        { within: 30_000, what: `the rows of ${table}` },
      );
    }
    const survivors = await servers.publisher.query(`select 1 from pg_tables where tablename = 'x'`, [], 'shop');
    assert.equal(survivors.length, 1);
  });

  it('stand as they are in the tree, its tooltips and the lag panel', async () => {
    const { page, workbench, problems } = window.current;
    const tree = workbench.tree('Servers');
    await tree.expand([markup, 'Publications', markup]);
    const row = await tree.row([markup, 'Publications', markup]);
    assert.equal(row.label, markup);
    const tooltip = await tree.tooltip([markup, 'Publications', markup], markup);
    assert.equal(await tooltip.locator('img').count(), 0);
    await page.mouse.move(700, 500);
    await tree.expand([injection, 'Subscriptions']);
    const tab = page.locator('.tabs-container .tab .label-name', { hasText: 'Lag: ' });
    await tree.chooseUntil([injection, 'Subscriptions', injection], 'Open Lag', tab);
    const panel = await workbench.webview((await tab.first().textContent()) ?? '');
    await panel.locator('table.streams').getByText(injection).first().waitFor();
    await workbench.screenshot('hostile-names');
    assert.deepEqual(webviewProblems(problems), []);
  });

  it('are what is dropped, and nothing else', async () => {
    const { workbench } = window.current;
    const tree = workbench.tree('Servers');
    await tree.chooseUntil([injection, 'Subscriptions', injection], 'Drop Subscription…', workbench.messages.dialog);
    assert.ok((await workbench.messages.dialogText()).includes(injection));
    await workbench.messages.answer('Drop');
    await tree.gone([injection, 'Subscriptions', injection]);
    const left = await servers.subscriber.query('select 1 from pg_subscription', [], 'shop');
    assert.equal(left.length, 0);
    const slots = await servers.publisher.query('select 1 from pg_replication_slots', [], 'shop');
    assert.equal(slots.length, 0);
  });
});
