import type { KeyValue } from './store.ts';

/**
 * A storage whose writes go one after the other. VS Code's global state keeps all keys in one value and puts it back to
 * what was written whenever a write is confirmed: a key that is set while the write of another is under way can be lost.
 * What is about to be written can be read already.
 */
export class OrderedStorage implements KeyValue {
  readonly #storage: KeyValue;
  readonly #pending = new Map<string, { readonly value: unknown }>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(storage: KeyValue) {
    this.#storage = storage;
  }

  get(key: string): unknown {
    const pending = this.#pending.get(key);
    return pending ? pending.value : this.#storage.get(key);
  }

  /** Rejects with what the storage rejects with; then the value from before stands. */
  update(key: string, value: unknown): Promise<void> {
    const pending = { value };
    this.#pending.set(key, pending);
    const write = this.#write(key, pending, this.#last);
    this.#last = write.catch(() => {});
    return write;
  }

  async #write(key: string, pending: { readonly value: unknown }, before: Promise<unknown>): Promise<void> {
    await before;
    try {
      await this.#storage.update(key, pending.value);
    } finally {
      if (this.#pending.get(key) === pending) this.#pending.delete(key);
    }
  }
}
