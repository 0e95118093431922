import assert from 'node:assert/strict';

import type { PublicationDraft, PublicationModel } from '../../../src/protocol/publication.ts';
import type { SubscriptionDraft, SubscriptionModel } from '../../../src/protocol/subscription.ts';
import type { SubscriptionEditDraft } from '../../../src/protocol/subscriptionEdit.ts';
import { eventually } from '../../support/eventually.ts';
import { type OpenedPage, usePages } from './pageHarness.ts';
import { reviewedForm } from './reviewedForm.ts';
import { emptyDraft, publicationModel, subscriptionDraft, subscriptionModel } from './samples.ts';
import { presentSubscription, subscriptionEditModel } from './subscriptionEditSamples.ts';

const can = { can: true } as const;
const of19 = {
  'subscription.retainDeadTuples': can,
  'subscription.maxRetentionDuration': can,
  'subscription.walReceiverTimeout': can,
};

/** A server of 19, as far as that is documented. */
function shop(draft: PublicationDraft): PublicationModel {
  const model = publicationModel(20, draft);
  return {
    ...model,
    capabilities: {
      ...model.capabilities,
      'publication.allTables': can,
      'publication.exceptTables': can,
      'publication.allSequences': can,
    },
  };
}

/** A subscriber of 19 with a foreign server to connect by. */
function warehouse(): SubscriptionModel {
  const model = subscriptionModel(subscriptionDraft);
  if (model.subscriber.phase !== 'open') throw new Error('the sample is open');
  const { capabilities } = model.subscriber;
  return {
    ...model,
    subscriber: {
      ...model.subscriber,
      capabilities: { ...capabilities, ...of19 },
      foreignServers: ['shop_server', '<img src=x onerror=alert(1)>'],
    },
  };
}

describe('the forms before a server of PostgreSQL 19', function () {
  this.timeout(60_000);
  const pages = usePages();
  let opened: OpenedPage;

  const choose = (id: string, value: string) =>
    opened.page.locator(id).evaluate((list: HTMLInputElement, wanted) => {
      list.value = wanted;
      list.dispatchEvent(new Event('change'));
    }, value);

  describe('of a publication', () => {
    const { draftWhere } = reviewedForm<PublicationDraft>(() => opened);

    async function open(model: PublicationModel): Promise<void> {
      opened = await pages.open('publication', { start: { connectionId: 'shop' }, height: 1400 });
      await opened.send(model);
      await opened.page.locator('#name').waitFor();
    }

    it('publishes all tables but some, and all sequences too', async () => {
      await open(shop({ ...emptyDraft, name: 'p' }));
      const { page } = opened;
      await page.getByRole('radio', { name: 'All tables of the database' }).click();
      await page.locator('#all-sequences').click();
      await draftWhere(({ allSequences, scope }) => scope === 'allTables' && allSequences === true);
      await page.locator('#except').click();
      const rows = page.getByRole('listbox', { name: 'Tables to leave out' });
      await rows.getByRole('option', { name: 'public.customers' }).click();
      await rows.getByRole('option', { name: 'img src' }).click();
      const wanted = await draftWhere(({ exceptTables }) => exceptTables?.length === 2);
      assert.deepEqual(
        wanted.exceptTables?.map(({ name }) => name),
        ['customers', '<img src=x onerror=alert(1)>'],
      );
      assert.equal(await page.locator('#except-count').textContent(), '2');
      // What could never be left out isn't offered: an unlogged table.
      assert.equal(await rows.getByRole('option', { name: 'measurement_00012' }).count(), 0);
      await rows.getByRole('option', { name: 'public.customers' }).click();
      await draftWhere(({ exceptTables }) => exceptTables?.length === 1);
      await page.getByRole('button', { name: 'Clear' }).click();
      await draftWhere((draft) => !('exceptTables' in draft));
    });

    it('publishes all sequences and no tables, and finds what was chosen again', async () => {
      await open(
        shop({ ...emptyDraft, name: 'p', tables: [{ schema: 'public', name: 'orders', columns: null, filter: null }] }),
      );
      const { page } = opened;
      await page.getByRole('radio', { name: 'All sequences of the database, and no tables' }).click();
      await draftWhere(({ allSequences, scope }) => scope === 'chosen' && allSequences === true);
      assert.equal(await page.locator('#tables').count(), 0);
      assert.equal(await page.locator('#except').count(), 0);
      await page.getByRole('radio', { name: 'Chosen tables' }).click();
      const back = await draftWhere((draft) => !('allSequences' in draft));
      assert.equal(back.tables.length, 1);
      await page.locator('#tables').waitFor();
    });

    it('offers nothing of it to an older server', async () => {
      await open(publicationModel(20, { ...emptyDraft, name: 'p', scope: 'allTables' }));
      const { page } = opened;
      await page.getByRole('radio', { name: 'All tables of the database' }).waitFor();
      assert.equal(await page.locator('#all-sequences').count(), 0);
      assert.equal(await page.locator('#except').count(), 0);
      assert.equal(await page.getByRole('radio', { name: /sequences/ }).count(), 0);
    });
  });

  describe('of a subscription', () => {
    const { draftWhere } = reviewedForm<SubscriptionDraft>(() => opened);

    async function open(model: SubscriptionModel): Promise<void> {
      opened = await pages.open('subscription', { height: 2400 });
      await opened.send(model);
      await opened.page.locator('#name').waitFor();
    }

    it('retains dead tuples with a limit of time, gives the publisher up, and goes by a foreign server', async () => {
      await open(warehouse());
      const { page } = opened;
      await page.locator('#options').click();
      await page.locator('#option-retainDeadTuples').click();
      await page.locator('#max-retention input').fill('60000');
      await page.locator('#wal-receiver-timeout input').fill('30s');
      const { options } = await draftWhere((draft) => draft.options.walReceiverTimeout === '30s');
      assert.equal(options.retainDeadTuples, true);
      assert.equal(options.maxRetentionDuration, 60_000);
      // Empty is the server's default again, and what isn't a digit doesn't count.
      await page.locator('#max-retention input').fill('x');
      await draftWhere((draft) => !('maxRetentionDuration' in draft.options));
      await page.locator('#host').waitFor();
      await choose('#foreign-server', 'shop_server');
      await draftWhere(({ foreignServer }) => foreignServer === 'shop_server');
      await page.locator('#host').waitFor({ state: 'detached' });
      await choose('#foreign-server', '');
      await draftWhere((draft) => !('foreignServer' in draft));
      await page.locator('#host').waitFor();
      assert.equal(await page.locator('img').count(), 0);
    });

    it('offers nothing of it to an older server', async () => {
      await open(subscriptionModel(subscriptionDraft));
      const { page } = opened;
      await page.locator('#options').click();
      await page.locator('#option-binary').waitFor();
      for (const id of ['#option-retainDeadTuples', '#max-retention', '#wal-receiver-timeout', '#foreign-server']) {
        assert.equal(await page.locator(id).count(), 0, id);
      }
    });
  });

  describe('of a subscription that is there', () => {
    const { draftWhere } = reviewedForm<SubscriptionEditDraft>(() => opened);

    it('leaves its foreign server for a connection string, and sets the options back', async () => {
      const present: SubscriptionEditDraft = {
        ...presentSubscription,
        foreignServer: 'shop_server',
        address: { host: '', port: '', database: '', user: '', more: '' },
        options: {
          ...presentSubscription.options,
          retainDeadTuples: true,
          maxRetentionDuration: 60_000,
          walReceiverTimeout: '30s',
        },
      };
      const model = subscriptionEditModel(present);
      const edited = { connectionId: 'warehouse', subscription: 'orders_sub' };
      opened = await pages.open('subscription', { start: { edited }, height: 2400 });
      await opened.send({
        ...model,
        capabilities: { ...model.capabilities, ...of19 },
        // It may be used no more by this role: it is shown all the same.
        connection: { readable: false, error: { kind: 'unsupported', message: 'It connects by shop_server.' } },
      });
      const { page } = opened;
      await page.locator('#name').waitFor();
      const value = (id: string) => page.locator(id).evaluate((field: HTMLInputElement) => field.value);
      await eventually(async () => (await value('#foreign-server')) === 'shop_server');
      assert.equal(await page.locator('#host').count(), 0);
      assert.deepEqual([await value('#max-retention'), await value('#wal-receiver-timeout')], ['60000', '30s']);
      await page.locator('#max-retention input').fill('');
      await page.locator('#wal-receiver-timeout input').fill('');
      const { options } = await draftWhere((draft) => draft.options.walReceiverTimeout === '-1');
      assert.equal(options.maxRetentionDuration, 0);
      await choose('#foreign-server', '');
      await draftWhere(({ foreignServer }) => foreignServer === null);
      await page.locator('#host input').fill('shop.example');
      await draftWhere(({ address }) => address.host === 'shop.example');
    });
  });
});
