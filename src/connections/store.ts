import type { ConnectionFacts, ConnectionSource, ConnectParams } from '../replication/model/connect.ts';
import { ReplicationError } from '../replication/model/errors.ts';
import type { Secret } from '../replication/model/secret.ts';
import { type Connection, type ConnectionDraft, freeName } from './connection.ts';
import { Passwords, type SecretVault } from './passwords.ts';
import { readEntries, type StoredEntry, writeEntry } from './records.ts';

/** Where the records are kept: VS Code's global state, or a map in a test. */
export interface KeyValue {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

/** What happened to which connection. `target` of an update: how it is reached (or its password) changed. */
export type ConnectionChange =
  | { readonly kind: 'added' | 'removed'; readonly connectionId: string }
  | { readonly kind: 'updated'; readonly connectionId: string; readonly target: boolean };

const recordsKey = 'pgReplication.connections';
const ownerKey = 'pgReplication.connections.owner';

/** What was found in the storage. */
interface Read {
  readonly value: unknown;
  readonly entries: readonly StoredEntry[];
  readonly connections: readonly Connection[];
  readonly byId: ReadonlyMap<string, Connection>;
}

/**
 * The stored connections: records without secrets in a key-value storage, passwords in a vault. Records written by
 * a newer version of this program are kept and ignored. The storage is read anew at every call (another window may
 * have written to it), which is cheap as long as it gives the same array.
 */
export class ConnectionStore implements ConnectionSource {
  readonly #storage: KeyValue;
  readonly #secrets: SecretVault;
  readonly #listeners = new Set<(change: ConnectionChange) => void>();
  #read: Read | undefined;

  constructor(deps: { readonly storage: KeyValue; readonly secrets: SecretVault }) {
    this.#storage = deps.storage;
    this.#secrets = deps.secrets;
  }

  /** Calls back after each change made through this store. Returns the way to stop it. */
  onDidChange(listener: (change: ConnectionChange) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** All connections, in the order they were added. */
  all(): readonly Connection[] {
    return this.#stored().connections;
  }

  /** Undefined where the id is unknown. */
  get(connectionId: string): Connection | undefined {
    return this.#stored().byId.get(connectionId);
  }

  facts(connectionId: string): ConnectionFacts | undefined {
    return this.get(connectionId);
  }

  /** Rejects with 'unknownConnection' where the id is unknown. */
  async params(connectionId: string): Promise<ConnectParams> {
    const { target } = this.#known(connectionId);
    const password = await (await this.#passwords()).get(connectionId);
    return password ? { ...target, password } : target;
  }

  /** Whether a password is stored for it. */
  async hasPassword(connectionId: string): Promise<boolean> {
    return (await (await this.#passwords()).get(connectionId)) !== undefined;
  }

  /** The folders in use, sorted. */
  folders(): readonly string[] {
    const folders = new Set(this.all().flatMap(({ folder }) => (folder === null ? [] : [folder])));
    return [...folders].sort((one, other) => one.localeCompare(other));
  }

  /** Stores a new connection, and its password if there is one. Rejects where either can't be stored; then neither is. */
  async add(draft: ConnectionDraft, password?: Secret | null): Promise<Connection> {
    const passwords = await this.#passwords();
    const connection = { ...tidy(draft), id: crypto.randomUUID() };
    await this.#write((entries) => [...entries, writeEntry(connection)]);
    if (password) {
      try {
        await passwords.set(connection.id, password);
      } catch (error) {
        await this.#write((_, found) => found.filter(({ id }) => id !== connection.id).map(({ raw }) => raw));
        throw error;
      }
    }
    this.#tell({ kind: 'added', connectionId: connection.id });
    return connection;
  }

  /**
   * Changes what `changes` gives. The password stays where it isn't given; null forgets it. Rejects with
   * 'unknownConnection' where the id is unknown.
   */
  async update(connectionId: string, changes: Partial<ConnectionDraft>, password?: Secret | null): Promise<Connection> {
    const passwords = await this.#passwords();
    const before = this.#known(connectionId);
    const after: Connection = { ...tidy({ ...before, ...changes }), id: connectionId };
    // The password first: were it to fail after the record, an old one could be sent to a new host.
    if (password !== undefined) await passwords.set(connectionId, password);
    await this.#write((_, found) =>
      found.map((entry) => (entry.id === connectionId ? writeEntry(after, entry.raw) : entry.raw)),
    );
    const target = password !== undefined || JSON.stringify(before.target) !== JSON.stringify(after.target);
    this.#tell({ kind: 'updated', connectionId, target });
    return after;
  }

  /** A copy under a free name, with the password. `changes` are applied to the copy. */
  async duplicate(connectionId: string, changes: Partial<ConnectionDraft> = {}): Promise<Connection> {
    const { id: _, ...original } = this.#known(connectionId);
    const password = await (await this.#passwords()).get(connectionId);
    const draft = { ...original, name: this.#freeName(`${original.name} copy`), ...changes };
    return this.add(draft, password ?? null);
  }

  /** Forgets a connection and its password. An unknown id is no error. */
  async remove(connectionId: string): Promise<void> {
    const passwords = await this.#passwords();
    if (!this.get(connectionId)) return;
    await this.#write((_, found) => found.filter(({ id }) => id !== connectionId).map(({ raw }) => raw));
    this.#tell({ kind: 'removed', connectionId });
    await passwords.set(connectionId, null);
  }

  /**
   * Deletes passwords whose connection is gone (a window closed between the two writes). Gives how many there were.
   * For the start of the program.
   */
  async sweepOrphans(): Promise<number> {
    const passwords = await this.#passwords();
    return passwords.sweep((connectionId) => this.#entries().some(({ id }) => id === connectionId));
  }

  #entries(): readonly StoredEntry[] {
    return this.#stored().entries;
  }

  #stored(): Read {
    const value = this.#storage.get(recordsKey);
    if (this.#read && this.#read.value === value) return this.#read;
    const entries = readEntries(value);
    const connections = entries.flatMap(({ connection }) => (connection ? [connection] : []));
    const byId = new Map(connections.toReversed().map((connection) => [connection.id, connection]));
    this.#read = { value, entries, connections, byId };
    return this.#read;
  }

  #known(connectionId: string): Connection {
    const connection = this.get(connectionId);
    if (connection) return connection;
    throw new ReplicationError('unknownConnection', 'This connection does not exist any more.', {
      advice: 'It was removed, perhaps in another window.',
    });
  }

  #freeName(name: string): string {
    return freeName(name, new Set(this.all().map((connection) => connection.name)));
  }

  /** Reads, changes and writes in one go, so that two calls of one window can't lose each other's change. */
  async #write(
    change: (raw: readonly unknown[], entries: readonly StoredEntry[]) => readonly unknown[],
  ): Promise<void> {
    const entries = this.#entries();
    await this.#storage.update(
      recordsKey,
      change(
        entries.map(({ raw }) => raw),
        entries,
      ),
    );
  }

  async #passwords(): Promise<Passwords> {
    const found = this.#storage.get(ownerKey);
    if (typeof found === 'string') return new Passwords(this.#secrets, found);
    const owner = crypto.randomUUID();
    await this.#storage.update(ownerKey, owner);
    return new Passwords(this.#secrets, owner);
  }

  #tell(change: ConnectionChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

function tidy(draft: ConnectionDraft): ConnectionDraft {
  const folder = draft.folder?.trim();
  const { walVolumeBytes, ...rest } = draft;
  const volume = typeof walVolumeBytes === 'number' ? { walVolumeBytes } : {};
  return { ...rest, ...volume, name: draft.name.trim(), folder: folder ? folder : null };
}
