import assert from 'node:assert/strict';

import type { SubscriptionEditDraft } from '../../../src/protocol/subscriptionEdit.ts';
import { eventually } from '../../support/eventually.ts';
import { type OpenedPage, usePages } from './pageHarness.ts';
import { reviewedForm } from './reviewedForm.ts';
import { presentSubscription, subscriptionEditModel } from './subscriptionEditSamples.ts';
import { type ThemeName, themes } from './themes.ts';

const secret = 'hunter2-not-to-be-kept';
const edited = { connectionId: 'warehouse', subscription: 'orders_sub' };

describe('the page of Edit Subscription', function () {
  this.timeout(60_000);
  const pages = usePages();
  let opened: OpenedPage;

  async function open(more: { theme?: ThemeName; kept?: unknown; model?: object } = {}): Promise<void> {
    const { model = {}, ...options } = more;
    opened = await pages.open('subscription', { ...options, start: { edited }, height: 1700 });
    await opened.send({ ...subscriptionEditModel(), ...model });
    await opened.page.locator('#name').waitFor();
  }
  const { draftWhere, last, reviewed } = reviewedForm<SubscriptionEditDraft>(() => opened);

  for (const theme of Object.keys(themes) as ThemeName[]) {
    it(`shows what is there and keeps to the policy (${theme})`, async () => {
      await open({ theme });
      const { page } = opened;
      await reviewed([], '');
      assert.equal(await page.locator('#name').evaluate((field: HTMLInputElement) => field.value), 'orders_sub');
      assert.equal(
        await page.locator('#host').evaluate((field: HTMLInputElement) => field.value),
        presentSubscription.address.host,
      );
      await page.getByRole('option', { name: /^orders_pub/, selected: true }).waitFor();
      await page.getByText('Kept as it is and not shown: sslpassword.').waitFor();
      await eventually(async () =>
        page.locator('#streaming').evaluate((list: HTMLInputElement) => list.value === 'parallel'),
      );
      assert.equal(await page.locator('img').count(), 0);
    });
  }

  it('says what takes a connection to the publisher, where there is none', async () => {
    await open({ model: { publisher: null } });
    const { page } = opened;
    await page.locator('#publications').waitFor();
    await page
      .getByText(/^No connection that is open here is known.*tables that are missing can be created\.$/)
      .waitFor();
    assert.equal(await page.getByText('once the publisher is read').count(), 0, 'nobody reads it');
  });

  it('can be saved once something differs', async () => {
    await open();
    const { page } = opened;
    await reviewed([], '');
    const save = page.locator('#create');
    assert.equal(await save.textContent(), 'Save');
    await eventually(async () => (await save.getAttribute('disabled')) !== null);
    await page.locator('#option-binary').click();
    assert.equal((await draftWhere(({ options }) => options.binary === true)).options.streaming, 'parallel');
    await reviewed([], 'ALTER SUBSCRIPTION "orders_sub" SET (binary = true);');
    await page.getByText('1 changed').waitFor();
    await eventually(async () => (await save.getAttribute('disabled')) === null);
    await save.click();
    await eventually(() => last('create'));
    await opened.send({ type: 'run', running: true, step: null, waiting: null });
    const error = { kind: 'privilege', message: 'The role ada may not change orders_sub.' };
    await opened.send({ type: 'refused', field: 'options', object: null, done: [], error });
    await page.getByText('Not saved:', { exact: true }).waitFor();
    await page.locator('#options-problems').getByText(error.message).waitFor();
  });

  it('asks what goes with changed publications', async () => {
    await open();
    const { page } = opened;
    assert.equal(await page.locator('#refresh').count(), 0);
    await page.getByRole('option', { name: /^all_data/ }).click();
    await draftWhere(({ publications }) => publications.length === 2);
    await page.getByText('added · all tables').waitFor();
    await page.locator('#copy-data').click();
    await draftWhere(({ copyData }) => !copyData);
    await page.locator('#refresh').click();
    assert.equal((await draftWhere(({ refresh }) => !refresh)).copyData, false);
    await eventually(async () => (await page.locator('#copy-data').getAttribute('aria-disabled')) === 'true');
  });

  it('says at the publications which table is missing, and offers to create it', async () => {
    await open();
    const { page } = opened;
    await page.getByRole('option', { name: /^all_data/ }).click();
    await draftWhere(({ publications }) => publications.length === 2);
    const message = 'warehouse has no table public.late, which is published.';
    const problem = { severity: 'error', field: 'publications', object: 'public.late', message };
    await reviewed([problem], 'ALTER', { missingTables: ['public.late'] });
    await page.locator('#publications-problems').getByText(message).waitFor();
    await page.locator('#create').click();
    await eventually(async () => (await page.evaluate(() => document.activeElement?.id)) === 'create-tables');
    await page.locator('#create-tables').click();
    await draftWhere(({ createTables }) => createTables === true);
    await reviewed([], 'CREATE TABLE; ALTER', { missingTables: ['public.late'] });
    await page.locator('#create').click();
    await eventually(() => (last('create')?.['draft'] as SubscriptionEditDraft | undefined)?.createTables === true);
  });

  it('shows what is settled at creation with the reason', async () => {
    await open();
    const { page } = opened;
    assert.equal(await page.locator('#option-twoPhase').getAttribute('aria-disabled'), 'true');
    await page.getByText('It can be altered since PostgreSQL 18; here it is settled at creation.').waitFor();
    await page.getByText('connect, create_slot and copy_data were settled when it was created').waitFor();
  });

  it('leaves a connection string alone that may not be read, and says which privilege shows it', async () => {
    const error = {
      kind: 'privilege',
      message: 'The role ada may not read the connection strings of subscriptions.',
      advice: 'SELECT on pg_subscription.subconninfo shows them.',
    };
    await open({ model: { connection: { readable: false, error } } });
    await opened.page.getByText(error.advice).waitFor();
    assert.equal(await opened.page.locator('#host').count(), 0);
    assert.equal(await opened.page.locator('#password').count(), 0);
  });

  it('never keeps a password', async () => {
    await open();
    const { page } = opened;
    await page.locator('#password input').fill(secret);
    await eventually(() => last('password')?.['value'] === secret);
    await page.locator('#more input').fill(`password=${secret}`);
    await draftWhere(({ address }) => address.more.includes(secret));
    const kept = await opened.kept();
    assert.ok(!JSON.stringify(kept).includes(secret), 'kept by the page');
    assert.ok(JSON.stringify(kept).includes('sslmode=verify-full'), 'what was there is kept instead');
  });

  it('keeps the draft over a reload, takes over what changed meanwhile, and says so', async () => {
    const draft = {
      ...presentSubscription,
      publications: ['orders_pub', 'all_data'],
      options: { ...presentSubscription.options, binary: true },
    };
    const now = {
      ...presentSubscription,
      enabled: false,
      publications: ['"; drop table x; --'],
      options: { ...presentSubscription.options, disableOnError: false },
    };
    await open({ kept: { edited, draft, base: presentSubscription }, model: { present: now } });
    const { page } = opened;
    const sent = await draftWhere(({ enabled }) => !enabled);
    assert.deepEqual(sent.publications, draft.publications);
    assert.deepEqual([sent.options.binary, sent.options.disableOnError], [true, false]);
    await page.getByText('Shown as it is there now: whether it is enabled, disable_on_error.').waitFor();
    await page.getByText('Changed by you too, and as you want it here: the publications.').waitFor();
    await page.locator('#start-over').click();
    assert.deepEqual((await draftWhere(({ options }) => options.binary === false)).publications, now.publications);
    assert.equal(await page.locator('#start-over').count(), 0);
  });

  it('says that the subscription is gone, or its server', async () => {
    opened = await pages.open('subscription', { start: { edited } });
    await opened.send({ type: 'unavailable', serverName: 'warehouse', error: null });
    await opened.page.getByText('Connecting to warehouse…').waitFor();
    const error = { kind: 'missing', message: 'warehouse has no subscription orders_sub in this database.' };
    await opened.send({ type: 'unavailable', serverName: 'warehouse', error });
    await opened.page.getByText(error.message).waitFor();
    await opened.page.getByText('Connect Again', { exact: true }).click();
    await eventually(() => last('retry'));
  });
});
