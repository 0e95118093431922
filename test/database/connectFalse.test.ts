import assert from 'node:assert/strict';

import type { SubscriptionChoice } from '../../src/replication/model/choices.ts';
import { planCreateSlot } from '../../src/replication/operations/slot/createSlot.ts';
import {
  checkSubscription,
  planCreateSubscription,
} from '../../src/replication/operations/subscription/createSubscription.ts';
import { planDropSubscription } from '../../src/replication/operations/subscription/dropSubscription.ts';
import { planRefreshSubscription } from '../../src/replication/operations/subscription/refreshSubscription.ts';
import { planEnableSubscription } from '../../src/replication/operations/subscription/switchSubscription.ts';
import { undoPlan } from '../../src/ui/plans/undo.ts';
import { eventually } from '../support/eventually.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';
import { playSubscription, subscriptionDraft } from './formsKit.ts';
import { Bench, subscriptionTo } from './operationsKit.ts';

/** Each of its forms on every version: everyForm.test.ts. */
for (const major of majorsUnderTest().filter((each) => [10, 14, 18].includes(each))) {
  describe(`a subscription made with connect = false on PostgreSQL ${major} (real servers)`, function () {
    this.timeout(180_000);
    const servers = useServers({ publisher: { major }, subscriber: { major } });
    let bench: Bench;
    before(async () => {
      await servers.publisher.script(
        'CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders VALUES (1); CREATE PUBLICATION p FOR TABLE orders',
      );
      bench = new Bench().add('publisher', servers.publisher).add('subscriber', servers.subscriber);
    });
    after(() => bench.service.dispose());

    const choiceOf = (name: string, more: Partial<SubscriptionChoice> = {}): SubscriptionChoice =>
      subscriptionTo(servers.publisher, name, ['p'], { connect: false, ...more });

    it('asks nothing of a publisher that isn’t there, and its undo asks nothing either', async () => {
      const conninfo = [
        ['host', '127.0.0.1'],
        ['port', '1'],
        ['dbname', 'postgres'],
        ['user', 'nobody'],
      ] as const;
      for (const [index, slot] of [
        { mode: 'create', name: 'the "name"' },
        { mode: 'existing', name: 'other_slot' },
        { mode: 'none' },
      ].entries()) {
        const name = index === 0 ? 'the "name"' : `apart_${index}`;
        const choice = choiceOf(name, { conninfo, slot: slot as SubscriptionChoice['slot'] });
        const parties = { ...(await bench.parties('publisher', 'subscriber')), publisher: null };
        const plan = planCreateSubscription(parties, choice);
        const outcome = await bench.done(plan);
        const [found] = await servers.subscriber.query<{ enabled: boolean; slot: string | null; tables: number }>(
          `SELECT subenabled AS enabled, subslotname AS slot, (SELECT count(*)::int FROM pg_subscription_rel) AS tables FROM pg_subscription`,
        );
        assert.deepEqual(found, {
          enabled: false,
          slot: ['the_name_slot', 'other_slot', null][index] ?? null,
          tables: 0,
        });
        const undo = undoPlan(plan, outcome);
        assert.ok(undo);
        await bench.done(undo);
        assert.deepEqual(await servers.subscriber.query('SELECT 1 FROM pg_subscription'), []);
      }
    });

    it('has what is missing at the publisher as a warning only, and no tables to miss yet', async () => {
      const parties = await bench.parties('publisher', 'subscriber');
      const choice = choiceOf('warned', { publications: ['p', 'not there'] });
      const problems = checkSubscription(parties, choice);
      assert.deepEqual(
        problems.filter(({ severity }) => severity === 'error'),
        [],
      );
      const said = problems.map(({ severity, message }) => `${severity}: ${message}`).join('\n');
      assert.match(said, /warning: The publisher has no publication called not there/);
      assert.match(said, /warning: subscriber has no table public\.orders.*before the subscription is refreshed/);
      assert.match(said, /info: publisher has no replication slot called warned yet/);
      const asked = checkSubscription(parties, { ...choice, connect: true });
      assert.equal(asked.filter(({ severity }) => severity === 'error').length, 2);
    });

    it('the form makes it, and with a slot, enabled and refreshed it replicates', async () => {
      await servers.subscriber.script('CREATE TABLE orders (id int PRIMARY KEY)');
      const ends = { subscriberConnectionId: 'subscriber', publisherConnectionId: 'publisher' };
      const form = playSubscription(bench, ends);
      const { address } = await form.next('address');
      await eventually(() => {
        const model = form.posted.findLast((message) => message.type === 'model');
        return model?.subscriber.phase === 'open' && model.publisher.phase === 'open';
      });
      const draft = {
        ...subscriptionDraft,
        ...ends,
        address,
        name: 'later_sub',
        publications: ['p'],
        connect: false,
        // Not asked for where nothing is waited for.
        waitSeconds: '',
      };
      const review = await form.review(draft);
      assert.match(review.sql, /WITH \(connect = false\)/);
      assert.deepEqual(
        review.problems.filter(({ severity }) => severity === 'error'),
        [],
      );
      assert.equal(await form.create(draft), null);
      form.dispose();
      assert.deepEqual(await servers.publisher.query('SELECT 1 FROM pg_replication_slots'), []);

      await bench.done(
        planCreateSlot(await bench.target('publisher'), {
          name: 'later_sub',
          plugin: 'pgoutput',
          twoPhase: false,
          failover: false,
          waitLimitMs: 30_000,
        }),
      );
      await bench.done(planEnableSubscription(await bench.target('subscriber'), 'later_sub', true));
      await bench.done(planRefreshSubscription(await bench.target('subscriber'), 'later_sub', { copyData: true }));
      await eventually(async () => (await servers.subscriber.query('SELECT 1 FROM orders')).length === 1, {
        within: 60_000,
        what: 'the row that was there before',
      });
      await bench.done(planDropSubscription(await bench.target('subscriber'), 'later_sub', 'dropSlotToo'));
    });
  });
}
