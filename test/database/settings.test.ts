import assert from 'node:assert/strict';

import type { Plan } from '../../src/replication/model/plan.ts';
import {
  alterSystemObstacle,
  planChangeSettings,
  settingAdvice,
  type SettingChange,
} from '../../src/replication/operations/settings/changeSettings.ts';
import { settingFault } from '../../src/replication/operations/settings/settingFaults.ts';
import { settingText } from '../../src/replication/operations/settings/settingValue.ts';
import { renderForServer } from '../../src/replication/postgres/statement.ts';
import { undoPlan } from '../../src/ui/plans/undo.ts';
import { eventually } from '../support/eventually.ts';
import { startServer } from '../support/servers/startServer.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { useServers } from '../support/servers/useServers.ts';
import { type Major, majorsUnderTest } from '../support/servers/versions.ts';
import { Bench } from './operationsKit.ts';

/** What a change and its undo may touch: the file of ALTER SYSTEM, and what is in force. */
async function configuration(server: TestServer): Promise<unknown> {
  const file = `select name, setting, null::bool as waits from pg_file_settings where sourcefile like '%auto.conf' order by 1`;
  const inForce = `select name, setting, pending_restart as waits from pg_settings where name ~ 'replication|wal_|worker' order by 1`;
  return [await server.query(file), await server.query(inForce)];
}

/** A reload is taken up by the postmaster, and by a new session after it. */
async function becomes(server: TestServer, wanted: unknown): Promise<void> {
  await eventually(
    async () => {
      assert.deepEqual(await configuration(server), wanted);
      return true;
    },
    { within: 60_000, what: 'the configuration as it was' },
  );
}

async function told(server: TestServer, plan: Plan): Promise<readonly boolean[]> {
  const effects = plan.steps.flatMap(({ effect }) => (effect ? [renderForServer(effect)] : []));
  return Promise.all(effects.map(async (effect) => (await server.query(effect)).length > 0));
}

/** Changes that a version has, of every type and way to come into force. */
function changesOf(major: Major): readonly SettingChange[] {
  return [
    { name: 'max_replication_slots', value: '7' },
    { name: 'wal_sender_timeout', value: '90s' },
    { name: 'hot_standby_feedback', value: 'ON' },
    { name: 'max_sync_workers_per_subscription', value: ' 3 ' },
    ...(major >= 13 ? [{ name: 'max_slot_wal_keep_size', value: '10GB' }] : []),
    ...(major >= 17 ? [{ name: 'synchronized_standby_slots', value: 'one_slot, other_slot' }] : []),
    ...(major >= 18
      ? [
          { name: 'idle_replication_slot_timeout', value: '2d' },
          { name: 'max_active_replication_origins', value: '12' },
        ]
      : []),
  ];
}

describe('settings (real servers)', function () {
  this.timeout(180_000);

  // Where something differs: WAL senders among the connections (10, 11), settings that came (13, 17, 18), grants on them (15).
  const telling: readonly Major[] = [10, 11, 14, 15, 17, 18];
  for (const major of majorsUnderTest().filter((each) => telling.includes(each))) {
    describe(`on ${major}`, () => {
      const servers = useServers({
        server: { major, settings: { max_replication_slots: '4', max_wal_senders: '2', max_connections: '30' } },
      });
      let bench: Bench;
      beforeEach(() => {
        bench = new Bench().add('server', servers.server);
      });
      afterEach(() => bench.service.dispose());

      it('advises by what is used', async () => {
        const settings = await bench.service.reads.settings('server');
        const advice = settingAdvice(await bench.target('server'), settings);
        const short = advice.filter(({ suggested }) => suggested !== null);
        assert.deepEqual(
          short.map(({ setting, use, suggested, takes }) => [setting.name, use, suggested, takes]),
          [['max_wal_senders', '0 of 2 used', '5', 'restart']],
        );
        assert.equal(advice[0]?.setting.name, 'max_wal_senders', 'what needs doing comes first');
        const named = new Map(advice.map((entry) => [entry.setting.name, entry]));
        assert.equal(named.has('max_slot_wal_keep_size'), major >= 13);
        assert.equal(named.has('max_active_replication_origins'), major >= 18);
        assert.equal(named.get('max_replication_slots')?.use, '0 of 4 used');
        assert.equal(named.get('wal_level')?.setting.value, 'logical');
        assert.ok(advice.every(({ how }) => how.kind === 'alterSystem'));
        const timeout = settings.find(({ name }) => name === 'wal_receiver_timeout');
        assert.ok(timeout);
        assert.equal(settingText(timeout), '1min');

        await servers.server.script(`select pg_create_logical_replication_slot('one', 'pgoutput');
          select pg_create_logical_replication_slot('two', 'pgoutput')`);
        const busy = settingAdvice(await bench.target('server'), settings);
        const slots = busy.find(({ setting }) => setting.name === 'max_replication_slots');
        assert.deepEqual([slots?.use, slots?.suggested], ['2 of 4 used', '10']);
        const fault = (name: string, value: string): Promise<string | null> => faultOf(bench, name, value);
        assert.match((await fault('max_replication_slots', '1')) ?? '', /would not start again: it has 2 /);
        assert.equal(await fault('max_replication_slots', '2'), null);
        assert.match((await fault('wal_level', 'replica')) ?? '', /would not start again: one and two needs/);
        await servers.server.script(`select pg_drop_replication_slot('one'); select pg_drop_replication_slot('two')`);
        assert.match((await fault('wal_level', 'minimal')) ?? '', /max_wal_senders has to be 0/);
      });

      it('knows all that wal_level = minimal doesn’t go with, as the server does', async () => {
        const summarizing = major >= 17 ? { summarize_wal: 'on' } : {};
        const open = await bench.target('server');
        const { inventory, pulse } = open.snapshot;
        const having = (settings: Readonly<Record<string, string>>): typeof open => {
          const changed = Object.entries(settings).map(([name, value]) => [name, { name, value, unit: null }]);
          const server = {
            ...inventory.server,
            settings: { ...inventory.server.settings, ...Object.fromEntries(changed) },
          };
          return { ...open, snapshot: { pulse, inventory: { ...inventory, server } } };
        };
        const wal = (await bench.service.reads.settings('server')).find(({ name }) => name === 'wal_level');
        assert.ok(wal);
        assert.ok('archive_mode' in inventory.server.settings);
        assert.equal('summarize_wal' in inventory.server.settings, major >= 17);
        const allowed = { max_wal_senders: '0' };
        assert.equal(settingFault(having(allowed), wal, 'minimal'), null);
        for (const [name, value] of Object.entries({ archive_mode: 'on', ...summarizing })) {
          const fault = settingFault(having({ ...allowed, [name]: value }), wal, 'minimal');
          assert.equal(fault, `The server would not start again: with minimal, ${name} has to be off.`);
          const starting = startServer({ major, settings: { ...allowed, wal_level: 'minimal', [name]: value } });
          await assert.rejects(starting, /wal_level|archiv|summariz/i);
        }
        const all = settingFault(having({ archive_mode: 'always' }), wal, 'minimal');
        assert.match(all ?? '', /with minimal, max_wal_senders has to be 0 and archive_mode has to be off/);
      });

      it('knows what the server would not start with', async () => {
        const { server } = servers;
        const target = await bench.target('server');
        const fault = async (name: string, value: string, on = target, changes: readonly SettingChange[] = []) => {
          const setting = (await bench.service.reads.settings('server')).find((each) => each.name === name);
          assert.ok(setting, name);
          return settingFault(on, setting, value, changes) ?? '';
        };
        // "superuser_reserved_connections plus max_wal_senders must be less than max_connections", on 11.
        const most = major === 10 ? 29 : major === 11 ? 26 : 100;
        assert.equal(await fault('max_wal_senders', String(most)), '');
        if (major < 12) assert.match(await fault('max_wal_senders', String(most + 1)), /from 0 to/);

        await server.createDatabase('elsewhere');
        for (const name of ['a', 'b', 'c']) {
          await server.query('select pg_replication_origin_create($1)', [name], 'elsewhere');
        }
        const limit = major >= 18 ? 'max_active_replication_origins' : 'max_replication_slots';
        assert.match(await fault(limit, '2'), /would not start again: its subscriptions have 3 replication origins/);
        assert.equal(await fault(limit, '3'), '');
        await server.script(
          `select pg_replication_origin_drop(name) from unnest(array['a', 'b', 'c']) name`,
          'elsewhere',
        );

        const { inventory, pulse } = target.snapshot;
        const { settings } = inventory.server;
        const having = (more: Partial<typeof inventory.server>): typeof target => ({
          ...target,
          snapshot: { pulse, inventory: { ...inventory, server: { ...inventory.server, ...more } } },
        });
        const minimal = having({
          settings: { ...settings, wal_level: { name: 'wal_level', value: 'minimal', unit: null } },
        });
        assert.match(await fault('max_wal_senders', '5', minimal), /with wal_level = minimal it has to be 0/);
        const raised = [{ name: 'wal_level', value: 'logical' }];
        assert.equal(await fault('max_wal_senders', '5', minimal, raised), '');
        const standby = having({ inRecovery: true });
        assert.match(await fault('max_worker_processes', '5', standby), /standby, which doesn’t start with less/);
        assert.equal(await fault('max_worker_processes', '25', standby), '');
        await server.query(`select pg_create_physical_replication_slot('held', true)`);
        const senderless = [{ name: 'max_wal_senders', value: '0' }];
        const holding = await bench.target('server');
        assert.match(await fault('wal_level', 'minimal', holding, senderless), /held needs wal_level = replica/);
        assert.equal(await fault('wal_level', 'replica', holding), '');
        await server.query(`select pg_drop_replication_slot('held')`);
      });

      if (major >= 13)
        it('asks first where replication slots are beyond the limit already', async () => {
          const { server } = servers;
          await server.query(`select pg_create_physical_replication_slot('behind', true)`);
          await server.query(`select pg_logical_emit_message(false, 'x', repeat('x', 3000000))`);
          try {
            const settings = await bench.service.reads.settings('server');
            const target = await bench.target('server');
            const plan = (value: string): Plan =>
              planChangeSettings(target, settings, [{ name: 'max_slot_wal_keep_size', value }]);
            if (major >= 17) {
              const standbys = [{ name: 'synchronized_standby_slots', value: 'behind, absent' }];
              const [, step] = planChangeSettings(target, settings, standbys).steps;
              assert.match(step?.consequence ?? '', /no physical replication slot absent that could be waited for/);
            }
            const lost = (value: string): readonly string[] =>
              plan(value).steps.flatMap(({ consequence, risk }) => (risk === 'lossy' ? [consequence ?? ''] : []));
            assert.match(
              lost('1MB').join(),
              /slot behind is beyond that limit already: it is lost at the next checkpoint/,
            );
            assert.deepEqual([lost('1GB'), lost('-1')], [[], []]);
          } finally {
            await server.query(`select pg_drop_replication_slot('behind')`);
          }
        });

      it('changes them, says what waits for a restart, and takes it back to the letter', async () => {
        const { server } = servers;
        for (const prepared of [false, true]) {
          if (prepared) await server.query(`alter system set wal_sender_timeout = '75s'`);
          if (prepared) await server.query('select pg_reload_conf()');
          const settings = await bench.service.reads.settings('server');
          const target = await bench.target('server');
          assert.equal(alterSystemObstacle(target, settings), null);
          const before = await configuration(server);
          const plan = planChangeSettings(target, settings, changesOf(major));
          assert.ok((await told(server, plan)).every((is) => !is));
          assert.match(plan.remarks.join(' '), /max_replication_slots .*comes? into force when server is restarted/);
          const outcome = await bench.done(plan);
          await eventually(async () => (await told(server, plan)).every(Boolean), { within: 60_000 });
          const after = new Map((await bench.service.reads.settings('server')).map((each) => [each.name, each]));
          const slots = after.get('max_replication_slots');
          assert.deepEqual([slots?.value, slots?.pendingRestart, slots?.inAutoFile], ['4', true, '7']);
          const timeout = after.get('wal_sender_timeout');
          assert.deepEqual([timeout?.value, timeout?.pendingRestart, timeout?.inAutoFile], ['90000', false, '90s']);
          assert.equal(after.get('hot_standby_feedback')?.value, 'on');
          if (major >= 13) assert.equal(after.get('max_slot_wal_keep_size')?.value, '10240');
          const undo = undoPlan(plan, outcome);
          assert.ok(undo);
          await bench.done(undo);
          await becomes(server, before);
        }
      });

      it('refuses what the server would, before it is asked', async () => {
        const wrong: readonly SettingChange[] = [
          { name: 'wal_level', value: 'hot' },
          { name: 'max_replication_slots', value: '-1' },
          { name: 'max_replication_slots', value: '10MB' },
          { name: 'max_wal_senders', value: 'many' },
          { name: 'wal_sender_timeout', value: '1 hour' },
          { name: 'wal_sender_timeout', value: '25d' },
          { name: 'hot_standby_feedback', value: 'maybe' },
          { name: 'max_sync_workers_per_subscription', value: '' },
        ];
        const settings = await bench.service.reads.settings('server');
        const target = await bench.target('server');
        for (const change of wrong) {
          assert.throws(() => planChangeSettings(target, settings, [change]), { kind: 'invalidInput' }, change.value);
          const sql = `alter system set ${change.name} = '${change.value}'`;
          await assert.rejects(
            servers.server.query(sql),
            { code: '22023' },
            `${sql}, to show that the server does too`,
          );
        }
        const right: readonly SettingChange[] = [
          { name: 'wal_level', value: 'Logical' },
          { name: 'wal_sender_timeout', value: '1min' },
          { name: 'wal_sender_timeout', value: '1 s' },
          { name: 'hot_standby_feedback', value: 'yes' },
          { name: 'hot_standby_feedback', value: '0' },
        ];
        for (const { name, value } of right) {
          assert.equal(await faultOf(bench, name, value), null, value);
          await servers.server.query(`alter system set ${name} = '${value}'`);
          await servers.server.query(`alter system reset ${name}`);
        }
        assert.throws(() => planChangeSettings(target, settings, [{ name: 'fsync', value: 'off' }]), {
          kind: 'missing',
        });
      });

      it('knows who may, and what they may not read', async () => {
        const { server } = servers;
        const plain = await server.createRole('plain', 'plain-pass');
        const own = new Bench().add('server', server, plain);
        const change = { name: 'wal_sender_timeout', value: '80s' };
        try {
          const settings = await own.service.reads.settings('server');
          assert.ok(settings.every(({ inAutoFile }) => inAutoFile === undefined));
          const target = await own.target('server');
          const one = settings.filter(({ name }) => name === change.name);
          assert.match(alterSystemObstacle(target, one) ?? '', /The role plain may not change wal_sender_timeout/);
          const refused = await own.run(planChangeSettings(target, settings, [change]));
          assert.deepEqual([refused.status, refused.steps[0]?.error?.kind], ['failed', 'privilege']);
          if (major < 15) return;
          await server.query('grant alter system on parameter wal_sender_timeout to plain');
          const granted = (await own.service.reads.settings('server')).filter(({ name }) => name === change.name);
          assert.equal(alterSystemObstacle(target, granted), null);
          const plan = planChangeSettings(target, granted, [change]);
          assert.match(plan.remarks.join(' '), /may not reload/);
          const outcome = await own.done(plan);
          assert.equal(undoPlan(plan, outcome), null, 'what stood there before could not be read');
        } finally {
          await own.service.dispose();
          await server.query('alter system reset wal_sender_timeout');
          await server.query('drop owned by plain');
          await server.query('drop role plain');
        }
      });
    });
  }
});

async function faultOf(bench: Bench, name: string, value: string): Promise<string | null> {
  const setting = (await bench.service.reads.settings('server')).find((each) => each.name === name);
  assert.ok(setting, name);
  return settingFault(await bench.target('server'), setting, value);
}
