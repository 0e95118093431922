import assert from 'node:assert/strict';

import { Paced } from '../../../src/ui/paced.ts';
import { ManualClock } from '../watching/manualClock.ts';

describe('what many servers ask for', () => {
  let clock: ManualClock;
  let done: number[];
  let paced: Paced;

  beforeEach(() => {
    clock = new ManualClock();
    const start = clock.now();
    done = [];
    paced = new Paced(() => done.push(clock.now() - start), { gatherMs: 100, restMs: () => 500 }, clock);
  });

  it('is done soon at first, then after each rest, however often it is asked for', async () => {
    for (let step = 0; step < 200; step += 1) {
      paced.ask();
      await clock.pass(10);
    }
    assert.deepEqual(done, [100, 600, 1100, 1600]);
  });

  it('is done soon again after a rest without anything to do', async () => {
    paced.ask();
    await clock.pass(5000);
    paced.ask();
    await clock.pass(5000);
    assert.deepEqual(done, [100, 5100]);
  });

  it('does not wait for its rest where a person does, nor is it put off by asking again', async () => {
    paced.now();
    paced.ask();
    await clock.pass(50);
    paced.askSoon();
    await clock.pass(50);
    paced.askSoon();
    await clock.pass(2000);
    assert.deepEqual(done, [0, 150]);
  });

  it('is not done once it was called off', async () => {
    paced.ask();
    paced.stop();
    await clock.pass(2000);
    assert.deepEqual(done, []);
    assert.equal(clock.pending, 0);
  });
});
