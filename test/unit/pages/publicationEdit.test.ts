import assert from 'node:assert/strict';

import type {
  EditedPublication,
  PublicationDraft,
  PublicationKept,
  PublicationReview,
} from '../../../src/protocol/publication.ts';
import type { MemberVerdict } from '../../../src/replication/model/reads.ts';
import { eventually } from '../../support/eventually.ts';
import { type OpenedPage, usePages } from './pageHarness.ts';
import { emptyDraft, emptyReview, orderDetails, publicationModel } from './samples.ts';
import type { ThemeName } from './themes.ts';

const start = { connectionId: 'shop', publication: 'orders_pub' };
const asItIs: PublicationDraft = {
  ...emptyDraft,
  name: 'orders_pub',
  tables: [
    { schema: 'public', name: 'orders', columns: null, filter: '(amount > 0)' },
    { schema: 'public', name: 'customers', columns: null, filter: null },
  ],
};
const reader = {
  connectionId: 'warehouse',
  serverName: 'warehouse',
  subscription: 'orders_sub',
  production: true,
  readOnly: false,
} as const;
const unchanged: EditedPublication = { publication: 'orders_pub', present: asItIs, byUs: false, readers: [reader] };
const nothing = { nothing: true, hint: 'Nothing to change: the publication is what this form says.' } as const;
const verdict: MemberVerdict = {
  schema: 'public',
  name: 'orders',
  error: null,
  filterColumns: ['amount'],
  identityProblem: null,
};

describe('the Publication page that edits', function () {
  this.timeout(60_000);
  const pages = usePages();
  let opened: OpenedPage;

  async function open(edit = unchanged, kept?: PublicationKept, theme: ThemeName = 'dark'): Promise<void> {
    opened = await pages.open('publication', { start, theme, ...(kept ? { kept } : {}) });
    await model(edit);
    await opened.page.locator('#name').waitFor();
  }
  const model = (edit: EditedPublication) => opened.send({ ...publicationModel(20, edit.present ?? asItIs), edit });
  const last = (type: string) => opened.sent.filter((message) => message['type'] === type).at(-1);
  const lastDraft = () => last('draft')?.['draft'] as PublicationDraft | undefined;
  const review = (more: Partial<PublicationReview>) =>
    opened.send({ ...emptyReview, sequence: last('draft')?.['sequence'], ...more });
  /** Answers drafts with this review until the page shows what comes of it. */
  const reviewed = (more: Partial<PublicationReview>, shown: () => Promise<boolean>) =>
    eventually(async () => {
      await review(more);
      return shown();
    });
  const draftWhere = (fits: (draft: PublicationDraft) => boolean) =>
    eventually(async () => {
      const draft = lastDraft();
      if (draft && fits(draft)) return draft;
      await review({ sql: 'ALTER …' });
      return null;
    });
  const saves = async () =>
    !(await opened.page.locator('#create').evaluate((button) => 'disabled' in button && button.disabled));
  const openEditor = async () => {
    await opened.page.getByRole('option', { name: 'public.orders' }).getByText('All columns').click();
    await opened.page.locator('#editor-title').waitFor();
    await opened.send({ type: 'details', details: [orderDetails] });
  };

  it('is filled with what is, says so, and saves nothing while nothing differs', async () => {
    await open();
    const { page } = opened;
    await page.getByRole('heading', { name: 'Edit Publication orders_pub' }).waitFor();
    await reviewed(nothing, async () => (await page.locator('#sql-hint').count()) === 1);
    assert.equal(await saves(), false);
    assert.deepEqual(lastDraft(), asItIs);
    assert.equal(await page.getByText('2 of 20 chosen').count(), 1);
    await page.locator('#operation-truncate').click();
    await draftWhere(({ operations }) => !operations.truncate);
    await reviewed({ sql: 'ALTER PUBLICATION …' }, saves);
    await page.locator('#create').click();
    const saved = await eventually(() => last('create'));
    assert.equal((saved['draft'] as PublicationDraft).operations.truncate, false);
  });

  it('has a table’s columns and filter judged by the server, its detail in sight, and the rows counted', async () => {
    await open();
    const { page } = opened;
    await openEditor();
    await page.locator('#try').click();
    const tried = await eventually(() => last('try'));
    assert.deepEqual(tried['table'], { schema: 'public', name: 'orders' });
    await opened.send({ type: 'trial', running: true, error: null });
    await page.getByText('The server is asked…').waitFor();
    await opened.send({ type: 'trial', running: false, error: null });
    const error = {
      kind: 'invalidInput',
      message: 'The server refuses the row filter.',
      server: { message: 'invalid publication WHERE expression', detail: 'User-defined types are not allowed.' },
    } as const;
    const detail = page.locator('.verdict').getByText('User-defined types are not allowed.');
    await reviewed({ verdicts: [{ ...verdict, error }] }, () => detail.isVisible());
    await eventually(async () => (await page.getByRole('status').textContent()) === error.message);
    await reviewed({ verdicts: [verdict] }, () => page.getByText('The filter uses amount.').isVisible());
    await page.locator('#count').click();
    const counted = await eventually(() => last('count'));
    assert.equal(counted['filter'], '(amount > 0)');
    const { table, filter } = counted;
    await opened.send({ type: 'counted', table, filter, count: null, error: null });
    await page.getByText('Counting, for 10 seconds at most…').waitFor();
    const count = { passing: 12_000, total: 20_000, tookMs: 300, stopped: null };
    await opened.send({ type: 'counted', table, filter, count, error: null });
    await page.getByText('12,000 of 20,000 rows pass now (0.3 s).').waitFor();
    // Of another filter it says nothing.
    await page.locator('#filter textarea').fill('amount > 1');
    await eventually(async () => (await page.locator('#counted').count()) === 0);
  });

  it('offers to refresh the subscriptions that read it once their tables change', async () => {
    await open();
    const { page } = opened;
    assert.equal(await page.locator('#refresh-0').count(), 0);
    const reach = { added: ['public.events'], removed: [] };
    await reviewed({ reach, sql: 'ALTER …' }, () => page.getByText('orders_sub on warehouse').first().isVisible());
    await page.getByText('public.events is received only after a refresh.').waitFor();
    await page.getByText('marked as production').waitFor();
    await page.locator('#refresh-0').focus();
    await page.keyboard.press('ArrowDown');
    const copying = await draftWhere(({ refresh }) => refresh?.length === 1);
    assert.deepEqual(copying.refresh, [{ connectionId: 'warehouse', subscription: 'orders_sub', copyData: true }]);
    await reviewed({ reach, sql: 'ALTER …' }, () => page.locator('#refresh-0').isVisible());
    await page.locator('#refresh-0').focus();
    await page.keyboard.press('ArrowDown');
    await draftWhere(({ refresh }) => refresh?.[0]?.copyData === false);
  });

  it('says that it was changed on the server meanwhile, and loads it anew with what was typed on top', async () => {
    await open();
    const { page } = opened;
    await page.locator('#name input').fill('renamed');
    await draftWhere(({ name }) => name === 'renamed');
    await reviewed({ sql: 'ALTER …' }, saves);
    const present = { ...asItIs, viaRoot: true, tables: asItIs.tables.slice(0, 1) };
    await model({ ...unchanged, present });
    await page.getByText('orders_pub was changed on the server since it was loaded here.').waitFor();
    assert.equal(await saves(), false);
    // Reloaded, it is still known what it was and what was typed.
    const kept = (await opened.kept()) as PublicationKept;
    assert.deepEqual(kept.edit, { publication: 'orders_pub', base: asItIs });
    await opened.close();
    await open({ ...unchanged, present }, kept);
    await opened.page.locator('#load-anew').click();
    const merged = await draftWhere(({ viaRoot }) => viaRoot);
    assert.deepEqual(merged, { ...present, name: 'renamed' });
    await reviewed({ sql: 'ALTER …' }, saves);
    assert.equal(await opened.page.locator('#load-anew').count(), 0);
  });

  it('takes what this form says where the person wants that, and what its own run has done', async () => {
    await open();
    const { page } = opened;
    await model({ ...unchanged, present: { ...asItIs, viaRoot: true } });
    await page.locator('#keep-mine').click();
    await reviewed({ sql: 'ALTER …' }, saves);
    assert.equal(lastDraft()?.viaRoot, false);
    await model({ ...unchanged, byUs: true, present: { ...asItIs, schemas: ['sales'] } });
    assert.equal(await page.locator('#load-anew').count(), 0);
    await model({ ...unchanged, present: null });
    await page.getByText('There is no publication orders_pub any more').waitFor();
    assert.equal(await saves(), false);
  });

  it('opens the editor of the table it was opened for, and says what inherits from it', async () => {
    opened = await pages.open('publication', { start });
    await opened.send({ type: 'openTable', schema: 'public', name: 'orders' });
    const shop = publicationModel(20, asItIs);
    const tables = shop.tables.map((table) =>
      table.name === 'orders' ? { ...table, heirs: ['public.orders_2026'] } : table,
    );
    await opened.send({ ...shop, tables, edit: unchanged });
    const { page } = opened;
    await page.locator('#editor-title').waitFor();
    await opened.send({ type: 'details', details: [orderDetails] });
    await page.getByText('With the table that inherits from it').click();
    const only = await draftWhere(({ tables: chosen }) => chosen[0]?.only === true);
    assert.equal(only.tables[0]?.filter, '(amount > 0)');
  });

  it('lists what is really sent, and opens all of it', async () => {
    await open();
    const { page } = opened;
    const sent = { schema: 'sales', name: 'a', label: 'sales.<b>a</b>', columns: null, filter: null, by: 'schema' };
    await opened.send({ type: 'effective', tables: [sent], total: 3, error: null });
    await page.locator('#effective').click();
    await page.getByText('sales.<b>a</b>').waitFor();
    await page.getByText('all columns · by its schema').waitFor();
    await page.getByText('Open all of it').click();
    await eventually(() => last('showTables'));
  });

  it('shows a hint in place of the SQL of a publication without a name', async () => {
    opened = await pages.open('publication', { start: { connectionId: 'shop' } });
    await opened.send(publicationModel(5, emptyDraft));
    const { page } = opened;
    await page.getByRole('heading', { name: 'Create Publication' }).waitFor();
    const hint = 'The SQL is shown as soon as the publication has a name.';
    await reviewed({ hint }, () => page.getByText(hint).isVisible());
    assert.equal(await page.getByRole('button', { name: 'Copy SQL' }).isDisabled(), true);
  });
});
