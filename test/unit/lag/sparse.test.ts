import assert from 'node:assert/strict';

import { joinSparse } from '../../../src/replication/lag/sparse.ts';

describe('values over time', () => {
  it('are joined where samples were taken at a slower beat, and keep the hole that is a gap', () => {
    const nothing = (count: number) => Array.from({ length: count }, () => null);
    assert.deepEqual(joinSparse([1, ...nothing(9), 2, ...nothing(9), 3], 1), [
      ...Array.from({ length: 10 }, () => 1),
      ...Array.from({ length: 10 }, () => 2),
      3,
    ]);
    const gap = [1, 1, 1, ...nothing(9), 2, 2];
    assert.deepEqual(joinSparse(gap, 1), gap);
    const away = [1, ...nothing(9), 1, ...nothing(60), 2];
    assert.deepEqual(joinSparse(away, 1).slice(0, 12), [...Array.from({ length: 11 }, () => 1), null]);
    assert.deepEqual(joinSparse([null, null], 1), [null, null]);
  });
});
