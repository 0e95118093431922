import assert from 'node:assert/strict';

import type { SlotChoice } from '../../src/replication/model/choices.ts';
import { bytesToLsn, type Lsn, lsnDistance, lsnToBytes } from '../../src/replication/model/lsn.ts';
import type { Plan, PlanOutcome } from '../../src/replication/model/plan.ts';
import type { Slot } from '../../src/replication/model/slot.ts';
import { knownPositions, planAdvanceSlot } from '../../src/replication/operations/slot/advanceSlot.ts';
import { checkSlotCopy, planCopySlot } from '../../src/replication/operations/slot/copySlot.ts';
import { planCreateSlot } from '../../src/replication/operations/slot/createSlot.ts';
import { planDropSlots } from '../../src/replication/operations/slot/dropSlot.ts';
import { retainedBytes, walFreedByDrop } from '../../src/replication/operations/slot/retainedWal.ts';
import { makePlan } from '../../src/replication/operations/steps.ts';
import type { PlanTarget } from '../../src/replication/operations/target.ts';
import { renderForServer } from '../../src/replication/postgres/statement.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';
import type { Bench } from './operationsKit.ts';
import { asIf, dropIdleSlots, holdSlot, openSlotBench, plain, refused, unchecked } from './slotsKit.ts';

for (const major of majorsUnderTest()) {
  describe(`replication slots of ${major} (real server)`, function () {
    this.timeout(180_000);
    const servers = useServers({
      server: {
        major,
        settings: major >= 13 ? { max_slot_wal_keep_size: '64MB' } : {},
      },
    });
    let bench: Bench;
    before(async () => {
      const { server } = servers;
      await server.script('create table t (id int primary key, note text)');
      bench = await openSlotBench(server);
    });
    after(async () => bench.service.dispose());
    afterEach(() => dropIdleSlots(servers.server));

    const target = async (id = 'server'): Promise<PlanTarget> => bench.target(id);
    const create = async (name: string, more: Partial<SlotChoice> = {}, on = 'server') =>
      bench.done(planCreateSlot(await target(on), { ...plain, ...more, name }));
    const slotNamed = async (name: string): Promise<Slot> => {
      const found = (await target()).snapshot.pulse.slots.find((slot) => slot.name === name);
      assert.ok(found, `the slot ${name} is there`);
      return found;
    };
    const write = async (rows = 1): Promise<void> => {
      await servers.server.query(
        `insert into t select (select coalesce(max(id), 0) from t) + n, repeat('x', 100) from generate_series(1, ${rows}) n`,
      );
    };
    /** Whether each step's effect is seen, before and after. */
    const effects = async (plan: Plan): Promise<readonly boolean[]> =>
      Promise.all(
        plan.steps.map(async ({ effect }) => {
          assert.ok(effect, 'the step tells its effect');
          return (await servers.server.query(renderForServer(effect))).length === 1;
        }),
      );
    const undo = async (plan: Plan): Promise<void> => {
      const drafts = plan.steps.toReversed().map(({ undo: back, transactional }) => {
        assert.ok(back);
        return { on: { connectionId: 'server', serverName: 'server' }, ...back, transactional };
      });
      await bench.done(makePlan('Undo', drafts));
    };

    it('creates with every option the version has, and undoes it', async () => {
      const { snapshot } = await target();
      const has = snapshot.inventory.server.capabilities;
      assert.deepEqual([has['slot.twoPhase'].can, has['slot.failover'].can], [major >= 14, major >= 17]);
      const options = [
        {},
        ...(has['slot.twoPhase'].can ? [{ twoPhase: true }] : []),
        ...(has['slot.failover'].can ? [{ failover: true }, { twoPhase: true, failover: true }] : []),
      ];
      for (const option of options) {
        const plan = planCreateSlot(await target(), { ...plain, ...option, name: 'made', plugin: 'pgoutput' });
        assert.deepEqual(await effects(plan), [false]);
        await bench.done(plan);
        assert.deepEqual(await effects(plan), [true]);
        const made = await slotNamed('made');
        assert.equal(made.twoPhase ?? false, 'twoPhase' in option);
        assert.equal(made.failover ?? false, 'failover' in option);
        await undo(plan);
        assert.deepEqual((await target()).snapshot.pulse.slots, []);
      }
    });

    it('advances to a position of another slot, and to the end, and no further', async () => {
      await create('first');
      await write();
      await create('second');
      await write();
      const at = await target();
      const positions = knownPositions(at, 'first', [{ what: 'a reader', appliedLsn: at.snapshot.pulse.currentLsn }]);
      assert.deepEqual(
        positions.map(({ what }) => what),
        ['where the slot second stands', 'applied by a reader and the end of WAL now'],
      );
      const to = positions[0]?.lsn ?? '';
      if (major === 10) {
        assert.throws(() => planAdvanceSlot(at, 'first', to), { kind: 'unsupported' });
        return;
      }
      const plan = planAdvanceSlot(at, 'first', to);
      assert.equal(plan.steps[0]?.risk, 'lossy');
      assert.equal(plan.steps[0].undo, null);
      assert.deepEqual(await effects(plan), [false]);
      await bench.done(plan);
      assert.deepEqual(await effects(plan), [true]);
      assert.equal((await slotNamed('first')).confirmedFlushLsn, to);

      const beyond = bytesToLsn(lsnToBytes((await target()).snapshot.pulse.currentLsn) + 1_000_000n);
      const clamped = planAdvanceSlot(await target(), 'first', beyond);
      assert.match(clamped.remarks.join(), /beyond the end of WAL/);
      await bench.done(clamped);
      assert.deepEqual(await effects(clamped), [true]);
      const stands = (await slotNamed('first')).confirmedFlushLsn;
      assert.ok((lsnDistance(beyond, stands) ?? 0) > 0, `${stands} is before ${beyond}`);
      const changes = await servers.server.query(`select * from pg_logical_slot_peek_changes('first', null, null)`);
      assert.equal(changes.length, 0);
    });

    it('copies a slot with its position, with its plugin or another, and undoes it', async () => {
      await create('source');
      await write();
      const at = await target();
      const choice = { from: 'source', to: 'copied', plugin: null };
      if (major < 12) {
        assert.throws(() => planCopySlot(at, choice), { kind: 'unsupported' });
        assert.match(checkSlotCopy(at, choice)[0]?.message ?? '', /Needs PostgreSQL 12/);
        return;
      }
      assert.deepEqual(checkSlotCopy(at, choice), []);
      const source = await slotNamed('source');
      for (const plugin of [null, 'pgoutput']) {
        const plan = planCopySlot(await target(), { ...choice, plugin });
        assert.deepEqual(await effects(plan), [false]);
        await bench.done(plan);
        assert.deepEqual(await effects(plan), [true]);
        const copied = await slotNamed('copied');
        assert.deepEqual(
          [copied.plugin, copied.confirmedFlushLsn, copied.temporary, copied.database],
          [plugin ?? 'test_decoding', source.confirmedFlushLsn, false, 'postgres'],
        );
        assert.match(
          checkSlotCopy(await target(), choice)[0]?.message ?? '',
          /already has a replication slot called copied/,
        );
        await undo(plan);
        assert.deepEqual(
          (await target()).snapshot.pulse.slots.map(({ name }) => name),
          ['source'],
        );
      }
    });

    if (major >= 14) {
      it('copies without two-phase and failover, and says so', async () => {
        await create('special', { twoPhase: true, failover: major >= 17 });
        const plan = planCopySlot(await target(), { from: 'special', to: 'copied', plugin: null });
        assert.match(plan.remarks.join(), major >= 17 ? /a two-phase and failover slot/ : /a two-phase slot/);
        await bench.done(plan);
        const copied = await slotNamed('copied');
        assert.equal(copied.twoPhase, false);
        assert.equal(copied.failover ?? false, false);
      });
    }

    if (major >= 12) {
      it('copies a slot that is being read', async () => {
        await create('read');
        const release = await holdSlot(servers.server, 'read');
        assert.equal((await slotNamed('read')).active, true);
        await bench.done(planCopySlot(await target(), { from: 'read', to: 'copied', plugin: null }));
        await release();
      });
    }

    it('says what dropping frees, for several at once, and drops logical, physical and foreign ones', async () => {
      await create('oldest');
      await write(2000);
      await servers.server.query('checkpoint');
      await create('middle', {}, 'other');
      await write(2000);
      await servers.server.query(`select pg_create_physical_replication_slot('standby', true)`);
      const { pulse } = (await target()).snapshot;
      const oldest = pulse.slots.find(({ name }) => name === 'oldest');
      assert.ok(oldest);
      const one = walFreedByDrop(pulse, ['oldest']);
      assert.ok(one.bytes > 100_000, `dropping the oldest frees ${one.bytes} bytes`);
      assert.notEqual(one.heldBy, null);
      assert.equal(walFreedByDrop(pulse, ['middle']).bytes, 0);
      const all = walFreedByDrop(pulse, ['oldest', 'middle', 'standby']);
      assert.deepEqual(all, { bytes: retainedBytes(pulse, oldest), heldBy: null });
      const plan = planDropSlots(await target(), ['oldest', 'middle', 'standby']);
      assert.match(plan.remarks.join(), /^Together the drops free/);
      assert.deepEqual(await effects(plan), [false, false, false]);
      await bench.done(plan);
      assert.deepEqual(await effects(plan), [true, true, true]);
    });

    it('is told in words what it refuses by itself', async () => {
      await create('here');
      await create('there', {}, 'other');
      await write();
      await servers.server.query(`select pg_create_physical_replication_slot('standby', true)`);
      const at = await target();
      const stands = (await slotNamed('here')).confirmedFlushLsn ?? '';
      if (major >= 11) {
        const advance = (name: string, to: Lsn) => () => planAdvanceSlot(at, name, to);
        assert.throws(advance('here', '0/1'), { kind: 'invalidInput', message: /can’t be moved backwards/ });
        assert.throws(advance('here', stands), { kind: 'invalidInput', message: /already/ });
        assert.throws(advance('here', 'nonsense'), { kind: 'invalidInput', message: /16\/B374D848/ });
        if (major < 17) {
          assert.throws(advance('there', at.snapshot.pulse.currentLsn), {
            kind: 'invalidInput',
            message: /database other/,
          });
        } else {
          await bench.done(advance('there', at.snapshot.pulse.currentLsn)());
        }
        assert.throws(advance('standby', at.snapshot.pulse.currentLsn), { kind: 'unsupported' });
        assert.throws(advance('gone', at.snapshot.pulse.currentLsn), { kind: 'missing' });
        const release = await holdSlot(servers.server, 'here');
        const held = await target();
        assert.throws(() => planAdvanceSlot(held, 'here', held.snapshot.pulse.currentLsn), {
          kind: 'inUse',
          message: /in use by/,
        });
        await release();
      }
      if (major >= 12) {
        const copy = (from: string) => () => planCopySlot(at, { from, to: 'copied', plugin: null });
        assert.throws(copy('there'), { kind: 'invalidInput' });
        assert.throws(copy('standby'), { kind: 'unsupported' });
      }
    });

    it('hears in words what the server refuses', async () => {
      await create('here');
      await create('there', {}, 'other');
      const at = await target();
      const end = at.snapshot.pulse.currentLsn;
      const stands = (await slotNamed('here')).confirmedFlushLsn ?? '';
      const release = await holdSlot(servers.server, 'here');
      const drop = (from: PlanTarget, name: string) => bench.run(unchecked(planDropSlots(from, [name])));
      refused(await drop(at, 'here'), 'inUse', '55006', /is active/);
      if (major >= 11) {
        refused(
          await bench.run(unchecked(planAdvanceSlot(at, 'here', bytesToLsn(lsnToBytes(end) + 1n)))),
          'inUse',
          '55006',
          /is active/,
        );
      }
      await release();
      if (major >= 11) {
        const unknowing = asIf(at, 'here', { confirmedFlushLsn: '0/1' });
        refused(
          await bench.run(unchecked(planAdvanceSlot(unknowing, 'here', bytesToLsn(lsnToBytes(stands) - 8n)))),
          'invalidInput',
          '55000',
          /cannot advance replication slot/,
        );
        if (major < 17) {
          const elsewhere = asIf(at, 'there', { database: 'postgres', confirmedFlushLsn: stands });
          const further = planAdvanceSlot(elsewhere, 'there', bytesToLsn(lsnToBytes(end) + 1n));
          refused(await bench.run(unchecked(further)), 'invalidInput', '55000', /was not created in this database/);
        }
      }
      if (major >= 12) {
        const unaware = asIf(at, 'here', { name: 'here' });
        const copy = planCopySlot(unaware, { from: 'here', to: 'there', plugin: null });
        refused(await bench.run(unchecked(copy)), 'duplicate', '42710', /already exists/);
        const nope = planCopySlot(at, { from: 'here', to: 'copied', plugin: 'nope' });
        refused(await bench.run(unchecked(nope)), 'missing', '58P01', /could not access file/);
      }
      const asOrdinary = { ...at, connectionId: 'ordinary', serverName: 'ordinary' };
      refused(await drop(asOrdinary, 'there'), 'privilege', '42501', /replication/);
      await bench.done(planDropSlots(at, ['there']));
      refused(await drop(at, 'there'), 'missing', '42704', /does not exist/);
    });

    it('hears in words what no operation of ours would ask for', async () => {
      await create('here', { plugin: 'pgoutput' });
      await servers.server.query(`select pg_create_physical_replication_slot('standby', true)`);
      const on = await target();
      const send = (sql: string): Promise<PlanOutcome> =>
        bench.run(makePlan('Send', [{ on, title: 'Send a statement', statement: [sql], transactional: false }]));
      const make = 'select pg_create_logical_replication_slot';
      refused(await send(`${make}('UPPER', 'pgoutput')`), 'invalidInput', '42602', /invalid character/);
      refused(
        await send(`insert into t values (-1); ${make}('late', 'pgoutput')`),
        'transactionBlock',
        '25001',
        /writes/,
      );
      refused(
        await send(
          `select pg_logical_slot_peek_changes('here', null, null, 'proto_version', '1', 'publication_names', 'p')`,
        ),
        'unsupported',
        '0A000',
        /produces binary output/,
      );
      refused(await send(`select pg_drop_replication_slot('gone')`), 'missing', '42704', /does not exist/);
      if (major < 14)
        refused(await send(`${make}('t', 'pgoutput', twophase => true)`), 'unsupported', '42883', /does not exist/);
      if (major < 17)
        refused(await send(`${make}('t', 'pgoutput', failover => true)`), 'unsupported', '42883', /does not exist/);
      if (major < 11)
        refused(
          await send(`select pg_replication_slot_advance('here', '0/1')`),
          'unsupported',
          '42883',
          /does not exist/,
        );
      if (major < 12)
        refused(
          await send(`select pg_copy_logical_replication_slot('here', 't')`),
          'unsupported',
          '42883',
          /does not exist/,
        );
      if (major >= 17) {
        refused(
          await send(`${make}('t', 'pgoutput', temporary => true, failover => true)`),
          'unsupported',
          '0A000',
          /failover/,
        );
        refused(await send('select pg_sync_replication_slots()'), 'invalidInput', '55000', /standby/);
      }
      if (major >= 11) {
        const zero = await send(`select pg_replication_slot_advance('here', '0/0')`);
        const told = [major >= 18 ? 'invalidInput' : 'server', major >= 18 ? '22023' : 'XX000'] as const;
        refused(zero, ...told, /invalid target wal lsn/i);
      }
    });

    if (major >= 13) {
      it('knows a lost slot, refuses to read on from it, and drops it', async () => {
        const { server } = servers;
        await create('left');
        await server.query(`alter system set max_slot_wal_keep_size = '1MB'`);
        await server.query('select pg_reload_conf()');
        for (let n = 0; n < 3; n += 1) {
          await write();
          await server.query('select pg_switch_wal()');
        }
        await server.query('checkpoint');
        const at = await target();
        assert.equal((await slotNamed('left')).lost, true);
        const end = at.snapshot.pulse.currentLsn;
        assert.throws(() => planAdvanceSlot(at, 'left', end), { kind: 'slotLost' });
        assert.throws(() => planCopySlot(at, { from: 'left', to: 'copied', plugin: null }), { kind: 'slotLost' });
        const request = { slotName: 'left', limit: 1, publications: [] };
        await assert.rejects(bench.service.reads.peek('server', request), { kind: 'slotLost' });
        const unknowing = asIf(at, 'left', { lost: false, confirmedFlushLsn: '0/1' });
        refused(
          await bench.run(unchecked(planAdvanceSlot(unknowing, 'left', end))),
          'slotLost',
          '55000',
          /replication slot|WAL/,
        );
        const plan = planDropSlots(at, ['left']);
        assert.match(plan.steps[0]?.consequence ?? '', /lost already/);
        await bench.done(plan);
        await server.query('alter system reset max_slot_wal_keep_size');
        await server.query('select pg_reload_conf()');
      });
    }
  });
}
