import assert from 'node:assert/strict';

import type { Probe } from '../../../src/replication/catalog/probe.ts';
import { PulseReader } from '../../../src/replication/catalog/pulseReader.ts';
import { ReplicationError } from '../../../src/replication/model/errors.ts';
import type { Session } from '../../../src/replication/postgres/session.ts';

const probe = { has: () => true, reads: () => true, readsOriginStatus: true } as unknown as Probe;

/** A line of a slot, of the latest columns. */
function line(name: string, confirmed: string): string {
  return JSON.stringify([name, 'logical', 'pgoutput', 'shop', false, true, 7, '0/10', confirmed, 'reserved', null]);
}

const columns = {
  present: JSON.stringify({
    time: 1,
    startedAt: 0,
    inRecovery: false,
    currentLsn: '0/20',
    workersInUse: 0,
    subscriptionOids: null,
    mark: '1',
  }),
  slots: `${line('a', '0/11')}\n${line('b', '0/12')}`,
  senders: null,
  workers: null,
  subscriptions: null,
  tableProgress: JSON.stringify({ counts: null, notReady: null }),
  copying: null,
  databaseWrites: JSON.stringify([['shop', 5]]),
};

/** A session that gives these answers one after the other. */
function session(...answers: readonly (object | Error)[]): Session {
  const left = [...answers];
  return {
    query: async () => {
      const next = left.shift();
      if (next instanceof Error) throw next;
      return next ? [next] : [];
    },
  } as unknown as Session;
}

describe('pulses of one server', () => {
  it('are the same objects where the server says the same, and new ones where it does not', async () => {
    const moved = { ...columns, slots: `${line('a', '0/11')}\n${line('b', '0/13')}`, databaseWrites: '[["shop", 6]]' };
    const reader = new PulseReader(session(columns, columns, moved), probe, 'c');
    const [first, second, third] = [await reader.read(), await reader.read(), await reader.read()];
    assert.deepEqual(
      first.slots.map(({ confirmedFlushLsn, name }) => [name, confirmedFlushLsn]),
      [
        ['a', '0/11'],
        ['b', '0/12'],
      ],
    );
    assert.equal(second.slots, first.slots);
    assert.equal(second.databaseWrites, first.databaseWrites);
    assert.equal(third.slots[0], first.slots[0]);
    assert.equal(third.slots[1]?.confirmedFlushLsn, '0/13');
    assert.deepEqual(third.databaseWrites, [{ database: 'shop', rows: 6 }]);
    assert.equal(third.senders, first.senders);
  });

  it('have slots that came and went in their places', async () => {
    const names = async (...slots: readonly (string | null)[]) => {
      const reader = new PulseReader(session(...slots.map((text) => ({ ...columns, slots: text }))), probe, 'c');
      const found: string[] = [];
      for (const _ of slots) found.push((await reader.read()).slots.map(({ name }) => name).join(' '));
      return found;
    };
    const [a, b, c] = [line('a', '0/1'), line('b', '0/1'), line('c', '0/1')];
    assert.deepEqual(await names(`${a}\n${c}`, `${a}\n${b}\n${c}`, `${b}\n${c}`, null, a), [
      'a c',
      'a b c',
      'b c',
      '',
      'a',
    ]);
  });

  it('are no silence where the answer is not understood, nor lose what was known', async () => {
    const reader = new PulseReader(session(columns, { ...columns, slots: '[1' }, columns), probe, 'c');
    const first = await reader.read();
    await assert.rejects(reader.read(), (error) => ReplicationError.is(error, 'internal'));
    assert.equal((await reader.read()).slots, first.slots);
  });
});
