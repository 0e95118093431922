import assert from 'node:assert/strict';

import { type Peek, peekText } from '../../../src/ui/peek/peekText.ts';

const peek: Peek = {
  slotName: 'debezium',
  serverName: 'shop\n# evil',
  database: 'shop',
  plugin: 'pgoutput',
  publications: ['orders_pub', 'all_pub'],
  position: '0/10',
  currentLsn: '0/100010',
  at: Date.UTC(2026, 0, 2, 3, 4, 5),
  peeked: {
    changes: [
      { lsn: '0/20', xid: '7', text: 'BEGIN' },
      { lsn: '0/1000', xid: '1234', text: 'first line\nsecond line' },
    ],
    more: true,
    upTo: null,
    tookMs: 12,
  },
};

describe('the document of peeked changes', () => {
  it('says what it shows, and that nothing was consumed', () => {
    assert.equal(
      peekText(peek),
      `# Changes in the replication slot debezium
#
# Server    shop # evil, database shop
# Plugin    pgoutput, decoded by the publications orders_pub and all_pub
# Position  0/10 (confirmed flush LSN); WAL ends 1 MB further, at 0/100010
# Shown     the first 2 lines; there are more
# Read      2026-01-02T03:04:05.000Z, in 0 s; all times are UTC
#
# Nothing was consumed: the slot stands where it stood, and its reader still gets all of this.

LSN      XID  Change
0/20       7  BEGIN
0/1000  1234  first line
              second line
`,
    );
  });

  it('says that nothing waits, and how far it was looked', () => {
    const none = { ...peek.peeked, changes: [], more: false };
    assert.match(
      peekText({ ...peek, peeked: none }),
      /\n# Shown {5}0 lines; there are no more\n[^]*\n\nNo change waits/,
    );
    const partly = peekText({ ...peek, peeked: { ...none, more: true, upTo: '0/AB' } });
    assert.match(partly, /0 lines, from WAL up to 0\/AB: there was no time[^]*\n\nNo change was found up to 0\/AB/);
  });
});
