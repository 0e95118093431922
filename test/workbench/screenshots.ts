// `npm run screenshots`: takes the pictures of the README anew, of the demo in a real workbench.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Page } from 'playwright-core';

import { startDemo, type Demo } from '../demo/startDemo.ts';
import { eventually } from '../support/eventually.ts';
import { packageExtension } from '../support/extension.ts';
import { repositoryRoot } from '../support/paths.ts';
import { endWithParent } from '../support/processEnd.ts';
import { openWorkbench } from '../support/vscode/openWorkbench.ts';
import type { Workbench } from '../support/vscode/workbench/workbench.ts';

const folder = path.join(repositoryRoot, 'media', 'readme');
const publisher = ['Demo', 'publisher'];
const subscriber = ['Demo', 'subscriber'];

async function main(): Promise<void> {
  const extension = await packageExtension();
  const demo = await startDemo({ rate: 40 });
  const window = await openWorkbench({
    version: 'newest',
    extensions: [extension],
    settings: demo.settings,
    workspaceFolder: demo.workspaceFolder,
    window: { width: 1440, height: 900 },
  });
  try {
    await mkdir(folder, { recursive: true });
    await tellStory(window.workbench, demo);
  } finally {
    await window.dispose();
    await demo.dispose();
  }
}

async function tellStory(workbench: Workbench, demo: Demo): Promise<void> {
  const { page } = workbench;
  await workbench.setTheme('dark');
  await workbench.openContainer('Replication');
  await widenSideBar(page);
  const tree = workbench.tree('Servers');
  await tree.expand(publisher);
  await tree.expand(subscriber);
  await tree.expand([...publisher, 'Publications']);
  await tree.expand([...subscriber, 'Subscriptions']);

  await workbench.command('PostgreSQL Replication: Add Connection…');
  const connection = await workbench.webview('Add Connection');
  await connection.getByRole('textbox', { name: 'Connection string' }).fill(demo.readerUri);
  await connection.getByRole('button', { name: 'Fill In' }).click();
  await connection.getByRole('button', { name: 'Test', exact: true }).click();
  await connection
    .getByText(/PostgreSQL 18/)
    .first()
    .waitFor();
  await shoot(workbench, 'connection');
  await workbench.close('Add Connection');

  await tree.chooseFromContextMenu([...publisher, 'Publications'], 'Create Publication…');
  const publication = await workbench.webview('Create Publication (publisher)');
  await publication.getByRole('textbox', { name: 'Name (required)' }).fill('orders_pub');
  await publication.getByRole('option', { name: 'order_items' }).first().click();
  const orders = publication.getByRole('option', { name: /\borders\b/ }).first();
  await orders.click();
  await orders.getByText('All columns, all rows').click();
  await publication.getByRole('textbox', { name: 'Row filter' }).fill('id > 0');
  await publication.getByRole('region', { name: 'SQL' }).getByText('WHERE').waitFor();
  await orders.scrollIntoViewIfNeeded();
  await shoot(workbench, 'publication');
  await publication.getByRole('button', { name: 'Create Publication' }).click();
  await tree.row([...publisher, 'Publications', 'orders_pub']);

  await tree.chooseFromContextMenu([...publisher, 'Publications', 'orders_pub'], 'Subscribe From…');
  await workbench.input.pick('subscriber');
  const subscription = await workbench.webview('Create Subscription');
  await subscription.getByRole('region', { name: 'SQL' }).getByText('orders_sub').waitFor();
  await shoot(workbench, 'subscription');
  await subscription.getByRole('button', { name: 'Create Subscription' }).click();
  await tree.expand([...subscriber, 'Subscriptions', 'orders_sub']);
  await tree.row([...subscriber, 'Subscriptions', 'orders_sub', 'public.orders']);

  await tree.chooseFromContextMenu([...publisher, 'Publications', 'orders_pub'], 'Edit Publication…');
  const edit = await workbench.webview('Edit Publication orders_pub (publisher)');
  await edit.getByRole('option', { name: 'customers' }).first().click();
  await edit.getByRole('option', { name: 'order_items' }).first().click();
  await edit.getByRole('region', { name: 'SQL' }).getByText('ALTER PUBLICATION').waitFor();
  await shoot(workbench, 'edit');
  await workbench.close('Edit Publication orders_pub (publisher)');

  await tree.chooseFromContextMenu([...publisher], 'Open Lag');
  const lag = await workbench.webview('Lag: publisher');
  await lag.getByRole('radio', { name: '1 min' }).check();
  await makeHistory(demo, () => lag.locator('table.streams').innerText());
  await page.mouse.move(640, 880);
  await shoot(workbench, 'lag');
  await tree.expand([...publisher, 'Replication Slots']);
  await tree.expand([...publisher, 'Publications', 'orders_pub']);
  await shoot(workbench, 'overview');

  await demo.publisher.query(`select pg_create_logical_replication_slot('debezium', 'pgoutput')`, [], demo.database);
  await workbench.command('PostgreSQL Replication: Open Topology');
  const topology = await workbench.webview('Topology');
  await topology.getByRole('button', { name: /^Debezium probably/ }).waitFor();
  await topology.getByRole('button', { name: /^orders_sub Streaming/ }).waitFor();
  await shoot(workbench, 'topology');
}

/** Lets apply be stuck for a while and catch up, so that the chart has something to tell. */
async function makeHistory(demo: Demo, figures: () => Promise<string>): Promise<void> {
  await eventually(async () => (await figures()).includes('Streaming'), { within: 60_000 });
  const blocker = await demo.subscriber.client(demo.database);
  try {
    await blocker.query('begin');
    await blocker.query('lock table orders in access exclusive mode');
    await eventually(async () => /\b1\d s/.test(await figures()), { within: 60_000, what: 'ten seconds of lag' });
    await blocker.query('rollback');
  } finally {
    await blocker.end();
  }
  await eventually(async () => / 0 s|0\.\d s/.test(await figures()), { within: 60_000 });
}

async function widenSideBar(page: Page): Promise<void> {
  const sash = page.locator('.monaco-sash.vertical').nth(1);
  const box = await sash.boundingBox();
  if (box === null) return;
  await page.mouse.move(box.x + 2, 400);
  await page.mouse.down();
  await page.mouse.move(box.x + 100, 400);
  await page.mouse.up();
}

/** As WebP, which keeps small text sharp in half the bytes: these pictures are in the package. */
async function shoot(workbench: Workbench, name: string): Promise<void> {
  const { page } = workbench;
  await page.mouse.move(1430, 890);
  await workbench.screenshot(`readme-${name}`);
  const png = await page.screenshot({ animations: 'disabled' });
  const blank = await page.context().newPage();
  try {
    const webp = await blank.evaluate(
      async (source) => {
        const picture = new Image();
        picture.src = source;
        await picture.decode();
        const canvas = document.createElement('canvas');
        canvas.width = picture.width;
        canvas.height = picture.height;
        canvas.getContext('2d')?.drawImage(picture, 0, 0);
        return canvas.toDataURL('image/webp', 0.66);
      },
      `data:image/png;base64,${png.toString('base64')}`,
    );
    await writeFile(path.join(folder, `${name}.webp`), Buffer.from(webp.slice(webp.indexOf(',') + 1), 'base64'));
  } finally {
    await blank.close();
  }
  console.log(`took ${name}.webp`);
}

endWithParent();
main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
