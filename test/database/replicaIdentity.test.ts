import assert from 'node:assert/strict';

import type { ReplicaIdentityChoice } from '../../src/replication/model/choices.ts';
import type { Plan } from '../../src/replication/model/plan.ts';
import type { TableDetails, UniqueIndex } from '../../src/replication/model/table.ts';
import { makePlan } from '../../src/replication/operations/steps.ts';
import { planSetReplicaIdentity } from '../../src/replication/operations/table/replicaIdentity.ts';
import type { PlanTarget } from '../../src/replication/operations/target.ts';
import { renderForServer } from '../../src/replication/postgres/statement.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';
import { Bench } from './operationsKit.ts';

/** Unique indexes of the table `many`, and what is said of those that don't qualify: 10 to 18. */
const indexes: Readonly<
  Record<string, { readonly sql: string; readonly unfit: RegExp | null; readonly since?: number }>
> = {
  fitting: { sql: 'create unique index fitting on many (a)', unfit: null },
  two_columns: { sql: 'create unique index two_columns on many (b, a)', unfit: null },
  included: { sql: 'create unique index included on many (a) include (nullable)', unfit: null, since: 11 },
  of_constraint: { sql: 'alter table many add constraint of_constraint unique (b)', unfit: null },
  nulls_alike: {
    sql: 'create unique index nulls_alike on many (nullable) nulls not distinct',
    unfit: /column nullable may be null/,
    since: 15,
  },
  nullable_one: { sql: 'create unique index nullable_one on many (a, nullable)', unfit: /column nullable may be null/ },
  partial_one: { sql: 'create unique index partial_one on many (a) where b > 0', unfit: /partial/ },
  expression_one: { sql: 'create unique index expression_one on many ((a + b))', unfit: /expression/ },
  deferrable_one: {
    sql: 'alter table many add constraint deferrable_one unique (a) deferrable',
    unfit: /deferrable/,
  },
  invalid_one: { sql: '', unfit: /not valid/ },
  without_overlaps: {
    sql: 'alter table many add constraint without_overlaps unique (span, during without overlaps)',
    unfit: null,
    since: 18,
  },
};

const majors = majorsUnderTest();

function nextOf<Item>(item: Item, items: readonly Item[]): readonly Item[] {
  const next = items[(items.indexOf(item) + 1) % items.length];
  return next === undefined ? [] : [next];
}

for (const major of majors) {
  describe(`replica identity on ${major} (real server)`, function () {
    this.timeout(180_000);
    const servers = useServers({ server: { major } });
    let bench: Bench;

    before(async () => {
      const { server } = servers;
      await server.script(`
        create table many (id int primary key, a int not null, b int not null, nullable int, span int4range not null, during int4range not null);
        create table keyless (a int not null, b int);
        create unique index keyless_a on keyless (a);
        create table plain (id int primary key, note text);
        create schema "odd ""schema""";
        create table "odd ""schema"""."odd.table" ("odd ""col""" int not null);
        create unique index "odd ""index""" on "odd ""schema"""."odd.table" ("odd ""col""");
      `);
      for (const { since = 10, sql } of Object.values(indexes)) {
        if (major >= since && sql !== '') await server.query(sql);
      }
      // An index whose creation failed stays, and isn't valid.
      await server.query(`insert into many values (1, 1, 1, 1, '[1,2)', '[1,2)'), (2, 2, 2, 2, '[2,3)', '[1,2)')`);
      await assert.rejects(server.query('create unique index concurrently invalid_one on many (during)'));
      bench = new Bench().add('server', server);
    });
    after(async () => bench.service.dispose());

    const target = async (): Promise<PlanTarget> => bench.target('server');
    const detailsOf = async (...names: readonly string[]): Promise<readonly TableDetails[]> => {
      const { tables } = (await target()).snapshot.inventory;
      const oids = tables.filter(({ name }) => names.includes(name)).map(({ oid }) => oid);
      return bench.service.tableDetails('server', oids);
    };
    /** What the server itself says: the letter, and the index that is marked. */
    const identity = async (): Promise<readonly string[]> => {
      const rows = await servers.server.query<{ text: string }>(
        `select c.relname || ' ' || c.relreplident::text || coalesce(' ' || x.relname, '') as text
           from pg_class c join pg_namespace n on n.oid = c.relnamespace
           left join pg_index i on i.indrelid = c.oid and i.indisreplident left join pg_class x on x.oid = i.indexrelid
          where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') order by 1`,
      );
      return rows.map(({ text }) => text);
    };
    const effects = async (plan: Plan): Promise<readonly boolean[]> =>
      Promise.all(
        plan.steps.map(async ({ effect }) => {
          assert.ok(effect);
          return (await servers.server.query(renderForServer(effect))).length === 1;
        }),
      );
    const choice = (name: string, more: Partial<ReplicaIdentityChoice> = {}): ReplicaIdentityChoice => ({
      tables: [{ schema: 'public', name }],
      identity: 'default',
      index: null,
      ...more,
    });
    const updateFails = async (): Promise<void> => {
      await servers.server.query('create publication many_pub for table many');
      await assert.rejects(servers.server.query('update many set b = b'), /does not have a replica identity/);
      await servers.server.query('drop publication many_pub');
    };
    const undo = async (plan: Plan): Promise<void> => {
      const drafts = plan.steps.toReversed().map(({ undo: back }) => {
        assert.ok(back);
        return { on: { connectionId: 'server', serverName: 'server' }, ...back };
      });
      await bench.done(makePlan('Undo', drafts));
    };

    it('offers the indexes that the server takes, and says of each other why it doesn’t', async () => {
      const [details] = await detailsOf('many');
      const expected = Object.entries(indexes).filter(([, { since = 10 }]) => major >= since);
      let refused = 0;
      assert.ok(details);
      const at = await target();
      for (const [name, { unfit }] of expected) {
        const found: UniqueIndex | undefined = details.uniqueIndexes.find((index) => index.name === name);
        assert.ok(found, `${name} is listed`);
        const words: string = `${name}: ${found.unfit}`;
        if (unfit === null) assert.equal(found.unfit, null, words);
        else assert.match(found.unfit ?? 'fits', unfit, words);
        // Without the details nothing but the server judges.
        const plan = planSetReplicaIdentity(await target(), choice('many', { identity: 'index', index: name }));
        const { status } = await bench.run(plan);
        // Newer minor versions take an index that isn't valid, and then don't use it.
        if (name === 'invalid_one' && status === 'done') await updateFails();
        else assert.equal(status, unfit === null ? 'done' : 'failed', words);
        if (unfit === null) {
          assert.ok((await identity()).includes(`many i ${name}`));
        } else {
          assert.throws(
            () => planSetReplicaIdentity(at, choice('many', { identity: 'index', index: name }), [details]),
            {
              kind: 'invalidInput',
              message: unfit,
            },
          );
          refused += 1;
        }
      }
      assert.equal(refused, expected.filter(([, { unfit }]) => unfit !== null).length);
      const notUnique = 'create index not_unique on many (a)';
      await servers.server.query(notUnique);
      assert.ok(!(await detailsOf('many'))[0]?.uniqueIndexes.some(({ name }) => name === 'not_unique'));
      const plan = planSetReplicaIdentity(await target(), choice('many', { identity: 'index', index: 'not_unique' }));
      assert.match((await bench.run(plan)).steps[0]?.error?.server?.message ?? '', /non-unique/);
      await bench.done(planSetReplicaIdentity(await target(), choice('many')));
    });

    it('goes from one identity to another, and back by undo', async () => {
      const states: readonly ReplicaIdentityChoice[] = [
        choice('many'),
        choice('many', { identity: 'full' }),
        choice('many', { identity: 'nothing' }),
        choice('many', { identity: 'index', index: 'fitting' }),
        choice('many', { identity: 'index', index: 'two_columns' }),
      ];
      const details = await detailsOf('many');
      // What differs between versions shows at the ends; between them each is left and reached once.
      const everyPair = major === majors[0] || major === majors.at(-1);
      let pairs = 0;
      for (const from of states) {
        await bench.done(planSetReplicaIdentity(await target(), from, details));
        const before = await identity();
        // The undo leads back to it, so every plan from here is made from the same.
        const at = await target();
        for (const to of everyPair ? states : nextOf(from, states)) {
          if (to === from) continue;
          const plan = planSetReplicaIdentity(at, to, details);
          assert.equal(plan.steps.length, 1);
          assert.deepEqual(await effects(plan), [false]);
          await bench.done(plan);
          assert.deepEqual(await effects(plan), [true]);
          assert.notDeepEqual(await identity(), before);
          await undo(plan);
          assert.deepEqual(await identity(), before);
          pairs += 1;
        }
      }
      assert.equal(pairs, everyPair ? 20 : 5);
      await bench.done(planSetReplicaIdentity(await target(), choice('many')));
    });

    it('sets several at once, each with its own index, and gives each its own back', async () => {
      await bench.done(planSetReplicaIdentity(await target(), choice('plain', { identity: 'nothing' })));
      const odd = { schema: 'odd "schema"', name: 'odd.table' };
      const tables = [{ schema: 'public', name: 'keyless' }, { schema: 'public', name: 'plain' }, odd];
      await bench.done(
        planSetReplicaIdentity(await target(), {
          tables: [
            { schema: 'public', name: 'keyless', index: 'keyless_a' },
            { ...odd, index: 'odd "index"' },
          ],
          identity: 'index',
          index: null,
        }),
      );
      const before = await identity();
      assert.deepEqual(before.toSorted(), ['keyless i keyless_a', 'many d', 'odd.table i odd "index"', 'plain n']);
      const plan = planSetReplicaIdentity(await target(), { tables, identity: 'full', index: null });
      assert.deepEqual(await effects(plan), [false, false, false]);
      assert.match(plan.remarks.join(), /old row is written to the WAL as a whole/);
      await bench.done(plan);
      assert.deepEqual(await effects(plan), [true, true, true]);
      await undo(plan);
      assert.deepEqual(await identity(), before);
    });

    it('warns of what a publication then fails by, as the server does', async () => {
      const { server } = servers;
      await server.script(`create publication pub for table keyless${major >= 15 ? ' (a)' : ''}`);
      await server.script('insert into keyless values (1, 1)');
      const details = await detailsOf('keyless');
      const warns = async (to: ReplicaIdentityChoice, words: RegExp | null): Promise<void> => {
        const [step] = planSetReplicaIdentity(await target(), to, details).steps;
        const plan = planSetReplicaIdentity(await target(), to, details);
        assert.equal(step?.risk, words === null ? 'none' : 'lossy');
        if (words) assert.match(step?.consequence ?? '', words);
        await bench.done(plan);
        const update = server.query('update keyless set b = b');
        if (words) await assert.rejects(update, /cannot update table "keyless"/);
        else await update;
      };
      await warns(choice('keyless', { identity: 'index', index: 'keyless_a' }), null);
      await warns(choice('keyless', { identity: 'nothing' }), /fail from then on where they are published/);
      await warns(choice('keyless', { identity: 'default' }), /has no primary key/);
      await warns(choice('keyless', { identity: 'full' }), major >= 15 ? /pub has a column list for it/ : null);
      await server.script('drop publication pub');
      if (major < 15) return;
      await server.script('create publication pub for table keyless (a, b)');
      await warns(choice('keyless', { identity: 'full' }), /pub has a column list for it/);
      await server.script('drop publication pub; create publication pub for table keyless where (b > 0)');
      await warns(choice('keyless', { identity: 'full' }), null);
      await warns(
        choice('keyless', { identity: 'index', index: 'keyless_a' }),
        /if the row filter of pub uses any column but a\./,
      );
      await server.script('drop publication pub');
    });

    if (major >= 12) {
      it('warns of generated columns that aren’t sent, where the server fails by them', async () => {
        const { server } = servers;
        await server.script(`
        create table made (id int primary key, twice int generated always as (id * 2) stored);
        create publication pub for table made;
        insert into made values (1);
      `);
        const details = await detailsOf('made');
        const plan = planSetReplicaIdentity(await target(), choice('made', { identity: 'full' }), details);
        assert.equal(/generated column twice/.test(plan.steps[0]?.consequence ?? ''), major >= 18);
        await bench.done(plan);
        const update = server.query('update made set id = 2');
        if (major >= 18) await assert.rejects(update, /cannot update table "made"/);
        else await update;
        await server.script('drop table made; drop publication pub');
      });
    }
  });
}
