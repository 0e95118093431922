import assert from 'node:assert/strict';

import { RecentCount } from '../../../src/replication/lag/recentCount.ts';

describe('what grew in the last minute', () => {
  const counted = (...samples: readonly (readonly [second: number, value: number | null])[]): number | null => {
    const count = new RecentCount();
    for (const [second, value] of samples) count.record(1_000_000 + second * 1000, value);
    return count.inLastMinute;
  };

  it('is what the counter grew by since it is known', () => {
    assert.equal(counted([0, 5]), 0);
    assert.equal(counted([0, 5], [10, 6], [40, 9]), 4);
    assert.equal(counted([0, 5], [10, 6], [69, 6]), 1);
    assert.equal(counted([0, 5], [10, 6], [70, 6]), 0, 'a minute ago');
    assert.equal(counted([0, 5], [10, null]), null);
    assert.equal(counted([0, 5], [10, 2], [20, 3]), 1, 'reset');
  });

  it('is not what it grew by while nobody looked, the machine asleep or the server away', () => {
    assert.equal(counted([0, 5], [50, 9]), 4);
    assert.equal(counted([0, 5], [28_800, 500]), 0);
    assert.equal(counted([0, 5], [28_800, 500], [28_801, 503]), 3);
  });

  it('begins anew where the clock was set back', () => {
    assert.equal(counted([7200, 5], [7201, 9], [0, 10]), 0);
    assert.equal(counted([7200, 5], [7201, 9], [0, 10], [1, 12]), 2);
    assert.equal(counted([10, 5], [11, 9], [10.5, 30], [12, 10]), 5, 'one that comes late is ignored');
  });
});
