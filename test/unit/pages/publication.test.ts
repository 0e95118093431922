import assert from 'node:assert/strict';

import type { PublicationDraft, PublicationReview } from '../../../src/protocol/publication.ts';
import { eventually } from '../../support/eventually.ts';
import { type OpenedPage, usePages } from './pageHarness.ts';
import { emptyDraft, emptyReview, orderDetails, publicationModel } from './samples.ts';
import { type ThemeName, themes } from './themes.ts';

const start = { connectionId: 'shop' };
const draft: PublicationDraft = {
  ...emptyDraft,
  name: 'orders_pub',
  tables: [{ schema: 'public', name: 'orders', columns: null, filter: null }],
};

describe('the Publication page', function () {
  this.timeout(60_000);
  const pages = usePages();
  let opened: OpenedPage;

  /** Opens the page, and plays a panel that knows 10,000 tables. */
  async function open(first = draft, theme: ThemeName = 'dark'): Promise<void> {
    opened = await pages.open('publication', { theme, start });
    await opened.send(publicationModel(10_000, first));
    await opened.page.locator('#name').waitFor();
  }
  const last = (type: string) => opened.sent.filter((message) => message['type'] === type).at(-1);
  const sent = (type: string, count = 1) =>
    eventually(() => opened.sent.filter((message) => message['type'] === type).length >= count && last(type), {
      what: `message ${type}`,
    });
  /** The draft the page sent last, once it fits. */
  const draftWhere = (fits: (draft: PublicationDraft) => boolean) =>
    eventually(async () => {
      const message = last('draft');
      if (!message) return null;
      const sentDraft = message['draft'] as PublicationDraft;
      if (fits(sentDraft)) return sentDraft;
      await review([]);
      return null;
    });
  const review = (problems: readonly object[], sql = 'CREATE PUBLICATION …', more: Partial<PublicationReview> = {}) =>
    opened.send({ ...emptyReview, sequence: last('draft')?.['sequence'], sql, problems, ...more });
  /** Answers drafts until the page shows the answer to the last one. */
  const reviewed = (problems: readonly object[], sql: string, more: Partial<PublicationReview> = {}) =>
    eventually(async () => {
      await review(problems, sql, more);
      return (await opened.page.locator('.sql-text').textContent()) === sql;
    });

  async function typeAtEnd(text: string): Promise<void> {
    await opened.page.locator('#name input').focus();
    await opened.page.keyboard.press('End');
    await opened.page.keyboard.type(text);
  }

  for (const theme of Object.keys(themes) as ThemeName[]) {
    it(`keeps to the policy and shows hostile names as text (${theme})`, async () => {
      await open(draft, theme);
      await opened.send({ type: 'details', details: [orderDetails] });
      await reviewed([], "SELECT '<img src=x onerror=alert(1)>'");
      const { page } = opened;
      await page.getByText('public."<img src=x onerror=alert(1)>"').first().waitFor();
      assert.equal(await page.locator('img').count(), 0);
      const button = page.locator('vscode-button#create');
      const [background, color] = await button.evaluate((element) => {
        const style = getComputedStyle(element);
        return [style.backgroundColor, style.color];
      });
      assert.notEqual(background, color);
    });
  }

  it('renders only the rows in view of 10,000, each with its position and the size of the whole', async () => {
    await open();
    const { page } = opened;
    const rows = page.getByRole('option');
    assert.ok((await rows.count()) < 100);
    await rows.first().focus();
    await page.keyboard.press('End');
    await eventually(
      async () => (await page.evaluate(() => document.activeElement?.getAttribute('aria-posinset'))) === '10000',
    );
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-setsize')), '10000');
    await page.keyboard.press('Space');
    const chosen = await draftWhere(({ tables }) => tables.length === 2);
    assert.equal(chosen.tables[1]?.name, 'measurement_09999');
  });

  it('searches, chooses what was found, and clears', async () => {
    await open(emptyDraft);
    const { page } = opened;
    await page.getByRole('textbox', { name: 'Search tables' }).fill('measurement_0123');
    await page.getByText('Choose these 10', { exact: true }).click();
    await draftWhere(({ tables }) => tables.length === 10);
    await page.getByText('Clear', { exact: true }).click();
    await draftWhere(({ tables }) => tables.length === 0);
  });

  it('is worked by the keyboard alone: name, table, columns, filter, Escape back to the row', async () => {
    await open(emptyDraft);
    const { page } = opened;
    await eventually(async () => (await page.evaluate(() => document.activeElement?.id)) === 'name', {
      what: 'focus on the name',
    });
    await page.keyboard.type('eu_orders');
    await tabTo((element) => element.getAttribute('role') === 'option');
    await page.keyboard.press('Space');
    await page.keyboard.press('Enter');
    await eventually(async () => (await page.evaluate(() => document.activeElement?.id)) === 'editor-title');
    await sent('describe');
    await opened.send({ type: 'details', details: [orderDetails] });
    await tabTo((element) => element.textContent?.includes('All columns') ?? false);
    await page.keyboard.press('Space');
    await draftWhere(({ tables }) => tables[0]?.columns?.length === 5);
    await tabTo((element) => element.id === 'filter');
    await page.keyboard.type('amount > 0');
    const typed = await draftWhere(({ tables }) => tables[0]?.filter === 'amount > 0');
    assert.equal(typed.name, 'eu_orders');
    // Generated columns aren't part of "all columns".
    assert.deepEqual(typed.tables[0]?.columns, ['id', 'customer_id', 'region', 'amount', 'created_at']);
    await page.keyboard.press('Escape');
    await eventually(
      async () => (await page.evaluate(() => document.activeElement?.getAttribute('role'))) === 'option',
    );
    await tabTo((element) => element.id === 'create');
  });

  async function tabTo(reached: (element: Element) => boolean): Promise<void> {
    const { page } = opened;
    const test = `(${reached.toString()})`;
    for (let presses = 0; presses < 60; presses++) {
      if (await page.evaluate(`Boolean(document.activeElement && ${test}(document.activeElement))`)) return;
      await page.keyboard.press('Tab');
    }
    assert.fail('Tab never came there');
  }

  it('sends one draft at a time and drops stale answers', async () => {
    await open();
    const { page } = opened;
    await sent('draft');
    const { sequence } = last('draft') as { sequence: number };
    await typeAtEnd('_abc');
    await opened.send({ ...emptyReview, sequence, sql: 'STALE' });
    await draftWhere(({ name }) => name === 'orders_pub_abc');
    assert.equal(await page.getByText('STALE').count(), 0);
    await reviewed([], 'FRESH');
  });

  it('puts a refusal next to what caused it, moves the focus there, and keeps what was typed', async () => {
    await open();
    const { page } = opened;
    await sent('draft');
    await reviewed([], 'READY');
    await page.locator('#create').click();
    await sent('create');
    const message = 'There is a publication orders_pub on shop-primary already.';
    await opened.send({
      type: 'refused',
      field: 'name',
      object: null,
      done: [],
      error: {
        kind: 'duplicate',
        message,
        server: { code: '42710', message: 'publication "orders_pub" already exists' },
      },
    });
    await eventually(async () => (await page.evaluate(() => document.activeElement?.id)) === 'name');
    const described = await page.evaluate(() => {
      const input = document.querySelector('#name')?.shadowRoot?.querySelector('input');
      return {
        invalid: input?.getAttribute('aria-invalid'),
        text: (input?.ariaDescribedByElements ?? []).map((element) => element.textContent).join(' '),
      };
    });
    assert.equal(described.invalid, 'true');
    assert.ok(described.text.includes(message), described.text);
    assert.ok((await page.getByRole('status').textContent())?.includes(message));
    assert.equal(await page.locator('#name').evaluate((field: HTMLInputElement) => field.value), 'orders_pub');
    await page.getByText('What the server said').click();
    await page.getByText('publication "orders_pub" already exists').waitFor();
  });

  it('does not create while something is wrong, and says what', async () => {
    await open();
    const { page } = opened;
    await sent('draft');
    await reviewed(
      [{ severity: 'error', message: 'public.orders lacks a column.', field: 'columns', object: 'public.orders' }],
      'WRONG',
    );
    await page.locator('#create').click();
    await page.locator('#editor-title').waitFor();
    assert.equal(last('create'), undefined);
  });

  it('offers only what the server has, and says why not otherwise', async () => {
    opened = await pages.open('publication', { start });
    const model = publicationModel(20, emptyDraft);
    const missing = { can: false, because: 'version', reason: 'Since later.' } as const;
    await opened.send({
      ...model,
      capabilities: {
        ...model.capabilities,
        'publication.truncate': missing,
        'publication.viaRoot': missing,
        'publication.generatedColumns': missing,
        'publication.schemas': missing,
      },
    });
    const { page } = opened;
    await page.locator('#name').waitFor();
    assert.equal(await page.locator('#operation-truncate').count(), 0);
    assert.equal(await page.locator('#via-root').count(), 0);
    assert.equal(await page.locator('#generated-columns').count(), 0);
    assert.equal(await page.locator('#schemas').count(), 0);
    await page.getByText('Only a superuser may publish all tables; ada isn’t one.').waitFor();
    assert.equal(
      await page.getByRole('radio', { name: 'All tables of the database' }).getAttribute('aria-disabled'),
      'true',
    );
  });

  it('comes back with its draft after it was hidden', async () => {
    await open();
    await sent('draft');
    await typeAtEnd('_kept');
    await draftWhere(({ name }) => name === 'orders_pub_kept');
    const kept = await opened.kept();
    await opened.close();
    opened = await pages.open('publication', { start, kept });
    await opened.send(publicationModel(20, emptyDraft));
    await opened.page.locator('#name').waitFor();
    const again = await draftWhere(({ name }) => name !== '');
    assert.deepEqual(again, { ...draft, name: 'orders_pub_kept' });
  });
});
