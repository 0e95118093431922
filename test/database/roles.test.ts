import assert from 'node:assert/strict';

import type { Plan } from '../../src/replication/model/plan.ts';
import { Secret } from '../../src/replication/model/secret.ts';
import { planCreatePublication } from '../../src/replication/operations/publication/createPublication.ts';
import { checkReplicationRole, planCreateReplicationRole } from '../../src/replication/operations/role/createRole.ts';
import { roleReport } from '../../src/replication/operations/role/roleReport.ts';
import { planCreateSubscription } from '../../src/replication/operations/subscription/createSubscription.ts';
import { planDropSubscription } from '../../src/replication/operations/subscription/dropSubscription.ts';
import { replicationLogin } from '../../src/replication/postgres/replicationLogin.ts';
import { scramVerifier } from '../../src/replication/postgres/scram.ts';
import { renderForServer } from '../../src/replication/postgres/statement.ts';
import { ownServer } from '../../src/replication/providers/ownServer.ts';
import { undoPlan } from '../../src/ui/plans/undo.ts';
import { paramsOf } from '../support/connect.ts';
import { eventually } from '../support/eventually.ts';
import { useServers } from '../support/servers/useServers.ts';
import { type Major, majorsUnderTest } from '../support/servers/versions.ts';
import { Bench, member, publicationOf, subscriptionTo } from './operationsKit.ts';
import { accessTo, choiceOf, faults, hold, messages, password, shape, thereAndBack } from './rolesKit.ts';

describe('roles (real servers)', function () {
  this.timeout(180_000);
  const fixed = useServers({ newest: { major: 18 } });
  before(() => fixed.newest.script('create schema sales; create table orders (id int primary key, note text)'));
  before(() => fixed.newest.script('create table sales.leads (id int primary key)'));

  // Where something differs: keys of partitioned tables (11), words about WAL senders (14), column lists (15), who may give
  // REPLICATION (16).
  const telling: readonly Major[] = [10, 11, 14, 15, 16, 18];
  for (const major of majorsUnderTest().filter((each) => telling.includes(each))) {
    describe(`on ${major}`, () => {
      const servers = useServers({
        publisher: {
          major,
          hba: [
            // Only for physical replication, whatever the order: what replicates logically isn't met by it.
            'host replication all 127.0.0.1/32 reject',
            'host postgres banned 127.0.0.1/32 reject',
            'host all md5_reader 127.0.0.1/32 md5',
          ],
          settings: { log_statement: 'all', max_wal_senders: '3', max_replication_slots: '5' },
        },
      });
      let bench: Bench;
      before(() => shape(servers.publisher));
      beforeEach(() => {
        bench = new Bench().add('publisher', servers.publisher);
      });
      afterEach(() => bench.service.dispose());

      it('makes a role that replicates, with what it needs, and takes all of it back', async () => {
        const target = await bench.target('publisher');
        const publications = ['shop', 'everything'];
        const choice = choiceOf('Reader "of" all', { publications, futureSchemas: ['public', 'sales'] });
        const access = await accessTo(bench, choice.name, publications);
        assert.equal(access.exists, false);
        assert.deepEqual(checkReplicationRole(target, choice, { access }), []);
        const plan = await planCreateReplicationRole(target, choice, { access });
        await thereAndBack(bench, servers.publisher, plan);
        assert.equal(plan.basis?.length, 2, 'a publication that changed meanwhile makes it stale');
      });

      it('makes one that copies and follows, through libpq', async () => {
        const target = await bench.target('publisher');
        await bench.done(
          planCreatePublication(
            target,
            publicationOf('two', { tables: [member('public', 'orders'), member('sales', 'leads')] }),
          ),
        );
        const access = await accessTo(bench, 'copier', ['two']);
        const choice = choiceOf('copier', { publications: ['two'] });
        await bench.done(await planCreateReplicationRole(await bench.target('publisher'), choice, { access }));
        bench.add('subscriber', fixed.newest);
        const subscription = subscriptionTo(servers.publisher, 'two_sub', ['two'], {
          conninfo: [
            ['host', servers.publisher.host],
            ['port', String(servers.publisher.port)],
            ['dbname', 'postgres'],
            ['user', 'copier'],
          ],
          password: new Secret(password),
        });
        await bench.done(planCreateSubscription(await bench.parties('publisher', 'subscriber'), subscription));
        const rows = async (table: string): Promise<number> =>
          Number((await fixed.newest.query<{ n: string }>(`select count(*) n from ${table}`))[0]?.n);
        await eventually(async () => (await rows('orders')) === 20 && (await rows('sales.leads')) === 1, {
          within: 60_000,
          what: 'the copied rows',
        });
        await bench.done(planDropSubscription(await bench.target('subscriber'), 'two_sub', 'dropSlotToo'));
        await fixed.newest.script('truncate orders, sales.leads');
        await servers.publisher.script('drop owned by copier; drop role copier; drop publication two');
      });

      it('hashes passwords so that every way of login takes them, and no log holds them', async () => {
        const passwords = ['plain-24-characters-long', 'it\'s "quoted" \\', 'Tröte-26', 'ﬁ\u00A0x', '密码🔑', ' '];
        // As 10 to 13 have it by default: what comes hashed is kept as it is all the same.
        await servers.publisher.script('alter role postgres set password_encryption = md5');
        for (const [index, each] of passwords.entries()) {
          for (const name of index < 2 ? ['scram_reader', 'md5_reader'] : ['scram_reader']) {
            const choice = choiceOf(name, { password: new Secret(each) });
            const plan = await planCreateReplicationRole(await bench.target('publisher'), choice);
            const outcome = await bench.done(plan);
            assert.ok(!JSON.stringify([plan, outcome]).includes('SCRAM-SHA-256$'), 'nor the verifier in what is kept');
            const login = await replicationLogin(
              paramsOf(servers.publisher, { database: 'template1', user: name, password: each }),
            );
            assert.deepEqual(login.error, null, `${name} with ${each}`);
            await servers.publisher.script(`drop role ${name}`);
          }
        }
        await servers.publisher.script('alter role postgres reset password_encryption');
        const log = await servers.publisher.logText();
        assert.match(log, /CREATE ROLE "scram_reader" WITH LOGIN REPLICATION PASSWORD 'SCRAM-SHA-256\$4096:/);
        for (const each of passwords.filter((text) => text.trim() !== '')) assert.ok(!log.includes(each), each);
      });

      it('gives a role that is there only what it lacks', async () => {
        await servers.publisher.script(`
          create role half nologin; grant select on orders to half; grant usage on schema sales to half;
          alter default privileges in schema sales grant select on tables to half`);
        const access = await accessTo(bench, 'half', ['shop']);
        const choice = choiceOf('half', {
          password: null,
          publications: ['shop'],
          futureSchemas: ['sales'],
          existing: true,
        });
        const target = await bench.target('publisher');
        assert.deepEqual(checkReplicationRole(target, choice, { access }), []);
        const plan = await planCreateReplicationRole(target, choice, { access });
        assert.deepEqual(
          plan.steps.map(({ statement }) => renderForServer(statement)),
          [
            'ALTER ROLE "half" WITH LOGIN REPLICATION',
            'GRANT CONNECT ON DATABASE "postgres" TO "half"',
            'GRANT USAGE ON SCHEMA "Größe; --" TO "half"',
            'GRANT SELECT ON TABLE "Größe; --"."it\'s" TO "half"',
            'GRANT SELECT ON TABLE "public"."parted_1" TO "half"',
            'GRANT SELECT ON TABLE "sales"."leads", "sales"."made" TO "half"',
            'ALTER DEFAULT PRIVILEGES FOR ROLE "maker" IN SCHEMA "sales" GRANT SELECT ON TABLES TO "half"',
          ],
        );
        await thereAndBack(bench, servers.publisher, plan);
        await servers.publisher.script('drop owned by half; drop role half');
      });

      it('changes a password, and says that the old one stops working', async () => {
        await servers.publisher.createRole('changed', 'the-old-one', 'replication');
        await servers.publisher.script('grant connect on database postgres to changed');
        const access = await accessTo(bench, 'changed', []);
        const choice = choiceOf('changed', { existing: true });
        const plan = await planCreateReplicationRole(await bench.target('publisher'), choice, { access });
        assert.deepEqual(
          plan.steps.map(({ risk }) => risk),
          ['lossy'],
        );
        const outcome = await bench.done(plan);
        assert.equal(undoPlan(plan, outcome), null);
        const as = { user: 'changed', password };
        assert.equal((await replicationLogin(paramsOf(servers.publisher, as))).ok, true);
        const old = await replicationLogin(paramsOf(servers.publisher, { ...as, password: 'the-old-one' }));
        assert.equal(old.error?.kind, 'authentication');
        await servers.publisher.script('drop owned by changed; drop role changed');
      });

      it('says why a replication connection fails, with the line of pg_hba.conf where that is it', async () => {
        const { publisher } = servers;
        const verifier = (await scramVerifier(new Secret(password))).reveal();
        await publisher.script(`create role banned login replication password '${verifier}';
          create role plain login password '${verifier}'; create role shut login replication password '${verifier}';
          grant connect on database postgres to banned, plain`);
        const attempt = async (user: string, more: { database?: string } = {}): ReturnType<typeof replicationLogin> =>
          replicationLogin(paramsOf(publisher, { user, password, ...more }));
        const [{ id } = { id: '' }] = await publisher.query<{ id: string }>(
          'select system_identifier::text as id from pg_control_system()',
        );
        const good = await replicationLogin(paramsOf(publisher));
        assert.deepEqual([good.ok, good.systemIdentifier, good.error], [true, id, null]);

        const banned = await attempt('banned');
        assert.equal(banned.error?.kind, 'hbaRejected');
        assert.match(banned.error?.advice ?? '', /: host {2}postgres {2}banned {2}127\.0\.0\.1\/32 {2}scram-sha-256$/);
        const plain = await attempt('plain');
        assert.deepEqual(
          [plain.error?.kind, plain.error?.message.replace(/:\d+/, '')],
          ['privilege', 'The role plain may not replicate from 127.0.0.1.'],
        );
        const shut = await attempt('shut');
        assert.equal(shut.error?.message, 'The role shut may not connect to the database postgres.');
        assert.equal((await attempt('banned', { database: 'gone' })).error?.kind, 'noSuchDatabase');
        assert.equal((await attempt('nobody')).error?.kind, 'authentication');
        for (const failure of [banned, plain, shut]) assert.ok(failure.error?.server?.message);
        await publisher.script('drop owned by banned, plain, shut; drop role banned, plain, shut');
      });

      it('reports what a role lacks, as the plan that gives it', async () => {
        const { publisher } = servers;
        await publisher.createRole('asker', password);
        await publisher.script(
          'alter table orders enable row level security; create policy own on orders using (id = 1)',
        );
        const access = await accessTo(bench, 'asker', ['shop']);
        const target = await bench.target('publisher');
        const login = await replicationLogin(paramsOf(publisher, { user: 'asker', password }));
        const lacks = faults(roleReport(target, access, ['shop'], login, ownServer));
        assert.deepEqual(
          lacks.map((text) => text.replace(/127.*$/, '…')),
          [
            'It lacks the REPLICATION attribute.',
            'It lacks CONNECT on the database postgres.',
            'It lacks USAGE on the schema "Größe; --" and sales.'.replace('"Größe; --"', 'Größe; --'),
            'It lacks SELECT on "Größe; --"."it\'s", public.orders, public.parted_1, sales.leads and sales.made, so that the initial copy fails.',
            'Row-level security hides rows of public.orders from it: the initial copy leaves them out.',
            lacks.at(-1)?.replace(/127.*$/, '…') ?? '',
          ],
        );
        const choice = choiceOf('asker', { password: null, publications: ['shop'], existing: true });
        assert.deepEqual(
          messages(checkReplicationRole(target, choice, { access })).map((text) => text.slice(0, 54)),
          ['warning: Row-level security applies to public.orders: '],
        );
        await bench.done(await planCreateReplicationRole(target, choice, { access }));
        await publisher.script('drop policy own on orders; alter table orders disable row level security');
        const after = await accessTo(bench, 'asker', ['shop']);
        const now = await replicationLogin(paramsOf(publisher, { user: 'asker', password }));
        assert.deepEqual(faults(roleReport(await bench.target('publisher'), after, ['shop'], now, ownServer)), []);
        await publisher.script('drop owned by asker; drop role asker');
      });

      if (major >= 15)
        it('takes the columns of a column list for enough, where they are all that is copied', async () => {
          await servers.publisher.script(`create role listed login replication; grant select (id) on orders to listed;
          grant connect on database postgres to listed;
          create publication columns for table orders (id); create publication filtered for table orders (id) where (id > 1)`);
          const plan = async (publications: readonly string[]): Promise<Plan> => {
            const access = await accessTo(bench, 'listed', publications);
            const choice = choiceOf('listed', { password: null, publications, existing: true });
            return planCreateReplicationRole(await bench.target('publisher'), choice, { access });
          };
          assert.equal((await plan(['columns'])).steps.length, 0);
          const whole = await plan(['filtered']);
          assert.equal(whole.steps.length, 1, 'a filter may look at other columns');
          // REVOKE of a table takes the privileges on its columns along.
          await thereAndBack(bench, servers.publisher, whole);
          assert.equal((await plan(['columns', 'shop'])).steps.length > 0, true);
          await servers.publisher.script('drop publication columns, filtered; drop owned by listed; drop role listed');
        });

      it('knows who may give REPLICATION, and leaves to others what only they can grant', async () => {
        const { publisher } = servers;
        const admin = await publisher.createRole('admin', 'admin-pass', 'createrole replication');
        await publisher.script(
          'grant connect on database postgres to admin with grant option; grant usage on schema public to admin',
        );
        const own = new Bench().add('publisher', publisher, admin);
        try {
          const target = await own.target('publisher');
          const access = await accessTo(own, 'by_admin', ['shop']);
          const choice = choiceOf('by_admin', { publications: ['shop'], futureSchemas: ['sales'] });
          const problems = checkReplicationRole(target, choice, { access });
          assert.equal(
            problems.some(({ severity }) => severity === 'error'),
            major < 16,
          );
          const plan = await planCreateReplicationRole(target, choice, { access });
          assert.equal(
            plan.remarks.some((text) => text.startsWith('maker has to grant SELECT on sales.made')),
            true,
          );
          assert.equal(
            plan.remarks.some((text) => text.startsWith('Tables that maker and postgres will create')),
            true,
          );
          assert.deepEqual(
            plan.steps.map(({ title }) => title),
            ['Create role by_admin', 'Let by_admin connect to the database postgres'],
          );
          if (major >= 16) return await thereAndBack(own, publisher, plan);
          const outcome = await own.run(plan);
          assert.deepEqual([outcome.status, outcome.steps[0]?.error?.kind], ['failed', 'privilege']);
        } finally {
          await own.service.dispose();
          await publisher.script('drop owned by admin; drop role admin');
        }
      });

      it('goes the way of a provider whose roles are there, as far as any server can show', async () => {
        const { publisher } = servers;
        await publisher.script('create role rds_superuser; create role rds_replication');
        const target = await bench.target('publisher');
        assert.deepEqual(target.snapshot.inventory.server.providerSigns, ['rds_superuser', 'rds_replication']);
        const access = await accessTo(bench, 'hosted', []);
        const plan = await planCreateReplicationRole(target, choiceOf('hosted'), { access });
        assert.deepEqual(
          plan.steps.map(({ title }) => title),
          [
            'Create role hosted',
            'Make hosted a member of rds_replication',
            'Let hosted connect to the database postgres',
          ],
        );
        await thereAndBack(bench, publisher, plan);
        await bench.done(plan);
        const after = await accessTo(bench, 'hosted', []);
        assert.deepEqual([after.replication, after.memberOf], [false, ['rds_replication']]);
        const again = await planCreateReplicationRole(target, choiceOf('hosted', { existing: true, password: null }), {
          access: after,
        });
        assert.deepEqual(again.steps, [], 'who is a member lacks nothing');
        await publisher.script(`drop owned by hosted; drop role hosted; drop role rds_superuser; drop role rds_replication;
          create role cloudsqlsuperuser`);
        const google = await bench.target('publisher');
        await thereAndBack(bench, publisher, await planCreateReplicationRole(google, choiceOf('hosted')));
        await publisher.script('drop role cloudsqlsuperuser');
      });

      it('says when no WAL sender is left', async () => {
        const { publisher } = servers;
        const held = await Promise.all([1, 2, 3].map(() => hold(publisher)));
        try {
          const full = await replicationLogin(paramsOf(publisher));
          assert.equal(full.error?.kind, 'limit');
          assert.match(full.error?.advice ?? '', /max_wal_senders/);
        } finally {
          await Promise.all(held.map((release) => release()));
        }
      });
    });
  }
});
