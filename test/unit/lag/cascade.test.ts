import assert from 'node:assert/strict';

import { cascades } from '../../../src/replication/lag/cascade.ts';
import type { StreamLag } from '../../../src/replication/model/stream.ts';
import { Stage } from './stage.ts';
import { behind, receiving as sub } from './stuck.ts';

describe('a cascade', () => {
  const base = new Stage({ id: 'pub', pulse: behind(5000) }).lag;
  const hop = (from: string, to: string, secondsBehind: number | null, minimum = false): StreamLag => ({
    ...base,
    secondsBehind,
    secondsBehindIsMinimum: minimum,
    stream: {
      id: `${from}-${to}`,
      publisher: { connectionId: from, slotName: to, database: 'shop' },
      subscriber: { connectionId: to, subscriptionName: to },
      consumer: to,
    },
  });
  const databaseOf = (connectionId: string, database: string | null) => `${connectionId}/${database ?? 'shop'}`;
  const ways = (...lags: readonly StreamLag[]) =>
    cascades(lags, databaseOf).map(({ hops, secondsBehind, slowest }) => [
      hops.map(({ stream }) => stream.id).join(' '),
      secondsBehind,
      slowest?.stream.id,
    ]);

  it('is behind by what all its hops are, and names the slowest', () => {
    assert.deepEqual(ways(hop('a', 'b', 1), hop('b', 'c', 4), hop('b', 'd', 0)), [
      ['a-b b-c', 5, 'b-c'],
      ['a-b b-d', 1, 'a-b'],
    ]);
    const [least] = cascades([hop('a', 'b', 1), hop('b', 'c', 4, true)], databaseOf);
    assert.equal(least?.secondsBehindIsMinimum, true);
  });

  it('is not known end to end where one hop is not', () => {
    assert.deepEqual(ways(hop('a', 'b', null), hop('b', 'c', 4)), [['a-b b-c', null, 'b-c']]);
  });

  it('needs the next stream to begin in the database in which the one before it ends', () => {
    const other = hop('b', 'c', 1);
    const elsewhere = {
      ...other,
      stream: { ...other.stream, publisher: { connectionId: 'b', slotName: 'c', database: 'x' } },
    };
    assert.deepEqual(ways(hop('a', 'b', 1), elsewhere), []);
    assert.deepEqual(ways(hop('a', 'b', 1), base), []);
  });

  it('does not run in circles', () => {
    assert.deepEqual(ways(hop('a', 'b', 1), hop('b', 'a', 1)), []);
    assert.deepEqual(ways(hop('x', 'a', 1), hop('a', 'b', 2), hop('b', 'a', 3)), [['x-a a-b', 3, 'a-b']]);
  });

  it('is followed no further where servers in layers make ways without number', () => {
    const layer = (depth: number) => [0, 1, 2, 3, 4, 5, 6, 7].map((one) => `${depth}.${one}`);
    const mesh = [0, 1, 2, 3, 4, 5, 6].flatMap((depth) =>
      layer(depth).flatMap((from) => layer(depth + 1).map((to) => hop(from, to, 1))),
    );
    const found = cascades(mesh, databaseOf);
    assert.equal(found.length, 1000);
    assert.ok(found.every(({ hops }) => hops.length === 7));
  });

  it('is found by the monitor over servers that know each other', () => {
    assert.deepEqual(new Stage({ id: 'pub', pulse: behind(5000) }, sub).monitor.cascades(), []);
  });
});
