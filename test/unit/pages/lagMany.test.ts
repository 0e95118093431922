import assert from 'node:assert/strict';

import type { LagChangesMessage, LagRow, LagStateMessage, LagView } from '../../../src/protocol/lag.ts';
import { seriousFindings } from '../../support/axe.ts';
import { eventually } from '../../support/eventually.ts';
import { everyKind, lagRow, lagStateMessage, lagView } from './lagSamples.ts';
import { type OpenedPage, usePages, type PageOptions } from './pageHarness.ts';
import { type ThemeName, themes } from './themes.ts';

/** Streams of ten servers; every seventh has a reason below it. */
function many(count = 300): readonly LagRow[] {
  return Array.from({ length: count }, (_, index) =>
    lagRow(`stream_${index}`, {
      publisher: { server: `pg${index % 10}`, object: `stream_${index}` },
      figures: { ...lagRow('').figures, secondsBehind: count - index },
      ...(index % 7 === 0 ? { state: 'inactive', stateText: 'inactive: nobody reads it since 03:12:44' } : {}),
    }),
  );
}

function changes(more: Partial<LagChangesMessage>): LagChangesMessage {
  return { type: 'changes', rows: [], gone: [], scopeText: 'all servers', notices: [], sampledAt: 1, ...more };
}

describe('the page of the lag panel with hundreds of streams', function () {
  this.timeout(60_000);
  const pages = usePages();
  let opened: OpenedPage;

  const show = async (state: LagStateMessage, options: PageOptions = {}) => {
    opened = await pages.open('lag', { start: { scope: { kind: 'all' } }, ...options });
    await opened.send(state);
    await opened.page.waitForSelector('table.streams');
  };
  const view = () => opened.sent.findLast(({ type }) => type === 'view')?.['view'] as LagView | undefined;
  const order = () =>
    opened.page.locator('input[data-row]').evaluateAll((all) => all.map((box) => box.getAttribute('data-row')));
  const focused = () => opened.page.evaluate(() => document.activeElement?.getAttribute('data-key') ?? null);
  const focusedIs = (key: string) => eventually(async () => (await focused()) === key, { what: `the focus on ${key}` });
  const exported = async (what: string) => {
    const message = await eventually(
      () => opened.sent.findLast((one) => one['type'] === 'export' && one['what'] === what),
      { what: `the export of ${what}` },
    );
    return { how: message['how'], lines: String(message['text']).trimEnd().split('\r\n') };
  };

  for (const theme of Object.keys(themes) as ThemeName[]) {
    it(`is accessible in ${theme}: few streams with chart and table, and hundreds by server`, async () => {
      const message = lagStateMessage();
      const marks = [{ at: message.chart.times[60] ?? 0, kind: 'restart', text: 'shop was started' }] as const;
      const chart = { ...message.chart, marks };
      await show({ ...message, chart, view: { ...lagView, twin: 'both', yesterday: true } }, { theme });
      await opened.page.waitForSelector('lag-chart canvas');
      assert.deepEqual(await seriousFindings(opened.page), []);
      await opened.send(
        lagStateMessage({ rows: [...everyKind, ...many()], view: { ...lagView, grouped: true, paused: true } }),
      );
      await opened.page.waitForSelector('.many tr.group');
      assert.deepEqual(await seriousFindings(opened.page), []);
    });
  }

  it('has only the rows in view, each with its place among all', async () => {
    await show(lagStateMessage({ rows: many() }));
    assert.ok((await opened.page.locator('tr.stream').count()) < 100);
    // Every seventh has a line for its reason; and there is the header.
    assert.equal(await opened.page.locator('table.streams').getAttribute('aria-rowcount'), String(300 + 43 + 1));
    assert.equal(await opened.page.locator('tr:has([data-row="stream_1"])').getAttribute('aria-rowindex'), '4');
    await opened.page.locator('.streams-scroll').evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
    await opened.page.locator('[data-row="stream_299"]').waitFor();
    assert.equal(await opened.page.locator('[data-row="stream_0"]').count(), 0);
  });

  it('shows who each stream is, also beside a side bar', async () => {
    await show(lagStateMessage({ rows: many() }), { width: 1050 });
    const shown = await opened.page.locator('tr:has([data-row="stream_0"]) td.end').evaluateAll((cells) =>
      cells.map((cell) => {
        const [own, name] = [cell.getBoundingClientRect(), cell.querySelector('button')?.getBoundingClientRect()];
        return name !== undefined && name.width > 50 && name.right <= own.right + 1;
      }),
    );
    assert.deepEqual(shown, [true, true]);
  });

  it('is walked through by keyboard beyond what is in view; Enter shows a stream, Space chooses it', async () => {
    await show(lagStateMessage({ rows: many() }));
    await opened.page.locator('[data-row="stream_0"]').focus();
    await opened.page.keyboard.press('End');
    await focusedIs('stream_299');
    const row = opened.page.locator('[data-row="stream_299"]');
    await eventually(
      () =>
        row.evaluate((box) => {
          const [own, around] = [box.getBoundingClientRect(), box.closest('.streams-scroll')?.getBoundingClientRect()];
          return around !== undefined && own.top >= around.top && own.bottom <= around.bottom;
        }),
      { what: 'the last row in view' },
    );
    await opened.page.keyboard.press('Enter');
    const reveal = await eventually(() => opened.sent.find(({ type }) => type === 'reveal'), { what: 'reveal' });
    assert.deepEqual(reveal, { type: 'reveal', streamId: 'stream_299', end: 'subscriber' });
    await opened.page.keyboard.press('Space');
    await eventually(() => view()?.selected?.includes('stream_299'), { what: 'the choice' });
    await opened.page.keyboard.press('PageUp');
    await focusedIs('stream_289');
    await opened.page.keyboard.press('Home');
    await focusedIs('stream_0');
  });

  it('takes changes, and touches no row that is as it was', async () => {
    await show(lagStateMessage({ rows: many() }));
    await opened.page.evaluate(() => {
      const touched: string[] = [];
      const row = document.querySelector('tr:has([data-row="stream_2"])');
      new MutationObserver(() => touched.push('stream_2')).observe(row ?? document, {
        subtree: true,
        childList: true,
        characterData: true,
        attributes: true,
      });
      Object.assign(window, { touched });
    });
    const figures = { ...lagRow('').figures, secondsBehind: 299.5, retainedBytes: 1024 };
    await opened.send(changes({ rows: [{ id: 'stream_1', figures }], gone: ['stream_5'] }));
    const cell = opened.page.locator('tr:has([data-row="stream_1"]) td').nth(7);
    await eventually(async () => (await cell.textContent())?.trim() === '1 kB', { what: 'the new figure' });
    assert.equal(await opened.page.locator('[data-row="stream_5"]').count(), 0);
    assert.deepEqual(await opened.page.evaluate(() => (window as unknown as { touched: string[] }).touched), []);
    await opened.send(changes({ rows: [lagRow('new_one', { figures: { ...figures, secondsBehind: 9999 } })] }));
    await eventually(async () => (await order())[0] === 'new_one', { what: 'the new stream' });
  });

  it('shows what has all words of the filter, keeps what is typed, and says where nothing has', async () => {
    await show(lagStateMessage({ rows: [...everyKind, ...many()] }));
    await opened.page.getByRole('searchbox').pressSequentially('warehouse CATCHING');
    // The page's own arrangement stands, whatever arrives meanwhile.
    await opened.send(changes({ sampledAt: 2 }));
    await eventually(() => view()?.filter === 'warehouse CATCHING', { what: 'the filter' });
    await eventually(async () => (await order()).join() === 'events_sub', { what: 'the one that fits' });
    assert.ok(await opened.page.getByText('1 of 307 shown').isVisible());
    await opened.page.getByRole('searchbox').fill('nowhere');
    await opened.page.getByText('No stream has all of these words').waitFor();
    assert.equal(await opened.page.getByRole('searchbox').inputValue(), 'nowhere');
  });

  it('groups streams by server, and folds them away', async () => {
    await show(lagStateMessage({ rows: many(20) }));
    await opened.page.getByLabel('Group by server').check();
    await eventually(async () => (await opened.page.locator('tr.group').count()) === 10, { what: 'ten groups' });
    assert.deepEqual((await order()).slice(0, 4), ['stream_0', 'stream_10', 'stream_1', 'stream_11']);
    const group = opened.page.getByRole('button', { name: 'pg0' });
    await group.focus();
    await opened.page.keyboard.press('ArrowLeft');
    await eventually(async () => (await order())[0] === 'stream_1', { what: 'the first group folded' });
    assert.equal(await group.getAttribute('aria-expanded'), 'false');
    await opened.page.keyboard.press('ArrowDown');
    await focusedIs('group:pg1');
    await opened.page.keyboard.press('ArrowUp');
    await opened.page.keyboard.press('Enter');
    await eventually(async () => (await order())[0] === 'stream_0', { what: 'the group unfolded' });
  });

  it('copies and exports what is shown', async () => {
    const message = lagStateMessage({ view: { ...lagView, filter: 'subscriber' } });
    const chart = {
      ...message.chart,
      times: [10, 12],
      series: [{ id: 'a', label: '=a, b', values: [4, null], yesterday: [null, 0.5] }],
    };
    await show({ ...message, chart, rows: [lagRow('subscriber_1'), lagRow('other')] });
    await opened.page.getByRole('button', { name: 'Copy streams as CSV' }).click();
    const streams = await exported('streams');
    assert.equal(streams.how, 'copy');
    assert.equal(streams.lines.length, 2);
    assert.match(
      streams.lines[1] ?? '',
      /^Streaming,,shop-primary,subscriber_1,warehouse,subscriber_1,subscriber_1,0,2048,/,
    );
    await opened.page.getByRole('button', { name: 'Export values over time as CSV' }).click();
    assert.deepEqual(await exported('figures'), {
      how: 'save',
      lines: [
        'time,"secondsBehind =a, b","secondsBehind =a, b, a day before"',
        '1970-01-01T00:00:10.000Z,4,',
        '1970-01-01T00:00:12.000Z,,0.5',
      ],
    });
  });

  it('says that more streams were chosen than are drawn, and goes back to the worst', async () => {
    const message = lagStateMessage({ view: { ...lagView, selected: everyKind.map(({ id }) => id) } });
    await show({ ...message, chart: { ...message.chart, leftOut: 4 } });
    await opened.page.getByText('The first 3 of 7 checked streams are in the chart').waitFor();
    assert.equal(await opened.page.locator('input[data-row]:checked').count(), 7);
    assert.equal(await opened.page.locator('svg.swatch path').count(), 3);
    await opened.page.getByRole('button', { name: 'Show the Worst' }).click();
    await eventually(() => view()?.selected === null, { what: 'the choice of the panel' });
  });

  it('zooms by a drag and by keyboard, says so, and resets', async () => {
    await show(lagStateMessage());
    const chart = opened.page.locator('lag-chart');
    const over = await opened.page.locator('lag-chart .u-over').boundingBox();
    assert.ok(over);
    await opened.page.mouse.move(over.x + over.width * 0.25, over.y + 40);
    await opened.page.mouse.down();
    await opened.page.mouse.move(over.x + over.width * 0.5, over.y + 60, { steps: 4 });
    await opened.page.mouse.up();
    const zoom = await eventually(() => view()?.zoom ?? undefined, { what: 'the zoom' });
    const span = zoom.to - zoom.from;
    assert.ok(span > 60 && span < 90, `${span} s of 300`);
    await opened.page.getByRole('button', { name: 'Reset Zoom' }).click();
    await eventually(() => view()?.zoom === null, { what: 'no zoom' });
    await chart.focus();
    await opened.page.keyboard.press('+');
    await eventually(() => view()?.zoom, { what: 'the zoom by keyboard' });
    await opened.page.keyboard.press('0');
    await eventually(() => view()?.zoom === null, { what: 'no zoom by keyboard' });
  });

  it('links the moment of the chart with its table, and says it to a screen reader', async () => {
    await show(lagStateMessage({ view: { ...lagView, twin: 'both' } }));
    const chart = opened.page.locator('lag-chart');
    await opened.page.waitForSelector('lag-chart canvas');
    await chart.focus();
    await opened.page.keyboard.press('Home');
    await opened.page.waitForSelector('.twin tr.near[data-from="0"]');
    assert.match((await chart.getAttribute('aria-valuetext')) ?? '', /: shop-primary → orders_sub [\d.]+ s, /);
    const cursor = () => opened.page.locator('.u-cursor-x').evaluate((line) => line.getBoundingClientRect().x);
    const before = await cursor();
    await opened.page.locator('.twin tr[data-from="295"]').hover();
    await eventually(async () => (await cursor()) > before + 100, { what: 'the cursor at the later moment' });
  });

  it('marks what happened, and lists it', async () => {
    const message = lagStateMessage();
    const at = message.chart.times[100] ?? 0;
    const marks = [{ at, kind: 'plan', text: '<b>Disable</b> subscription orders_sub' }] as const;
    await show({ ...message, chart: { ...message.chart, marks } });
    const item = opened.page.locator('.marks li');
    assert.match((await item.textContent()) ?? '', /<b>Disable<\/b> subscription orders_sub/);
    await item.hover();
    await eventually(
      async () => (await opened.page.locator('.u-cursor-x').evaluate((line) => line.getBoundingClientRect().x)) > 100,
      { what: 'the cursor at the mark' },
    );
  });
});
