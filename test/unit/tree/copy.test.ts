import assert from 'node:assert/strict';

import type { SubscriptionCopy, TableCopy } from '../../../src/replication/model/copy.ts';
import { subscribedTableKind } from '../../../src/ui/tree/nodes/subscribedTable.ts';
import { subscriptionKind } from '../../../src/ui/tree/nodes/subscription.ts';
import { subscription, target } from '../operations/fixture.ts';
import { connection, model, open } from './fixture.ts';

const plain: TableCopy = {
  tableOid: 7,
  schema: 'public',
  name: 'events',
  state: 'copying',
  rowsCopied: 640_000,
  rowsEstimated: 1_000_000,
  bytesCopied: 90_000_000,
  bytesHere: null,
  bytesEstimated: 150_000_000,
  leavesOut: [],
  fraction: 0.64,
  by: 'rows',
  rowsPerSecond: 1500,
  bytesPerSecond: null,
  left: {
    kind: 'in',
    seconds: 240,
    earliest: 200,
    latest: 300,
    basis: { samples: 60, spanSeconds: 59, perSecond: 1500, moves: 'rows' },
    asOf: 0,
  },
  waits: null,
};

describe('an initial copy in the tree', () => {
  const sub = subscription('reporting_sub', {
    tables: [{ oid: 7, schema: 'public', name: 'events', state: 'copying' }],
  });
  const { snapshot } = target({
    major: 18,
    inventory: { subscriptions: [sub] },
    pulse: {
      tableProgress: [
        {
          subscriptionOid: sub.oid ?? 0,
          counts: { init: 0, copying: 1, copied: 0, synchronized: 0, ready: 14 },
          notReady: [{ tableOid: 7, state: 'copying' }],
        },
      ],
    },
  });
  const drawn = (table: TableCopy) => {
    const whole: SubscriptionCopy = {
      subscriptionName: sub.name,
      tablesDone: 14,
      tables: 15,
      fraction: 0.8,
      by: 'size',
      left: table.left,
      open: [table],
    };
    const copies = { ofTable: () => table, ofSubscription: () => whole };
    return model([connection('shop')], new Map([['shop', open(snapshot)]]), [], copies);
  };
  const node = {
    kind: 'subscribedTable',
    id: 't',
    connectionId: 'shop',
    subscription: sub.name,
    oid: 7,
    schema: 'public',
    name: 'events',
  } as const;
  const parent = { kind: 'subscription', id: 's', connectionId: 'shop', name: sub.name } as const;

  it('says how far it is and how long it takes, for the table and for all', () => {
    assert.equal(subscribedTableKind.row(node, drawn(plain)).description, 'copying 64 % · ≈ 4 min left');
    const row = subscriptionKind.row(parent, drawn(plain));
    assert.match(row.description ?? '', / · 80 % copied · ≈ 4 min left · 14 of 15 tables ready$/);
    const tooltip = subscribedTableKind.tooltip?.(node, drawn(plain)) ?? '';
    assert.match(tooltip, /Rows copied: 640,000 rows of about 1,000,000 rows/);
    assert.match(tooltip, /Bytes copied: 86 MB received; the table takes 140 MB on the publisher/);
    assert.match(
      tooltip,
      /Finished: in ≈ 4 min \\\(between 3 min and 5 min\\\)\\?: 1,500 rows\/s come \\\(60 samples over 59 s\\\)/,
    );
  });

  it('says why it does not get on, and warns', () => {
    const reason = 'an error repeats, see the log of warehouse';
    const row = subscribedTableKind.row(node, drawn({ ...plain, waits: reason, left: { kind: 'never', reason } }));
    assert.equal(row.description, `copying: ${reason}`);
    assert.equal(row.icon?.id, 'warning');
    const unknown: TableCopy = {
      ...plain,
      fraction: null,
      by: null,
      left: { kind: 'unknown', reason: 'a row filter decides' },
    };
    assert.equal(subscribedTableKind.row(node, drawn(unknown)).description, 'copying 640,000 rows so far');
    assert.match(
      subscribedTableKind.tooltip?.(node, drawn(unknown)) ?? '',
      /Finished: cannot be said\\?: a row filter decides/,
    );
  });
});
