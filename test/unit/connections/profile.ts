import { ConnectionStore } from '../../../src/connections/store.ts';

/** The storage and the vault of one profile of VS Code; `clone` is how VS Code hands values out after a reload. */
export function profile(secrets = new Map<string, string>()) {
  const values = new Map<string, unknown>();
  const storage = {
    get: (key: string) => values.get(key),
    update: (key: string, value: unknown) => {
      values.set(key, structuredClone(value));
      return Promise.resolve();
    },
  };
  const vault = {
    get: (key: string) => Promise.resolve(secrets.get(key)),
    store: (key: string, value: string) => Promise.resolve(void secrets.set(key, value)),
    delete: (key: string) => Promise.resolve(void secrets.delete(key)),
    keys: () => Promise.resolve([...secrets.keys()]),
  };
  return { values, secrets, storage, vault, store: () => new ConnectionStore({ storage, secrets: vault }) };
}
