import { alertKinds, type AlertKind, type EarlierAlert } from '../../replication/alerts/alert.ts';
import type { ClaimFiles } from './claimFiles.ts';
import type { AlertStorage } from './mutes.ts';

const storageKey = 'pgReplication.alerts.told';
/** An alert that comes back sooner than this after it was told isn't told again yet, milliseconds. */
export const againAfterMs = 600_000;
/** What nobody has seen for this long is forgotten, milliseconds; longer than a claim is kept. */
const forgetAfterMs = 90 * 24 * 3_600_000;
/** As many are kept; the oldest go first. */
const mostRecords = 2000;

/** One alert that was told. */
interface ToldRecord extends EarlierAlert {
  readonly toldAt: number;
  /** What its subject goes by: its id changes with what is known of its ends. */
  readonly names: readonly string[];
  /** When it was over; null while it holds, as far as anybody has looked. */
  readonly clearedAt: number | null;
}

/** What telling is kept in. */
export interface ToldParts {
  /** Kept across restarts, and for all windows, though not at once. */
  readonly storage: AlertStorage;
  /** Decides between windows. */
  readonly claims: Pick<ClaimFiles, 'take'>;
  /** What a subject goes by; none where it isn't known at present. */
  readonly namesOf: (subjectId: string) => readonly string[];
  readonly now?: () => number;
}

/** Which alerts were told, kept across restarts and for all windows, so that each is told once. */
export class ToldAlerts {
  readonly #storage: AlertStorage;
  readonly #claims: ToldParts['claims'];
  readonly #namesOf: ToldParts['namesOf'];
  readonly #now: () => number;

  constructor({ claims, namesOf, now = Date.now, storage }: ToldParts) {
    this.#storage = storage;
    this.#claims = claims;
    this.#namesOf = namesOf;
    this.#now = now;
  }

  /** Those that held when they were last looked at. */
  held(): readonly EarlierAlert[] {
    return this.#read()
      .filter(({ clearedAt }) => clearedAt === null)
      .map(({ kind, raisedAt, subjectId }) => ({ kind, raisedAt, subjectId }));
  }

  /** Whether it was told, and needn't be again: it has held since then, or is back so soon that it only flaps. */
  has(alert: EarlierAlert): boolean {
    const record = this.#recordOf(alert);
    return record !== undefined && (record.clearedAt === null || this.#now() - record.toldAt < againAfterMs);
  }

  /** Gives those of them that this window is to tell, and writes down that it does; the others another window tells. */
  async claim<Alert extends EarlierAlert>(alerts: readonly Alert[]): Promise<readonly Alert[]> {
    const ours: Alert[] = [];
    for (const alert of alerts) if (await this.#take(alert)) ours.push(alert);
    if (ours.length === 0) return [];
    const claimed = ours.map(({ kind, raisedAt, subjectId }): ToldRecord => ({
      kind,
      raisedAt,
      subjectId,
      names: this.#namesOf(subjectId),
      toldAt: this.#now(),
      clearedAt: null,
    }));
    await this.#write([
      ...this.#read().filter((one) => !claimed.some((other) => isOf(one, other, other.names))),
      ...claimed,
    ]);
    return ours;
  }

  /** Writes down that they are over. */
  async cleared(alerts: readonly Pick<EarlierAlert, 'subjectId' | 'kind'>[]): Promise<void> {
    const cleared = alerts.map((alert) => ({ alert, names: this.#namesOf(alert.subjectId) }));
    const over = (record: ToldRecord) =>
      record.clearedAt === null && cleared.some(({ alert, names }) => isOf(record, alert, names));
    const records = this.#read();
    if (!records.some(over)) return;
    await this.#write(records.map((one) => (over(one) ? { ...one, clearedAt: this.#now() } : one)));
  }

  /** The claim of this crossing: under every name, for another window may know only one end; anew for each time it is told. */
  async #take(alert: EarlierAlert): Promise<boolean> {
    const before = this.#recordOf(alert)?.toldAt ?? 0;
    const names = this.#namesOf(alert.subjectId);
    for (const name of names.length === 0 ? [alert.subjectId] : names) {
      if (!(await this.#claims.take(JSON.stringify([alert.kind, name, before])))) return false;
    }
    return true;
  }

  #recordOf(alert: EarlierAlert): ToldRecord | undefined {
    const names = this.#namesOf(alert.subjectId);
    return this.#read().find((record) => isOf(record, alert, names));
  }

  #read(): readonly ToldRecord[] {
    const stored = this.#storage.get(storageKey);
    return Array.isArray(stored) ? stored.filter(isRecord) : [];
  }

  async #write(records: readonly ToldRecord[]): Promise<void> {
    const kept = records.filter(({ toldAt }) => this.#now() - toldAt < forgetAfterMs);
    await this.#storage.update(storageKey, kept.slice(-mostRecords));
  }
}

function isOf(
  record: ToldRecord,
  { kind, subjectId }: Pick<EarlierAlert, 'subjectId' | 'kind'>,
  names: readonly string[],
): boolean {
  return record.kind === kind && (record.subjectId === subjectId || record.names.some((name) => names.includes(name)));
}

function isRecord(value: unknown): value is ToldRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { clearedAt, kind, names, raisedAt, subjectId, toldAt } = value as Readonly<Record<string, unknown>>;
  return (
    (clearedAt === null || typeof clearedAt === 'number') &&
    alertKinds.includes(kind as AlertKind) &&
    Array.isArray(names) &&
    typeof raisedAt === 'number' &&
    typeof subjectId === 'string' &&
    typeof toldAt === 'number'
  );
}
