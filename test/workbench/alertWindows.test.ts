import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { eventually } from '../support/eventually.ts';
import { packageExtension } from '../support/extension.ts';
import { useServers } from '../support/servers/useServers.ts';
import { openWorkbench, type OpenWorkbench } from '../support/vscode/openWorkbench.ts';
import { Workbench } from '../support/vscode/workbench/workbench.ts';
import { Story } from './story.ts';

const slots = ['shop', 'Replication Slots'] as const;

describe('alerts in two windows of one editor (real workbench)', function () {
  this.bail(true);
  // Without a password: each window would ask for it.
  const servers = useServers({ shop: { major: 18, auth: 'trust' } });
  const folders: string[] = [];
  let open: OpenWorkbench;
  let windows: readonly Workbench[] = [];

  before(async function () {
    this.timeout(240_000);
    for (const name of ['one', 'two']) folders.push(await mkdtemp(path.join(os.tmpdir(), `pg-replication-${name}-`)));
    const [first = '', second = ''] = folders;
    const extension = await packageExtension();
    const settings = {
      'pgReplication.tree.refreshSeconds': 1,
      'pgReplication.alerts.perConnection': { shop: { retainedMegabytes: 2 } },
    };
    open = await openWorkbench({ version: 'newest', extensions: [extension], workspaceFolder: first, settings });
    const { host, port, superuser } = servers.shop;
    await new Story(open.workbench).addConnection('shop', `postgresql://${superuser}@${host}:${port}/postgres`);
    const page = await open.context.newPage();
    windows = [open.workbench, await Workbench.open(page, open.server.url(second))];
  });
  after(async () => {
    await open?.dispose();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });

  /** Does something in each window in turn: what is behind another isn't drawn. */
  async function inEach<Result>(does: (window: Workbench) => Promise<Result>): Promise<Result[]> {
    const results: Result[] = [];
    for (const window of windows) {
      await window.page.bringToFront();
      results.push(await does(window));
    }
    return results;
  }

  /** Waits until a slot's row has the mark of an alert, or hasn't. */
  async function marked(window: Workbench, slot: string, wanted: boolean): Promise<void> {
    const row = async () => (await window.tree('Servers').row([...slots, slot])).description;
    await eventually(async () => (await row()).includes('⚠ retains too much') === wanted, {
      within: 60_000,
      what: `the mark on ${slot} to be ${wanted ? 'there' : 'gone'}`,
    });
  }

  /** How many notifications each window has about a slot: those that have closed by themselves too. */
  function notes(slot: string): Promise<readonly number[]> {
    return inEach(async (window) => {
      const center = window.page.locator('.notifications-center');
      if (!(await center.isVisible())) await window.command('Notifications: Show Notifications');
      await center.waitFor();
      const texts = await center.locator('.notification-list-item-message').allInnerTexts();
      return texts.filter((text) => text.startsWith(`The replication slot ${slot} on shop retains `)).length;
    });
  }

  const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

  /** Makes a slot that retains too much, and waits until both windows show it and one has told it. */
  async function hoard(slot: string): Promise<void> {
    await servers.shop.query(`select pg_create_logical_replication_slot('${slot}', 'test_decoding')`);
    await servers.shop.query("select pg_logical_emit_message(true, '', repeat('x', 3000000))");
    await inEach((window) => marked(window, slot, true));
    await eventually(async () => sum(await notes(slot)) > 0, { within: 60_000, what: `the notification of ${slot}` });
  }

  it('are told in one of them, each once', async function () {
    this.timeout(300_000);
    await inEach(async (window) => {
      await window.openContainer('Replication');
      await window.tree('Servers').expand(['shop']);
      await window.tree('Servers').expand(slots);
    });
    await hoard('first');
    // Whoever would tell the first one again has done so by the time that the second one is told.
    await hoard('second');
    const told = [await notes('first'), await notes('second')];
    assert.deepEqual(told.map(sum), [1, 1], JSON.stringify(told));
  });

  it('are muted in both, wherever that was said', async function () {
    this.timeout(300_000);
    const [one, two] = windows;
    assert.ok(one && two);
    await one.page.bringToFront();
    await one.tree('Servers').chooseFromContextMenu([...slots, 'first'], 'Mute Alerts…');
    await one.input.pick('Always');
    await inEach((window) => marked(window, 'first', false));
    await two.tree('Servers').chooseFromContextMenu([...slots, 'first'], 'Unmute Alerts');
    await inEach((window) => marked(window, 'first', true));
  });

  it('are not told again after a window was reloaded', async function () {
    this.timeout(300_000);
    const [one] = windows;
    assert.ok(one);
    await one.page.bringToFront();
    await one.reload();
    await one.openContainer('Replication');
    await one.tree('Servers').expand(['shop']);
    await one.tree('Servers').expand(slots);
    await marked(one, 'second', true);
    await hoard('third');
    const [first = 0] = await notes('first');
    const [second = 0] = await notes('second');
    assert.deepEqual([first, second], [0, 0]);
  });
});
