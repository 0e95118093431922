import assert from 'node:assert/strict';

import type { PreflightState, RemedyAction, SubscriptionDraft } from '../../src/protocol/subscription.ts';
import { eventually } from '../support/eventually.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';
import { playSubscription, subscriptionDraft } from './formsKit.ts';
import { Bench } from './operationsKit.ts';

for (const major of majorsUnderTest()) {
  describe(`the preflight of the Subscription form on PostgreSQL ${major} (real servers)`, function () {
    this.timeout(180_000);
    const servers = useServers({ publisher: { major }, subscriber: { major } });
    let bench: Bench;
    let form: ReturnType<typeof playSubscription>;
    let draft: SubscriptionDraft;

    before(async () => {
      await servers.publisher.script(`
        CREATE TABLE orders (id int PRIMARY KEY, note varchar(40) DEFAULT 'none');
        CREATE TABLE full_here (id int PRIMARY KEY);
        CREATE PUBLICATION p FOR TABLE orders, full_here`);
      await servers.subscriber.script(
        'CREATE TABLE full_here (id int PRIMARY KEY); INSERT INTO full_here VALUES (1), (2)',
      );
      bench = new Bench().add('publisher', servers.publisher).add('subscriber', servers.subscriber);
      form = playSubscription(bench, { subscriberConnectionId: 'subscriber', publisherConnectionId: 'publisher' });
      const { address } = await form.next('address');
      draft = {
        ...subscriptionDraft,
        subscriberConnectionId: 'subscriber',
        publisherConnectionId: 'publisher',
        name: 'pre_sub',
        publications: ['p'],
        address,
      };
      await eventually(() => {
        const model = form.posted.findLast((message) => message.type === 'model');
        return model?.subscriber.phase === 'open' && model.publisher.phase === 'open';
      });
    });
    after(async () => {
      form.dispose();
      await bench.service.dispose();
    });

    const latest = (): PreflightState => {
      const found = form.posted.findLast((message) => message.type === 'preflight' && !message.running);
      assert.ok(found?.type === 'preflight', 'no preflight came');
      return found;
    };
    const check = (id: string) => {
      const found = latest().checks.find((one) => one.id === id);
      assert.ok(
        found,
        `${id} among ${latest()
          .checks.map((one) => one.id)
          .join(', ')}`,
      );
      return found;
    };
    const remedy = (checkId: string, action: RemedyAction) =>
      form.send({ type: 'remedy', checkId, action, preview: false });

    it('runs by itself once both ends and a publication are known, and once only', async () => {
      await form.review(draft);
      assert.equal(check('subscriber.tables').state, 'failed');
      const runs = form.posted.filter(({ type }) => type === 'preflight').length;
      await form.review(draft);
      assert.equal(form.posted.filter(({ type }) => type === 'preflight').length, runs);
      assert.deepEqual(latest().draft, draft);
    });

    it('finds what is wrong at either end, and says what helps', () => {
      assert.deepEqual(
        check('subscriber.tables').remedies.map(({ action, label }) => [action, label]),
        [['createTables', 'Create 1 Table With It']],
      );
      assert.equal(check('subscriber.rows').state, 'warning');
      assert.deepEqual(
        check('subscriber.rows').remedies.map(({ action }) => action),
        ['dontCopy', 'truncateTables'],
      );
      assert.equal(check('publisher.walLevel').state, 'passed');
    });

    it('tries the missing table with the rest once it is to be created, and makes nothing yet', async () => {
      draft = { ...draft, createTables: true };
      await form.send({ type: 'preflight', draft });
      assert.equal(check('subscriber.tables').state, 'passed');
      assert.equal(check('subscriber.trial').state, 'passed', check('subscriber.trial').message);
      assert.deepEqual(await servers.subscriber.query(`SELECT 1 FROM pg_tables WHERE tablename = 'orders'`), []);
    });

    it('empties the table that holds rows, and finds nothing wrong then', async () => {
      await remedy('subscriber.rows', 'truncateTables');
      assert.deepEqual(await servers.subscriber.query('SELECT 1 FROM full_here'), []);
      assert.deepEqual(
        latest().checks.filter(({ state }) => state === 'failed' || state === 'warning'),
        [],
      );
      await form.send({ type: 'remedy', checkId: 'gone', action: 'truncateTables', preview: false }).then(
        () => assert.fail('a check that isn’t there'),
        (error: unknown) => assert.match(String(error), /run again meanwhile/),
      );
    });

    it('reads anew who would hold up the slot', async () => {
      const writer = await servers.publisher.client();
      try {
        await writer.query('BEGIN');
        await writer.query('INSERT INTO full_here VALUES (99)');
        await form.send({ type: 'preflight', draft });
        assert.equal(form.posted.findLast((message) => message.type === 'blockers')?.blockers.length, 1);
        assert.notEqual(check('publisher.blockers').state, 'passed');
      } finally {
        await writer.query('ROLLBACK');
        await writer.end();
      }
      await form.send({ type: 'preflight', draft });
      assert.equal(check('publisher.blockers').state, 'passed');
    });

    it('left nothing at either end', async () => {
      assert.deepEqual(await servers.subscriber.query('SELECT 1 FROM pg_subscription'), []);
      assert.deepEqual(await servers.publisher.query('SELECT 1 FROM pg_replication_slots'), []);
    });

    it('refuses a subscription of a database to itself', async () => {
      const self = { ...draft, publisherConnectionId: 'subscriber' };
      const { address } = await form
        .send({ type: 'draft', sequence: 99, draft: self })
        .then(() => form.next('address'));
      await eventually(async () => {
        const { problems } = await form.review({ ...self, address });
        return problems.some(({ severity, message }) => severity === 'error' && /same database/.test(message));
      });
    });
  });
}
