import assert from 'node:assert/strict';

import { type Beat, BeatSchedule } from '../../../src/replication/watching/beatSchedule.ts';
import { ManualClock } from './manualClock.ts';

/** A server of the schedule that notes when it was sampled, and takes as long as it is told. */
class Sampled {
  readonly at: number[] = [];
  readonly beat: Beat;
  takesMs = 0;
  underWay = 0;
  mostUnderWay = 0;
  jumps = 0;

  constructor(schedule: BeatSchedule, clock: ManualClock) {
    this.beat = schedule.join({
      sample: async () => {
        this.at.push(clock.now());
        this.underWay += 1;
        this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
        const { takesMs } = this;
        if (takesMs > 0) await new Promise<void>((resolve) => clock.after(takesMs, resolve));
        this.underWay -= 1;
      },
      onJump: () => {
        this.jumps += 1;
      },
    });
  }

  /** Milliseconds between samples. */
  get steps(): readonly number[] {
    return this.at.slice(1).map((at, index) => Math.round(at - (this.at[index] ?? 0)));
  }
}

describe('the schedule of samples', () => {
  let clock: ManualClock;
  let schedule: BeatSchedule;
  let jumps: number[];
  const servers = (count: number) => Array.from({ length: count }, () => new Sampled(schedule, clock));

  beforeEach(() => {
    clock = new ManualClock();
    jumps = [];
    schedule = new BeatSchedule(clock, (jumpedMs) => jumps.push(jumpedMs));
  });

  it('samples 200 servers at 1 s each once a second, spread over the second', async () => {
    const all = servers(200);
    for (const { beat } of all) beat.start(1000, null);
    // Once around: the first sample of each comes soon, the others at its place.
    await clock.pass(2000);
    const from = clock.now();
    await clock.pass(10_000);
    const inTenths = Array.from({ length: 10 }, () => 0);
    for (const { at, steps } of all) {
      assert.equal(at.filter((moment) => moment > from).length, 10);
      assert.deepEqual(new Set(steps.slice(-9)), new Set([1000]));
      const tenth = Math.floor(((at.at(-1) ?? 0) % 1000) / 100);
      inTenths[tenth] = (inTenths[tenth] ?? 0) + 1;
    }
    for (const count of inTenths) assert.ok(count >= 15 && count <= 25, `${inTenths.join(', ')} in each tenth`);
  });

  it('stays even with few servers, and when more come', async () => {
    const [first, second] = servers(2);
    first?.beat.start(1000, null);
    second?.beat.start(1000, null);
    await clock.pass(5000);
    const apart = Math.abs((first?.at.at(-1) ?? 0) - (second?.at.at(-1) ?? 0)) % 1000;
    assert.ok(apart > 250 && apart < 750, `${apart} ms apart`);
    const before = (first?.at.at(-1) ?? 0) % 1000;
    for (const { beat } of servers(50)) beat.start(1000, null);
    await clock.pass(5000);
    assert.equal((first?.at.at(-1) ?? 0) % 1000, before, 'who was there keeps its place');
  });

  it('samples one that was never sampled, or not for longer than a beat, soon; another at its place', async () => {
    const [never, old, fresh] = servers(3);
    never?.beat.start(10_000, null);
    old?.beat.start(10_000, clock.now() - 11_000);
    fresh?.beat.start(10_000, clock.now() - 1);
    await clock.pass(100);
    assert.deepEqual([never?.at.length, old?.at.length, fresh?.at.length], [1, 1, 0]);
    await clock.pass(15_000);
    assert.ok((fresh?.at.length ?? 0) >= 1);
  });

  it('does not send many at once that all want a sample now', async () => {
    const all = servers(100);
    for (const { beat } of all) beat.start(60_000, null);
    await clock.pass(1000);
    const moments = all.map(({ at }) => at[0] ?? 0);
    assert.equal(new Set(moments).size, 100);
  });

  it('never has two samples of one server under way, nor makes up for those it missed', async () => {
    const [slow, quick] = servers(2);
    assert.ok(slow && quick);
    slow.takesMs = 2500;
    for (const { beat } of [slow, quick]) beat.start(1000, null);
    await clock.pass(30_000);
    assert.equal(slow.mostUnderWay, 1);
    assert.ok(slow.at.length <= 11, `${slow.at.length} samples`);
    assert.ok(slow.steps.every((step) => step >= 2500));
    assert.ok(quick.at.length >= 29, 'the others go on');
    slow.takesMs = 0;
    await clock.pass(3000);
    const before = slow.at.length;
    await clock.pass(10_000);
    assert.equal(slow.at.length - before, 10);
  });

  it('is not started twice by who starts it while a sample is under way', async () => {
    const [one] = servers(1);
    assert.ok(one);
    one.takesMs = 400;
    one.beat.start(1000, null);
    await clock.pass(100);
    one.beat.start(200, null);
    one.beat.start(1000, null);
    await clock.pass(5000);
    assert.equal(one.mostUnderWay, 1);
  });

  it('takes another pace at once, and keeps no timer when all are stopped', async () => {
    const [one, other] = servers(2);
    assert.ok(one && other);
    one.beat.start(60_000, null);
    other.beat.start(1000, null);
    await clock.pass(500);
    one.beat.start(1000, clock.now());
    await clock.pass(5000);
    assert.ok(one.at.length >= 5);
    one.takesMs = 700;
    await clock.pass(1000);
    one.beat.stop();
    other.beat.stop();
    const [before, beforeOther] = [one.at.length, other.at.length];
    await clock.pass(10_000);
    assert.deepEqual([one.at.length, other.at.length], [before, beforeOther]);
    assert.equal(clock.pending, 0);
    one.beat.start(1000, null);
    await clock.pass(3000);
    assert.ok(one.at.length > before);
  });

  for (const [what, jumpMs] of [
    ['a sleep of the machine', 3_600_000],
    ['a clock that was set back', -3_600_000],
  ] as const) {
    it(`recognises ${what}, tells every server, and goes on at each one's place`, async () => {
      const all = servers(20);
      const stopped = all.at(-1);
      for (const one of all) if (one !== stopped) one.beat.start(1000, null);
      await clock.pass(5000);
      assert.deepEqual(jumps, []);
      clock.jump(jumpMs);
      const from = clock.now();
      await clock.pass(60);
      assert.equal(jumps.length, 1);
      assert.ok(Math.abs((jumps[0] ?? 0) - jumpMs) < 100);
      assert.deepEqual(
        all.map((one) => one.jumps),
        all.map(() => 1),
      );
      const atOnce = all.filter(({ at }) => at.some((moment) => Math.abs(moment - from) < 30)).length;
      assert.ok(atOnce <= 5, `${atOnce} at once after it`);
      const before = all.map(({ at }) => at.length);
      await clock.pass(10_000);
      for (const [index, { at }] of all.entries()) {
        if (all[index] !== stopped) assert.ok(at.length - (before[index] ?? 0) >= 10);
      }
      assert.equal(jumps.length, 1);
    });
  }

  it('recognises a sleep while a sample is under way, and goes on in time', async () => {
    const [one, other] = servers(2);
    assert.ok(one && other);
    one.takesMs = 300;
    for (const { beat } of [one, other]) beat.start(1000, null);
    await clock.pass(5000);
    while (one.underWay === 0) await clock.pass(10);
    clock.jump(-600_000);
    await clock.pass(2000);
    const before = one.at.length;
    await clock.pass(5000);
    assert.ok(one.at.length - before >= 4);
    assert.deepEqual(jumps.length, 1);
  });

  it('takes a beat that is a little late for no jump', async () => {
    const [one] = servers(1);
    one?.beat.start(1000, null);
    await clock.pass(3000);
    clock.jump(900);
    await clock.pass(1000);
    assert.deepEqual([jumps, schedule.lateMs], [[], 900], 'but knows that this process was late itself');
    await clock.pass(3000);
    assert.deepEqual([jumps, schedule.lateMs], [[], 0]);
  });
});
