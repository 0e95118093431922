import assert from 'node:assert/strict';

import { ReplicationError, type ErrorKind } from '../../src/replication/model/errors.ts';
import { lsnToBytes } from '../../src/replication/model/lsn.ts';
import type { PeekedChanges, PeekRequest } from '../../src/replication/model/reads.ts';
import { readPeek } from '../../src/replication/peek/readPeek.ts';
import { openSession, type Session } from '../../src/replication/postgres/session.ts';
import { paramsOf } from '../support/connect.ts';
import { eventually } from '../support/eventually.ts';
import { startDebian15 } from '../support/servers/debian15.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';
import { skip } from '../support/skip.ts';
import { Bench } from './operationsKit.ts';
import { dropIdleSlots, openSlotBench } from './slotsKit.ts';

/** The texts, without what differs from run to run: times and positions. */
function texts({ changes }: PeekedChanges): readonly string[] {
  return changes.map(({ text }) =>
    text
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/g, 'TIME')
      .replaceAll(/LSN [0-9A-F]+\/[0-9A-F]+/g, 'LSN L')
      .replaceAll(/(BEGIN|COMMIT) \d+$/g, '$1 XID'),
  );
}

for (const major of majorsUnderTest()) {
  describe(`peeking at changes on ${major} (real server)`, function () {
    this.timeout(180_000);
    const servers = useServers({ server: { major, settings: { max_prepared_transactions: '5' } } });
    let bench: Bench;

    before(async () => {
      const { server } = servers;
      await server.script(`
        create schema shop;
        create type shop.mood as enum ('glad', 'sad');
        create table shop.orders (id int primary key, total numeric(10,2), note text, big text, mood shop.mood, ok boolean, at timestamptz);
        create table "full" (a int, b text, "odd ""name" text);
        create table keyed (k int not null unique, v text);
        alter table shop.orders alter big set storage external;
        alter table "full" replica identity full;
        create publication orders_pub for table shop.orders;
        create publication "odd, ""pub""" for table "full", keyed;
      `);
      await server.script('alter table keyed replica identity using index keyed_k_key');
      bench = await openSlotBench(server);
    });
    after(async () => bench.service.dispose());
    afterEach(() => dropIdleSlots(servers.server));

    const slot = async (name: string, plugin: string, database = 'postgres'): Promise<void> => {
      await servers.server.query('select pg_create_logical_replication_slot($1, $2)', [name, plugin], database);
    };
    const peek = (request: Partial<PeekRequest> = {}, on = 'server'): Promise<PeekedChanges> =>
      bench.service.reads.peek(on, { slotName: 's', limit: 100, publications: ['orders_pub'], ...request });
    const session = async (work: (opened: Session) => Promise<void>): Promise<void> => {
      const opened = await openSession(paramsOf(servers.server));
      try {
        await work(opened);
      } finally {
        await opened.close();
      }
    };
    const refuses = (work: Promise<unknown>, kind: ErrorKind, words: RegExp): Promise<void> =>
      assert.rejects(work, (error) => {
        assert.ok(ReplicationError.is(error, kind), String(error));
        assert.match(error.message, words);
        assert.ok(error.advice);
        return true;
      });

    it('decodes pgoutput into readable lines, and consumes nothing', async () => {
      const { server } = servers;
      await slot('s', 'pgoutput');
      await server.script(`
        set timezone = 'UTC';
        begin;
        insert into shop.orders values (1, 10.5, E'it''s\\na note', repeat('x', 10000), 'glad', true, '2026-01-02 03:04:05+00'), (2, null, '', null, 'sad', false, null);
        update shop.orders set total = 11 where id = 1;
        update shop.orders set id = 3 where id = 2;
        delete from shop.orders where id = 3;
        commit
      `);
      const first = await peek();
      const shown = texts(first);
      assert.equal(first.more, false);
      assert.equal(first.upTo, null);
      const at = `'2026-01-02 03:04:05+00'`;
      assert.deepEqual(
        shown.map((line) => line.replace(/'x{1000}'… \(9,000 characters more\)/, 'XXX')),
        [
          'BEGIN      committed at TIME, commit LSN L',
          'TYPE       shop.mood',
          'RELATION   shop.orders (id integer key, total numeric(10,2), note text, big text, mood shop.mood, ok boolean, at timestamp with time zone), replica identity: primary key',
          `INSERT     shop.orders: id=1 total=10.50 note='it''s\\na note' big=XXX mood='glad' ok=t at=${at}`,
          `INSERT     shop.orders: id=2 total=null note='' big=null mood='sad' ok=f at=null`,
          `UPDATE     shop.orders where id=1: total=11.00 note='it''s\\na note' big=(unchanged, not sent: TOAST) mood='glad' ok=t at=${at}`,
          `UPDATE     shop.orders where id=2: id=3 total=null note='' big=null mood='sad' ok=f at=null`,
          'DELETE     shop.orders: id=3',
          'COMMIT     at TIME, end LSN L',
        ],
      );
      for (const { lsn, xid } of first.changes) {
        assert.ok(lsnToBytes(lsn) >= 0n);
        assert.match(xid, /^\d+$/);
      }
      assert.deepEqual((await peek()).changes, first.changes);
      const [kept] = await server.query(
        `select count(*)::int as n from pg_logical_slot_peek_binary_changes('s', null, null, 'proto_version', '1', 'publication_names', 'orders_pub')`,
      );
      assert.equal(kept?.['n'], first.changes.length);
    });

    it('decodes whole old rows, changed keys, hostile names, TRUNCATE and messages', async () => {
      const { server } = servers;
      await slot('s', 'pgoutput');
      await server.script(`
        insert into "full" values (1, 'old', 'x');
        update "full" set b = 'new' where a = 1;
        delete from "full";
        insert into keyed values (7, 'a');
        update keyed set k = 8;
        update keyed set v = 'b';
        delete from keyed;
        truncate "full", keyed restart identity cascade;
      `);
      if (major >= 14) await server.query(`select pg_logical_emit_message(true, 'app', 'hello ''you''')`);
      const changes = texts(await peek({ publications: ['odd, "pub"', 'orders_pub'] })).filter(
        (line, index, lines) => !/^(BEGIN|COMMIT)/.test(line) && lines.indexOf(line) === index,
      );
      // A table is described again after a TRUNCATE.
      assert.deepEqual(changes, [
        'RELATION   public.full (a integer key, b text key, "odd ""name" text key), replica identity: all columns',
        `INSERT     public.full: a=1 b='old' "odd ""name"='x'`,
        `UPDATE     public.full where a=1 "odd ""name"='x': b 'old' → 'new'`,
        `DELETE     public.full: a=1 b='new' "odd ""name"='x'`,
        'RELATION   public.keyed (k integer key, v text), replica identity: an index',
        `INSERT     public.keyed: k=7 v='a'`,
        `UPDATE     public.keyed where k=7: k=8 v='a'`,
        `UPDATE     public.keyed where k=8: v='b'`,
        'DELETE     public.keyed: k=8',
        ...(major >= 11 ? ['TRUNCATE   public.full, public.keyed CASCADE RESTART IDENTITY'] : []),
        ...(major >= 14 ? [`MESSAGE    'app': 'hello ''you'''`] : []),
      ]);
    });

    it('names the origin of changes that came from elsewhere', async () => {
      // It has to be there before the transaction, or the server doesn't find its name.
      await servers.server.query(`select pg_replication_origin_create('upstream')`);
      await slot('s', 'pgoutput');
      await servers.server.script(`
        select pg_replication_origin_session_setup('upstream');
        begin;
        select pg_replication_origin_xact_setup('0/AB', now());
        insert into shop.orders (id) values (50);
        commit;
        select pg_replication_origin_session_reset();
      `);
      const changes = texts(await peek());
      assert.deepEqual(
        changes.filter((line) => line.startsWith('ORIGIN')),
        [`ORIGIN     'upstream', its LSN L`],
      );
      await servers.server.query(`select pg_replication_origin_drop('upstream')`);
    });

    if (major >= 14) {
      it('names the steps of two-phase transactions', async () => {
        // A slot can be two-phase since 14; pgoutput tells its steps since 15.
        await servers.server.query(`select pg_create_logical_replication_slot('s', 'pgoutput', false, true)`);
        await servers.server.script(`begin; insert into shop.orders (id) values (60); prepare transaction 'p1'`);
        await servers.server.query(`commit prepared 'p1'`);
        const words = texts(await peek()).map((line) => line.split('  ')[0]);
        const steps = words.filter((word) => word !== 'RELATION' && word !== 'TYPE').slice(-4);
        assert.deepEqual(
          steps,
          major >= 15
            ? ['BEGIN PREPARE', 'INSERT', 'PREPARE TRANSACTION', 'COMMIT PREPARED']
            : ['BEGIN', 'INSERT', 'COMMIT'],
        );
      });
    }

    it('shows what a plugin for text gives, as it is', async () => {
      await slot('s', 'test_decoding');
      await servers.server.query(`insert into keyed values (1, 'one')`);
      assert.deepEqual(texts(await peek({ publications: [] })), [
        'BEGIN XID',
        `table public.keyed: INSERT: k[integer]:1 v[text]:'one'`,
        'COMMIT XID',
      ]);
      await servers.server.query('delete from keyed');
    });

    it('stops at the limit, and says whether there is more', async () => {
      await slot('s', 'test_decoding');
      for (const id of [1, 2, 3]) await servers.server.query('insert into keyed values ($1)', [id]);
      const all = await peek({ limit: 9 });
      assert.deepEqual([all.changes.length, all.more], [9, false]);
      const cut = await peek({ limit: 8 });
      assert.deepEqual([cut.changes.length, cut.more], [8, true]);
      assert.deepEqual(cut.changes, all.changes.slice(0, 8));
      // One large transaction is cut too, though its end is all that the server's own limit knows.
      await servers.server.query('insert into keyed select n from generate_series(10, 2000) n');
      const large = await peek({ limit: 20 });
      assert.deepEqual([large.changes.length, large.more], [20, true]);
      await servers.server.query('delete from keyed');
    });

    it('cuts what is too long to be read', async () => {
      await slot('s', 'pgoutput');
      await slot('plain', 'test_decoding');
      await servers.server.query(`insert into shop.orders (id, big) values (70, repeat('y', 200000))`);
      assert.ok(texts(await peek()).some((line) => /^\(a change of 200,\d{3} bytes, not shown\)$/.test(line)));
      const [, insert] = texts(await peek({ slotName: 'plain' }));
      assert.match(insert ?? '', /y{100} … \(\d+ characters more\)$/);
    });

    it('looks through a window of WAL, and widens it', async () => {
      await slot('s', 'test_decoding');
      await session(async (opened) => {
        const request = { slotName: 's', limit: 50, publications: [] };
        const narrow = { limitMs: 30_000, windowBytes: 1 };
        await servers.server.query('create table if not exists noise (n int)');
        await servers.server.query(`select pg_logical_emit_message(false, 'noise', repeat('x', 100000))`);
        await servers.server.query('insert into keyed values (1)');
        const found = await readPeek(opened, request, narrow);
        assert.equal(found.more, false);
        assert.equal(found.upTo, null);
        assert.ok(found.changes.some(({ text }) => text.includes('public.keyed')));
      });
      await servers.server.query('delete from keyed');
    });

    it('refuses in words what can’t be peeked at', async () => {
      const { server } = servers;
      await slot('s', 'pgoutput');
      await slot('elsewhere', 'pgoutput', 'other');
      await server.query(`select pg_create_physical_replication_slot('standby', true)`);
      await server.query('insert into shop.orders (id) values (80)');
      await refuses(peek({ slotName: 'gone' }), 'missing', /no replication slot gone/);
      await refuses(peek({ slotName: 'standby' }), 'unsupported', /physical/);
      await refuses(peek({ slotName: 'elsewhere' }), 'invalidInput', /belongs to the database other/);
      await refuses(peek({ publications: [] }), 'invalidInput', /only by a publication/);
      await refuses(peek({}, 'ordinary'), 'privilege', /peek at the changes/);
      if (major < 18) await refuses(peek({ publications: ['nope'] }), 'missing', /of the time they were made/);
      else
        assert.deepEqual(
          texts(await peek({ publications: ['nope'] })).filter((line) => /INSERT/.test(line)),
          [],
        );
    });

    it('says who reads a slot that is in use', async () => {
      await slot('s', 'pgoutput');
      const conninfo = servers.server.conninfo({ database: 'postgres' }).replaceAll("'", "''");
      await servers.server.createDatabase('reader');
      await servers.server.script(
        "create schema shop; create type shop.mood as enum ('glad'); create table shop.orders (id int primary key)",
        'reader',
      );
      await servers.server.query(
        `create subscription sub connection '${conninfo}' publication orders_pub with (create_slot = false, slot_name = s, copy_data = false, enabled = true)`,
        [],
        'reader',
      );
      await eventually(
        async () => (await servers.server.query('select 1 from pg_replication_slots where active')).length > 0,
        {
          within: 20_000,
          what: 'the slot to be read',
        },
      );
      await refuses(peek(), 'inUse', /being read by the process \d+/);
      await servers.server.query('alter subscription sub disable', [], 'reader');
      await servers.server.query('alter subscription sub set (slot_name = none)', [], 'reader');
      await servers.server.query('drop subscription sub', [], 'reader');
      await eventually(
        async () => (await servers.server.query('select 1 from pg_replication_slots where active')).length === 0,
        {
          within: 20_000,
          what: 'the slot to be let go of',
        },
      );
    });
  });
}

describe('peeking at changes of wal2json (Debian’s PostgreSQL 15)', () => {
  let server: TestServer | undefined;
  let bench: Bench | undefined;

  before(async function () {
    this.timeout(180_000);
    const debian = await startDebian15({});
    if ('reason' in debian) skip(this, debian.reason);
    server = debian.server;
    bench = new Bench().add('server', server);
  });
  after(async () => {
    await bench?.service.dispose();
    await server?.dispose();
  });

  it('shows its JSON as it is', async () => {
    await server?.query('create table seen (id int primary key)');
    await server?.query(`select pg_create_logical_replication_slot('json', 'wal2json')`);
    await server?.query('insert into seen values (7)');
    const found = await bench?.service.reads.peek('server', { slotName: 'json', limit: 10, publications: [] });
    assert.equal(found?.changes.length, 1);
    const change = JSON.parse(found.changes[0]?.text ?? '') as {
      readonly change: readonly { readonly table: string }[];
    };
    assert.equal(change.change[0]?.table, 'seen');
  });
});
