import type { AlertSubject } from '../../replication/alerts/subject.ts';

/** Where mutes and what was told are kept: VS Code's global state, or a map in a test. */
export interface AlertStorage {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

/** Until when a stream is muted: milliseconds since the epoch, or for good. */
export type MutedUntil = number | 'always';

const storageKey = 'pgReplication.alerts.muted';

/**
 * What the person doesn't want to hear of, kept across restarts and for all windows. A stream goes by its slot and by its
 * subscription, so that it stays muted when one end comes or goes.
 */
export class AlertMutes {
  readonly #storage: AlertStorage;
  readonly #now: () => number;

  constructor(parts: { readonly storage: AlertStorage; readonly now?: () => number }) {
    this.#storage = parts.storage;
    this.#now = parts.now ?? Date.now;
  }

  /** Until when it is muted; null where it isn't. */
  of({ names }: Pick<AlertSubject, 'names'>): MutedUntil | null {
    const all = this.#read();
    const found = names.flatMap((name) => all.get(name) ?? []);
    return found.find((until) => until === 'always' || until > this.#now()) ?? null;
  }

  async mute({ names }: Pick<AlertSubject, 'names'>, until: MutedUntil): Promise<void> {
    const all = this.#read();
    for (const name of names) all.set(name, until);
    await this.#write(all);
  }

  async unmute({ names }: Pick<AlertSubject, 'names'>): Promise<void> {
    const all = this.#read();
    for (const name of names) all.delete(name);
    await this.#write(all);
  }

  #read(): Map<string, MutedUntil> {
    const stored = this.#storage.get(storageKey);
    if (typeof stored !== 'object' || stored === null) return new Map();
    return new Map(
      Object.entries(stored).flatMap(([name, until]: [string, unknown]) =>
        typeof until === 'number' || until === 'always' ? [[name, until] as const] : [],
      ),
    );
  }

  async #write(all: ReadonlyMap<string, MutedUntil>): Promise<void> {
    // What is over needn't be kept.
    const current = [...all].filter(([, until]) => until === 'always' || until > this.#now());
    await this.#storage.update(storageKey, Object.fromEntries(current));
  }
}

/** The ways to mute something, with the moment each ends. Tomorrow begins at eight, when people come back. */
export function muteChoices(now: Date): readonly { readonly label: string; readonly until: MutedUntil }[] {
  const tomorrow = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 8);
  return [
    { label: 'For an hour', until: now.getTime() + 3_600_000 },
    { label: 'Until tomorrow', until: tomorrow.getTime() },
    { label: 'Always', until: 'always' },
  ];
}
