import assert from 'node:assert/strict';

import { ReplicationError } from '../../../src/replication/model/errors.ts';
import { readPeek } from '../../../src/replication/peek/readPeek.ts';
import type { Session } from '../../../src/replication/postgres/session.ts';

const slotRow = {
  slot_type: 'logical',
  plugin: 'test_decoding',
  database: 'shop',
  here: 'shop',
  active: 'f',
  pid: null,
  confirmed: '0/1000',
  current: '0/2000',
  status: null,
  reason: null,
  conflicting: null,
  since14: 't',
};
const timeout = new ReplicationError('timeout', 'Couldn’t', { server: { message: 'canceling', code: '57014' } });
const request = { slotName: 's', limit: 2, publications: [] };

interface Peeked {
  readonly upTo: unknown;
  readonly wanted: unknown;
}

/** A session that answers each peek with the next of `answers`. */
function session(answers: readonly (number | ReplicationError)[], slot: Partial<typeof slotRow> | null = {}) {
  const peeks: Peeked[] = [];
  const limits: string[] = [];
  const fake: Pick<Session, 'query' | 'execute'> = {
    query: async <Row extends object>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> => {
      if (!text.includes('pg_logical_slot_peek')) return (slot ? [{ ...slotRow, ...slot }] : []) as Row[];
      const answer = answers[peeks.length];
      peeks.push({ upTo: values[1], wanted: values[2] });
      if (answer === undefined) throw new RangeError('peeked too often');
      if (typeof answer !== 'number') throw answer;
      return Array.from({ length: answer }, (_, n) => ({ lsn: '0/1', xid: '7', data: `${n}`, length: '1' })) as Row[];
    },
    execute: async (text) => {
      limits.push(text);
      return { notices: [] };
    },
  };
  return { peeks, limits, fake: fake as Session };
}

describe('how far a peek looks', () => {
  it('to the end of WAL at once where that is near', async () => {
    const { fake, limits, peeks } = session([2]);
    const found = await readPeek(fake, request, { limitMs: 5000, windowBytes: 0x1000 });
    assert.deepEqual(peeks, [{ upTo: null, wanted: 3 }]);
    assert.deepEqual([found.changes.length, found.more, found.upTo], [2, false, null]);
    assert.match(limits[0] ?? '', /^SET statement_timeout = (5000|49\d\d)$/);
  });

  it('four times as far each time, until there are enough', async () => {
    const { fake, peeks } = session([0, 1, 3]);
    const found = await readPeek(fake, request, { limitMs: 5000, windowBytes: 0x10 });
    assert.deepEqual(
      peeks.map(({ upTo }) => upTo),
      ['0/1010', '0/1040', '0/1100'],
    );
    assert.deepEqual([found.changes.length, found.more, found.upTo], [2, true, null]);
  });

  it('as far as the time allowed, and says so', async () => {
    const { fake } = session([0, 1, timeout]);
    const found = await readPeek(fake, request, { limitMs: 5000, windowBytes: 0x10 });
    assert.deepEqual([found.changes.length, found.more, found.upTo], [1, true, '0/1040']);
  });

  it('and gives up with words where the time doesn’t suffice for the first', async () => {
    const { fake } = session([timeout]);
    await assert.rejects(readPeek(fake, request, { limitMs: 5000, windowBytes: 0x10 }), {
      kind: 'timeout',
      message: /weren’t decoded within 5 s.*Nothing was consumed/,
      server: timeout.server,
    });
  });
});

describe('which slots can be peeked at', () => {
  const refuses = async (slot: Parameters<typeof session>[1], kind: string, message: RegExp): Promise<void> => {
    const { fake, peeks } = session([], slot);
    await assert.rejects(readPeek(fake, request), { kind, message });
    assert.equal(peeks.length, 0, 'its WAL was touched');
  };

  it('says why others can’t, before their WAL is touched', async () => {
    await refuses(null, 'missing', /no replication slot s/);
    await refuses({ slot_type: 'physical' }, 'unsupported', /physical/);
    await refuses({ status: 'lost' } as object, 'slotLost', /the WAL it needs is gone/);
    await refuses({ status: 'lost', reason: 'idle_timeout' } as object, 'slotLost', /idle_timeout/);
    await refuses({ conflicting: 'true' } as object, 'slotLost', /invalidated/);
    await refuses({ database: 'other' }, 'invalidInput', /belongs to the database other/);
    await refuses({ active: 't', pid: '42' } as object, 'inUse', /process 42/);
    await refuses({ confirmed: null } as object, 'inUse', /still being made/);
  });
});
