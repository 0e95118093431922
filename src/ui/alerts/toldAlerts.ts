import { alertKinds, type AlertKind, type EarlierAlert } from '../../replication/alerts/alert.ts';
import type { AlertStorage } from './mutes.ts';

const storageKey = 'pgReplication.alerts.told';
/** An alert that comes back sooner than this after it was told isn't told again yet, milliseconds. */
export const againAfterMs = 600_000;
/** What nobody has seen for this long is forgotten, milliseconds. */
const forgetAfterMs = 90 * 24 * 3_600_000;
/** As many are kept; the oldest go first. */
const mostRecords = 2000;

/** One alert that was told. */
interface ToldRecord extends EarlierAlert {
  readonly toldAt: number;
  /** The window that told it. */
  readonly by: string;
  /** When it was over; null while it holds, as far as anybody has looked. */
  readonly clearedAt: number | null;
}

/** Which alerts were told, kept across restarts and for all windows, so that each is told once. */
export class ToldAlerts {
  readonly #storage: AlertStorage;
  readonly #now: () => number;
  readonly #owner: string;

  constructor(parts: { readonly storage: AlertStorage; readonly now?: () => number; readonly owner?: string }) {
    this.#storage = parts.storage;
    this.#now = parts.now ?? Date.now;
    this.#owner = parts.owner ?? globalThis.crypto.randomUUID();
  }

  /** Those that held when they were last looked at. */
  held(): readonly EarlierAlert[] {
    return this.#read()
      .filter(({ clearedAt }) => clearedAt === null)
      .map(({ kind, raisedAt, streamId }) => ({ kind, raisedAt, streamId }));
  }

  /** Whether it was told, and needn't be again: it has held since then, or is back so soon that it only flaps. */
  has(alert: EarlierAlert): boolean {
    const record = this.#recordOf(alert);
    return record !== undefined && (record.clearedAt === null || this.#now() - record.toldAt < againAfterMs);
  }

  /** Writes down that this window tells them. */
  async claim(alerts: readonly EarlierAlert[]): Promise<void> {
    const claimed = alerts.map(({ kind, raisedAt, streamId }): ToldRecord => ({
      kind,
      raisedAt,
      streamId,
      toldAt: this.#now(),
      by: this.#owner,
      clearedAt: null,
    }));
    await this.#write([...this.#read().filter((one) => !claimed.some((other) => isSame(one, other))), ...claimed]);
  }

  /** Whether this window was the last to write down that it tells it. */
  isOurs(alert: EarlierAlert): boolean {
    return this.#recordOf(alert)?.by === this.#owner;
  }

  /** Writes down that they are over. */
  async cleared(alerts: readonly Pick<EarlierAlert, 'streamId' | 'kind'>[]): Promise<void> {
    const over = (record: ToldRecord) => record.clearedAt === null && alerts.some((alert) => isSame(record, alert));
    const records = this.#read();
    if (!records.some(over)) return;
    await this.#write(records.map((one) => (over(one) ? { ...one, clearedAt: this.#now() } : one)));
  }

  #recordOf(alert: EarlierAlert): ToldRecord | undefined {
    return this.#read().find((record) => isSame(record, alert));
  }

  #read(): readonly ToldRecord[] {
    const stored = this.#storage.get(storageKey);
    return Array.isArray(stored) ? stored.filter(isRecord) : [];
  }

  async #write(records: readonly ToldRecord[]): Promise<void> {
    const now = this.#now();
    const kept = records.filter(
      ({ clearedAt, toldAt }) => now - toldAt < (clearedAt === null ? forgetAfterMs : againAfterMs),
    );
    await this.#storage.update(storageKey, kept.slice(-mostRecords));
  }
}

function isSame(one: Pick<EarlierAlert, 'streamId' | 'kind'>, other: Pick<EarlierAlert, 'streamId' | 'kind'>): boolean {
  return one.streamId === other.streamId && one.kind === other.kind;
}

function isRecord(value: unknown): value is ToldRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { by, clearedAt, kind, raisedAt, streamId, toldAt } = value as Readonly<Record<string, unknown>>;
  return (
    typeof by === 'string' &&
    (clearedAt === null || typeof clearedAt === 'number') &&
    alertKinds.includes(kind as AlertKind) &&
    typeof raisedAt === 'number' &&
    typeof streamId === 'string' &&
    typeof toldAt === 'number'
  );
}
