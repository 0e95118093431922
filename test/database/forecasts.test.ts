import assert from 'node:assert/strict';

import { Forecasts } from '../../src/replication/forecast/forecasts.ts';
import { LagMonitor } from '../../src/replication/lag/monitor.ts';
import { eventually } from '../support/eventually.ts';
import { useServers } from '../support/servers/useServers.ts';
import { type Major, majorsUnderTest } from '../support/servers/versions.ts';
import { Beats } from './beats.ts';

const majors = majorsUnderTest();
const mega = 1024 * 1024;

for (const major of [13, 16, 18].filter((one): one is Major => majors.includes(one as Major))) {
  describe(`when a slot is lost on PostgreSQL ${major} (real servers)`, function () {
    this.timeout(240_000);
    const servers = useServers({
      publisher: {
        major,
        settings: {
          max_slot_wal_keep_size: '32MB',
          max_wal_size: '64MB',
          min_wal_size: '32MB',
          checkpoint_timeout: '1h',
          autovacuum: 'off',
        },
      },
    });
    let beats: Beats;
    let forecasts: Forecasts;

    beforeEach(() => {
      beats = new Beats({ publisher: servers.publisher });
      const { connections, service } = beats;
      const monitor = new LagMonitor({ service, connections, now: () => beats.now });
      forecasts = new Forecasts({ monitor, service, connections });
      beats.service.onDidChange((id) => forecasts.takeServer(id));
    });
    afterEach(() => beats?.dispose());

    it('is within 20 % of what was said when half of the headroom was left, at a steady rate of writing', async () => {
      const { publisher } = servers;
      await publisher.query("SELECT pg_create_logical_replication_slot('late', 'test_decoding')");
      const slotNow = async () => {
        const [snapshot] = await beats.next('publisher');
        return snapshot?.pulse.slots.find(({ name }) => name === 'late');
      };
      const whole = (await slotNow())?.safeWalBytes ?? 0;
      assert.ok(whole > 16 * mega, `${whole} bytes of headroom at the start`);
      let said: { readonly beat: number; readonly seconds: number } | undefined;
      let lostAt: number | undefined;
      // A megabyte a beat: lost after 48 of them at the latest.
      while (lostAt === undefined && beats.count < 100) {
        await publisher.query("SELECT pg_logical_emit_message(true, '', repeat('x', 1048576))");
        await publisher.query('CHECKPOINT');
        const slot = await slotNow();
        if (slot?.lost === true) lostAt = beats.count;
        if (said === undefined && slot?.lost === false && (slot.safeWalBytes ?? whole) <= whole / 2) {
          const { by, when } = forecasts.lossOf('publisher', 'late');
          assert.equal(by, 'size');
          assert.ok(when.kind === 'in', JSON.stringify(when));
          assert.ok(when.basis !== null && when.basis.samples >= 10, JSON.stringify(when));
          said = { beat: beats.count, seconds: when.seconds };
        }
      }
      assert.ok(said && lostAt !== undefined, `said ${JSON.stringify(said)}, lost at ${lostAt}`);
      const took = lostAt - said.beat;
      assert.ok(Math.abs(said.seconds - took) <= took * 0.2, `${said.seconds} s were said, and it took ${took} s`);
      assert.deepEqual(forecasts.lossOf('publisher', 'late').when, { kind: 'now', reason: 'it is lost already' });
    });

    if (major >= 18) {
      it('is said by the clock where nobody reads it, and so it is: at the first checkpoint after that', async () => {
        const { publisher } = servers;
        await publisher.query("ALTER SYSTEM SET idle_replication_slot_timeout = '4s'");
        await publisher.query('SELECT pg_reload_conf()');
        await publisher.query("SELECT pg_create_logical_replication_slot('idle', 'test_decoding')");
        const loss = async () => {
          await beats.next('publisher');
          return forecasts.lossOf('publisher', 'idle');
        };
        const foretold = await eventually(
          async () => {
            const { by, when } = await loss();
            return by === 'idle' && when.kind !== 'never' ? when : undefined;
          },
          { within: 60_000, what: 'a forecast by the clock' },
        );
        if (foretold.kind === 'in')
          assert.ok(foretold.seconds <= 4 && foretold.basis === null, JSON.stringify(foretold));
        const due = await eventually(
          async () => {
            const { when } = await loss();
            return when.kind === 'now' ? when : undefined;
          },
          { within: 60_000, what: 'the end of the time' },
        );
        assert.match(due.reason, /nobody read it for idle_replication_slot_timeout/);
        const lost = async () =>
          (
            await publisher.query<{ reason: string | null }>(
              "SELECT invalidation_reason AS reason FROM pg_replication_slots WHERE slot_name = 'idle'",
            )
          )[0]?.reason;
        // What it says of the slot since when is in whole seconds, so that it may be due a moment later.
        await eventually(
          async () => {
            await publisher.query('CHECKPOINT');
            return (await lost()) === 'idle_timeout';
          },
          { within: 60_000, what: 'the loss' },
        );
      });
    }
  });
}
