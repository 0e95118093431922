import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';

import { OrderedStorage } from '../../../src/connections/orderedStorage.ts';

/** As VS Code's global state: one value of all keys, sent in its own time, and put back to what was sent once it is confirmed. */
class GlobalState {
  readonly written: Record<string, unknown>[] = [];
  #value: Record<string, unknown> = {};

  get(key: string): unknown {
    return this.#value[key];
  }

  async update(key: string, value: unknown): Promise<void> {
    if (value === 'refused') throw new Error('the disk is full');
    this.#value = { ...this.#value, [key]: value };
    await setImmediate();
    const sent = this.#value;
    this.written.push(sent);
    await setImmediate();
    this.#value = sent;
  }
}

async function twoWrites(storage: Pick<GlobalState, 'update'>): Promise<void> {
  const first = storage.update('one', 1);
  await setImmediate();
  const second = storage.update('two', 2);
  await Promise.all([first, second]);
}

describe('storage whose writes go one after the other', () => {
  it('keeps what is set while another key is being written, which global state by itself loses', async () => {
    const alone = new GlobalState();
    await twoWrites(alone);
    assert.equal(alone.written.at(-1)?.['two'], undefined);

    const state = new GlobalState();
    await twoWrites(new OrderedStorage(state));
    assert.deepEqual(state.written.at(-1), { one: 1, two: 2 });
    assert.deepEqual([state.get('one'), state.get('two')], [1, 2]);
  });

  it('gives what is about to be written, and what was before once that failed', async () => {
    const storage = new OrderedStorage(new GlobalState());
    const first = storage.update('key', 'old');
    assert.equal(storage.get('key'), 'old');
    const second = storage.update('key', 'refused');
    const third = storage.update('other', 'written all the same');
    assert.equal(storage.get('key'), 'refused');
    await first;
    await assert.rejects(second, /the disk is full/);
    await third;
    assert.equal(storage.get('key'), 'old');
    assert.equal(storage.get('other'), 'written all the same');
  });
});
