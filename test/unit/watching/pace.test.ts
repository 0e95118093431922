import assert from 'node:assert/strict';

import { slownessText } from '../../../src/replication/model/serverState.ts';
import { Gate } from '../../../src/replication/watching/gate.ts';
import { Pace } from '../../../src/replication/watching/pace.ts';
import { snapshot } from '../lag/handmade.ts';

/** How often it is sampled after each of these answers, milliseconds. */
function paces(pace: Pace, answers: readonly number[], intervalMs = 1000): readonly number[] {
  return answers.map((took) => {
    pace.answered(took, intervalMs);
    return pace.everyMs(intervalMs);
  });
}

describe('the pace of a server', () => {
  it('is what was asked for while answers take less than half of it', () => {
    assert.deepEqual(paces(new Pace(), [2, 400, 490, 499, 3]), [1000, 1000, 1000, 1000, 1000]);
    assert.deepEqual(paces(new Pace(), [3900, 3900, 3900], 10_000), [10_000, 10_000, 10_000]);
  });

  it('backs off once two answers in a row were slow, so that they take half of the time at the most', () => {
    assert.deepEqual(paces(new Pace(), [1400, 3, 1400, 3]), [1000, 1000, 1000, 1000]);
    assert.deepEqual(paces(new Pace(), [700, 800]), [1000, 2000]);
    assert.deepEqual(paces(new Pace(), [3000, 1900]), [1000, 4000]);
    assert.deepEqual(paces(new Pace(), [1900, 1900, 3900, 3900, 9000, 9000]), [1000, 4000, 4000, 8000, 8000, 30_000]);
  });

  it('is never called slow for answers under half a second, however short the beat', () => {
    assert.deepEqual(paces(new Pace(), [300, 450, 490], 200), [200, 200, 200]);
    assert.equal(paces(new Pace(), [600, 700], 200).at(-1), 1600);
    assert.equal(paces(new Pace(), [600, 700, 200, 240, 100], 200).at(-1), 200);
  });

  it('recovers after three quick answers, as far as they allow, and does not waver', () => {
    const pace = new Pace();
    paces(pace, [1900, 1900]);
    assert.deepEqual(paces(pace, [5, 5, 5]), [4000, 4000, 1000]);
    paces(pace, [1900, 1900]);
    assert.deepEqual(paces(pace, [400, 5, 400]), [4000, 4000, 2000], 'twice as much room as would make it slow');
    assert.deepEqual(paces(pace, [600, 600, 600, 600]), [2000, 2000, 2000, 2000]);
  });

  it('counts for what is wanted: at a longer interval the same server is not slow', () => {
    const pace = new Pace();
    paces(pace, [1900, 1900]);
    assert.equal(pace.isSlow(1000), true);
    assert.equal(pace.isSlow(10_000), false);
    assert.equal(pace.everyMs(10_000), 10_000);
  });

  it('waits longer for a server that is known to be slow, and for one that did not answer in time', () => {
    const pace = new Pace();
    assert.equal(pace.deadlineMs, 4000);
    pace.gaveUp();
    assert.equal(pace.deadlineMs, 8000);
    pace.gaveUp();
    pace.gaveUp();
    pace.gaveUp();
    assert.equal(pace.deadlineMs, 30_000);
    pace.answered(5, 1000);
    assert.equal(pace.deadlineMs, 4000);
    paces(pace, [3900, 3900]);
    assert.equal(pace.deadlineMs, 16_000);
  });

  it('is said in words', () => {
    const open = { phase: 'open', snapshot: snapshot({ id: 'shop' }) } as const;
    assert.equal(slownessText(open), null);
    assert.equal(slownessText({ phase: 'closed' }), null);
    assert.equal(slownessText({ ...open, slowEveryMs: 4000 }), 'answers slowly: sampled every 4 s');
    assert.equal(slownessText({ ...open, slowEveryMs: 1600 }), 'answers slowly: sampled every 1.6 s');
  });
});

describe('the gate for connecting', () => {
  it('lets so many in at once, the others in their order, also after one that failed', async () => {
    const gate = new Gate(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const all = [0, 1, 2, 3, 4].map((index) =>
      gate.through(async () => {
        begun.push(index);
        await new Promise<void>((resolve) => ends.push(resolve));
        if (index === 0) throw new Error('failed');
        return index;
      }),
    );
    const results = Promise.allSettled(all);
    assert.deepEqual(begun, [0, 1]);
    for (const expected of [3, 4, 5, 5, 5]) {
      ends.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(begun.length, expected);
    }
    assert.deepEqual(begun, [0, 1, 2, 3, 4]);
    assert.deepEqual(
      (await results).map(({ status }) => status),
      ['rejected', 'fulfilled', 'fulfilled', 'fulfilled', 'fulfilled'],
    );
  });
});
