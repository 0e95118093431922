import assert from 'node:assert/strict';

import { PositionHistory } from '../../../src/replication/lag/positions.ts';
import { lsn } from './handmade.ts';

describe('a history of positions', () => {
  it('stays bounded, reaches back and keeps the answer near the truth', () => {
    const history = new PositionHistory(100);
    for (let second = 0; second < 10_000; second += 1) history.record(second * 1000, lsn(1000 + second * 10));
    for (const second of [9990, 9900, 9000, 5000]) {
      const written = history.writtenAfter(lsn(1000 + second * 10));
      assert.equal(written?.kind, 'at');
      assert.ok(Math.abs(written.at - second * 1000) < 5, `${second}: ${written.at}`);
    }
  });

  it('does not spend its room on stretches without writing', () => {
    const history = new PositionHistory(10);
    history.record(500, lsn(100));
    for (let second = 1; second < 1000; second += 1) history.record(second * 1000, lsn(200));
    history.record(1_000_000, lsn(300));
    assert.deepEqual(history.writtenAfter(lsn(100)), { kind: 'at', at: 500, firstPast: 1000 });
    assert.deepEqual(history.writtenAfter(lsn(200)), { kind: 'at', at: 999_000, firstPast: 1_000_000 });
    assert.deepEqual(history.writtenAfter(lsn(300)), { kind: 'latest' });
  });
});
