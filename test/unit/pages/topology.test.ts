import assert from 'node:assert/strict';

import type { TopologyView } from '../../../src/protocol/topology.ts';
import { seriousFindings } from '../../support/axe.ts';
import { eventually } from '../../support/eventually.ts';
import { large, messagesOf, serversOf, shop, topologyOf } from '../topology/world.ts';
import { type OpenedPage, usePages, type PageOptions } from './pageHarness.ts';
import { type ThemeName, themes } from './themes.ts';

describe('the page of the topology panel', function () {
  this.timeout(60_000);
  const pages = usePages();
  let opened: OpenedPage;

  const pair = () => messagesOf(topologyOf(serversOf(['shop', 'warehouse'], [['shop', 'warehouse', 'orders_sub']])));
  const show = async (messages = pair(), options: PageOptions = {}) => {
    opened = await pages.open('topology', { start: { scope: { kind: 'all' } }, ...options });
    await opened.send(messages.graph);
    await opened.send(messages.live);
    await opened.page.waitForSelector('svg.drawing, table.streams, .empty');
  };
  const focused = () => opened.page.evaluate(() => document.activeElement?.getAttribute('data-item') ?? null);
  const item = (id: string) => opened.page.locator(`[data-item=${JSON.stringify(id)}]`);
  const keptView = async () => ((await opened.kept()) as { readonly view: TopologyView }).view;
  const sent = (type: string) =>
    eventually(() => opened.sent.findLast((message) => message['type'] === type), { what: type });

  for (const theme of Object.keys(themes) as ThemeName[]) {
    it(`is accessible in ${theme}, as drawing with details and as tables`, async () => {
      await show(messagesOf(topologyOf(shop())), { theme });
      await item('slot:shop:forgotten').focus();
      await opened.page.keyboard.press('Enter');
      await opened.page.getByRole('heading', { name: 'forgotten' }).waitFor();
      assert.deepEqual(await seriousFindings(opened.page), []);
      await opened.page.getByRole('radio', { name: 'Table' }).check();
      await opened.page.waitForSelector('table.streams');
      assert.deepEqual(await seriousFindings(opened.page), []);
    });
  }

  it('is reached and operated by keyboard alone', async () => {
    await show();
    await opened.page.getByRole('searchbox', { name: 'Filter' }).focus();
    // One stop of the Tab key for all that is drawn.
    for (let steps = 0; steps < 20 && (await focused()) === null; steps += 1) await opened.page.keyboard.press('Tab');
    assert.equal(await focused(), 'server:shop');
    await opened.page.keyboard.press('ArrowRight');
    assert.equal(await focused(), 'slot:shop:orders_sub');
    await opened.page.keyboard.press('ArrowRight');
    assert.equal(await focused(), 'server:warehouse');
    await opened.page.keyboard.press('ArrowLeft');
    await opened.page.keyboard.press('Enter');
    await opened.page.waitForFunction(() => document.activeElement?.id === 'details-heading');
    await opened.page.keyboard.press('Tab');
    await opened.page.keyboard.press('Enter');
    assert.deepEqual(await sent('reveal'), { type: 'reveal', kind: 'slot', connectionId: 'shop', name: 'orders_sub' });
    await opened.page.keyboard.press('Tab');
    await opened.page.keyboard.press('Tab');
    await opened.page.keyboard.press('Enter');
    assert.deepEqual(await sent('lag'), { type: 'lag', streamId: 'slot:shop:orders_sub' });
    await opened.page.keyboard.press('Escape');
    await opened.page.waitForFunction(
      () => document.activeElement?.getAttribute('data-item') === 'slot:shop:orders_sub',
    );
    assert.equal(await opened.page.locator('.details').count(), 0);
  });

  it('shows new figures without a new layout, and without scrolling or taking the focus', async () => {
    const messages = messagesOf(topologyOf(large()));
    await show(messages);
    const places = () =>
      opened.page.locator('.node').evaluateAll((all) => all.map((node) => node.getAttribute('transform')));
    const scroll = () => opened.page.locator('.canvas').evaluate((canvas) => [canvas.scrollLeft, canvas.scrollTop]);
    await opened.page.locator('.canvas').evaluate((canvas) => canvas.scrollTo(200, 700));
    await item('server:server-20').evaluate((node) => (node as unknown as SVGElement).focus({ preventScroll: true }));
    const before = [await places(), await scroll()];
    const streams = Object.fromEntries(
      Object.entries(messages.live.streams).map(([id, one]) => [
        id,
        { ...one, state: 'lost' as const, stateText: 'lost' },
      ]),
    );
    await opened.send({ ...messages.live, streams });
    await opened.page.getByText('300 lost').waitFor();
    assert.deepEqual([await places(), await scroll()], before);
    assert.equal(await focused(), 'server:server-20');
    assert.equal(await opened.page.locator('[role=status]').textContent(), '300 streams changed their state');
  });

  it('keeps what one looks at in its place when servers come', async () => {
    const world = (first: number) => {
      const names = Array.from({ length: 40 - first }, (_, index) => `b${first + index}`);
      return messagesOf(
        topologyOf(
          serversOf(
            ['a', ...names],
            names.map((name) => ['a', name, `to_${name}`] as const),
          ),
        ),
      );
    };
    await show(world(10));
    await opened.page.locator('.canvas').evaluate((canvas) => canvas.scrollTo(0, 1000));
    await item('server:b22').evaluate((node) => (node as unknown as SVGElement).focus({ preventScroll: true }));
    const top = async () => (await item('server:b22').boundingBox())?.y ?? NaN;
    const [before, place] = [await top(), await item('server:b22').getAttribute('transform')];
    await opened.send(world(5).graph);
    await item('server:b5').waitFor({ state: 'attached' });
    const after = await top();
    assert.notEqual(await item('server:b22').getAttribute('transform'), place);
    assert.ok(Math.abs(after - before) <= 2, `${before} → ${after}`);
    assert.equal(await focused(), 'server:b22');
  });

  it('filters the drawing, and keeps the filter, the zoom and what is chosen', async () => {
    const messages = messagesOf(topologyOf(shop()));
    await show(messages);
    await opened.page.getByRole('searchbox', { name: 'Filter' }).fill('archive_sub');
    await eventually(async () => (await opened.page.locator('.node').count()) === 2, { what: 'two boxes' });
    await opened.page.getByRole('button', { name: 'Zoom in' }).click();
    await item('server:archive').click();
    const view = await keptView();
    assert.deepEqual(
      [view.filter, view.zoom, view.selected, view.twin],
      ['archive_sub', 1.25, 'server:archive', 'graph'],
    );
    const kept = await opened.kept();
    await opened.close();
    await show(messages, { kept });
    assert.equal(await opened.page.locator('.node').count(), 2);
    assert.ok(await opened.page.getByRole('heading', { name: 'archive' }).isVisible());
    await opened.page.getByRole('searchbox', { name: 'Filter' }).fill('no such thing');
    await opened.page.getByText('Nothing fits “no such thing”.').waitFor();
  });

  it('shows a new drawing whole where it can be read, and as the person zooms from then on', async () => {
    await show(messagesOf(topologyOf(shop())), { width: 1000, height: 700 });
    const canvas = opened.page.locator('.canvas');
    const drawn = () => opened.page.locator('svg.drawing').evaluate((svg) => svg.clientWidth);
    const zoom = async () => (await keptView()).zoom;
    assert.equal(await zoom(), null);
    const unasked = await drawn();
    await opened.page.getByRole('button', { name: 'Fit to the panel' }).click();
    const room = await canvas.evaluate((element) => element.clientWidth);
    await eventually(async () => (await drawn()) <= room, { what: 'the whole drawing' });
    assert.ok((await drawn()) < unasked);
    // Around the pointer: what is under it stays there.
    const box = await item('server:warehouse').boundingBox();
    assert.ok(box);
    const middle = [box.x + box.width / 2, box.y + box.height / 2] as const;
    await opened.page.mouse.move(...middle);
    await opened.page.keyboard.down('Control');
    await opened.page.mouse.wheel(0, -100);
    await opened.page.mouse.wheel(0, -100);
    await opened.page.keyboard.up('Control');
    const larger = await eventually(async () => (await zoom()) ?? undefined, { what: 'a zoom' });
    assert.ok(larger > 0.3 && larger <= 4, String(larger));
    // By keyboard too, and back to all of it.
    await item('server:shop').evaluate((node) => (node as unknown as SVGElement).focus({ preventScroll: true }));
    await opened.page.keyboard.press('+');
    await eventually(async () => ((await zoom()) ?? 0) > larger, { what: 'the zoom by keyboard' });
    await opened.page.keyboard.press('0');
    await eventually(async () => (await zoom()) === null, { what: 'all of it again' });
  });

  it('is moved by dragging its ground', async () => {
    await show(messagesOf(topologyOf(large())));
    const canvas = opened.page.locator('.canvas');
    const scroll = () => canvas.evaluate((element) => [element.scrollLeft, element.scrollTop]);
    assert.deepEqual(await scroll(), [0, 0]);
    const frame = await canvas.boundingBox();
    assert.ok(frame);
    // Left of the first box.
    const [x, y] = [frame.x + 6, frame.y + frame.height - 30];
    await opened.page.mouse.move(x, y);
    await opened.page.mouse.down();
    await opened.page.mouse.move(x - 5, y - 120, { steps: 3 });
    await opened.page.mouse.up();
    await eventually(async () => (await scroll()).join() === '5,120', { what: 'the drawing moved' });
    await opened.page.mouse.move(x - 5, y - 300);
    assert.deepEqual(await scroll(), [5, 120]);
    assert.equal((await keptView()).selected, null);
  });

  it('has the drawing in view and nothing wider than a narrow group of editors', async () => {
    await show(messagesOf(topologyOf(shop())), { width: 400, height: 900 });
    const sideways = await opened.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(sideways, 0);
    const frame = await opened.page.locator('.canvas').boundingBox();
    assert.ok(frame && frame.height >= 320 && frame.y < 400, JSON.stringify(frame));
  });

  it('has the same in two tables, and for who hears the page these first', async () => {
    const messages = messagesOf(topologyOf(shop()));
    await show(messages);
    await opened.page.getByRole('radio', { name: 'Table' }).check();
    const rows = await opened.page.locator('table.streams tbody tr').count();
    assert.equal(rows, messages.graph.topology.edges.length);
    assert.equal(await opened.page.locator('table.servers tbody tr').count(), messages.graph.topology.nodes.length);
    const row = opened.page.locator('table.streams tr', { hasText: 'forgotten' });
    assert.match(
      (await row.innerText()).replaceAll(/\s+/g, ' '),
      /forgotten .* Nobody .* Nobody reads slot forgotten on shop/,
    );
    await row.getByRole('button').click();
    await opened.page.getByRole('heading', { name: 'forgotten' }).waitFor();
  });

  it('shows hostile names as text', async () => {
    const hostile = '<img src=x onerror=alert(1)>"\'&';
    await show(messagesOf(topologyOf(serversOf([hostile, 'b'], [[hostile, 'b', hostile]]))));
    assert.equal(await opened.page.locator('img').count(), 0);
    assert.match((await opened.page.locator('.node').first().textContent()) ?? '', /<img src=x/);
    assert.match((await opened.page.locator('.edge').first().getAttribute('aria-label')) ?? '', /<img src=x/);
  });

  it('writes what is shown as SVG and as Mermaid, for a file or the clipboard', async () => {
    await show();
    await opened.page.getByRole('button', { name: 'Save as SVG…' }).click();
    const saved = await sent('export');
    assert.deepEqual([saved['format'], saved['how']], ['svg', 'save']);
    assert.match(String(saved['text']), /^<\?xml .*<title id="title">Replication topology: all servers<\/title>/s);
    await opened.page.getByRole('button', { name: 'Copy Mermaid' }).click();
    const copied = await eventually(() => opened.sent.find((one) => one['format'] === 'mermaid'));
    assert.equal(copied['how'], 'copy');
    assert.match(String(copied['text']), /^flowchart LR\n {2}n0\["shop<br\/>shop\.example\.org:5432/);
    // The file is a drawing to a browser too, whatever draws it elsewhere.
    const blank = await opened.page.context().newPage();
    const parsed = await blank.evaluate((text) => {
      const svg = new DOMParser().parseFromString(text, 'image/svg+xml');
      return [
        svg.documentElement.nodeName,
        svg.querySelectorAll('parsererror').length,
        svg.querySelectorAll('g').length,
      ];
    }, String(saved['text']));
    await blank.close();
    assert.deepEqual(parsed, ['svg', 0, 3]);
  });

  it('says what stands out, and leads to it', async () => {
    await show(messagesOf(topologyOf(shop())));
    const remarks = opened.page.getByRole('region', { name: '1 remark' });
    assert.match(await remarks.innerText(), /Nobody reads slot forgotten on shop/);
    await remarks.getByRole('button', { name: 'Show' }).click();
    await opened.page.waitForFunction(() => document.activeElement?.id === 'details-heading');
    assert.equal((await keptView()).selected, 'slot:shop:forgotten');
  });

  it('says so where nothing was read yet, and what failed', async () => {
    await show({ graph: { ...pair().graph, topology: { nodes: [], edges: [], remarks: [] } }, live: pair().live });
    assert.ok(await opened.page.getByText('No server has been read yet').isVisible());
    await opened.send({ type: 'failed', error: { kind: 'unknown', message: 'The disk is full.' } });
    await opened.page.getByRole('alert').waitFor();
  });
});
