import assert from 'node:assert/strict';

import { Alerts } from '../../src/replication/alerts/alerts.ts';
import { type AlertSettings, thresholdsFrom } from '../../src/replication/alerts/thresholds.ts';
import { Forecasts } from '../../src/replication/forecast/forecasts.ts';
import { LagMonitor } from '../../src/replication/lag/monitor.ts';
import { PhysicalLags } from '../../src/replication/lag/physicalLags.ts';
import { AlertCenter, type ShownAlert } from '../../src/ui/alerts/alertCenter.ts';
import { alertMessages } from '../../src/ui/alerts/alertWords.ts';
import { AlertMutes } from '../../src/ui/alerts/mutes.ts';
import { Teller } from '../../src/ui/alerts/teller.ts';
import { ToldAlerts } from '../../src/ui/alerts/toldAlerts.ts';
import { eventually } from '../support/eventually.ts';
import { type Standby, startStandby } from '../support/servers/standby.ts';
import { useServers } from '../support/servers/useServers.ts';
import { type Major, majorsUnderTest } from '../support/servers/versions.ts';
import { SharedClaims, SharedState } from '../unit/alerts/handmade.ts';
import { Beats } from './beats.ts';

const majors = majorsUnderTest();
const logicalThresholds = { inactiveForSeconds: 5, headroomPercent: 0, lostWithinMinutes: 0 };

/** What windows share. */
interface Kept {
  readonly storage: SharedState;
  readonly claims: SharedClaims;
}

/** One window of the editor over the beats, with everything but VS Code; what it told is in `messages`. */
function openWindow(beats: Beats, { claims, storage }: Kept, settings: AlertSettings) {
  const { connections, service } = beats;
  const now = () => beats.now;
  const monitor = new LagMonitor({ service, connections, now });
  const forecasts = new Forecasts({ monitor, service, connections });
  const alerts = new Alerts({
    monitor,
    physical: new PhysicalLags({ servers: () => monitor.servers() }),
    service,
    connections,
    forecasts,
    copies: { ofSubscription: () => null },
    thresholds: () => thresholdsFrom(settings),
    gapMs: () => 3000,
    gatherMs: 0,
  });
  const mutes = new AlertMutes({ storage, now });
  const center = new AlertCenter({ alerts, mutes });
  const told = new ToldAlerts({ storage, claims, now, namesOf: (id) => alerts.subject(id)?.names ?? [] });
  alerts.restore(told.held());
  const messages: string[] = [];
  const teller = new Teller({
    told,
    shown: () => center.shown(),
    quiet: () => false,
    focused: () => true,
    sleep: async () => Promise.resolve(),
    tell: (due: readonly ShownAlert[]) => messages.push(...alertMessages(due).map(({ text }) => text)),
  });
  return {
    alerts,
    center,
    messages,
    /** Reads the server once, and tells what is to be told. */
    beat: async () => {
      await beats.next('shop');
      await teller.look();
      return monitor.lags().find(({ stream }) => stream.publisher?.slotName === 'left');
    },
    close: () => {
      center.dispose();
      alerts.dispose();
      monitor.dispose();
    },
  };
}

for (const major of [13, 18].filter((one): one is Major => majors.includes(one as Major))) {
  describe(`the alerts of a slot on PostgreSQL ${major} (real servers)`, () => {
    const servers = useServers({
      shop: {
        major,
        settings: { max_slot_wal_keep_size: '16MB', max_wal_size: '32MB', min_wal_size: '32MB', autovacuum: 'off' },
      },
    });

    it('are told once each: when nobody reads it, and when it is lost, also after a restart of the editor', async () => {
      const { shop } = servers;
      await shop.query("SELECT pg_create_logical_replication_slot('left', 'test_decoding')");
      const beats = new Beats({ shop });
      const kept = { storage: new SharedState(), claims: new SharedClaims() };
      const first = openWindow(beats, kept, logicalThresholds);
      try {
        // By the beats; the server of 18 may say sooner that it has been so for as long.
        for (let count = 0; count < 8; count++) await first.beat();
        assert.equal(first.messages.length, 1, first.messages.join('\n'));
        assert.match(
          first.messages[0] ?? '',
          /^The replication slot left on shop has been inactive for more than 5 s: nobody reads it\. It retains /,
        );
        let state: string | undefined;
        for (let count = 0; state !== 'lost' && count < 100; count++) {
          await shop.query("SELECT pg_logical_emit_message(true, '', repeat('x', 4194304))");
          await shop.query('CHECKPOINT');
          state = (await first.beat())?.state;
        }
        assert.equal(state, 'lost');
        for (let count = 0; count < 3; count++) await first.beat();
        assert.equal(first.messages.length, 2, first.messages.join('\n'));
        assert.match(first.messages[1] ?? '', /^The replication slot left on shop is lost: shop can't send from /);
        const [held, ...others] = first.center.shown();
        assert.deepEqual([held?.kind, others.filter(({ kind }) => kind === 'lost').length], ['lost', 0]);
        const raised = first.center.events(held?.subjectId ?? '').filter(({ what }) => what === 'raised');
        assert.deepEqual(
          raised.map(({ kind }) => kind),
          ['inactive', 'lost'],
        );
      } finally {
        first.close();
      }
      const second = openWindow(beats, kept, logicalThresholds);
      try {
        for (let count = 0; count < 3; count++) await second.beat();
        assert.equal(second.center.shown()[0]?.kind, 'lost');
        assert.deepEqual(second.messages, []);
      } finally {
        second.close();
        await beats.dispose();
      }
    });
  });
}

/** What a physical slot is alerted for: at once where it is behind, so that a test needn't write much. */
const physicalThresholds = {
  inactiveForSeconds: 5,
  behindMegabytes: 4,
  behindSeconds: 0,
  behindForSeconds: 3,
  retainedMegabytes: 8,
  headroomPercent: 50,
  lostWithinMinutes: 0,
};

/** A limit for slots came with 13; primary_slot_name is taken at a reload since then. */
const withLimit = 13;

for (const major of majors.filter((one) => [10, 14, 18].includes(one))) {
  describe(`the alerts of physical slots on PostgreSQL ${major} (real servers)`, function () {
    this.timeout(180_000);
    const wal = { max_wal_size: '64MB', min_wal_size: '32MB', autovacuum: 'off', checkpoint_timeout: '1h' };
    const limit = major < withLimit ? {} : { max_slot_wal_keep_size: '64MB' };
    const servers = useServers({ shop: { major, settings: { ...wal, ...limit } } });
    let standby: Standby;
    let beats: Beats;
    let window: ReturnType<typeof openWindow>;

    before(async () => {
      const { shop } = servers;
      await shop.query("SELECT pg_create_physical_replication_slot('db2', true)");
      standby = await startStandby(shop, { slotName: 'db2' });
      await reading(true);
      await shop.query("SELECT pg_create_physical_replication_slot('left', true)");
      beats = new Beats({ shop });
      window = openWindow(beats, { storage: new SharedState(), claims: new SharedClaims() }, physicalThresholds);
    });
    after(async () => {
      window?.close();
      await beats?.dispose();
      await standby?.dispose();
    });

    /** Waits until the standby reads its slot, or doesn't. */
    async function reading(wanted: boolean): Promise<void> {
      const [sql, rows] = ["SELECT FROM pg_replication_slots WHERE slot_name = 'db2' AND active = $1", 1];
      await eventually(async () => (await servers.shop.query(sql, [wanted])).length === rows, {
        within: 60_000,
        what: `the slot to be ${wanted ? 'read' : 'left'}`,
      });
    }

    /** Waits until the standby has replayed all there is. */
    async function caughtUp(): Promise<void> {
      const sql =
        'SELECT FROM pg_stat_replication WHERE replay_lsn >= pg_current_wal_lsn() AND flush_lsn >= pg_current_wal_lsn()';
      await eventually(async () => (await servers.shop.query(sql)).length === 1, {
        within: 60_000,
        what: 'the standby to have caught up',
      });
    }

    async function write(megabytes: number): Promise<void> {
      for (let one = 0; one < megabytes; one++) {
        await servers.shop.query("SELECT pg_logical_emit_message(true, '', repeat('x', 1048576))");
      }
    }

    async function beat(times: number): Promise<void> {
      for (let one = 0; one < times; one++) await window.beat();
    }

    /** What holds of the slot, or of the standby without one. */
    const held = (name: string) =>
      window.center.shown().flatMap(({ kind, subject }) => (subject.name === name ? [kind] : []));

    it('say that nobody reads one, once, and nothing of the one that its standby reads', async () => {
      await beat(8);
      assert.deepEqual([held('left'), held('db2')], [['inactive'], []]);
      assert.equal(window.messages.length, 1, window.messages.join('\n'));
      assert.match(
        window.messages[0] ?? '',
        /^The physical replication slot left on shop has been inactive for more than 5 s: no standby reads it\. It retains /,
      );
    });

    it('say that its standby is away, and no more once it is back', async () => {
      await standby.server.stop();
      await reading(false);
      await beat(8);
      assert.deepEqual(held('db2'), ['inactive']);
      await standby.server.start();
      await reading(true);
      // It has to be well for half a minute, by the beats.
      await beat(35);
      assert.deepEqual(held('db2'), []);
    });

    it('say that its standby is behind while it doesn’t replay, and what the slots retain', async () => {
      const { server } = standby;
      await server.query('SELECT pg_wal_replay_pause()');
      await write(9);
      const sql = 'SELECT FROM pg_stat_replication WHERE flush_lsn >= pg_current_wal_lsn()';
      await eventually(async () => (await servers.shop.query(sql)).length === 1, { within: 60_000, what: 'the WAL' });
      await beat(6);
      assert.deepEqual([held('db2'), held('left')], [['behind'], ['retained', 'inactive']]);
      assert.match(
        window.messages.find((text) => text.includes(' behind')) ?? '',
        /^The reader .* of the physical replication slot db2 on shop is 9(\.\d)? MB, .* behind: all of it has arrived there/,
      );
      await server.query('SELECT pg_wal_replay_resume()');
      await caughtUp();
      await beat(35);
      assert.deepEqual(held('db2'), []);
    });

    if (major < withLimit) return;

    it('say that little room is left, and that it is lost; its standby goes on without a slot, and is watched as well', async () => {
      const { shop } = servers;
      await write(30);
      await beat(35);
      assert.deepEqual(held('left'), ['headroom', 'retained', 'inactive']);
      await standby.server.script("ALTER SYSTEM SET primary_slot_name = ''");
      await standby.server.query('SELECT pg_reload_conf()');
      await reading(false);
      await shop.query("SELECT pg_drop_replication_slot('db2')");
      await eventually(
        async () => {
          await write(4);
          await shop.query('CHECKPOINT');
          await window.beat();
          return held('left')[0] === 'lost';
        },
        { within: 60_000, every: 0, what: 'the slot to be lost' },
      );
      await caughtUp();
      await beat(2);
      const lost = window.messages.filter((text) =>
        text.startsWith('The physical replication slot left on shop is lost'),
      );
      assert.equal(lost.length, 1, window.messages.join('\n'));
      assert.deepEqual(held('left'), ['lost']);
      await standby.server.query('SELECT pg_wal_replay_pause()');
      await write(6);
      await beat(6);
      const [behind] = window.center.shown().filter(({ subject }) => subject.kind === 'standby');
      assert.equal(behind?.kind, 'behind');
      assert.match(behind.sentence, /^The standby \S+ at 127\.0\.0\.1 of shop is 6(\.\d)? MB/);
    });

    it('are over once the slot is dropped', async () => {
      await servers.shop.query("SELECT pg_drop_replication_slot('left')");
      await beat(1);
      assert.deepEqual(held('left'), []);
      assert.equal(
        window.center.subjects().some(({ name }) => name === 'left'),
        false,
      );
    });
  });
}
