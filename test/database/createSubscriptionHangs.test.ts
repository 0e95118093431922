import assert from 'node:assert/strict';

import type { PlanOutcome, PlanProgress } from '../../src/replication/model/plan.ts';
import { planCreateSubscription } from '../../src/replication/operations/subscription/createSubscription.ts';
import { planDropSubscription } from '../../src/replication/operations/subscription/dropSubscription.ts';
import type { SubscriptionParties } from '../../src/replication/operations/target.ts';
import { eventually } from '../support/eventually.ts';
import { Proxy } from '../support/servers/proxy.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';
import { Bench, subscriptionTo } from './operationsKit.ts';

/** What of a subscription there is on either end, half-made slots too. */
async function made(publisher: TestServer, subscriber: TestServer): Promise<readonly string[]> {
  const slots = await publisher.query<{ name: string }>(
    'select slot_name as name from pg_replication_slots order by 1',
  );
  const subscriptions = await subscriber.query<{ name: string }>(
    'select subname as name from pg_subscription order by 1',
  );
  return [...slots.map(({ name }) => `slot ${name}`), ...subscriptions.map(({ name }) => `subscription ${name}`)];
}

/** What the outcome says of what is left: whatever is there must be named in it, or looked for in vain. */
function said(outcome: PlanOutcome): string {
  return outcome.steps.map(({ error }) => `${error?.message ?? ''} ${error?.advice ?? ''}`).join('\n');
}

async function openWriter(server: TestServer): Promise<() => Promise<void>> {
  const client = await server.client('postgres');
  client.on('error', () => {});
  await client.query('begin; insert into orders values (1000)');
  return async () => {
    await client.end().catch(() => {});
  };
}

/**
 * What waits, and how it is told, differs by these: the oldest, the last and the first of either class of errors of the
 * publisher (13, 14), the first in which the publisher's refusals and the roles were worded anew (16), the newest.
 */
const majors = majorsUnderTest().filter((major) => [10, 13, 14, 16, 18].includes(major));
/** The shortest that a plan takes. */
const shortest = { waitLimitMs: 1000 };

describe('CREATE SUBSCRIPTION never hangs without a way out (real servers)', function () {
  this.timeout(180_000);

  for (const major of majors) {
    describe(`with a publisher and a subscriber of ${major}`, () => {
      const servers = useServers({ publisher: { major }, subscriber: { major } });
      let bench: Bench;
      let proxy: Proxy;
      before(async () => {
        for (const server of [servers.publisher, servers.subscriber]) {
          await server.script('create table orders (id int primary key)');
        }
        await servers.publisher.script('create publication orders_pub for table orders');
        await servers.publisher.createDatabase('warehouse');
        await servers.publisher.script('create table orders (id int primary key)', 'warehouse');
      });
      beforeEach(async () => {
        bench = new Bench().add('publisher', servers.publisher).add('subscriber', servers.subscriber);
        proxy = await Proxy.open(servers.publisher);
      });
      afterEach(async () => {
        await bench.service.dispose();
        await proxy.dispose();
        assert.deepEqual(await made(servers.publisher, servers.subscriber), [], 'nothing is left behind');
      });

      /** The choice whose subscriber comes by the proxy, and gives up in time. */
      const throughProxy = (name: string): ReturnType<typeof subscriptionTo> => {
        const choice = subscriptionTo(servers.publisher, name, ['orders_pub'], shortest);
        const conninfo = choice.conninfo.map(
          ([keyword, value]) => [keyword, keyword === 'port' ? String(proxy.port) : value] as const,
        );
        return { ...choice, conninfo };
      };

      /** Whatever is there when it has ended is named; what then is of no use to anybody is dropped. */
      const goesOrIsNamed = async (outcome: PlanOutcome): Promise<void> => {
        for (const left of await made(servers.publisher, servers.subscriber)) {
          const name = left.replace(/^\S+ /, '');
          assert.ok(said(outcome).includes(name), `${left} is named: ${said(outcome)}`);
          await servers.publisher.query('select pg_drop_replication_slot($1)', [name]);
        }
      };

      it('within one cluster: the slot is made first', async () => {
        bench.add('subscriber', servers.publisher, { database: 'warehouse' });
        const plan = planCreateSubscription(
          await bench.parties('publisher', 'subscriber'),
          subscriptionTo(servers.publisher, 'inside', ['orders_pub']),
        );
        await bench.done(plan);
        await bench.done(planDropSubscription(await bench.target('subscriber'), 'inside', 'dropSlotToo'));
      });

      it('within one cluster that isn’t recognised: it ends in time, and lets go of the slot', async () => {
        bench.add('subscriber', servers.publisher, { database: 'warehouse' });
        const known = await bench.parties('publisher', 'subscriber');
        const parties: SubscriptionParties = { ...known, publisher: withoutIdentifier(known.publisher) };
        const choice = subscriptionTo(servers.publisher, 'unseen', ['orders_pub'], shortest);
        const outcome = await bench.run(planCreateSubscription(parties, choice));
        assert.equal(outcome.status, 'failed');
        assert.equal(outcome.steps[0]?.error?.kind, 'timeout');
        assert.match(said(outcome), /Nothing was left behind\./);
      });

      it('with a transaction open that has written: it says for what it waits, ends in time or when cancelled', async () => {
        const end = await openWriter(servers.publisher);
        const parties = await bench.parties('publisher', 'subscriber');
        const late = await bench.run(
          planCreateSubscription(parties, subscriptionTo(servers.publisher, 'late', ['orders_pub'], shortest)),
        );
        assert.match(said(late), /It waited for process \d+ .*Nothing was left behind\./s);
        const stop = new AbortController();
        const onProgress = (progress: PlanProgress): void => {
          if (progress.type === 'waiting' && progress.blockers.length > 0) stop.abort();
        };
        const plan = planCreateSubscription(parties, subscriptionTo(servers.publisher, 'cancelled', ['orders_pub']));
        const cancelled = await bench.run(plan, { signal: stop.signal, onProgress });
        assert.equal(cancelled.status, 'cancelled');
        assert.match(said(cancelled), /Nothing was left behind\./);
        assert.deepEqual(await made(servers.publisher, servers.subscriber), [], 'while the transaction is still open');
        await end();
      });

      it('with a publisher that accepts and never answers: it ends in time', async () => {
        const plan = planCreateSubscription(await bench.parties('publisher', 'subscriber'), throughProxy('silent'));
        await proxy.cut('silent');
        const outcome = await bench.run(plan);
        assert.equal(outcome.steps[0]?.error?.kind, 'timeout');
        assert.match(said(outcome), /Not done within .*Nothing was left behind\./s);
      });

      it('with a publisher that falls silent in the middle: it ends in time, and the half-made slot goes', async () => {
        const end = await openWriter(servers.publisher);
        const parties = await bench.parties('publisher', 'subscriber');
        const running = bench.run(planCreateSubscription(parties, throughProxy('mid')));
        await halfMade(servers.publisher, 'mid');
        // The connection stays, and nothing comes through it any more.
        proxy.slow({ latency: 600_000 });
        const outcome = await running;
        assert.equal(outcome.steps[0]?.error?.kind, 'timeout');
        assert.match(said(outcome), /It waited for process \d+ .*Nothing was left behind\./s);
        await end();
      });

      it('with a connection to the publisher that breaks in the middle: it fails at once, and the half-made slot goes', async () => {
        const end = await openWriter(servers.publisher);
        const parties = await bench.parties('publisher', 'subscriber');
        const running = bench.run(planCreateSubscription(parties, throughProxy('broken')));
        await halfMade(servers.publisher, 'broken');
        await proxy.cut('silent');
        const outcome = await running;
        assert.match(outcome.steps[0]?.error?.kind ?? '', /^publisher/);
        assert.match(said(outcome), /Nothing was left behind\./);
        await end();
      });

      it('with a publisher that is killed in the middle: it fails at once, and names what it couldn’t look for', async () => {
        await openWriter(servers.publisher);
        const parties = await bench.parties('publisher', 'subscriber');
        const running = bench.run(
          planCreateSubscription(parties, subscriptionTo(servers.publisher, 'killed', ['orders_pub'])),
        );
        await halfMade(servers.publisher, 'killed');
        await servers.publisher.kill();
        const outcome = await running;
        assert.equal(outcome.status, 'failed');
        assert.match(outcome.steps[0]?.error?.kind ?? '', /^publisher/);
        await servers.publisher.start();
        await goesOrIsNamed(outcome);
      });
    });
  }
});

/** The publisher has begun with the slot, and waits. */
async function halfMade(publisher: TestServer, slot: string): Promise<void> {
  await eventually(
    async () => (await publisher.query('select from pg_replication_slots where slot_name = $1', [slot])).length > 0,
    { what: `the half-made slot ${slot}`, within: 20_000 },
  );
}

/** As a role sees a server that may not read its identifier. */
function withoutIdentifier(target: SubscriptionParties['publisher']): SubscriptionParties['publisher'] {
  if (!target) return null;
  const { inventory } = target.snapshot;
  return {
    ...target,
    snapshot: {
      ...target.snapshot,
      inventory: { ...inventory, server: { ...inventory.server, systemIdentifier: null } },
    },
  };
}
