import assert from 'node:assert/strict';
import { appendFileSync, closeSync, openSync, rmSync } from 'node:fs';
import path from 'node:path';

import type { ErrorDescription, ErrorKind } from '../../src/replication/model/errors.ts';
import type { PlanOutcome } from '../../src/replication/model/plan.ts';
import { Secret } from '../../src/replication/model/secret.ts';
import { planCreatePublication } from '../../src/replication/operations/publication/createPublication.ts';
import { planCreateSlot } from '../../src/replication/operations/slot/createSlot.ts';
import { makePlan } from '../../src/replication/operations/steps.ts';
import { planCreateSubscription } from '../../src/replication/operations/subscription/createSubscription.ts';
import { planDropSubscription } from '../../src/replication/operations/subscription/dropSubscription.ts';
import { eventually } from '../support/eventually.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';
import { Bench, publicationOf, subscriptionTo } from './operationsKit.ts';

/** How a refusal has to arrive: its kind, the server's own SQLSTATE and words, and what can be done next. */
interface Expected {
  readonly kind: ErrorKind;
  /** Publisher-side failures changed their class at 14: then both. */
  readonly code: RegExp;
  readonly words: RegExp;
  readonly advice: RegExp;
}

/** SQLSTATEs that a subscriber wraps what its publisher said in: XX000 up to 13, of class 08 since. */
const wrapped = /^(XX000|08006|08P01)$/;
let provoked = 0;

/** Asserts that an outcome failed as expected: typed, a sentence of ours, the server's words, and a next step. */
function refused(outcome: PlanOutcome, expected: Expected): ErrorDescription {
  const error = outcome.steps.find((step) => step.error !== null)?.error;
  assert.ok(error, `it was not refused: ${JSON.stringify(outcome)}`);
  const seen = JSON.stringify(error);
  assert.equal(error.kind, expected.kind, seen);
  assert.match(error.server?.code ?? '', expected.code, seen);
  assert.match(error.server?.message ?? '', expected.words, seen);
  assert.match(error.advice ?? '', expected.advice, seen);
  assert.notEqual(error.message, error.server?.message);
  assert.match(error.message, /^[A-Z]/);
  provoked += 1;
  return error;
}

/** What no operation of ours writes, sent as it stands. */
async function send(bench: Bench, connectionId: string, sql: string): Promise<PlanOutcome> {
  const on = await bench.target(connectionId);
  return bench.run(makePlan('Send a statement', [{ on, title: 'Send a statement', statement: [sql] }]));
}

function slotOf(name: string, plugin = 'pgoutput') {
  return { name, plugin, twoPhase: false, failover: false, waitLimitMs: 20_000 };
}

for (const major of majorsUnderTest()) {
  describe(`what a ${major} refuses (real servers)`, function () {
    this.timeout(180_000);
    const servers = useServers({
      publisher: {
        major,
        settings: { max_replication_slots: '4', max_wal_senders: '3' },
        hba: ['host keptout all 127.0.0.1/32 reject'],
      },
      subscriber: { major },
    });
    let bench: Bench;
    before(async () => {
      provoked = 0;
      await servers.publisher.script(
        'create table t1 (id int primary key); create table v1 (id int primary key); create publication px for table t1; create publication pv for table v1',
      );
      await servers.publisher.createDatabase('keptout');
      await servers.publisher.createRole('ordinary', 'pass-of-ordinary');
      await servers.subscriber.script('create table t1 (id int primary key); create view v1 as select 1 as id');
      bench = new Bench().add('publisher', servers.publisher).add('subscriber', servers.subscriber);
      bench.add('ordinary', servers.publisher, { user: 'ordinary', password: 'pass-of-ordinary' });
    });
    after(async () => {
      await bench.service.dispose();
      console.info(`      ${provoked} refusals of ${major} arrived typed, with words and a next step`);
    });

    const subscribe = async (
      name: string,
      publications: readonly string[],
      more: Parameters<typeof subscriptionTo>[3] = {},
    ): Promise<PlanOutcome> =>
      bench.run(
        planCreateSubscription(
          await bench.parties('publisher', 'subscriber'),
          subscriptionTo(servers.publisher, name, publications, more),
        ),
      );
    const createSlot = async (on: string, ...slot: Parameters<typeof slotOf>): Promise<PlanOutcome> =>
      bench.run(planCreateSlot(await bench.target(on), slotOf(...slot)));

    it('says why a slot can’t be made', async () => {
      await servers.publisher.query(`select pg_create_logical_replication_slot('taken', 'pgoutput')`);
      const inTheWay = { code: /^42710$/, words: /replication slot "taken" already exists/, advice: /another name/ };
      refused(await createSlot('publisher', 'taken'), { kind: 'duplicate', ...inTheWay });
      refused(await createSlot('publisher', 'unplugged', 'nope'), {
        kind: 'missing',
        code: /^58P01$/,
        words: /could not access file "nope"/,
        advice: /plugin isn’t installed/,
      });
      refused(await createSlot('ordinary', 'forbidden'), {
        kind: 'privilege',
        code: /^42501$/,
        words: /must be superuser or replication role|permission denied to use replication slots/,
        advice: /privilege|REPLICATION/,
      });
    });

    it('says why a subscription can’t be made: its publisher', async () => {
      const unreachable = { kind: 'publisherUnreachable', code: wrapped } as const;
      const to = (pairs: Readonly<Record<string, string>>) => ({
        conninfo: Object.entries({
          host: servers.publisher.host,
          port: String(servers.publisher.port),
          dbname: 'postgres',
          user: 'postgres',
          ...pairs,
        }),
      });
      refused(await subscribe('s', ['px'], to({ dbname: 'nope' })), {
        ...unreachable,
        words: /could not connect to the publisher[^]*database "nope" does not exist/,
        advice: /dbname/,
      });
      refused(await subscribe('s', ['px'], { password: new Secret('wrong') }), {
        ...unreachable,
        words: /password authentication failed/,
        advice: /password of the connection string/,
      });
      refused(await subscribe('s', ['px'], to({ dbname: 'keptout' })), {
        ...unreachable,
        words: /pg_hba\.conf rejects (replication )?connection/,
        advice: /pg_hba\.conf of the publisher/,
      });
      refused(await subscribe('s', ['px'], to({ port: '1' })), {
        ...unreachable,
        words: /could not connect to the publisher[^]*refused/,
        advice: /as the subscriber’s server sees them/,
      });
      const asOrdinary = { ...to({ user: 'ordinary' }), password: new Secret('pass-of-ordinary') };
      refused(await subscribe('s', ['px'], asOrdinary), {
        kind: 'privilege',
        code: wrapped,
        words: /must be superuser or replication role to start walsender|permission denied to start WAL sender/,
        advice: /REPLICATION attribute on the publisher/,
      });
    });

    it('says why a subscription can’t be made: its slot, its tables, its own words', async () => {
      refused(await subscribe('s', ['px'], { slot: { mode: 'create', name: 'taken' } }), {
        kind: 'duplicate',
        code: wrapped,
        words: /replication slot "taken" already exists/,
        advice: /another name/,
      });
      refused(await subscribe('s', ['pv']), {
        kind: 'invalidInput',
        code: /^42809$/,
        words: /logical replication target/,
        advice: /only be replicated into tables/,
      });
      await servers.publisher.script(
        'create table absent (id int primary key); create publication pa for table absent',
      );
      refused(await subscribe('s', ['pa']), {
        kind: 'missing',
        code: /^42P01$/,
        words: /relation "public.absent" does not exist/,
        advice: /Create the table there first/,
      });
      refused(await send(bench, 'subscriber', `create subscription s connection 'host' publication px`), {
        kind: 'invalidInput',
        code: /^42601$/,
        words: /invalid connection string syntax/,
        advice: /keyword=value/,
      });
      const inFunction = `do $$ begin execute 'create subscription s connection ''host=127.0.0.1 port=1'' publication px'; end $$`;
      refused(await send(bench, 'subscriber', inFunction), {
        kind: 'transactionBlock',
        code: /^25001$/,
        words: /cannot be executed from a function|cannot run inside a transaction block/,
        advice: /by itself/,
      });
      const left = await servers.publisher.query(`select 1 from pg_replication_slots where slot_name <> 'taken'`);
      assert.equal(left.length, 0, 'a refused subscription left a slot');
    });

    it('says that nothing is free any more', async () => {
      for (const name of ['one', 'two', 'three']) {
        await servers.publisher.query('select pg_create_logical_replication_slot($1, $2)', [name, 'pgoutput']);
      }
      const full = {
        kind: 'limit',
        words: /all replication slots are in use/,
        advice: /max_replication_slots/,
      } as const;
      refused(await createSlot('publisher', 'four'), { ...full, code: /^53400$/ });
      refused(await subscribe('s', ['px'], { copyData: false }), { ...full, code: wrapped });
      for (const name of ['one', 'two', 'three']) {
        await servers.publisher.query('select pg_drop_replication_slot($1)', [name]);
      }
      const holders = [];
      for (let n = 0; n < 3; n += 1) holders.push(await holdSender(servers.publisher));
      refused(await subscribe('s', ['px']), {
        kind: 'limit',
        code: wrapped,
        words: /max_wal_senders/,
        advice: /max_wal_senders/,
      });
      for (const release of holders) await release();
    });

    it('says why a subscription can’t be dropped, and its table neither while it is copied', async () => {
      await eventually(async () => (await subscribe('s', ['px'])).status === 'done', {
        within: 20_000,
        what: 'a free WAL sender',
      });
      if (major >= 14) {
        // A row that is there already makes its copy fail, again and again: it stays in progress.
        const slow = 'create table slow (id int primary key); insert into slow values (1)';
        await servers.subscriber.script(slow);
        await servers.publisher.script(`${slow}; alter publication px add table slow`);
        await servers.subscriber.query('alter subscription s refresh publication');
        refused(await send(bench, 'subscriber', 'drop table slow'), {
          kind: 'invalidInput',
          code: /^22023$/,
          words: /could not drop relation mapping for subscription "s"/,
          advice: /being copied/,
        });
      }
      await servers.subscriber.query('alter subscription s disable');
      await eventually(
        async () => {
          const rows = await servers.publisher.query(
            `select 1 from pg_replication_slots where slot_name = 's' and active`,
          );
          return rows.length === 0;
        },
        { within: 20_000, what: 'the slot that nobody reads' },
      );
      await servers.publisher.query(`select pg_drop_replication_slot('s')`);
      const drop = async () => bench.run(planDropSubscription(await bench.target('subscriber'), 's', 'dropSlotToo'));
      refused(await drop(), {
        kind: 'publisherRefused',
        code: /^(XX000|08006|42704)$/,
        words: /could not drop (the )?replication slot "s" on publisher/,
        advice: /gone already/,
      });
      await servers.publisher.stop();
      refused(await drop(), {
        kind: 'publisherUnreachable',
        code: wrapped,
        words: /could not connect to publisher when attempting to drop/,
        advice: /leave its slot/,
      });
      await servers.publisher.start();
      const down = await bench.done(planDropSubscription(await bench.target('subscriber'), 's', 'leaveSlot'));
      assert.equal(down.status, 'done');
    });
  });

  describe(`what a ${major} without logical decoding refuses (real servers)`, function () {
    this.timeout(180_000);
    const servers = useServers({ plain: { major, settings: { wal_level: 'replica' } }, subscriber: { major } });
    let bench: Bench;
    before(async () => {
      for (const server of [servers.plain, servers.subscriber])
        await server.script('create table t1 (id int primary key)');
      bench = new Bench().add('publisher', servers.plain).add('subscriber', servers.subscriber);
    });
    after(async () => bench.service.dispose());

    it('says so before a stream is hoped for', async () => {
      const publication = publicationOf('px', {
        tables: [{ schema: 'public', name: 't1', columns: null, filter: null }],
      });
      const made = await bench.run(planCreatePublication(await bench.target('publisher'), publication));
      assert.equal(made.status, 'done');
      const notices = made.steps.flatMap((step) => step.notices).join();
      assert.equal(/wal_level/.test(notices), major >= 13, notices);
      const level = { kind: 'walLevel', words: /wal_level"? >= "?logical/, advice: /wal_level = logical/ } as const;
      const slot = await bench.run(planCreateSlot(await bench.target('publisher'), slotOf('one')));
      refused(slot, { ...level, code: /^55000$/ });
      const parties = await bench.parties('publisher', 'subscriber');
      const choice = subscriptionTo(servers.plain, 's', ['px']);
      refused(await bench.run(planCreateSubscription(parties, choice)), { ...level, code: wrapped });
    });

    it('says that slots are switched off', async () => {
      await servers.plain.query(`alter system set max_replication_slots = 0`);
      await servers.plain.restart();
      refused(await bench.run(planCreateSlot(await bench.target('publisher'), slotOf('one'))), {
        kind: 'limit',
        code: /^55000$/,
        words: /max_replication_slots"? (>|=) 0/,
        advice: /max_replication_slots to 10/,
      });
    });

    it('says that it is a standby', async () => {
      await servers.plain.query(`alter system set max_replication_slots = 10`);
      await servers.plain.query(`alter system set wal_level = logical`);
      // A standby knows its primary's wal_level from the WAL.
      await servers.plain.restart();
      await servers.plain.stop();
      becomeStandby(servers.plain);
      await servers.plain.start();
      const publication = publicationOf('py');
      refused(await bench.run(planCreatePublication(await bench.target('publisher'), publication)), {
        kind: 'readOnlyServer',
        code: /^25006$/,
        words: /read-only transaction/,
        advice: /standby/,
      });
      if (major <= 15) {
        refused(await bench.run(planCreateSlot(await bench.target('publisher'), slotOf('one'))), {
          kind: 'unsupported',
          code: /^0A000$/,
          words: /while in recovery/,
          advice: /primary/,
        });
      }
      if (major >= 17) {
        const failover = { ...slotOf('one'), failover: true };
        refused(await bench.run(planCreateSlot(await bench.target('publisher'), failover)), {
          kind: 'unsupported',
          code: /^0A000$/,
          words: /failover|standby/,
          advice: /primary/,
        });
      }
    });
  });
}

/** Takes one WAL sender: a replication connection that asks for nothing. Gives the way to let it go. */
async function holdSender(server: TestServer): Promise<() => Promise<void>> {
  const { Client } = await import('pg');
  const options = { host: server.host, port: server.port, user: server.superuser, password: server.password };
  const client = new Client({ ...options, database: 'postgres', replication: 'database' } as ConstructorParameters<
    typeof Client
  >[0]);
  client.on('error', () => {});
  await client.connect();
  return async () => client.end();
}

/** Makes a stopped server one that waits for WAL that never comes: a file since 12, a setting before. */
function becomeStandby(server: TestServer): void {
  const signal = path.join(server.dataFolder, server.major >= 12 ? 'standby.signal' : 'recovery.conf');
  rmSync(signal, { force: true });
  closeSync(openSync(signal, 'w'));
  if (server.major < 12) appendFileSync(signal, `standby_mode = 'on'\n`);
}
