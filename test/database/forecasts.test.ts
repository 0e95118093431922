import assert from 'node:assert/strict';

import { Forecasts } from '../../src/replication/forecast/forecasts.ts';
import { usualRules } from '../../src/replication/forecast/trend.ts';
import { lossWords } from '../../src/replication/forecast/words.ts';
import { LagMonitor } from '../../src/replication/lag/monitor.ts';
import type { Forecast } from '../../src/replication/model/forecast.ts';
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

    it('follows a writer that stops and a limit that is set anew, to 0 too', async () => {
      const { publisher } = servers;
      const { connections, service } = beats;
      const monitor = new LagMonitor({ service, connections, now: () => beats.now });
      // Looks back half a minute, so that a pause needs no 300 beats.
      const short = new Forecasts({ monitor, service, connections, rules: { ...usualRules, windowMs: 30_000 } });
      service.onDidChange((id) => short.takeServer(id));
      const limit = async (value: string): Promise<void> => {
        await publisher.query(`ALTER SYSTEM SET max_slot_wal_keep_size = '${value}'`);
        await publisher.query('SELECT pg_reload_conf()');
        const shown = value === '-1' || value === '0' ? value : value.replace('MB', '');
        await eventually(
          async () => {
            const [row] = await publisher.query<{ setting: string }>(
              "SELECT setting FROM pg_settings WHERE name = 'max_slot_wal_keep_size'",
            );
            return row?.setting === shown;
          },
          { within: 60_000, what: `the limit of ${value}` },
        );
      };
      const safe = async (): Promise<number> => {
        const [row] = await publisher.query<{ safe: string | null }>(
          "SELECT safe_wal_size AS safe FROM pg_replication_slots WHERE slot_name = 'followed'",
        );
        return Number(row?.safe ?? Number.NaN);
      };
      /** So many beats, in each of which so much is written, and what is foretold after the last. */
      const write = async (count: number, bytes: number): Promise<Forecast> => {
        for (let beat = 0; beat < count; beat += 1) {
          if (bytes > 0) await publisher.query("SELECT pg_logical_emit_message(true, '', repeat('x', $1))", [bytes]);
          await beats.next('publisher');
        }
        return short.lossOf('publisher', 'followed').when;
      };
      await publisher.query("SELECT pg_create_logical_replication_slot('followed', 'test_decoding')");
      const step = 100_000;
      const within = async (when: Forecast): Promise<void> => {
        const left = (await safe()) / step;
        assert.ok(when.kind === 'in' && Math.abs(when.seconds - left) < left * 0.2, `${JSON.stringify(when)}, ${left}`);
      };
      await within(await write(12, step));
      await limit('64MB');
      assert.equal((await write(3, step)).kind, 'unknown');
      await within(await write(12, step));
      // The server's own notes of running transactions are a few bytes: never, or so far off that no row says a word.
      const rested = await write(32, 0);
      assert.equal(lossWords({ by: 'size', when: rested }), null, JSON.stringify(rested));
      await limit('-1');
      const unlimited = await write(1, step);
      assert.ok(unlimited.kind === 'never' && unlimited.reason.includes('is -1'), JSON.stringify(unlimited));
      // From the beginning of a segment, of which the rest is all that 0 leaves.
      await publisher.query("SELECT pg_drop_replication_slot('followed')");
      await publisher.query('SELECT pg_switch_wal()');
      await publisher.query("SELECT pg_create_logical_replication_slot('followed', 'test_decoding')");
      // The server makes one by itself after half of max_wal_size: not while this is watched.
      await publisher.query('CHECKPOINT');
      await beats.next('publisher');
      await limit('0');
      await within(await write(12, step));
      // Beyond the end of its segment, and still there: it takes a checkpoint.
      const due = await write(Math.ceil((await safe()) / mega) + 1, mega);
      assert.ok(due.kind === 'now' && due.reason.includes('the next checkpoint may take it'), JSON.stringify(due));
      await publisher.query('CHECKPOINT');
      assert.deepEqual(await write(1, 0), { kind: 'now', reason: 'it is lost already' });
      await limit('32MB');
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
