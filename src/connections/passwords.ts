import { Secret } from '../replication/model/secret.ts';

/** Where secrets are kept: VS Code's SecretStorage, or a map in a test. */
export interface SecretVault {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  delete(key: string): PromiseLike<void>;
  keys(): PromiseLike<readonly string[]>;
}

const prefix = 'pgReplication.password.';

/**
 * The passwords of the connections of one storage. VS Code's secrets are shared by all profiles of an installation,
 * its state (where the connections are) belongs to one profile; `owner` tells them apart, so that a sweep in one
 * profile never takes a password of another.
 */
export class Passwords {
  readonly #vault: SecretVault;
  readonly #prefix: string;

  constructor(vault: SecretVault, owner: string) {
    this.#vault = vault;
    this.#prefix = `${prefix}${owner}.`;
  }

  /** Undefined where none is stored. */
  async get(connectionId: string): Promise<Secret | undefined> {
    const value = await this.#vault.get(this.#prefix + connectionId);
    return value === undefined ? undefined : new Secret(value);
  }

  /** Stores it; null deletes it. */
  async set(connectionId: string, password: Secret | null): Promise<void> {
    if (password === null) await this.#vault.delete(this.#prefix + connectionId);
    else await this.#vault.store(this.#prefix + connectionId, password.reveal());
  }

  /** Deletes the passwords of connections that don't exist. Gives how many there were. */
  async sweep(exists: (connectionId: string) => boolean): Promise<number> {
    const keys = await this.#vault.keys();
    const orphans = keys.filter((key) => key.startsWith(this.#prefix) && !exists(key.slice(this.#prefix.length)));
    for (const key of orphans) await this.#vault.delete(key);
    return orphans.length;
  }
}
