import assert from 'node:assert/strict';

import { ReplicationError, type ErrorKind } from '../../src/replication/model/errors.ts';
import { planCreatePublication } from '../../src/replication/operations/publication/createPublication.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';
import { Bench, member, publicationOf } from './operationsKit.ts';

for (const major of majorsUnderTest()) {
  describe(`what is read of publications on demand (real ${major})`, () => {
    const servers = useServers({ server: { major } });
    let bench: Bench;
    before(async () => {
      await servers.server.script(`
        create schema sales; create schema archive; create sequence counter;
        create table orders (id int primary key, region text, total int);
        create table parent (id int primary key, note text);
        create table heir () inherits (parent);
        create table late_heir () inherits (heir);
        create table sales.leads (id int primary key);
        create unlogged table sales.quick (id int);
        create table parted (id int, n int) partition by range (id);
        create table archive.parted_1 partition of parted for values from (0) to (100);
        create table archive.parted_2 partition of parted for values from (100) to (200);
        ${major >= 12 ? 'create table computed (id int primary key, twice int generated always as (id * 2) stored);' : ''}
        insert into orders select g, null, g from generate_series(1, 20) g;
        insert into parent values (1); insert into heir values (2);
        insert into parted select g, g from generate_series(1, 150) g;`);
      bench = new Bench().add('server', servers.server);
    });
    after(() => bench.service.dispose());

    it('counts the rows that pass, within a limit of time', async () => {
      const { reads } = bench.service;
      const named = (name: string) => ({ schema: 'public', name });
      const passing = async (name: string, text: string | null) => {
        const { passing: some, total, stopped } = await reads.countRows('server', named(name), text, 10_000);
        return [some, total, stopped];
      };
      assert.deepEqual(await passing('orders', 'id > 15 -- the last'), [5, 20, null]);
      assert.deepEqual(await passing('orders', 'region = $$x$$'), [0, 20, null], 'a null passes no filter');
      assert.deepEqual(await passing('parent', null), [1, 1, null], 'what inherits is a member of its own');
      assert.deepEqual(await passing('parted', 'n > 100'), [50, 150, null], 'with its partitions');
      const slow = await reads.countRows('server', named('orders'), 'pg_sleep(1) is not null', 50);
      assert.deepEqual([slow.passing, slow.total, slow.stopped], [null, null, 'timeLimit']);
      const refused = async (name: string, text: string, kind: ErrorKind): Promise<void> => {
        await assert.rejects(reads.countRows('server', named(name), text, 5_000), (error) => {
          assert.ok(ReplicationError.is(error, kind), String(error));
          assert.ok(error.server && error.advice);
          return true;
        });
      };
      for (const broken of [
        'nope > 1',
        'id >',
        '1 / (id - 1) > 1',
        'id',
        'true) from heir; drop table heir; select (1',
      ])
        await refused('orders', broken, 'invalidInput');
      await refused('gone', 'id > 1', 'missing');
      await refused('orders', "nextval('counter') > 0", 'invalidInput');
      assert.equal((await servers.server.query('select 1 from heir')).length, 1);
    });

    /** "schema.table by columns filter" of what a publication sends. */
    const sent = async (name: string): Promise<readonly string[]> =>
      (await bench.service.reads.effectiveTables('server', name)).map(({ by, columns, filter, ...table }) =>
        [`${table.schema}.${table.name}`, by, columns ?? '*', filter ?? ''].join(' ').trim(),
      );

    const publish = async (name: string, more: Parameters<typeof publicationOf>[1]): Promise<void> => {
      await bench.done(planCreatePublication(await bench.target('server'), publicationOf(name, more)));
    };

    it('tells what is really published, and by what', async () => {
      await publish('by_name', { tables: [member('public', 'orders'), member('public', 'parent')] });
      assert.deepEqual(await sent('by_name'), [
        'public.heir inheritance *',
        'public.late_heir inheritance *',
        'public.orders table *',
        'public.parent table *',
      ]);
      await publish('alone', { tables: [{ ...member('public', 'parent'), only: true }] });
      assert.deepEqual(await sent('alone'), ['public.parent table *']);
      await publish('everything', { scope: 'allTables' });
      assert.ok((await sent('everything')).every((table) => table.endsWith(' allTables *')));
      assert.ok((await sent('everything')).includes('archive.parted_1 allTables *'));
      assert.ok(!(await sent('everything')).some((table) => table.includes('quick')), 'unlogged tables aren’t sent');
      await publish('nothing', {});
      assert.deepEqual(await sent('nothing'), []);
      await assert.rejects(sent('gone'), (error) => ReplicationError.is(error, 'missing'));
      if (major >= 12) {
        await publish('generated', { tables: [member('public', 'computed')] });
        assert.deepEqual(await sent('generated'), ['public.computed table *']);
      }
    });

    if (major >= 13) {
      it('tells partitions from their root', async () => {
        await publish('by_leaves', { tables: [member('public', 'parted')] });
        assert.deepEqual(await sent('by_leaves'), ['archive.parted_1 partitionOf *', 'archive.parted_2 partitionOf *']);
        await publish('by_root', { tables: [member('public', 'parted')], viaRoot: true });
        assert.deepEqual(await sent('by_root'), ['public.parted table *']);
      });
    }

    if (major >= 15) {
      it('tells columns, filters and schemas', async () => {
        await publish('narrow', {
          tables: [member('public', 'orders', { columns: ['id', 'region'], filter: 'id > 5' })],
        });
        assert.deepEqual(await sent('narrow'), ['public.orders table id,region (id > 5)']);
        await publish('schemas', {
          schemas: ['sales', 'archive'],
          tables: [member('public', 'orders', { filter: 'id > 5' })],
        });
        assert.deepEqual(await sent('schemas'), [
          'archive.parted_1 schema *',
          'archive.parted_2 schema *',
          'public.orders table * (id > 5)',
          'sales.leads schema *',
        ]);
        await publish('filtered_root', { tables: [member('public', 'parted', { filter: 'n > 1' })], viaRoot: true });
        assert.deepEqual(await sent('filtered_root'), ['public.parted table * (n > 1)']);
      });
    }
  });
}
