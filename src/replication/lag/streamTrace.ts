import { type Lsn, lsnDistance } from '../model/lsn.ts';
import { PositionRate } from './rate.ts';

/** What a stream's publisher showed at one beat. */
export interface PublisherObservation {
  /** Milliseconds since the epoch, our clock. */
  readonly at: number;
  /** When the server was started, milliseconds since the epoch. */
  readonly startedAt: number;
  readonly currentLsn: Lsn;
  /** Applied and flushed by the consumer; null where unknown. */
  readonly confirmedLsn: Lsn | null;
  /** What the subscriber's apply worker had received when it was last looked at; null where unknown. */
  readonly receivedLsn: Lsn | null;
  /** When that worker had heard from the publisher last, milliseconds since the epoch by our clock; null where unknown. */
  readonly lastMessageAt: number | null;
}

/** What a stream's subscriber showed at one beat. */
export interface SubscriberObservation {
  readonly at: number;
  readonly startedAt: number;
  /** The subscription is enabled. */
  readonly enabled: boolean;
  /** The slot it names. */
  readonly slotName: string | null;
  /** Its apply worker runs and has got to its slot. */
  readonly working: boolean;
  /** Errors of applying and of table synchronization; null before 15. */
  readonly errors: number | null;
  /** Null where it may not be read. */
  readonly appliedLsn: Lsn | null;
}

/** How many beats WAL has to stay unconfirmed while nothing moves before it counts as lag, */
const persistence = 3;
/** or for how long, where beats are far apart, milliseconds. */
const persistenceMs = 2000;

/** What two clocks that were compared over a round trip may still differ by, milliseconds. */
const clockErrorMs = 20;

/** What is remembered of one stream from beat to beat. */
export class StreamTrace {
  readonly #confirmed = new PositionRate();
  readonly #applied = new PositionRate();
  #beats: readonly Pick<PublisherObservation, 'at' | 'receivedLsn' | 'lastMessageAt'>[] = [];
  #confirmedLsn: Lsn | null = null;
  #confirmedAt: number | null = null;
  #moving = false;
  #everLatest = false;
  #idleSince: number | null = null;
  #workingSince: number | null = null;
  #slotName: string | null = null;
  #slotNamedAt: number | null = null;
  #errors: number | null = null;
  #errorsGrewAt: number | null = null;

  /** Takes what the publisher showed. A beat that was seen already changes nothing. */
  observePublisher(observation: PublisherObservation): void {
    const { at, confirmedLsn, currentLsn, lastMessageAt, receivedLsn, startedAt } = observation;
    if (at <= (this.#beats.at(-1)?.at ?? 0)) return;
    this.#confirmed.record(at, confirmedLsn, startedAt);
    const behind = lsnDistance(currentLsn, confirmedLsn);
    const step = lsnDistance(confirmedLsn, this.#confirmedLsn);
    this.#moving = step !== null && step > 0;
    if (step !== 0 || (behind ?? 1) <= 0) this.#confirmedAt = at;
    if (behind !== null && behind <= 0) this.#everLatest = true;
    this.#confirmedLsn = confirmedLsn;
    this.#beats = [...this.#beats, { at, lastMessageAt, receivedLsn }].slice(-persistence);
  }

  /** Takes what the subscriber showed. */
  observeSubscriber(observation: SubscriberObservation): void {
    const { appliedLsn, at, enabled, errors, slotName, startedAt, working } = observation;
    this.#applied.record(at, appliedLsn, startedAt);
    if (this.#slotNamedAt === null || slotName !== this.#slotName) this.#slotNamedAt = at;
    this.#slotName = slotName;
    if (working) this.#workingSince ??= at;
    else this.#workingSince = null;
    if (!enabled || working) this.#idleSince = null;
    else this.#idleSince ??= at;
    if (errors !== null && this.#errors !== null && errors > this.#errors) this.#errorsGrewAt = at;
    this.#errors = errors;
  }

  /** The confirmed position is another than at the beat before. */
  get moving(): boolean {
    return this.#moving;
  }

  /** The consumer was once seen to have confirmed everything. */
  get everLatest(): boolean {
    return this.#everLatest;
  }

  /** When the confirmed position last moved or was the latest. */
  get confirmedAt(): number | null {
    return this.#confirmedAt;
  }

  /** Whether what was written by `at` was there at each of the last beats, or long enough before the last. */
  persistsSince(at: number): boolean {
    const last = this.#beats.at(-1);
    return this.#beats.some(
      (beat, index) =>
        at <= beat.at &&
        last !== undefined &&
        (this.#beats.length - index >= persistence || last.at - beat.at >= persistenceMs),
    );
  }

  /**
   * Whether the subscriber had something to apply some beats ago already that isn't confirmed yet: it had received
   * WAL past `confirmedLsn`, or a message that was not followed by a confirmation (it may be stuck at the very first
   * change, whose position is the confirmed one).
   */
  hadWorkAfter(confirmedLsn: Lsn | null): boolean {
    const earlier = this.#beats.length === persistence ? this.#beats[0] : undefined;
    if (!earlier) return false;
    if ((lsnDistance(earlier.receivedLsn, confirmedLsn) ?? 0) > 0) return true;
    return (earlier.lastMessageAt ?? 0) > (this.#confirmedAt ?? Infinity) + clockErrorMs;
  }

  /** Since when an enabled subscription has no worker that works; null while it has. */
  get notWorkingSince(): number | null {
    return this.#idleSince;
  }

  /** Since when its worker was seen at work; null while it isn't. */
  get workingSince(): number | null {
    return this.#workingSince;
  }

  /** When the subscription was first seen to name the slot that it names; null before that. */
  get slotNamedAt(): number | null {
    return this.#slotNamedAt;
  }

  /** When the number of errors last grew while we looked. */
  get errorsGrewAt(): number | null {
    return this.#errorsGrewAt;
  }

  /** Bytes confirmed per second, by the publisher; by the subscriber's origin where there is no publisher. */
  get appliedBytesPerSecond(): number | null {
    return this.#confirmed.bytesPerSecond ?? this.#applied.bytesPerSecond;
  }
}
