import type { Stream } from '../../replication/model/stream.ts';

/** Where mutes and what was told are kept: VS Code's global state, or a map in a test. */
export interface AlertStorage {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

/** Until when a stream is muted: milliseconds since the epoch, or for good. */
export type MutedUntil = number | 'always';

const storageKey = 'pgReplication.alerts.muted';

/**
 * The streams whose alerts the person doesn't want to hear of, kept across restarts and for all windows. A stream goes by its
 * slot and by its subscription, so that it stays muted when one end comes or goes.
 */
export class AlertMutes {
  readonly #storage: AlertStorage;
  readonly #now: () => number;

  constructor(parts: { readonly storage: AlertStorage; readonly now?: () => number }) {
    this.#storage = parts.storage;
    this.#now = parts.now ?? Date.now;
  }

  /** Until when it is muted; null where it isn't. */
  of(stream: Stream): MutedUntil | null {
    const all = this.#read();
    const found = namesOf(stream).flatMap((name) => all.get(name) ?? []);
    return found.find((until) => until === 'always' || until > this.#now()) ?? null;
  }

  async mute(stream: Stream, until: MutedUntil): Promise<void> {
    const all = this.#read();
    for (const name of namesOf(stream)) all.set(name, until);
    await this.#write(all);
  }

  async unmute(stream: Stream): Promise<void> {
    const all = this.#read();
    for (const name of namesOf(stream)) all.delete(name);
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

/** The ways to mute a stream, with the moment each ends. Tomorrow begins at eight, when people come back. */
export function muteChoices(now: Date): readonly { readonly label: string; readonly until: MutedUntil }[] {
  const tomorrow = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 8);
  return [
    { label: 'For an hour', until: now.getTime() + 3_600_000 },
    { label: 'Until tomorrow', until: tomorrow.getTime() },
    { label: 'Always', until: 'always' },
  ];
}

function namesOf({ publisher, subscriber }: Stream): readonly string[] {
  return [
    ...(publisher ? [JSON.stringify(['slot', publisher.connectionId, publisher.slotName])] : []),
    ...(subscriber ? [JSON.stringify(['subscription', subscriber.connectionId, subscriber.subscriptionName])] : []),
  ];
}
