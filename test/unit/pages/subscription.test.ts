import assert from 'node:assert/strict';

import type { SubscriptionDraft } from '../../../src/protocol/subscription.ts';
import { eventually } from '../../support/eventually.ts';
import { type OpenedPage, usePages } from './pageHarness.ts';
import { reviewedForm } from './reviewedForm.ts';
import { sampleBlockers, subscriptionDraft, subscriptionModel } from './samples.ts';
import { samplePreflight } from './subscriptionEditSamples.ts';
import { type ThemeName, themes } from './themes.ts';

const secret = 'hunter2-not-to-be-kept';

describe('the Subscription page', function () {
  this.timeout(60_000);
  const pages = usePages();
  let opened: OpenedPage;

  async function open(draft: SubscriptionDraft = subscriptionDraft, theme: ThemeName = 'dark'): Promise<void> {
    opened = await pages.open('subscription', { theme, height: 1400 });
    await opened.send(subscriptionModel(draft));
    await opened.page.locator('#name').waitFor();
  }
  const { draftWhere, last, reviewed } = reviewedForm<SubscriptionDraft>(() => opened);

  for (const theme of Object.keys(themes) as ThemeName[]) {
    it(`keeps to the policy and shows hostile names as text (${theme})`, async () => {
      await open(subscriptionDraft, theme);
      await reviewed([], "CONNECTION 'password=••••••••'");
      const { page } = opened;
      assert.equal(await page.locator('img').count(), 0);
      await page.getByRole('option', { name: '"; drop table x; --' }).waitFor();
    });
  }

  it('shows the connections that are chosen', async () => {
    await open();
    const value = (id: string) => opened.page.locator(id).evaluate((list: HTMLInputElement) => list.value);
    await eventually(async () => (await value('#subscriber')) === 'warehouse');
    await eventually(async () => (await value('#publisher')) === 'shop');
    await opened.page.locator('#publisher').click();
    await opened.page.getByRole('option', { name: /^<img/ }).click();
    const draft = await draftWhere(({ publisherConnectionId }) => publisherConnectionId === 'hostile');
    assert.equal(draft.subscriberConnectionId, 'warehouse');
  });

  it('never keeps a password, and never sends it in a draft', async () => {
    await open({ ...subscriptionDraft, publisherKind: 'typed', publisherConnectionId: null, useSavedPassword: false });
    const { page } = opened;
    await page.locator('#password input').fill(secret);
    await eventually(() => last('password')?.['value'] === secret);
    await page.locator('#paste input').fill(`postgresql://u:${secret}@h/d`);
    assert.equal(await page.locator('#paste input').getAttribute('type'), 'password');
    await page.getByText('Fill In', { exact: true }).click();
    await eventually(() => last('read'));
    const address = { host: 'h', port: '', database: 'd', user: 'u', more: '' };
    await opened.send({ type: 'address', address, useSavedPassword: false, passwordTyped: true, error: null });
    await draftWhere((draft) => draft.address.host === 'h');
    await page.locator('#more input').fill(`password=${secret}`);
    await draftWhere((draft) => draft.address.more !== '');
    await reviewed([], '');
    assert.ok(!JSON.stringify(await opened.kept()).includes(secret), 'kept by the page');
    await page.locator('#more input').fill('');
    await draftWhere((draft) => draft.address.more === '');
    assert.ok(!JSON.stringify(last('draft')).includes(secret));
    assert.equal(await page.locator('#paste').evaluate((field: HTMLInputElement) => field.value), '');
  });

  it('offers the options of the subscriber’s version, with the reason where one can’t be used', async () => {
    await open();
    const { page } = opened;
    await page.locator('#options').click();
    assert.equal(await page.locator('#option-failover').count(), 0);
    assert.equal(await page.locator('#option-twoPhase').getAttribute('aria-disabled'), 'true');
    await page.getByText('max_prepared_transactions is 0 on warehouse.').waitFor();
    await page.locator('#option-binary').click();
    assert.deepEqual((await draftWhere(({ options }) => options.binary !== undefined)).options, { binary: true });
    await page.locator('#option-binary').click();
    await draftWhere(({ options }) => Object.keys(options).length === 0);
  });

  it('shows who holds up the slot before and while it waits, with the time that is left, and stops', async () => {
    await open();
    await opened.send({ type: 'blockers', blockers: sampleBlockers });
    const { page } = opened;
    await page.getByText('An open transaction on the publisher would hold up the creation:').waitFor();
    await reviewed([], 'READY');
    await page.locator('#create').click();
    await eventually(() => last('create'));
    const waiting = { blockers: sampleBlockers, remainingMs: 48_000 };
    await opened.send({ type: 'run', running: true, step: 'Create subscription orders_sub', waiting });
    await page.locator('#run').getByText('at most 48 s more').waitFor();
    await page
      .locator('#run')
      .getByText('Process 4711 of ada (psql) in shop, idle in transaction, open for 12 min 34 s')
      .waitFor();
    await page.locator('#stop').click();
    await eventually(() => last('stop'));
  });

  it('lends the subscription a name from its publication, until the person gives it one', async () => {
    await open({ ...subscriptionDraft, name: '', publications: [] });
    const { page } = opened;
    await page.getByRole('option', { name: /^orders_pub/ }).click();
    await draftWhere(({ name }) => name === 'orders_sub');
    await page.locator('#name input').fill('mine');
    await page.getByRole('option', { name: /^orders_pub/ }).click();
    await page.getByRole('option', { name: /^all_data/ }).click();
    assert.equal((await draftWhere(({ publications }) => publications[0] === 'all_data')).name, 'mine');
  });

  it('lends it a name that is free at both ends, also once that is known', async () => {
    await open({ ...subscriptionDraft, name: 'orders_sub', publications: ['orders_pub'] });
    await opened.send({ ...subscriptionModel(subscriptionDraft), takenNames: ['orders_sub', 'orders_sub_2'] });
    await draftWhere(({ name }) => name === 'orders_sub_3');
  });

  it('takes names of publications while the publisher can’t be read', async () => {
    await open({ ...subscriptionDraft, publications: [] });
    const error = { kind: 'refused', message: 'shop-primary refuses connections on port 5432.' };
    await opened.send({
      ...subscriptionModel(subscriptionDraft),
      publisher: { phase: 'failed', name: 'shop-primary', error },
    });
    const { page } = opened;
    await page.getByText(error.message).waitFor();
    await page.locator('#publications textarea').fill('one\ntwo');
    assert.deepEqual((await draftWhere(({ publications }) => publications.length === 2)).publications, ['one', 'two']);
    await page.getByText('Connect again', { exact: true }).click();
    await eventually(() => last('retry')?.['end'] === 'publisher');
  });

  it('puts a refused password next to the password, with the focus', async () => {
    await open();
    await reviewed([], 'READY');
    await opened.page.locator('#create').click();
    const error = { kind: 'publisherRefused', message: 'The publisher refused the password of repl.' };
    await opened.send({ type: 'refused', field: 'password', object: null, done: [], error });
    await eventually(async () => (await opened.page.evaluate(() => document.activeElement?.id)) === 'saved-password');
    assert.equal(
      await opened.page
        .locator('#password-problems')
        .textContent()
        .then((text) => text?.includes(error.message)),
      true,
    );
  });

  it('lists the checks of a preflight, what helps, and that they are of an earlier draft', async () => {
    await open();
    const { page } = opened;
    await reviewed([], 'READY');
    await page.getByText('not run yet').waitFor();
    await page.locator('#run-preflight').click();
    await eventually(() => last('preflight'));
    await opened.send({ ...samplePreflight, running: true, checks: [] });
    await page.getByText('looking at both ends…').waitFor();
    await opened.send(samplePreflight);
    await page.getByText('1 failed · 1 warning · 1 not known · 1 passed').waitFor();
    const check = page.locator('[data-check="subscriber.rows"]');
    await check.getByText('Show SQL').click();
    const asked = { type: 'remedy', checkId: 'subscriber.rows', action: 'truncateTables' };
    await eventually(() => last('remedy'));
    assert.deepEqual(last('remedy'), { ...asked, preview: true });
    await check.getByText('Empty 1 Table…').click();
    await eventually(() => last('remedy')?.['preview'] === false);
    await page.getByText('Create 2 Tables With It').click();
    await draftWhere(({ createTables }) => createTables === true);
    // It is looked at again with them.
    await eventually(() => (last('preflight')?.['draft'] as SubscriptionDraft | undefined)?.createTables === true);
    await page.getByText('Don’t Copy Rows').click();
    await draftWhere(({ copyData }) => !copyData);
    await page.getByText(/of an earlier draft$/).waitFor();
  });

  it('offers to create the tables that are missing, and leads there from the problem', async () => {
    await open();
    const { page } = opened;
    const missingTables = ['public.orders', 'public."<img src=x onerror=alert(1)>"'];
    const problem = {
      severity: 'error',
      field: 'publications',
      object: 'public.orders',
      message: 'warehouse has no table public.orders, which is published.',
    };
    assert.equal(await page.locator('#create-tables').count(), 0);
    await reviewed([problem], 'READY', { missingTables });
    await page.getByText('Create 2 missing tables on warehouse').waitFor();
    await page.locator('#publications-problems').getByText(problem.message).waitFor();
    await page.locator('#create').click();
    await eventually(async () => (await page.evaluate(() => document.activeElement?.id)) === 'create-tables');
    assert.equal(last('create'), undefined);
    await page.locator('#create-tables').click();
    await draftWhere(({ createTables }) => createTables === true);
    assert.equal(await page.locator('img').count(), 0);
  });

  it('says what it means not to connect, and asks for nothing that needs it', async () => {
    await open();
    const { page } = opened;
    await page.locator('#wait').waitFor();
    await page.locator('#connect').click();
    await draftWhere(({ connect }) => connect === false);
    await page.getByText(/^Nothing is created or looked up on the publisher, and no table is known yet\./).waitFor();
    assert.equal(await page.locator('#wait').count(), 0);
    assert.equal(await page.locator('#enabled').getAttribute('aria-disabled'), 'true');
    assert.equal(await page.locator('#copy-data').getAttribute('aria-disabled'), 'true');
    await page.getByText('None yet', { exact: true }).click();
    await draftWhere(({ slotMode }) => slotMode === 'none');
    assert.equal(await page.locator('#slot-name').count(), 0);
    await page.locator('#connect').click();
    await draftWhere(({ connect }) => connect === true);
  });

  it('says what became of a creation that was stopped', async () => {
    await open();
    await reviewed([], 'READY');
    await opened.page.locator('#create').click();
    const error = { kind: 'cancelled', message: 'Cancelled on warehouse.', advice: 'Nothing was left behind.' };
    await opened.send({ type: 'refused', field: null, object: null, done: [], error });
    await opened.page.locator('#refusal.info').getByText('Nothing was left behind.').waitFor();
  });
});
