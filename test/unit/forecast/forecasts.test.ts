import assert from 'node:assert/strict';

import { Forecasts } from '../../../src/replication/forecast/forecasts.ts';
import { forecastDetail, forecastWords, lossWords } from '../../../src/replication/forecast/words.ts';
import type { ServerSetting } from '../../../src/replication/model/server.ts';
import type { Slot } from '../../../src/replication/model/slot.ts';
import type { Pulse } from '../../../src/replication/model/snapshot.ts';
import { lsn, slot, start } from '../lag/handmade.ts';
import { Stage } from '../lag/stage.ts';

const mega = 1024 * 1024;

interface Played {
  readonly settings?: Readonly<Record<string, readonly [string, string | null]>>;
  readonly walVolumeBytes?: number;
}

/** A publisher whose slot is played second by second, with the forecasts beside it. */
class Theatre {
  readonly stage = new Stage({ id: 'shop' });
  readonly forecasts: Forecasts;

  constructor({ settings = {}, walVolumeBytes }: Played = {}) {
    const entries = Object.entries(settings).map(([name, [value, unit]]): [string, ServerSetting] => [
      name,
      { name, value, unit },
    ]);
    const { connections, monitor, service } = this.stage;
    this.forecasts = new Forecasts({
      monitor,
      service: {
        state: (id) => {
          const state = service.state(id);
          if (state.phase !== 'open') return state;
          const { inventory, pulse } = state.snapshot;
          const server = { ...inventory.server, settings: Object.fromEntries(entries) };
          return { phase: 'open', snapshot: { pulse, inventory: { ...inventory, server } } };
        },
      },
      connections: {
        facts: (id) => {
          const known = connections.facts(id);
          return known && walVolumeBytes !== undefined ? { ...known, walVolumeBytes } : known;
        },
      },
    });
    service.onDidChange((id) => this.forecasts.takeServer(id));
    monitor.onDidSample(() => {
      for (const lag of monitor.lags()) this.forecasts.take(lag);
    });
  }

  /** So many seconds, in each of which the slot and the end of WAL are as given. */
  play(seconds: number, moment: (second: number) => { readonly current: number; readonly slot: Partial<Slot> }): void {
    for (let second = 1; second <= seconds; second += 1) {
      const { current, slot: more } = moment(second);
      this.stage.beat({ shop: { currentLsn: lsn(current), slots: [slot('orders', more)] } satisfies Partial<Pulse> });
    }
  }

  loss() {
    return this.forecasts.lossOf('shop', 'orders');
  }
}

/** Nobody reads it, one MB is written each second, and of 100 MB so much is left. */
const written = (second: number) => ({
  current: (10 + second) * mega,
  slot: {
    active: false,
    activePid: null,
    restartLsn: lsn(10 * mega),
    confirmedFlushLsn: lsn(10 * mega),
    safeWalBytes: (100 - second) * mega,
  },
});
const limited = { settings: { max_slot_wal_keep_size: ['100', 'MB'] } } as const;

describe('when a slot is lost', () => {
  it('is said from ten seconds on, by the WAL that may still be written', () => {
    const theatre = new Theatre(limited);
    theatre.play(5, written);
    assert.equal(theatre.loss().when.kind, 'unknown');
    assert.match(forecastDetail(theatre.loss().when), /^cannot be said: measured for 4 s so far, 10 s are needed$/);
    theatre.play(45, (second) => written(second + 5));
    const { by, when } = theatre.loss();
    assert.equal(by, 'size');
    assert.ok(when.kind === 'in' && Math.abs(when.seconds - 50) < 0.5, JSON.stringify(when));
    assert.equal(when.basis?.samples, 50);
    assert.match(forecastDetail(when), /^in ≈ 50 s: the room shrinks by 1 MB\/s \(50 samples over 49 s\)$/);
    assert.equal(lossWords(theatre.loss()), '⚠ lost in under a minute');
  });

  it('is said by another connection to the server, where the one that a stream goes by is closed', () => {
    const theatre = new Theatre(limited);
    const { stage } = theatre;
    stage.open({ id: 'twin', host: 'shop', systemIdentifier: Buffer.from('shop').toString('hex') });
    for (let second = 1; second <= 40; second += 1) {
      const { current, slot: more } = written(second);
      const pulse: Partial<Pulse> = { currentLsn: lsn(current), slots: [slot('orders', more)] };
      stage.beat(second <= 10 ? { shop: pulse, twin: pulse } : { twin: pulse });
      if (second === 10) stage.fail('shop', 'connection refused');
    }
    assert.equal(stage.lag.stream.publisher?.connectionId, 'shop');
    const { loss } = theatre.forecasts.ofStream(stage.lag);
    assert.ok(loss.when.kind === 'in' && Math.abs(loss.when.seconds - 60) < 0.5, JSON.stringify(loss));
  });

  it('is said anew where the clock was set back, instead of what was known before', () => {
    const theatre = new Theatre(limited);
    theatre.play(20, written);
    theatre.stage.now -= 3_600_000;
    theatre.stage.beat({ shop: { afterGap: true } });
    assert.equal(theatre.loss().when.kind, 'unknown');
    theatre.stage.beat({ shop: { afterGap: false } });
    theatre.play(20, (second) => written(second + 20));
    const { when } = theatre.loss();
    assert.ok(when.kind === 'in' && Math.abs(when.seconds - 60) < 5, JSON.stringify(when));
  });

  it('is at any moment once the limit is passed, and never where there is none', () => {
    const theatre = new Theatre(limited);
    theatre.play(20, (second) => ({ ...written(second), slot: { ...written(second).slot, walStatus: 'unreserved' } }));
    assert.equal(lossWords(theatre.loss()), '⚠ about to be lost');
    const unlimited = new Theatre({ settings: { max_slot_wal_keep_size: ['-1', 'MB'] } });
    unlimited.play(20, (second) => ({ ...written(second), slot: { ...written(second).slot, safeWalBytes: null } }));
    assert.match(forecastDetail(unlimited.loss().when), /it keeps WAL without a limit/);
    const old = new Theatre();
    old.play(20, (second) => ({ ...written(second), slot: { ...written(second).slot, safeWalBytes: null } }));
    assert.equal(old.loss().when.kind, 'never');
  });

  it('is not said of a slot in use by one of its steps, but is where it does not get on for a minute', () => {
    const theatre = new Theatre(limited);
    const used = (second: number) => ({ ...written(second), slot: { ...written(second).slot, active: true } });
    theatre.play(30, used);
    assert.equal(theatre.loss().when.kind, 'unknown');
    theatre.play(40, (second) => used(second + 30));
    const { when } = theatre.loss();
    assert.ok(when.kind === 'in' && Math.abs(when.seconds - 30) < 0.5, JSON.stringify(when));
    const stepping = new Theatre(limited);
    stepping.play(290, (second) => ({
      ...used(second),
      slot: {
        ...used(second).slot,
        restartLsn: lsn((10 + second - (second % 15)) * mega),
        safeWalBytes: (100 - (second % 15)) * mega,
      },
    }));
    assert.equal(stepping.loss().when.kind, 'never', JSON.stringify(stepping.loss()));
  });

  it('is not said of a slot in use that keeps up within a segment of a quiet server', () => {
    const theatre = new Theatre(limited);
    // 40 kB a second: the server's figure falls for more than five minutes before it counts the next segment.
    theatre.play(300, (second) => {
      const current = 16 * mega + second * 40_000;
      const restartLsn = lsn(current - (second % 15) * 40_000);
      return { current, slot: { active: true, restartLsn, safeWalBytes: 64 * mega - second * 40_000 } };
    });
    assert.equal(theatre.loss().when.kind, 'never', JSON.stringify(theatre.loss()));
  });

  it('begins anew where a reader leaves, and after a gap', () => {
    const theatre = new Theatre(limited);
    theatre.play(60, () => ({ current: 11 * mega, slot: { ...written(1).slot, active: true } }));
    theatre.play(5, written);
    assert.equal(theatre.loss().when.kind, 'unknown');
    theatre.play(20, (second) => written(second + 5));
    assert.equal(theatre.loss().when.kind, 'in');
    theatre.stage.beat({ shop: { currentLsn: lsn(60 * mega), slots: [slot('orders', written(50).slot)] } }, 600_000);
    assert.equal(theatre.loss().when.kind, 'unknown');
  });

  it('goes by how long it was idle where nothing was sampled yet, since 17', () => {
    const theatre = new Theatre(limited);
    const inactiveSince = new Date(start - 3600_000).toISOString();
    theatre.play(1, () => ({
      current: 46 * mega,
      slot: { ...written(1).slot, safeWalBytes: 36 * mega, inactiveSince },
    }));
    const { when } = theatre.loss();
    assert.ok(when.kind === 'in' && Math.abs(when.seconds - 3601) < 2, JSON.stringify(when));
  });

  it('begins anew where another limit is set, whether or not the settings were read again', () => {
    const theatre = new Theatre(limited);
    theatre.play(60, written);
    assert.equal(theatre.loss().when.kind, 'in');
    const wider = (second: number) => ({
      ...written(second),
      slot: { ...written(second).slot, safeWalBytes: (500 - second) * mega },
    });
    theatre.play(5, (second) => wider(second + 60));
    assert.equal(theatre.loss().when.kind, 'unknown');
    theatre.play(20, (second) => wider(second + 65));
    const { when } = theatre.loss();
    assert.ok(when.kind === 'in' && Math.abs(when.seconds - 415) < 5, JSON.stringify(when));
    // The server tells no room any more: the limit was taken away.
    theatre.play(1, () => ({ ...written(86), slot: { ...written(86).slot, safeWalBytes: null } }));
    assert.match(forecastDetail(theatre.loss().when), /^cannot be said: max_slot_wal_keep_size was changed since/);
  });

  it('is only perhaps where the writer paused, and never once it paused for all that is looked back at', () => {
    const theatre = new Theatre(limited);
    theatre.play(60, written);
    theatre.play(90, () => written(60));
    assert.equal(lossWords(theatre.loss()), '⚠ perhaps lost in ≈ 2 min');
    assert.match(forecastDetail(theatre.loss().when), /at the soonest, perhaps never\)/);
    theatre.play(300, () => written(60));
    assert.equal(lossWords(theatre.loss()), null);
    assert.match(forecastDetail(theatre.loss().when), /^not foreseen: what may still be written .* does not shrink$/);
  });

  it('is by the clock where a time limit comes first, since 18', () => {
    const settings = { ...limited.settings, idle_replication_slot_timeout: ['120', 's'] } as const;
    const theatre = new Theatre({ settings });
    const inactiveSince = new Date(start).toISOString();
    theatre.play(30, (second) => ({ ...written(second), slot: { ...written(second).slot, inactiveSince } }));
    assert.equal(theatre.loss().by, 'size');
    const slowly = new Theatre({ settings });
    slowly.play(30, (second) => ({
      current: 10 * mega + second * 1000,
      slot: { ...written(0).slot, safeWalBytes: 100 * mega - second * 1000, inactiveSince },
    }));
    const { by, when } = slowly.loss();
    assert.equal(by, 'idle');
    assert.ok(when.kind === 'in' && when.seconds === 90 && when.basis === null, JSON.stringify(when));
    assert.match(forecastDetail(when), /^in ≈ 1 min, if nobody reads it until then$/);
    slowly.play(100, () => ({ current: 11 * mega, slot: { ...written(0).slot, inactiveSince } }));
    assert.equal(lossWords(slowly.loss()), '⚠ about to be lost');
    // What was once kept in step by a standby is a slot as any other after the promotion.
    const synced = { current: 11 * mega, slot: { ...written(0).slot, inactiveSince, synced: true } };
    slowly.play(1, () => synced);
    assert.equal(slowly.loss().by, 'idle');
    const { current, slot: kept } = synced;
    slowly.stage.beat({ shop: { inRecovery: true, currentLsn: lsn(current), slots: [slot('orders', kept)] } });
    assert.equal(slowly.loss().by, 'size');
  });
});

describe('when a WAL volume is full', () => {
  it('is said where its size was given, by the slot that keeps the oldest WAL', () => {
    const theatre = new Theatre({ walVolumeBytes: 200 * mega });
    theatre.play(50, (second) => ({ ...written(second), slot: { ...written(second).slot, safeWalBytes: null } }));
    const when = theatre.forecasts.volumeFull('shop');
    assert.ok(when.kind === 'in' && Math.abs(when.seconds - 150) < 1, JSON.stringify(when));
    const [lag] = theatre.stage.monitor.lags();
    assert.ok(lag);
    assert.ok(forecastWords(theatre.forecasts.ofStream(lag)).includes('⚠ WAL volume full in ≈ 2 min'));
  });

  it('cannot be said without, and never comes where slots are lost before', () => {
    const theatre = new Theatre();
    theatre.play(50, written);
    assert.match(
      forecastDetail(theatre.forecasts.volumeFull('shop')),
      /^cannot be said: no statement tells how large .* give it in the connection/,
    );
    const guarded = new Theatre({ ...limited, walVolumeBytes: 200 * mega });
    guarded.play(50, written);
    assert.match(forecastDetail(guarded.forecasts.volumeFull('shop')), /lost by max_slot_wal_keep_size before/);
  });
});

describe('when a WAL volume is full, with slots that come, go and pass each other', () => {
  const beat = (theatre: Theatre, current: number, slots: Readonly<Record<string, Partial<Slot>>>): void => {
    const all = Object.entries(slots).map(([name, more]) => slot(name, more));
    theatre.stage.beat({ shop: { currentLsn: lsn(current * mega), slots: all } satisfies Partial<Pulse> });
  };
  const keeping = (megas: number, active = false): Partial<Slot> => ({
    active,
    activePid: active ? 7 : null,
    restartLsn: lsn(megas * mega),
  });

  it('goes on where two slots take turns at the oldest WAL, and begins anew where the oldest is dropped', () => {
    const theatre = new Theatre({ walVolumeBytes: 200 * mega });
    for (let second = 1; second <= 60; second += 1) {
      const older = 10 + (second % 2) / 1024;
      beat(theatre, 20 + second, { one: keeping(older), other: keeping(20 + 1 / 1024 - older) });
    }
    const when = theatre.forecasts.volumeFull('shop');
    assert.ok(when.kind === 'in' && Math.abs(when.seconds - 130) < 2, JSON.stringify(when));
    beat(theatre, 81, { other: keeping(40) });
    assert.equal(theatre.forecasts.volumeFull('shop').kind, 'unknown');
  });

  it('is not said of a slot in use by what it keeps between two of its steps', () => {
    const theatre = new Theatre({ walVolumeBytes: 200 * mega });
    const stepping = (from: number, to: number): void => {
      for (let second = from; second <= to; second += 1) {
        beat(theatre, 20 + second, { one: keeping(20 + second - (second % 15), true) });
      }
    };
    stepping(1, 14);
    assert.match(forecastDetail(theatre.forecasts.volumeFull('shop')), /freed in steps: 60 s of samples are needed/);
    stepping(15, 240);
    for (let second = 241; second <= 270; second += 1) {
      stepping(second, second);
      assert.equal(theatre.forecasts.volumeFull('shop').kind, 'never', `after ${second} s`);
    }
  });

  it('says where the size is to be looked up, or that there is none', () => {
    const said = (serverSetting: string): string => {
      const theatre = new Theatre({ settings: { [serverSetting]: ['on', null] } });
      beat(theatre, 20, { one: keeping(10) });
      return forecastDetail(theatre.forecasts.volumeFull('shop'));
    };
    assert.match(
      said('rds.logical_replication'),
      /^cannot be said: Amazon RDS does not tell it by SQL\. Look up Storage/,
    );
    assert.match(
      said('azure.extensions'),
      /^cannot be said: Azure does not tell it by SQL\. .* as Size of the WAL volume/,
    );
    assert.match(said('cloudsql.logical_decoding'), /^cannot be said: Cloud SQL does not tell it by SQL\. /);
    assert.match(said('alloydb.logical_decoding'), /^not foreseen: the storage of AlloyDB grows by itself/);
    assert.match(said('neon.tenant_id'), /^not foreseen: Neon keeps WAL in storage that grows by itself/);
    const given = new Theatre({ settings: { 'neon.tenant_id': ['x', null] }, walVolumeBytes: 200 * mega });
    for (let second = 1; second <= 20; second += 1) beat(given, 20 + second, { one: keeping(10) });
    assert.equal(given.forecasts.volumeFull('shop').kind, 'in');
  });
});

describe('when a stream has caught up', () => {
  const behind = (open: (second: number) => number) => (second: number) => ({
    current: 1000 * mega + second * mega,
    slot: { confirmedFlushLsn: lsn(1000 * mega + second * mega - open(second) * mega), restartLsn: lsn(900 * mega) },
  });
  const ahead = (theatre: Theatre) => {
    const [lag] = theatre.stage.monitor.lags();
    assert.ok(lag);
    return theatre.forecasts.ofStream(lag).catchUp;
  };

  it('is when the rest is applied at the present rates', () => {
    const theatre = new Theatre();
    theatre.play(
      60,
      behind((second) => 300 - 2 * second),
    );
    const when = ahead(theatre);
    assert.ok(when.kind === 'in' && Math.abs(when.seconds - 90) < 1, JSON.stringify(when));
  });

  it('is never where no more is applied than written, and says by which rates', () => {
    const theatre = new Theatre();
    theatre.play(
      60,
      behind(() => 300),
    );
    assert.deepEqual(ahead(theatre).kind, 'never');
    assert.match(
      forecastDetail(ahead(theatre)),
      /does not catch up at the present rates \(1 MB\/s applied, 1 MB\/s written\)/,
    );
  });

  it('is not now where nobody knows since when the little that is left has waited', () => {
    const theatre = new Theatre();
    theatre.play(
      30,
      behind(() => 0.5),
    );
    const [lag] = theatre.stage.monitor.lags();
    assert.ok(lag);
    const of = (secondsBehind: number | null, more: Partial<typeof lag> = {}) =>
      theatre.forecasts.ofStream({ ...lag, secondsBehind, ...more }).catchUp;
    assert.equal(of(1).kind, 'now');
    assert.equal(of(null).kind, 'unknown');
    assert.equal(of(null, { state: 'disabled' }).kind, 'never');
    assert.equal(of(null, { notAppliedBytes: 0 }).kind, 'now');
  });

  it('is now where hardly anything is left, and unknown before there are samples', () => {
    const theatre = new Theatre();
    theatre.play(
      30,
      behind(() => 0),
    );
    assert.equal(ahead(theatre).kind, 'now');
    const fresh = new Theatre();
    fresh.play(
      3,
      behind((second) => 300 - second),
    );
    assert.equal(ahead(fresh).kind, 'unknown');
  });

  it('is never while nobody applies', () => {
    const theatre = new Theatre();
    theatre.play(60, (second) => ({ ...written(second), slot: { ...written(second).slot, safeWalBytes: null } }));
    assert.match(forecastDetail(ahead(theatre)), /nothing is applied at present/);
  });
});
