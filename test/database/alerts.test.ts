import assert from 'node:assert/strict';

import type { ActiveAlert } from '../../src/replication/alerts/alert.ts';
import { Alerts } from '../../src/replication/alerts/alerts.ts';
import { thresholdsFrom } from '../../src/replication/alerts/thresholds.ts';
import { Forecasts } from '../../src/replication/forecast/forecasts.ts';
import { LagMonitor } from '../../src/replication/lag/monitor.ts';
import { AlertCenter } from '../../src/ui/alerts/alertCenter.ts';
import { alertMessages } from '../../src/ui/alerts/alertWords.ts';
import { AlertMutes } from '../../src/ui/alerts/mutes.ts';
import { Teller } from '../../src/ui/alerts/teller.ts';
import { ToldAlerts } from '../../src/ui/alerts/toldAlerts.ts';
import { useServers } from '../support/servers/useServers.ts';
import { type Major, majorsUnderTest } from '../support/servers/versions.ts';
import { SharedState } from '../unit/alerts/handmade.ts';
import { Beats } from './beats.ts';

const majors = majorsUnderTest();

/** One window of the editor over the beats, with everything but VS Code; what it told is in `messages`. */
function openWindow(beats: Beats, storage: SharedState) {
  const { connections, service } = beats;
  const now = () => beats.now;
  const monitor = new LagMonitor({ service, connections, now });
  const forecasts = new Forecasts({ monitor, service, connections });
  const alerts = new Alerts({
    monitor,
    service,
    connections,
    forecasts,
    copies: { ofSubscription: () => null },
    thresholds: () => thresholdsFrom({ inactiveForSeconds: 5, headroomPercent: 0, lostWithinMinutes: 0 }),
    gapMs: () => 3000,
    gatherMs: 0,
  });
  const mutes = new AlertMutes({ storage, now });
  const center = new AlertCenter({ alerts, mutes, monitor });
  const told = new ToldAlerts({ storage, now });
  alerts.restore(told.held());
  const messages: string[] = [];
  const teller = new Teller({
    told,
    shown: () => center.shown(),
    quiet: () => false,
    focused: () => true,
    sleep: async () => Promise.resolve(),
    tell: (due: readonly ActiveAlert[]) => messages.push(...alertMessages(due).map(({ text }) => text)),
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
      const storage = new SharedState();
      const first = openWindow(beats, storage);
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
        const raised = first.center.events(held?.streamId ?? '').filter(({ what }) => what === 'raised');
        assert.deepEqual(
          raised.map(({ kind }) => kind),
          ['inactive', 'lost'],
        );
      } finally {
        first.close();
      }
      const second = openWindow(beats, storage);
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
