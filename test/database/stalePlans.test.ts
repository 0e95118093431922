import assert from 'node:assert/strict';

import { ReplicationError } from '../../src/replication/model/errors.ts';
import type { Plan, PlanOutcome, PlanSubject } from '../../src/replication/model/plan.ts';
import { basisOf } from '../../src/replication/operations/basis.ts';
import { publicationIs } from '../../src/replication/operations/effects.ts';
import { makePlan, type StepDraft } from '../../src/replication/operations/steps.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';
import { Bench } from './operationsKit.ts';

const publication: PlanSubject = { kind: 'publication', name: 'orders_pub' };
const subscription: PlanSubject = { kind: 'subscription', name: 'orders_sub' };
const slot: PlanSubject = { kind: 'slot', name: 'orders_slot' };
const table: PlanSubject = { kind: 'table', schema: 'public', name: 'orders' };

describe('a plan made from an old snapshot (real servers)', function () {
  this.timeout(180_000);

  // What is compared was parsed before, the same way on every version; how it is read is in snapshot.test.ts.
  for (const major of majorsUnderTest().filter((each) => each === 10 || each === 14 || each === 18)) {
    describe(`on ${major}`, () => {
      const servers = useServers({ server: { major } });
      let server: TestServer;
      let bench: Bench;

      before(async () => {
        server = servers.server;
        bench = new Bench().add('shop', server);
        await server.script(
          `create table orders (id int primary key); create table customers (id int primary key);
           create publication orders_pub for table orders; create table ran (id int);
           create subscription orders_sub connection 'host=127.0.0.1 port=1 dbname=x' publication p with (connect = false)`,
        );
        await server.script(`select pg_create_logical_replication_slot('orders_slot', 'pgoutput')`);
      });
      after(() => bench.service.dispose());

      /** A plan that leaves a row behind where it runs, made from these objects as they are now. */
      async function planFrom(...subjects: readonly PlanSubject[]): Promise<Plan> {
        const on = await bench.target('shop');
        const step = { on, title: 'Leave a row', statement: ['insert into ran values (1)'] };
        return makePlan('Try', [step], [], basisOf(on, subjects));
      }

      async function refusal(plan: Plan): Promise<string> {
        const before = await server.query('select from ran');
        const error = await bench.run(plan).then(
          ({ status }) => assert.fail(`it ran: ${status}`),
          (thrown: unknown) => thrown,
        );
        assert.ok(ReplicationError.is(error, 'stalePlan'), String(error));
        assert.match(error.advice ?? '', /make the plan anew/);
        assert.equal((await server.query('select from ran')).length, before.length, 'nothing was run');
        return error.message;
      }

      it('runs where all is as it was, and where only what moves by itself has moved', async () => {
        const plan = await planFrom(publication, subscription, slot, table, { kind: 'slot', name: 'not_there' });
        await server.script('insert into orders values (1); alter table orders add column note text');
        await bench.done(plan);
      });

      const changes: readonly (readonly [
        what: string,
        subject: PlanSubject,
        sql: string,
        back: string,
        says: string,
      ])[] = [
        [
          'a publication has another table',
          publication,
          'alter publication orders_pub add table customers',
          'alter publication orders_pub drop table customers',
          'The publication orders_pub on shop has changed since this plan was made.',
        ],
        [
          'a publication publishes something else',
          publication,
          `alter publication orders_pub set (publish = 'insert')`,
          `alter publication orders_pub set (publish = 'insert, update, delete')`,
          'The publication orders_pub on shop has changed since this plan was made.',
        ],
        [
          'a publication is gone',
          publication,
          'alter publication orders_pub rename to other_pub',
          'alter publication other_pub rename to orders_pub',
          'The publication orders_pub on shop is no longer there.',
        ],
        [
          'one was created where none was',
          { kind: 'publication', name: 'new_pub' },
          'create publication new_pub',
          'drop publication new_pub',
          'The publication new_pub on shop was created since this plan was made.',
        ],
        [
          'a subscription reads other publications',
          subscription,
          'alter subscription orders_sub set publication p, q with (refresh = false)',
          'alter subscription orders_sub set publication p with (refresh = false)',
          'The subscription orders_sub on shop has changed since this plan was made.',
        ],
        [
          'a table has another replica identity',
          table,
          'alter table orders replica identity full',
          'alter table orders replica identity default',
          'The table public.orders on shop has changed since this plan was made.',
        ],
        [
          'a slot of that name is gone',
          slot,
          `select pg_drop_replication_slot('orders_slot')`,
          `select pg_create_logical_replication_slot('orders_slot', 'pgoutput')`,
          'The replication slot orders_slot on shop is no longer there.',
        ],
      ];
      for (const [what, subject, sql, back, says] of changes) {
        it(`is refused where ${what}`, async () => {
          const plan = await planFrom(subject);
          await server.script(sql);
          assert.equal(await refusal(plan), `${says} Nothing was run.`);
          await server.script(back);
        });
      }

      it('is compared again when it is resumed with nothing of it done', async () => {
        const on = await bench.target('shop');
        const statement = [`alter publication orders_pub rename to "no/where", rename`];
        const plan = makePlan('One', [{ on, title: 'Rename', statement }], [], basisOf(on, [publication]));
        const failed = await bench.run(plan);
        assert.equal(failed.status, 'failed');
        assert.equal((await bench.run(plan, { resume: failed })).status, 'failed', 'as it was, it is tried again');
        await server.script(`alter publication orders_pub set (publish = 'insert')`);
        await assert.rejects(bench.run(plan, { resume: failed }), { kind: 'stalePlan' });
        await server.script('drop publication orders_pub; create publication orders_pub for table orders');
      });

      /** A plan that made its first publication and can't make its second, on the way to a third object. */
      async function begun(): Promise<{ readonly plan: Plan; readonly failed: PlanOutcome }> {
        const on = await bench.target('shop');
        const step = (name: string, touches: readonly PlanSubject[]): StepDraft => ({
          on,
          title: `Create ${name}`,
          statement: [`create publication ${name}`],
          effect: publicationIs(name),
          touches,
        });
        const first = { kind: 'publication', name: 'first_pub' } as const;
        const plan = makePlan(
          'Two',
          [step('first_pub', [first]), step('in_the_way', []), step('second_pub', [])],
          [],
          basisOf(on, [first, publication, table]),
        );
        await server.script('create publication in_the_way');
        const failed = await bench.run(plan);
        assert.deepEqual(
          failed.steps.map(({ status }) => status),
          ['done', 'failed', 'pending'],
        );
        await server.script('drop publication in_the_way');
        return { plan, failed };
      }

      async function refusedToResume(plan: Plan, failed: PlanOutcome, sql: string, back: string): Promise<string> {
        await server.script(sql);
        const error = await bench.run(plan, { resume: failed }).then(
          ({ status }) => assert.fail(`it ran: ${status}`),
          (thrown: unknown) => thrown,
        );
        assert.ok(ReplicationError.is(error, 'stalePlan'), String(error));
        const made = await server.query(`select from pg_publication where pubname in ('in_the_way', 'second_pub')`);
        assert.equal(made.length, 0, 'nothing more was run');
        await server.script(back);
        return error.message;
      }

      it('is compared again when it is resumed with a part of it done, but for what that changed', async () => {
        const { plan, failed } = await begun();
        assert.equal(
          await refusedToResume(
            plan,
            failed,
            'alter publication orders_pub add table customers',
            'alter publication orders_pub drop table customers',
          ),
          'The publication orders_pub on shop has changed since this plan was made. Nothing more was run.',
        );
        assert.equal(
          await refusedToResume(plan, failed, 'drop publication first_pub', 'create publication first_pub'),
          'What this plan did on shop is no longer so: Create first_pub. Nothing more was run.',
        );
        const resumed = await bench.run(plan, { resume: failed });
        assert.equal(resumed.status, 'done', JSON.stringify(resumed.steps));
        await server.script('drop publication first_pub, in_the_way, second_pub');
      });

      it('doesn’t want back what a later step of it changed again', async () => {
        const on = await bench.target('shop');
        const rename = (from: string, to: string): StepDraft => ({
          on,
          title: `Rename ${from}`,
          statement: [`alter publication ${from} rename to ${to}`],
          effect: publicationIs(to),
        });
        const steps = [rename('orders_pub', 'away'), rename('away', 'orders_pub'), rename('not_there_yet', 'late')];
        const plan = makePlan('Away and back', steps, [], basisOf(on, [publication]));
        const failed = await bench.run(plan);
        assert.equal(failed.status, 'failed');
        await server.script('create publication not_there_yet');
        const resumed = await bench.run(plan, { resume: failed });
        assert.equal(resumed.status, 'done', JSON.stringify(resumed.steps));
        await server.script('drop publication late');
      });

      it('says that nothing was run where the server can’t be read, and needs no server that it only looks at', async () => {
        bench.connections.set('away', { ...(await bench.connections.params('shop')), port: 1 });
        const plan = await planFrom(publication);
        const [basis] = plan.basis ?? [];
        const [step] = plan.steps;
        assert.ok(basis && step);
        await bench.done({ ...plan, basis: [basis, { ...basis, connectionId: 'away', serverName: 'away' }] });
        const both = { ...step, id: '2', connectionId: 'away', serverName: 'away' };
        const rows = (await server.query('select from ran')).length;
        await assert.rejects(
          bench.run({ ...plan, steps: [step, both], basis: [{ ...basis, connectionId: 'away', serverName: 'away' }] }),
          (error) => ReplicationError.is(error, 'refused') && error.message.endsWith('Nothing was run.'),
        );
        assert.equal((await server.query('select from ran')).length, rows);
      });
    });
  }
});
