import assert from 'node:assert/strict';

import type { Client } from 'pg';

import type { PublicationChoice, PublishedTableChoice } from '../../src/replication/model/choices.ts';
import { ReplicationError, type ErrorKind } from '../../src/replication/model/errors.ts';
import { planCreatePublication } from '../../src/replication/operations/publication/createPublication.ts';
import { openSession } from '../../src/replication/postgres/session.ts';
import { renderRedacted } from '../../src/replication/postgres/statement.ts';
import { tryMembers } from '../../src/replication/trials/tryMembers.ts';
import { paramsOf } from '../support/connect.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest, type Major } from '../support/servers/versions.ts';
import { Bench, member, publicationOf } from './operationsKit.ts';

/** What the server has to refuse of one table: the kind, its SQLSTATE, our words and its own. */
interface Refusal {
  readonly table: PublishedTableChoice;
  readonly kind: ErrorKind;
  readonly code: string;
  readonly ours: RegExp;
  readonly words: RegExp;
}

const orders = (more: Partial<PublishedTableChoice>): PublishedTableChoice => member('public', 'orders', more);
const filter = (text: string): PublishedTableChoice => orders({ filter: text });

/** Facts 1.6: what can't be published, and column lists and row filters that can't be. */
function refusals(major: Major): readonly Refusal[] {
  const notATable = major >= 15 ? /cannot add relation/ : /is not a table|cannot be replicated/;
  const all: Refusal[] = [
    {
      table: member('public', 'seen'),
      kind: 'invalidInput',
      code: '22023',
      ours: /can’t be published/,
      words: notATable,
    },
    {
      table: member('public', 'quick'),
      kind: 'invalidInput',
      code: '22023',
      ours: /can’t be published/,
      words: notATable,
    },
    {
      table: member('pg_catalog', 'pg_class'),
      kind: 'invalidInput',
      code: '22023',
      ours: /can’t be published/,
      words: major >= 15 ? notATable : /is a system table/,
    },
    {
      table: member('public', 'gone'),
      kind: 'missing',
      code: '42P01',
      ours: /isn’t there any more/,
      words: /does not exist/,
    },
    {
      table: member('nowhere', 'gone'),
      kind: 'missing',
      code: '3F000',
      ours: /doesn’t take nowhere\.gone/,
      words: /schema "nowhere" does not exist/,
    },
  ];
  if (major === 11 || major === 12) {
    const table = member('public', 'parted');
    all.push({ table, kind: 'unsupported', code: '0A000', ours: /as a whole/, words: /is a partitioned table/ });
  }
  if (major < 15) return all;
  const invalid = /invalid publication WHERE expression/;
  all.push(
    { table: filter('random() > 0.5'), kind: 'invalidInput', code: '0A000', ours: /result can change/, words: invalid },
    { table: filter('stamp < now()'), kind: 'invalidInput', code: '0A000', ours: /result can change/, words: invalid },
    {
      table: filter('mine(id) > 0'),
      kind: 'invalidInput',
      code: '0A000',
      ours: /function of your own/,
      words: invalid,
    },
    { table: filter("mood = 'good'"), kind: 'invalidInput', code: '0A000', ours: /type of your own/, words: invalid },
    { table: filter('ctid IS NULL'), kind: 'invalidInput', code: '0A000', ours: /system column/, words: invalid },
    {
      table: filter('id = (SELECT 1)'),
      kind: 'invalidInput',
      code: '0A000',
      ours: /more than a filter may/,
      words: /WHERE/,
    },
    {
      table: filter('id'),
      kind: 'invalidInput',
      code: '42804',
      ours: /isn’t a condition/,
      words: /must be type boolean/,
    },
    {
      table: filter('count(*) > 1'),
      kind: 'invalidInput',
      code: '42803',
      ours: /aggregate/,
      words: /aggregate functions are not allowed/,
    },
    {
      table: filter('row_number() OVER () > 1'),
      kind: 'invalidInput',
      code: '42P20',
      ours: /window function/,
      words: /window functions are not allowed/,
    },
    {
      table: filter('nope > 1'),
      kind: 'missing',
      code: '42703',
      ours: /isn’t a column of it/,
      words: /column "nope" does not exist/,
    },
    {
      table: filter('id > '),
      kind: 'invalidInput',
      code: '42601',
      ours: /isn’t one whole condition/,
      words: /syntax error/,
    },
    {
      table: filter('region > 1'),
      kind: 'invalidInput',
      code: '42883',
      ours: /compares or calls/,
      words: /operator does not exist/,
    },
    {
      table: filter("id > 'x'"),
      kind: 'invalidInput',
      code: '22P02',
      ours: /doesn’t take public\.orders/,
      words: /invalid input syntax/,
    },
    {
      table: filter('true); DROP TABLE bare; SELECT (1'),
      kind: 'invalidInput',
      code: '42601',
      ours: /isn’t one whole condition/,
      words: /cannot insert multiple commands/,
    },
    {
      table: orders({ columns: ['id', 'nope'] }),
      kind: 'missing',
      code: '42703',
      ours: /column list/,
      words: /column "nope" of relation/,
    },
    {
      table: orders({ columns: ['id', 'id'] }),
      kind: 'duplicate',
      code: '42710',
      ours: /names a column twice/,
      words: /duplicate column/,
    },
    {
      table: orders({ columns: ['id', 'ctid'] }),
      kind: 'invalidInput',
      code: '42P10',
      ours: /system column/,
      words: /system column/,
    },
    {
      table: member('public', 'parted', { filter: 'id > 1' }),
      kind: 'invalidInput',
      code: '22023',
      ours: /only where changes are published via/,
      words: /WHERE clause/,
    },
    {
      table: member('public', 'parted', { columns: ['id'] }),
      kind: 'invalidInput',
      code: '22023',
      ours: /only where changes are published via/,
      words: /column list/,
    },
  );
  const generated = {
    kind: 'invalidInput',
    code: '42P10',
    ours: /generated column/,
    words: /generated column/,
  } as const;
  if (major < 18) all.push({ ...generated, table: member('public', 'computed', { columns: ['id', 'twice'] }) });
  else all.push({ ...generated, table: member('public', 'read_only', { columns: ['id', 'twice'] }) });
  return all;
}

async function shape(server: TestServer): Promise<void> {
  const { major } = server;
  await server.script(`
    create type mood as enum ('good', 'bad');
    create function mine(int) returns int immutable language sql as 'select $1';
    create table orders (id int primary key, region text, stamp timestamptz, mood mood, total int);
    create table bare (id int, n int);
    create table full_one (id int primary key, n int); alter table full_one replica identity full;
    create table by_index (id int primary key, a int not null, b int not null, note text, unique (b, a));
    alter table by_index replica identity using index by_index_b_a_key;
    create table nothing (id int primary key); alter table nothing replica identity nothing;
    create table late_key (id int primary key deferrable);
    create view seen as select 1 as id;
    create unlogged table quick (id int primary key);
    create table parted (id int, n int) partition by range (id);
    create table parted_1 partition of parted for values from (0) to (100);
    create table parted_2 partition of parted for values from (100) to (200);
    alter table parted_1 add primary key (id);
    ${major >= 12 ? 'create table computed (id int primary key, twice int generated always as (id * 2) stored, n int); create table computed_key (id int, twice int generated always as (id * 2) stored primary key);' : ''}
    ${major >= 12 ? 'create table computed_full (id int, twice int generated always as (id * 2) stored); alter table computed_full replica identity full;' : ''}
    ${major >= 18 ? 'create table read_only (id int primary key, twice int generated always as (id * 2) virtual); create table read_full (id int, twice int generated always as (id * 2) virtual); alter table read_full replica identity full;' : ''}`);
}

/** Choices that the server takes, of which some make UPDATE or DELETE fail afterwards. */
function accepted(major: Major): readonly PublishedTableChoice[] {
  const names = ['orders', 'bare', 'full_one', 'by_index', 'nothing', 'late_key', 'parted_1', 'parted_2'];
  if (major >= 12) names.push('computed', 'computed_key', 'computed_full');
  if (major >= 13) names.push('parted');
  if (major >= 18) names.push('read_only', 'read_full');
  const plain = names.map((name) => member('public', name));
  if (major < 15) return plain;
  return [
    ...plain,
    filter('id > 10'),
    filter('total > 10 and id > 1'),
    filter('true'),
    filter(`"region" = 'total' /* stamp */ -- mood`),
    orders({ columns: ['id', 'total'] }),
    orders({ columns: ['total'] }),
    orders({ columns: ['id'], filter: 'total > 10' }),
    orders({ columns: ['total', 'id'], filter: 'id > 10' }),
    member('public', 'full_one', { filter: 'n > 1' }),
    member('public', 'full_one', { columns: ['id'] }),
    member('public', 'full_one', { columns: ['id', 'n'] }),
    member('public', 'by_index', { columns: ['a', 'b'], filter: 'a > b' }),
    member('public', 'by_index', { columns: ['id', 'a'] }),
    member('public', 'by_index', { filter: 'note IS NULL' }),
    member('public', 'bare', { filter: 'id > 1' }),
    ...(major >= 18
      ? [
          member('public', 'computed_key', { columns: ['id', 'twice'] }),
          member('public', 'computed_full', { columns: ['id', 'twice'] }),
        ]
      : []),
  ];
}

/** What the server itself says of UPDATE or DELETE on a table, without running it. */
async function failure(client: Client, statement: string): Promise<string | null> {
  try {
    await client.query(`explain ${statement}`);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('trying what would be published (real servers)', function () {
  this.timeout(180_000);
  for (const major of majorsUnderTest()) {
    describe(`on ${major}`, () => {
      const servers = useServers({ server: { major } });
      let bench: Bench;
      before(async () => {
        await shape(servers.server);
        await servers.server.createRole('ordinary', 'pass-of-ordinary');
        await servers.server.createRole('creator', 'pass-of-creator');
        await servers.server.script('grant create on database postgres to creator');
        bench = new Bench().add('server', servers.server);
        bench.add('ordinary', servers.server, { user: 'ordinary', password: 'pass-of-ordinary' });
        bench.add('creator', servers.server, { user: 'creator', password: 'pass-of-creator' });
      });
      after(() => bench.service.dispose());

      const attempt = async (tables: readonly PublishedTableChoice[], more: Partial<PublicationChoice> = {}) =>
        bench.service.reads.tryMembers('server', publicationOf('tried', { tables, ...more }));

      it('gives each refusal to its table, in words, with a next step, and the others none', async function () {
        const wanted = refusals(major);
        for (const { table, kind, code, ours, words } of wanted) {
          const [good, bad] = await attempt([member('public', 'by_index'), table]);
          const seen = `${JSON.stringify(table)}: ${JSON.stringify(bad)}`;
          assert.deepEqual([good?.name, good?.error, bad?.name], ['by_index', null, table.name], seen);
          const error = bad?.error;
          assert.deepEqual([error?.kind, error?.server?.code], [kind, code], seen);
          assert.match(error?.message ?? '', ours, seen);
          assert.match(error?.server?.message ?? '', words, seen);
          assert.ok((error?.advice ?? '') !== '', seen);
        }
        assert.equal((await servers.server.query(`select 1 from pg_publication`)).length, 0, 'nothing stays');
        assert.equal((await servers.server.query(`select 1 from pg_class where relname = 'bare'`)).length, 1);
        if (this.test) this.test.title += ` [${wanted.length} refusals]`;
      });

      it('finds few refusals among many tables', async () => {
        const tables = ['orders', 'gone', 'bare', 'full_one', 'by_index', 'seen', 'nothing', 'late_key'];
        const verdicts = await attempt(tables.map((name) => member('public', name)));
        assert.deepEqual(
          verdicts.map(({ name, error }) => [name, error === null]),
          tables.map((name) => [name, name !== 'gone' && name !== 'seen']),
        );
      });

      it('says before what makes UPDATE and DELETE fail after, just as the server then does', async function () {
        let judged = 0;
        const snapshot = await bench.service.open('server');
        const [client, session] = [await servers.server.client(), await openSession(paramsOf(servers.server))];
        for (const operations of [
          { insert: true, update: true, delete: true, truncate: false },
          { insert: true, update: true, delete: false, truncate: false },
          { insert: true, update: false, delete: true, truncate: false },
          { insert: true, update: false, delete: false, truncate: major >= 11 },
        ]) {
          for (const generatedColumns of major >= 18 ? (['none', 'stored'] as const) : (['none'] as const)) {
            for (const table of accepted(major)) {
              const choice = publicationOf('judged', { tables: [table], operations, generatedColumns });
              const [verdict] = await tryMembers(session, choice);
              await client.query(planText(snapshot, choice));
              const update = await failure(client, `update ${table.name} set id = id`);
              const remove = await failure(client, `delete from ${table.name}`);
              await client.query('drop publication judged');
              const fails = [...(update === null ? [] : ['UPDATE']), ...(remove === null ? [] : ['DELETE'])];
              const words = `${JSON.stringify([table, operations, generatedColumns])}: ${update} ${JSON.stringify(verdict)}`;
              assert.equal(verdict?.error, null, words);
              const said = verdict?.identityProblem?.match(/every (.+) on it fails/)?.[1] ?? '';
              assert.equal(said, fails.join(' and '), words);
              judged += 1;
            }
          }
        }
        await Promise.all([client.end(), session.close()]);
        if (this.test) this.test.title += ` [${judged} choices]`;
      });

      if (major >= 15) {
        it('reads the columns of a filter as the server parsed it', async () => {
          const columns = async (text: string): Promise<readonly string[] | undefined> =>
            (await attempt([orders({ columns: ['id', 'total'], filter: text })]))[0]?.filterColumns;
          assert.deepEqual(await columns(`"region" = 'total' /* stamp */ and id > 1 -- mood`), ['id', 'region']);
          assert.deepEqual(await columns('true'), []);
          const [verdict] = await attempt([filter('total > 1 and region is null')]);
          assert.match(verdict?.identityProblem ?? '', /uses region and total, outside its replica identity/);
        });

        it('judges a partitioned table by its partitions, via the root', async () => {
          const [verdict] = await attempt([member('public', 'parted', { filter: 'id > 1' })], { viaRoot: true });
          assert.equal(verdict?.error, null);
          assert.match(verdict?.identityProblem ?? '', /public\.parted_2 has no replica identity/);
        });
      }

      it('refuses as a whole where the role could publish nothing, and by table where it isn’t the owner', async () => {
        const choice = publicationOf('tried', { tables: [member('public', 'orders')] });
        await assert.rejects(bench.service.reads.tryMembers('ordinary', choice), (error) =>
          ReplicationError.is(error, 'privilege'),
        );
        const [verdict] = await bench.service.reads.tryMembers('creator', choice);
        assert.deepEqual([verdict?.error?.kind, verdict?.error?.server?.code], ['privilege', '42501']);
        assert.match(verdict?.error?.message ?? '', /Only its owner may publish public\.orders/);
      });

      it('doesn’t wait long for a table that is locked', async () => {
        const other = await servers.server.client();
        try {
          await other.query('begin; lock table orders in access exclusive mode');
          const [verdict, free] = await attempt([member('public', 'orders'), member('public', 'bare')]);
          assert.deepEqual([verdict?.error?.kind, free?.error], ['timeout', null]);
          assert.match(verdict?.error?.message ?? '', /locked by another session/);
        } finally {
          await other.end();
        }
      });

      it('isn’t done on a connection that is marked read-only', async () => {
        bench.connections.set('kept', paramsOf(servers.server), { readOnly: true });
        const choice = publicationOf('tried', { tables: [member('public', 'orders')] });
        await assert.rejects(bench.service.reads.tryMembers('kept', choice), (error) =>
          ReplicationError.is(error, 'readOnlyConnection'),
        );
      });
    });
  }
});

function planText(snapshot: Awaited<ReturnType<Bench['service']['open']>>, choice: PublicationChoice): string {
  const plan = planCreatePublication({ connectionId: 'server', serverName: 'server', snapshot }, choice);
  return plan.steps.map(({ statement }) => renderRedacted(statement)).join(';');
}
