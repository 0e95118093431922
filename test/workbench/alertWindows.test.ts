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

describe('alerts in two windows (real workbench)', function () {
  this.bail(true);
  const servers = useServers({ shop: { major: 18, auth: 'trust' } });
  const folders: string[] = [];
  let open: OpenWorkbench;
  let windows: readonly Workbench[];

  before(async function () {
    this.timeout(240_000);
    for (const name of ['one', 'two']) folders.push(await mkdtemp(path.join(os.tmpdir(), `pg-replication-${name}-`)));
    const extension = await packageExtension();
    open = await openWorkbench({
      version: 'newest',
      extensions: [extension],
      workspaceFolder: folders[0] ?? '',
      settings: {
        'pgReplication.tree.refreshSeconds': 1,
        'pgReplication.alerts.perConnection': { shop: { retainedMegabytes: 2 } },
      },
    });
  });
  after(async () => {
    await open?.dispose();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });

  it('are told once over both', async function () {
    this.timeout(300_000);
    for (const name of ['first', 'second']) {
      await servers.shop.query(`select pg_create_logical_replication_slot('${name}', 'test_decoding')`);
    }
    await new Story(open.workbench).addConnection(
      'shop',
      `postgresql://${servers.shop.superuser}@${servers.shop.host}:${servers.shop.port}/postgres`,
    );
    const page = await open.context.newPage();
    windows = [open.workbench, await Workbench.open(page, open.server.url(folders[1] ?? ''))];
    for (const window of windows) {
      await window.page.bringToFront();
      await window.openContainer('Replication');
      await window.tree('Servers').expand(['shop']);
      await window.tree('Servers').expand(['shop', 'Replication Slots']);
      await window.tree('Servers').row(['shop', 'Replication Slots', 'first']);
    }
    await servers.shop.query("select pg_logical_emit_message(true, '', repeat('x', 3000000))");
    for (const window of windows) {
      await window.page.bringToFront();
      await eventually(
        async () =>
          (await window.tree('Servers').row(['shop', 'Replication Slots', 'first'])).description.includes('⚠ retains'),
        { within: 60_000 },
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 8000));
    const notes: string[][] = [];
    for (const window of windows) {
      await window.page.bringToFront();
      await new Promise((resolve) => setTimeout(resolve, 1000));
      notes.push(await window.messages.notes());
    }
    console.log(
      JSON.stringify(notes),
      await Promise.all(windows.map((w) => w.page.evaluate(() => document.hasFocus()))),
    );
    for (const [i, window] of windows.entries()) await window.screenshot(`two-windows-${i}`);
    assert.equal(notes.flat().length, 2);
    await windows[0]?.page.bringToFront();
    await windows[0]?.tree('Servers').chooseFromContextMenu(['shop', 'Replication Slots', 'first'], 'Mute Alerts…');
    await windows[0]?.input.pick('Always');
    await windows[1]?.page.bringToFront();
    await eventually(
      async () =>
        !(await windows[1]!.tree('Servers').row(['shop', 'Replication Slots', 'first'])).description.includes('⚠'),
      { within: 60_000 },
    );
  });
});
