import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import type { Frame } from 'playwright-core';

import { seriousFindings } from '../support/axe.ts';
import { eventually } from '../support/eventually.ts';
import { useServers } from '../support/servers/useServers.ts';
import { webviewProblems } from '../support/vscode/problems.ts';
import { Story } from './story.ts';
import { useWindow } from './window.ts';

describe('the lag panel and its history (real workbench)', function () {
  this.bail(true);
  // This editor keeps secrets in memory only: without passwords it goes on by itself after it was reloaded.
  const servers = useServers({ shop: { major: 18, auth: 'trust' } });
  const window = useWindow();
  let firstSample: string | undefined;

  before(() => servers.shop.query("select pg_create_logical_replication_slot('orders', 'test_decoding')"));

  /** Goes on where the command asks, into a file of that name, and gives the moments that are in it, in their order. */
  async function exported(name: string): Promise<readonly string[]> {
    const { workbench, page } = window.current;
    await workbench.input.pick('The last hour, by seconds');
    // The list to pick from gives way to the dialog, which suggests a file in the folder.
    const suggested = await eventually(
      async () => {
        const value = await workbench.input.field.inputValue({ timeout: 1_000 });
        return value.endsWith('lag.csv') ? value : undefined;
      },
      { within: 60_000, what: 'the dialog' },
    );
    const file = suggested.replace(/lag\.csv$/, name);
    await workbench.input.field.fill(file);
    await page.keyboard.press('Enter');
    const lines = await eventually(async () => {
      const text = await readFile(file, 'utf8').catch(() => '');
      return text.endsWith('\r\n') ? text.split('\r\n') : undefined;
    });
    assert.match(lines[0] ?? '', /^time,stepSeconds,publisher,database,slot,/);
    const own = lines.filter((line) => line.includes(',shop,postgres,orders,'));
    return own.map((line) => line.split(',')[0] ?? '');
  }

  it('is exported from the panel as CSV', async () => {
    const { page, workbench } = window.current;
    await new Story(workbench).addConnection('shop', servers.shop.uri({ password: '' }));
    await workbench.tree('Servers').expand(['shop']);
    await workbench.command('PostgreSQL Replication: Open Lag');
    const panel = await workbench.webview('Lag: all servers');
    await panel.getByRole('button', { name: 'orders' }).waitFor();
    await page.locator('.editor-actions .action-label[aria-label^="Export Lag History"]').click();
    const moments = await exported('lag-before.csv');
    [firstSample] = moments;
    assert.ok(firstSample);
  });

  it('is walked through by keyboard alone: to a stream, into the chart, and to its slot in the Servers view', async () => {
    const { page, workbench } = window.current;
    const panel = await workbench.webview('Lag: all servers');
    const focused = () => panel.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? null);
    await panel.getByRole('searchbox', { name: 'Filter streams' }).focus();
    await eventually(
      async () => {
        await page.keyboard.press('Tab');
        return (await focused())?.endsWith(' in the chart');
      },
      { what: 'the focus on the stream' },
    );
    const box = panel.getByRole('checkbox', { name: /orders.* in the chart$/ });
    const before = await box.isChecked();
    await page.keyboard.press('Space');
    await eventually(async () => (await box.isChecked()) !== before, { what: 'the choice' });
    await page.keyboard.press('Space');
    await eventually(async () => (await box.isChecked()) === before, { what: 'the choice taken back' });
    await page.keyboard.press('Enter');
    await workbench.tree('Servers').row(['shop', 'Replication Slots', 'orders']);
  });

  for (const theme of ['dark', 'light', 'high-contrast', 'high-contrast-light'] as const) {
    it(`is accessible in ${theme}`, async () => {
      const { workbench } = window.current;
      await workbench.setTheme(theme);
      const panel = await workbench.webview('Lag: all servers');
      await panel.getByRole('radio', { name: 'Both' }).check();
      await panel.locator('lag-chart canvas').waitFor();
      await workbench.screenshot(`lag-${theme}`);
      assert.deepEqual(await seriousFindings(panel), []);
    });
  }

  it('is there again after the window was reloaded, with what happened', async () => {
    const { workbench, problems } = window.current;
    const panel = await workbench.webview('Lag: all servers');
    await panel.getByRole('radio', { name: '1 h' }).check();
    const starts = (page: Frame) => page.getByRole('region', { name: 'What happened' }).getByText('shop was started');
    await starts(panel).first().waitFor();
    await servers.shop.restart();
    await starts(panel).nth(1).waitFor({ timeout: 60_000 });
    await workbench.reload();
    // No server tells when it was started the time before.
    await starts(await workbench.webview('Lag: all servers'))
      .nth(1)
      .waitFor({ timeout: 60_000 });
    await workbench.command('PostgreSQL Replication: Export Lag History as CSV…');
    const moments = await exported('lag-after.csv');
    assert.equal(moments[0], firstSample);
    assert.deepEqual(webviewProblems(problems), []);
  });
});
