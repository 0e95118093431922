import assert from 'node:assert/strict';

import { thresholdsFrom } from '../../../src/replication/alerts/thresholds.ts';
import type { SubscriptionCopy } from '../../../src/replication/model/copy.ts';
import type { Forecast, SlotLoss } from '../../../src/replication/model/forecast.ts';
import type { StreamState } from '../../../src/replication/model/stream.ts';
import { conditionsOf, stream } from './handmade.ts';

const giga = 1024 ** 3;

function loss(when: Forecast): SlotLoss {
  return { by: 'size', when };
}

function copyThat(waits: string | null): SubscriptionCopy {
  const left: Forecast = { kind: 'unknown', reason: 'nothing was measured yet' };
  return {
    subscriptionName: 'orders',
    tablesDone: 0,
    tables: 1,
    fraction: 0,
    by: 'tables',
    left,
    open: [
      {
        tableOid: 1,
        schema: 'public',
        name: 'events',
        state: 'copying',
        rowsCopied: null,
        rowsEstimated: null,
        bytesCopied: null,
        bytesHere: null,
        leavesOut: [],
        bytesEstimated: null,
        fraction: null,
        by: null,
        rowsPerSecond: null,
        bytesPerSecond: null,
        left,
        waits,
      },
    ],
  };
}

describe('the thresholds of a stream', () => {
  it('are all kept by one that streams', () => {
    const all = conditionsOf({ notAppliedBytes: 0, secondsBehind: 0, retainedBytes: 0 });
    assert.deepEqual(
      [...all.values()].filter(({ level }) => level !== 'under'),
      [],
    );
    assert.equal(all.size, 8);
  });

  it('say too far behind by bytes or by seconds, with a band below', () => {
    const level = (notAppliedBytes: number | null, secondsBehind: number | null) =>
      conditionsOf({ notAppliedBytes, secondsBehind }).get('behind')?.level;
    assert.equal(level(giga, 0), 'over');
    assert.equal(level(0, 300), 'over');
    assert.equal(level(0.9 * giga, 0), 'between');
    assert.equal(level(0, 250), 'between');
    assert.equal(level(0.7 * giga, 200), 'under');
    assert.equal(level(null, 400), 'over');
    assert.equal(level(null, 0), 'under');
    assert.equal(level(null, null), 'unknown', 'what isn’t known isn’t zero');
    const { sentence } = conditionsOf({ notAppliedBytes: giga, secondsBehind: 720, stateText: 'catching up' }).get(
      'behind',
    ) ?? { sentence: '' };
    assert.equal(sentence, 'The subscription orders on warehouse is 1 GB, 12 min behind: catching up.');
  });

  it('don’t say behind of what only other databases write, nor of what somebody switched off', () => {
    assert.equal(conditionsOf({ secondsBehind: 900, otherDatabases: ['big'] }).get('behind')?.level, 'under');
    assert.equal(conditionsOf({ secondsBehind: 900, state: 'disabled' }).get('behind')?.level, 'moot');
    assert.equal(conditionsOf({ state: 'disabled' }).get('inactive')?.level, 'over');
  });

  it('say that a slot retains too much', () => {
    const { level, sentence } = conditionsOf({ retainedBytes: 12 * giga }).get('retained') ?? {};
    assert.equal(level, 'over');
    assert.equal(sentence, 'The replication slot orders on shop retains 12 GB of WAL, more than 10 GB.');
    assert.equal(conditionsOf({ retainedBytes: null }).get('retained')?.level, 'unknown');
  });

  it('say that a slot is soon lost: by the room that is left, or by the forecast', () => {
    const level = (headroomBytes: number | null, when: Forecast | null, retainedBytes: number | null = giga) =>
      conditionsOf({ headroomBytes, retainedBytes }, { loss: when && loss(when) }).get('headroom')?.level;
    const soon = (seconds: number): Forecast => ({
      kind: 'in',
      seconds,
      earliest: seconds,
      latest: null,
      basis: null,
      asOf: 0,
    });
    const never: Forecast = { kind: 'never', reason: 'no limit' };
    assert.equal(level(0.1 * giga, null), 'over');
    assert.equal(level(-1, null), 'over');
    assert.equal(level(9 * giga, never), 'under');
    assert.equal(level(null, never), 'under', 'no limit applies');
    assert.equal(level(9 * giga, soon(1800)), 'over');
    assert.equal(level(9 * giga, soon(4000)), 'between');
    assert.equal(level(9 * giga, { kind: 'now', reason: 'unreserved' }), 'over');
    const said = conditionsOf({ headroomBytes: giga / 10, retainedBytes: giga }, { loss: loss(soon(1800)) });
    assert.equal(
      said.get('headroom')?.sentence,
      'The replication slot orders on shop is about to be lost: in ≈ 30 min, 100 MB of WAL may still be written.',
    );
  });

  it('say of a lost slot that it is lost, and nothing else', () => {
    const all = conditionsOf({
      state: 'lost',
      stateText: "lost: shop can't send from this slot any more, it was inactive",
      secondsBehind: 9000,
      retainedBytes: 99 * giga,
    });
    assert.deepEqual(
      [...all.values()].filter(({ level }) => level !== 'moot').map(({ forSeconds, kind }) => [kind, forSeconds]),
      [['lost', 0]],
    );
    assert.equal(
      all.get('lost')?.sentence,
      "The replication slot orders on shop is lost: shop can't send from this slot any more, it was inactive.",
    );
  });

  it('say that nothing is applied, and wait and see while a worker starts', () => {
    const level = (state: StreamState) => conditionsOf({ state }).get('stopped')?.level;
    assert.equal(level('stopped'), 'over');
    assert.equal(level('slotMissing'), 'over');
    assert.equal(level('starting'), 'between');
    assert.equal(level('streaming'), 'under');
    assert.equal(level('disabled'), 'under');
    const byError = conditionsOf({
      state: 'disabled',
      stateText: 'disabled, perhaps by an error: see the log of warehouse',
      disabledByError: true,
      secondsBehind: 900,
    });
    assert.deepEqual([byError.get('stopped')?.level, byError.get('behind')?.level], ['over', 'over']);
    assert.equal(byError.get('inactive')?.level, 'under', 'one cause, one alert');
    assert.equal(
      byError.get('stopped')?.sentence,
      'The subscription orders on warehouse is disabled, perhaps by an error: see the log of warehouse.',
    );
  });

  it('say which copy fails, but not of one that waits its turn', () => {
    const failing = conditionsOf(
      { state: 'stopped' },
      { copy: copyThat('an error repeats, see the log of warehouse') },
    );
    assert.equal(failing.get('copyFailing')?.level, 'over');
    assert.equal(
      failing.get('copyFailing')?.sentence,
      'The initial copy of public.events for the subscription orders on warehouse fails: an error repeats, see the log of warehouse.',
    );
    assert.equal(failing.get('stopped')?.level, 'between', 'one cause, one alert');
    for (const waits of [null, 'its worker waits for a lock']) {
      assert.equal(conditionsOf({ state: 'copying' }, { copy: copyThat(waits) }).get('copyFailing')?.level, 'under');
    }
  });

  it('say of an inactive slot whether somebody will come back for it', () => {
    const known = conditionsOf({ state: 'inactive', retainedBytes: giga }, { idleSeconds: 1000 });
    assert.deepEqual(
      [known.get('inactive')?.level, known.get('inactive')?.knownForSeconds, known.get('unused')?.level],
      ['over', 1000, 'under'],
    );
    assert.equal(
      known.get('inactive')?.sentence,
      'The replication slot orders on shop has been inactive for more than 15 min: nobody reads it. It retains 1 GB of WAL.',
    );
    const alone = conditionsOf({ state: 'inactive', stream: stream('orders', { subscriber: null }) });
    assert.equal(alone.get('unused')?.level, 'over');
    assert.equal(
      alone.get('unused')?.sentence,
      'Nobody has read the replication slot orders on shop for more than 24 h, and no subscription of the known connections would.',
    );
  });

  it('say nothing new of a server that doesn’t answer', () => {
    const all = conditionsOf({ state: 'unreachable', secondsBehind: 9000, retainedBytes: 99 * giga });
    assert.deepEqual([...new Set([...all.values()].map(({ level }) => level))], ['unknown']);
  });

  it('are left out where they are switched off', () => {
    const thresholds = thresholdsFrom({ retainedMegabytes: 0, behindMegabytes: 0, unusedForHours: 0, lost: false });
    const all = conditionsOf({ state: 'lost', notAppliedBytes: 9 * giga, secondsBehind: 0 }, { thresholds });
    assert.deepEqual([...all.keys()], ['lost', 'stopped', 'copyFailing', 'headroom', 'behind', 'inactive']);
    assert.equal(all.get('lost')?.level, 'under');
    const off = thresholdsFrom({ behindMegabytes: 0, behindSeconds: 0 });
    assert.equal(conditionsOf({ secondsBehind: 900 }, { thresholds: off }).has('behind'), false);
  });
});
