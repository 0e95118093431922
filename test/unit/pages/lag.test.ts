import assert from 'node:assert/strict';

import type { LagStateMessage, LagView } from '../../../src/protocol/lag.ts';
import { eventually } from '../../support/eventually.ts';
import { pageBytes } from './builtPages.ts';
import { everyKind, lagRow, lagStateMessage, lagView } from './lagSamples.ts';
import { type OpenedPage, usePages, type PageOptions } from './pageHarness.ts';
import { themes, type ThemeName } from './themes.ts';

describe('the page of the lag panel', function () {
  this.timeout(60_000);
  const pages = usePages();
  let opened: OpenedPage;

  const show = async (state: LagStateMessage, options: PageOptions = {}) => {
    opened = await pages.open('lag', { start: { scope: { kind: 'all' } }, ...options });
    await opened.send(state);
    await opened.page.waitForSelector(state.rows.length === 0 ? '.empty' : 'table.streams');
  };
  /** The arrangement the page sent last. */
  const arranged = () =>
    eventually(() => opened.sent.findLast(({ type }) => type === 'view')?.['view'] as LagView | undefined, {
      what: 'an arrangement',
    });
  /** The text of the columns of one row, what is only read aloud included. */
  const cells = (id: string) =>
    opened.page
      .locator(`tr:has(input[data-row="${id}"]) td`)
      .evaluateAll((all) => all.map((cell) => (cell.textContent ?? '').replaceAll(/\s+/g, ' ').trim()));
  const order = () =>
    opened.page.locator('input[data-row]').evaluateAll((all) => all.map((box) => box.getAttribute('data-row')));
  const said = () => opened.page.locator('[role=status]').textContent();

  for (const theme of Object.keys(themes) as ThemeName[]) {
    it(`shows streams of every kind in ${theme}, under the policy of the panels`, async () => {
      await show(lagStateMessage(), { theme });
      await opened.page.waitForSelector('lag-chart canvas');
      assert.equal(await opened.page.locator('tr.stream').count(), everyKind.length);
      // A theme may lack a colour of the charts.
      const strokes = await opened.page
        .locator('svg.swatch path')
        .evaluateAll((all) => all.map((path) => getComputedStyle(path).stroke));
      assert.ok(strokes.length > 1 && !strokes.includes('none'), strokes.join(', '));
    });
  }

  it('says lost where a slot is lost, a dash and why where a figure is unknown, and shows names as text', async () => {
    await show(lagStateMessage());
    assert.deepEqual((await cells('orders_sub')).slice(4, 10), ['0 B', '2 kB', '4 kB', '2.4 MB', '0.2 s', '1.2 MB/s']);
    const lost = await cells('audit');
    assert.equal(lost[1], 'Lost');
    assert.deepEqual([lost[6], lost[7], lost[8]], ['lost', 'lost', 'lost']);
    assert.equal(lost[4], '—Unknown: the slot is lost, so there is no distance any more.');
    assert.equal((await cells('events_sub'))[8], '≥ at least 42 s');
    assert.match((await cells('debezium'))[3] ?? '', /^<img src=x onerror=alert\(1\)> at/);
    assert.equal(await opened.page.locator('img').count(), 0);
    assert.ok(await opened.page.getByText('the WAL it needs was removed').isVisible());
    assert.ok(await opened.page.getByText('nobody reads it since 03:12:44 · ⚠ lost in ≈ 14 min').isVisible());
    assert.equal((await cells('debezium'))[7], '4.3 GB, 1.1 GB more may be written before the slot is lost');
  });

  it('sorts by any column, unknown figures last either way, and asks the panel to keep it so', async () => {
    await show(lagStateMessage());
    const unknown = ['audit', 'legacy_sub', 'mine'];
    assert.deepEqual(await order(), ['debezium', 'events_sub', 'orders_sub', 'reports_sub', ...unknown]);
    await opened.page.getByRole('button', { name: 'Behind' }).click();
    assert.deepEqual((await arranged()).sort, { column: 'secondsBehind', descending: false });
    assert.deepEqual(await order(), ['orders_sub', 'reports_sub', 'events_sub', 'debezium', ...unknown]);
    assert.equal(await opened.page.locator('th[aria-sort]').getAttribute('aria-sort'), 'ascending');
    await opened.page.getByRole('button', { name: 'State' }).click();
    assert.equal((await order())[0], 'audit');
  });

  it('puts rows into the chart and takes them out, by keyboard', async () => {
    await show(lagStateMessage());
    await opened.page.locator('input[data-row="debezium"]').focus();
    assert.equal(await opened.page.locator('input[data-row][tabindex="0"]').count(), 1);
    await opened.page.keyboard.press('Space');
    assert.deepEqual((await arranged()).selected, ['orders_sub', 'events_sub', 'reports_sub', 'debezium']);
    await opened.page.keyboard.press('ArrowDown');
    await opened.page.keyboard.press('Space');
    await eventually(async () => (await arranged()).selected?.join() === 'orders_sub,reports_sub,debezium', {
      what: 'one less',
    });
    await opened.page.keyboard.press('End');
    const focused = await opened.page.evaluate(() => document.activeElement?.getAttribute('data-row'));
    assert.equal(focused, 'mine');
  });

  it('keeps the focus while states arrive', async () => {
    await show(lagStateMessage());
    await opened.page.locator('input[data-row="debezium"]').focus();
    const turned = lagStateMessage({ view: { ...lagView, sort: { column: 'secondsBehind', descending: false } } });
    await opened.send(turned);
    await eventually(async () => (await order())[0] === 'orders_sub', { what: 'the new order' });
    assert.equal(await opened.page.evaluate(() => document.activeElement?.getAttribute('data-row')), 'debezium');
  });

  it('asks for another figure, range, table and pause, and keeps the arrangement', async () => {
    await show(lagStateMessage());
    await opened.page.getByLabel('Figure').selectOption('retainedBytes');
    await opened.page.getByLabel('15 min').check({ force: true });
    await opened.page.getByRole('button', { name: 'Pause' }).click();
    await opened.page.getByLabel('Table', { exact: true }).check({ force: true });
    await opened.page.waitForSelector('.twin');
    const view = await arranged();
    assert.deepEqual(view, { ...lagView, metric: 'retainedBytes', rangeSeconds: 900, paused: true, twin: 'table' });
    assert.deepEqual(await opened.kept(), { scope: { kind: 'all' }, view });
    assert.ok(await opened.page.getByRole('button', { name: 'Resume' }).isVisible());
  });

  it('draws a sample that stands alone, as from the slow beat of the Servers view', async () => {
    const colored = async (values: readonly (number | null)[]) => {
      const message = lagStateMessage({ rows: everyKind.slice(0, 1) });
      const series = [{ id: 'orders_sub', label: 'a → b', values }];
      await opened.send({ ...message, chart: { ...message.chart, times: [10, 11, 12, 13, 14], series } });
      return opened.page.locator('lag-chart canvas').evaluate(async (canvas: HTMLCanvasElement) => {
        await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
        const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        // The first line is blue.
        return Array.from({ length: data.length / 4 }, (_, at) => at * 4).filter(
          (at) => (data[at + 2] ?? 0) > 200 && (data[at] ?? 0) < 120 && (data[at + 3] ?? 0) > 200,
        ).length;
      });
    };
    await show(lagStateMessage({ rows: everyKind.slice(0, 1) }));
    assert.equal(await colored([null, null, null, null, null]), 0);
    assert.ok((await colored([null, null, 3, null, null])) > 5);
  });

  it('has the same values in the table twin, the gap included', async () => {
    const message = lagStateMessage({ view: { ...lagView, rangeSeconds: 60, twin: 'table' } });
    const chart = {
      ...message.chart,
      times: [10, 11, 12],
      series: [{ id: 'orders_sub', label: 'a → b', values: [4, null, 0.3] }],
    };
    await show({ ...message, chart });
    const values = await opened.page
      .locator('.twin tbody td')
      .evaluateAll((all) => all.map((cell) => (cell.textContent ?? '').trim()));
    assert.deepEqual(values, ['0.3 s', '—no sample', '4 s']);
  });

  it('has the chart above its table where both are shown, in the order of the switch', async () => {
    await show(lagStateMessage({ view: { ...lagView, twin: 'both' } }));
    await opened.page.waitForSelector('lag-chart canvas');
    const tops = await Promise.all(
      ['lag-chart', '.twin'].map(async (what) => (await opened.page.locator(what).boundingBox())?.y ?? NaN),
    );
    assert.ok((tops[0] ?? NaN) < (tops[1] ?? NaN), tops.join(', '));
    const names = await opened.page
      .locator('input[name=twin] + span')
      .evaluateAll((all) => all.map((one) => one.textContent));
    assert.deepEqual(names, ['Chart', 'Table', 'Both']);
  });

  it('has the newest values in the legend while nobody points at a moment', async () => {
    const message = lagStateMessage();
    const series = [{ id: 'orders_sub', label: 'a → b', values: [4, 90, 0.3] }];
    await show({ ...message, chart: { ...message.chart, times: [10, 11, 12], series } });
    const legend = opened.page.locator('.u-legend');
    await eventually(async () => (await legend.innerText()).includes('0.3 s'), { what: 'the newest value' });
    await opened.page.locator('lag-chart').focus();
    await opened.page.keyboard.press('Home');
    await eventually(async () => (await legend.innerText()).includes('4 s'), { what: 'the first value' });
  });

  it('says so where nothing is known of the figure in this time, and names no lines of a day before without any', async () => {
    const message = lagStateMessage({ view: { ...lagView, yesterday: true } });
    const values = message.chart.times.map(() => null);
    const series = [{ id: 'audit', label: 'shop-primary → audit', values, yesterday: values }];
    await show({ ...message, chart: { ...message.chart, series } });
    await opened.page.getByText('Seconds behind: nothing is known of this stream in this time.').waitFor();
    await opened.page.getByText('Nothing was sampled of these streams at this time a day before.').waitFor();
    const named = () =>
      opened.page.locator('.u-legend th').evaluateAll((all) => all.map((one) => (one.textContent ?? '').trim()));
    assert.deepEqual(await named(), ['Time', 'shop-primary → audit']);
    const known = values.map((_, index) => (index < 5 ? 3 : null));
    const again = [{ id: 'audit', label: 'shop-primary → audit', values, yesterday: known }];
    await opened.send({ ...message, chart: { ...message.chart, series: again } });
    await eventually(
      async () => (await named()).join() === 'Time,shop-primary → audit,shop-primary → audit, a day before',
      {
        what: 'the line of the day before',
      },
    );
  });

  it('shows every figure in a narrow group of editors, without scrolling sideways', async () => {
    await show(lagStateMessage({ view: { ...lagView, twin: 'both' } }), { width: 400 });
    const sideways = (what: string) =>
      opened.page.locator(what).evaluate((element) => element.scrollWidth - element.clientWidth);
    assert.deepEqual([await sideways('html'), await sideways('.streams-scroll')], [0, 0]);
    const figure = opened.page.locator('tr:has(input[data-row="orders_sub"]) td.number[data-name="Behind"]');
    await figure.scrollIntoViewIfNeeded();
    assert.ok(await figure.isVisible());
    assert.equal(await figure.innerText(), '0.2 s');
    await opened.page.getByRole('button', { name: 'State' }).click();
    await eventually(async () => (await order())[0] === 'audit', { what: 'the order by state' });
  });

  it('gives the table first to a screen reader', async () => {
    await show(lagStateMessage());
    await opened.page.evaluate(() => document.body.classList.add('vscode-using-screen-reader'));
    await opened.send(lagStateMessage());
    await opened.page.waitForSelector('.twin');
    const tableFirst = await opened.page.evaluate(() => {
      const [twin, chart] = [document.querySelector('.twin'), document.querySelector('lag-chart')];
      return !!twin && !!chart && (twin.compareDocumentPosition(chart) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
    });
    assert.ok(tableFirst);
  });

  it('reads aloud changes of state only', async () => {
    await show(lagStateMessage());
    await opened.send(lagStateMessage({ sampledAt: 1 }));
    assert.equal(await said(), '');
    const rows = everyKind.map((row) => (row.id === 'orders_sub' ? { ...row, state: 'stopped' as const } : row));
    await opened.send(lagStateMessage({ rows }));
    await eventually(async () => (await said()) === 'orders_sub: stopped', { what: 'the announcement' });
    assert.equal(await opened.page.locator('[aria-live]').count(), 1);
  });

  it('shows an end of a stream in the tree on request', async () => {
    await show(lagStateMessage({ rows: [lagRow('orders_sub')] }));
    await opened.page.locator('td:nth-child(4) button').click();
    const message = await eventually(() => opened.sent.find(({ type }) => type === 'reveal'), { what: 'reveal' });
    assert.deepEqual(message, { type: 'reveal', streamId: 'orders_sub', end: 'subscriber' });
  });

  it('says what there is while there is nothing, and stays quick with a thousand streams', async () => {
    await show(lagStateMessage({ rows: [], notices: ['legacy: connection refused'], sampledAt: null }));
    assert.ok(await opened.page.getByText('legacy: connection refused').isVisible());
    const many = Array.from({ length: 1000 }, (_, index) => lagRow(`stream_${index}`));
    await opened.send(lagStateMessage({ rows: many }));
    const table = opened.page.locator('table.streams');
    await eventually(async () => (await table.getAttribute('aria-rowcount')) === '1001', { what: 'all rows' });
    assert.ok((await opened.page.locator('tr.stream').count()) < 100, 'only the rows in view exist');
  });

  it('stays within the size of a page that shows', async () => {
    await show(lagStateMessage());
    const bytes = pageBytes(pages.built, 'lag');
    assert.ok(bytes <= 150 * 1024, `${bytes} bytes`);
  });
});
