import assert from 'node:assert/strict';

import { bytesToLsn, lsnDistance, lsnToBytes, lsnToNumber } from '../../../src/replication/model/lsn.ts';

describe('positions in the write-ahead log', () => {
  it('are read in both halves, in small letters and capital ones, and written again', () => {
    for (const [text, bytes] of [
      ['0/0', 0n],
      ['0/1', 1n],
      ['16/B374D848', 0x16_b374d848n],
      ['16/b374d848', 0x16_b374d848n],
      ['FFFFFFFF/FFFFFFFF', 0xffffffff_ffffffffn],
    ] as const) {
      assert.equal(lsnToBytes(text), bytes);
      assert.equal(lsnToNumber(text), Number(bytes));
      assert.equal(bytesToLsn(bytes), text.toUpperCase());
    }
  });

  it('have a distance that is exact wherever they are, and none where one is unknown', () => {
    assert.equal(lsnDistance('1/0', '0/FFFFFFFF'), 1);
    assert.equal(lsnDistance('0/FFFFFFFF', '1/0'), -1);
    assert.equal(lsnDistance('FFFFFFFF/FFFFFFFF', 'FFFFFFFF/FFFFFFFE'), 1);
    assert.deepEqual([lsnDistance(null, '0/1'), lsnDistance('0/1', null)], [null, null]);
  });

  it('are refused where they are none', () => {
    for (const text of [
      '',
      '/',
      '0',
      '0/',
      '/0',
      '0/G',
      '0/@',
      '123456789/0',
      '0/123456789',
      '0/1/2',
      ' 0/1',
      '0x1/2',
    ]) {
      assert.throws(() => lsnToBytes(text), RangeError, text);
      assert.throws(() => lsnDistance('0/0', text), RangeError, text);
    }
  });
});
