import assert from 'node:assert/strict';

import { slownessText } from '../../../src/replication/model/serverState.ts';
import type { ServerChange } from '../../../src/replication/service.ts';
import { WatchedServer } from '../../../src/replication/watching/watchedServer.ts';
import { Watching } from '../../../src/replication/watching/watching.ts';
import { KnownConnections } from '../../support/knownConnections.ts';
import { facts } from '../lag/handmade.ts';
import { ManualClock } from './manualClock.ts';
import { PlayedReads } from './playedReads.ts';

describe('watching servers', () => {
  let clock: ManualClock;
  let reads: PlayedReads;
  let watching: Watching;
  let logged: string[];
  let changes: [string, ServerChange][];

  beforeEach(() => {
    clock = new ManualClock();
    reads = new PlayedReads(clock);
    logged = [];
    changes = [];
    const write = (message: string) => void logged.push(message);
    const log = { debug: write, info: write, warn: write };
    watching = new Watching({ connections: new KnownConnections(), log, clock, reads });
  });

  const server = (id: string): WatchedServer => {
    (watching.connections as KnownConnections).set(id, facts({ id }).target);
    return new WatchedServer(id, watching, (change) => changes.push([id, change]));
  };
  const samples = (id: string) => reads.sampled.get(id)?.length ?? 0;
  const pulseOf = (watched: WatchedServer) => {
    const { state } = watched;
    return state.phase === 'open' ? state.snapshot.pulse : null;
  };

  it('connects to 200 servers a few at a time, and samples each once a second on its one connection', async () => {
    const all = Array.from({ length: 200 }, (_, index) => server(`s${index}`));
    for (const one of all) one.watch(1000);
    await clock.pass(3000);
    assert.ok(reads.mostConnecting <= 16, `${reads.mostConnecting} at once`);
    assert.ok(all.every(({ state }) => state.phase === 'open'));
    const before = all.map((_, index) => samples(`s${index}`));
    await clock.pass(10_000);
    for (const index of all.keys()) assert.equal(samples(`s${index}`) - (before[index] ?? 0), 10, `s${index}`);
    assert.equal(reads.connectedAt.length, 200);
    assert.equal(reads.mostUnderWay, 1);
  });

  it('backs off when a server is slow and says so, and comes back to the beat', async () => {
    const slow = server('slow');
    slow.watch(1000);
    await clock.pass(5000);
    assert.equal(slownessText(slow.state), null);
    reads.of('slow').tookMs = 1900;
    await clock.pass(10_000);
    assert.equal(slownessText(slow.state), 'answers slowly: sampled every 4 s');
    const before = samples('slow');
    await clock.pass(40_000);
    assert.ok(samples('slow') - before <= 11);
    assert.equal(reads.mostUnderWay, 1);
    reads.of('slow').tookMs = 5;
    await clock.pass(20_000);
    assert.equal(slownessText(slow.state), null);
    const recovered = samples('slow');
    await clock.pass(10_000);
    assert.equal(samples('slow') - recovered, 10);
    const said = logged.filter((line) => /slowly|in time again/.test(line));
    assert.deepEqual(
      said.map((line) => line.replace(/ \(.*/, '')),
      ['slow: answers slowly: sampled every 4 s', 'slow: answers in time again'],
    );
    assert.equal(reads.connectedAt.length, 1, 'a slow server is not a lost one');
  });

  it('keeps the connection of a server that became very slow step by step', async () => {
    const slow = server('slow');
    slow.watch(1000);
    for (const tookMs of [1900, 3500, 7000, 14_000]) {
      reads.of('slow').tookMs = tookMs;
      await clock.pass(120_000);
    }
    assert.equal(slownessText(slow.state), 'answers slowly: sampled every 30 s');
    assert.equal(reads.connectedAt.length, 1);
  });

  it('gives a server more time with each answer that did not come, instead of losing it again and again', async () => {
    const slow = server('slow');
    slow.watch(1000);
    await clock.pass(3000);
    reads.of('slow').tookMs = 10_000;
    await clock.pass(120_000);
    assert.ok(reads.connectedAt.length <= 3, `${reads.connectedAt.length} connections`);
    const before = reads.connectedAt.length;
    await clock.pass(300_000);
    assert.equal(reads.connectedAt.length, before);
    assert.match(slownessText(slow.state) ?? '', /sampled every 30 s/);
  });

  it('stops when nobody watches: no sample, no retry, no timer, and no connection that was still waiting', async () => {
    const all = Array.from({ length: 60 }, (_, index) => server(`s${index}`));
    const stops = all.map((one) => one.watch(1000));
    await clock.pass(1);
    for (const stop of stops) stop();
    await clock.pass(5000);
    assert.equal(reads.connectedAt.length, 16, 'only those under way');
    assert.deepEqual(new Set(all.slice(16).map(({ state }) => state.phase)), new Set(['closed']));
    assert.equal(clock.pending, 0);
    const [first] = all;
    const again = first?.watch(1000);
    await clock.pass(5000);
    const seen = samples('s0');
    assert.ok(seen >= 4);
    again?.();
    reads.lose('s0');
    reads.of('s0').refuses = true;
    await clock.pass(60_000);
    assert.equal(samples('s0'), seen);
    assert.equal(first?.state.phase, 'failed');
    assert.equal(clock.pending, 0);
  });

  it('lets who asks for a connection have it, though those who watch have gone', async () => {
    const all = Array.from({ length: 20 }, (_, index) => server(`s${index}`));
    const stops = all.map((one) => one.watch(1000));
    const last = all.at(-1)?.open();
    for (const stop of stops) stop();
    await clock.pass(1000);
    assert.equal((await last)?.inventory.connectionId, 's19');
    const turnedAway = all.at(-2);
    assert.equal(turnedAway?.state.phase, 'closed');
    void turnedAway?.watch(1000);
    await clock.pass(1000);
    assert.equal(turnedAway?.state.phase, 'open');
  });

  it('keeps no healthy server waiting for those that stay away', async () => {
    const away = Array.from({ length: 100 }, (_, index) => server(`away${index}`));
    for (const index of away.keys()) Object.assign(reads.of(`away${index}`), { refuses: true, connectMs: 10_000 });
    for (const one of away) one.watch(1000);
    await clock.pass(300_000);
    const healthy = server('healthy');
    healthy.watch(1000);
    await clock.pass(1000);
    assert.equal(healthy.state.phase, 'open');
  });

  for (const [what, jumpMs] of [
    ['slept', 3_600_000],
    ['was set back', -3_600_000],
  ] as const) {
    it(`marks the first sample after the clock ${what}, of every server, and no other`, async () => {
      const [one, other] = [server('one'), server('other')];
      one.watch(1000);
      other.watch(1000);
      await clock.pass(5000);
      const marks: [string, boolean][] = [];
      const note = (id: string, watched: WatchedServer) => marks.push([id, pulseOf(watched)?.afterGap === true]);
      const seen = changes.length;
      clock.jump(jumpMs);
      let looked = seen;
      for (let step = 0; step < 400; step += 1) {
        await clock.pass(10);
        for (const [id, change] of changes.slice(looked)) if (change === 'pulse') note(id, id === 'one' ? one : other);
        looked = changes.length;
      }
      for (const id of ['one', 'other']) {
        const own = marks.filter(([of]) => of === id).map(([, marked]) => marked);
        assert.ok(own.length >= 3);
        assert.deepEqual(own, [true, ...own.slice(1).map(() => false)], id);
      }
      assert.equal(logged.filter((line) => line.includes('the clock jumped')).length, 1);
    });
  }

  it('takes no sample whose answer was under way while the machine slept: nobody knows of when it is', async () => {
    const one = server('one');
    reads.of('one').tookMs = 300;
    one.watch(1000);
    await clock.pass(5000);
    while (samples('one') < 6) await clock.pass(10);
    const before = pulseOf(one)?.sampledAt;
    clock.jump(3_600_000);
    await clock.pass(310);
    assert.equal(pulseOf(one)?.sampledAt, before);
    await clock.pass(1500);
    assert.equal(pulseOf(one)?.afterGap, true);
    assert.equal(slownessText(one.state), null, 'the sleep does not make the server slow');
    assert.ok((pulseOf(one)?.tookMs ?? Infinity) < 1000);
  });

  it('tries at once what was lost, when the machine wakes', async () => {
    const [lost, kept] = [server('lost'), server('kept')];
    lost.watch(1000);
    kept.watch(1000);
    await clock.pass(3000);
    reads.of('lost').refuses = true;
    reads.lose('lost');
    await clock.pass(100_000);
    assert.equal(lost.state.phase, 'failed');
    reads.of('lost').refuses = false;
    clock.jump(3_600_000);
    await clock.pass(1500);
    assert.equal(lost.state.phase, 'open');
    assert.equal(pulseOf(lost)?.afterGap, true, 'what was known of it is of before the sleep');
  });

  it('keeps at one beat, the shortest, what several watch', async () => {
    const one = server('one');
    const stopSlow = one.watch(10_000);
    const stopQuick = one.watch(1000);
    await clock.pass(10_000);
    assert.ok(samples('one') >= 9 && samples('one') <= 11);
    stopQuick();
    await clock.pass(1000);
    const before = samples('one');
    await clock.pass(60_000);
    assert.ok(samples('one') - before >= 5 && samples('one') - before <= 7);
    stopSlow();
    const asleep = samples('one');
    await clock.pass(60_000);
    assert.equal(samples('one'), asleep);
  });
});
