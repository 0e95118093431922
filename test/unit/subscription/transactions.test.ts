import assert from 'node:assert/strict';

import { finishLsnIn, skipFault, waitingTransactions } from '../../../src/ui/commands/subscription/transactions.ts';

const change = (text: string) => ({ lsn: '0/1', xid: '7', text });

describe('the transaction to skip', () => {
  it('is found among peeked changes, from what was applied on', () => {
    const changes = [
      change('BEGIN      committed at 2026-01-01, commit LSN 0/A0'),
      change('RELATION   public.orders (id integer key), identity'),
      change('INSERT     public.orders: id=1'),
      change('COMMIT     at 2026-01-01, end LSN 0/B0'),
      change('BEGIN      committed at 2026-01-01, commit LSN 0/C0'),
      change("INSERT     public.orders: id=2, note 'COMMIT at noon, end LSN 0/1'"),
      change('DELETE     public.orders where id=1'),
      change('COMMIT     at 2026-01-01, end LSN 0/D0'),
      change('BEGIN      committed at 2026-01-01, commit LSN 0/E0'),
      change('INSERT     public.orders: id=3'),
    ];
    const all = waitingTransactions(changes, null);
    assert.deepEqual(
      all.map(({ changes: count, commitLsn, endLsn }) => [commitLsn, endLsn, count]),
      [
        ['0/A0', '0/B0', 1],
        ['0/C0', '0/D0', 2],
      ],
    );
    assert.deepEqual(
      waitingTransactions(changes, '0/B0').map(({ commitLsn }) => commitLsn),
      ['0/C0'],
    );
    assert.match(all[1]?.first ?? '', /^INSERT public\.orders: id=2/);
  });

  it('is read out of a line of the log, or an LSN alone', () => {
    const line =
      'CONTEXT:  processing remote data for replication origin "pg_16730" during message type "INSERT" in transaction 743, finished at 0/19B4DB0';
    assert.equal(finishLsnIn(line), '0/19B4DB0');
    assert.equal(finishLsnIn(' 0/19b4db0 '), '0/19B4DB0');
    assert.equal(finishLsnIn('transaction 743'), null);
    assert.equal(finishLsnIn('0/19B4DB0 or so'), null);
  });

  it('can’t be one that was applied already', () => {
    assert.equal(skipFault('0/19B4DB0', '0/19B4D00'), null);
    assert.equal(skipFault('0/19B4DB0', null), null);
    assert.match(skipFault('0/19B4C00', '0/19B4D00') ?? '', /applied already/);
    assert.equal(skipFault('0/19B4DB0', null, '0/19B4DB0'), null);
    assert.match(skipFault('1/0', null, '0/19B4DB0') ?? '', /beyond the end of the publisher’s WAL/);
    assert.match(skipFault('soon', null) ?? '', /position in the WAL/);
    assert.match(skipFault('0/0', null) ?? '', /Nothing/);
  });
});
