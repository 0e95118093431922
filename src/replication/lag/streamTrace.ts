import { type Lsn, lsnDistance } from '../model/lsn.ts';
import type { SlotDecoding } from '../model/slot.ts';
import { PositionRate } from './rate.ts';
import { RecentCount } from './recentCount.ts';

/** What a stream's publisher showed at one beat. */
export interface PublisherObservation {
  /** Milliseconds since the epoch, our clock. */
  readonly at: number;
  /** When the server was started, milliseconds since the epoch. */
  readonly startedAt: number;
  /** As Pulse.afterGap. */
  readonly afterGap: boolean;
  /** What can be sent: see Pulse.flushedLsn. */
  readonly currentLsn: Lsn;
  /** Applied and flushed by the consumer; null where unknown. */
  readonly confirmedLsn: Lsn | null;
  /** Decoded and sent by the WAL sender; null where unknown. */
  readonly sentLsn: Lsn | null;
  /** What decoding has cost so far; null before 14. */
  readonly decoding: SlotDecoding | null;
  /** What the subscriber's apply worker had received when it was last looked at; null where unknown. */
  readonly receivedLsn: Lsn | null;
  /** When that worker had heard from the publisher last, milliseconds since the epoch by our clock; null where unknown. */
  readonly lastMessageAt: number | null;
}

/** What a stream's subscriber showed at one beat. */
export interface SubscriberObservation {
  readonly at: number;
  readonly startedAt: number;
  /** As Pulse.afterGap. */
  readonly afterGap: boolean;
  /** The subscription is enabled. */
  readonly enabled: boolean;
  /** The slot it names. */
  readonly slotName: string | null;
  /** Its apply worker runs and has got to its slot. */
  readonly working: boolean;
  /** Its process; null while none runs. */
  readonly workerPid: number | null;
  /** Errors of applying and of table synchronization; null before 15. */
  readonly errors: number | null;
  /** Null before 18. */
  readonly conflicts: number | null;
  /** Null where it may not be read. */
  readonly appliedLsn: Lsn | null;
}

/** What catches up confirms more this often, milliseconds. */
const stepsMs = 1500;

/** How long WAL has to be seen unconfirmed while nothing moves before it counts as lag, milliseconds: a beat, nearly. */
const persistenceMs = 900;

type Beat = Pick<PublisherObservation, 'at' | 'receivedLsn' | 'lastMessageAt'>;

/** A subscriber takes up to 5 s to start a worker (wal_retrieve_retry_interval), 10–15 somewhat more. */
export const startPauseMs = 7_000;
/** A worker that was seen for so long lasts, milliseconds. */
const lastingMs = 1500;
/** Errors that grew this recently are the reason, milliseconds. */
const recentErrorMs = 20_000;

/** What two clocks that were compared over a round trip may still differ by, milliseconds. */
const clockErrorMs = 20;

/** What is remembered of one stream from beat to beat. */
export class StreamTrace {
  /** See aheadOfPublisher: as it was seen last. */
  aheadTo: Lsn | null = null;
  readonly #confirmed = new PositionRate();
  readonly #applied = new PositionRate();
  readonly #sent = new PositionRate();
  readonly #spills = new RecentCount();
  readonly #streamed = new RecentCount();
  readonly #errorCount = new RecentCount();
  readonly #conflicts = new RecentCount();
  #beats: readonly Beat[] = [];
  #confirmedLsn: Lsn | null = null;
  #confirmedAt: number | null = null;
  #steppedAt: number | null = null;
  #moving = false;
  #countedLsn: Lsn | null = null;
  #carried = false;
  #everLatest = false;
  #sentLsn: Lsn | null = null;
  #reading = false;
  #idleSince: number | null = null;
  /** What idleSince was before a worker came that has yet to last. */
  #idleBefore: number | null = null;
  #subscriberAt = -Infinity;
  #workerPid: number | null = null;
  #workerSince = 0;
  #unproven = false;
  #workingSince: number | null = null;
  #slotName: string | null = null;
  #slotNamedAt: number | null = null;
  #errors: number | null = null;
  #errorsGrewAt: number | null = null;

  /** Takes what the publisher showed. A beat that was seen already changes nothing. */
  observePublisher(observation: PublisherObservation): void {
    const { afterGap, at, confirmedLsn, currentLsn, decoding, lastMessageAt, receivedLsn, sentLsn, startedAt } =
      observation;
    if (afterGap && at !== this.#beats.at(-1)?.at) this.#beats = [];
    if (afterGap && at < (this.#confirmedAt ?? 0)) this.#confirmedAt = at;
    if (at <= (this.#beats.at(-1)?.at ?? 0)) return;
    this.#confirmed.record(at, confirmedLsn, startedAt, afterGap);
    const behind = lsnDistance(currentLsn, confirmedLsn);
    const step = lsnDistance(confirmedLsn, this.#confirmedLsn);
    this.#moving = step !== null && step > 0;
    if (step !== 0 || (behind ?? 1) <= 0) this.#confirmedAt = at;
    if (step !== 0) this.#steppedAt = at;
    if (behind !== null && behind <= 0) this.#everLatest = true;
    if (behind === null || behind <= 0) this.#carried = false;
    else if (this.#moving) this.#carried ||= this.countedFor(this.#confirmedLsn);
    this.#confirmedLsn = confirmedLsn;
    this.#reading = (lsnDistance(sentLsn, this.#sentLsn) ?? 0) > 0;
    this.#sentLsn = sentLsn;
    const beats = [...this.#beats, { at, lastMessageAt, receivedLsn }];
    // One that is old enough to compare with, and those since.
    const longAgo = beats.findLastIndex((beat) => at - beat.at >= persistenceMs);
    this.#beats = beats.slice(Math.max(0, longAgo));
    this.#sent.record(at, sentLsn, startedAt, afterGap);
    this.#spills.record(at, decoding?.spillTransactions ?? null);
    this.#streamed.record(at, decoding?.streamTransactions ?? null);
  }

  /** Takes what the subscriber showed. */
  observeSubscriber(observation: SubscriberObservation): void {
    const { afterGap, appliedLsn, at, conflicts, errors, slotName, startedAt, working } = observation;
    if (afterGap && at < this.#subscriberAt) this.#forgetWhen(at);
    this.#subscriberAt = at;
    this.#applied.record(at, appliedLsn, startedAt, afterGap);
    this.#errorCount.record(at, errors);
    this.#conflicts.record(at, conflicts);
    if (this.#slotNamedAt === null || slotName !== this.#slotName) this.#slotNamedAt = at;
    this.#slotName = slotName;
    if (working) this.#workingSince ??= at;
    else this.#workingSince = null;
    if (errors !== null && this.#errors !== null && errors > this.#errors) this.#errorsGrewAt = at;
    this.#errors = errors;
    this.#observeWorker(observation);
  }

  /** The clock was set back: what is remembered of the time after `at` never was, and would last until it comes. */
  #forgetWhen(at: number): void {
    this.#idleSince = null;
    this.#idleBefore = null;
    this.#workerSince = Math.min(this.#workerSince, at);
    this.#workingSince = null;
    this.#slotNamedAt = null;
    this.#errorsGrewAt = null;
  }

  /**
   * One that fails again and again is there for a moment each time. So after a standstill, and while errors grow, a
   * worker is believed once it has lasted, and one that didn't last ends no standstill. That something is confirmed
   * proves nothing: it may be all that comes before what fails.
   */
  #observeWorker({ at, enabled, workerPid, working }: SubscriberObservation): void {
    if (this.#workerPid !== workerPid) this.#workerSince = at;
    this.#workerPid = workerPid;
    const lasted = at - this.#workerSince >= lastingMs;
    const doubtful = this.#idleSince !== null && (at - this.#idleSince >= startPauseMs || this.failsAt(at));
    this.#unproven = enabled && working && !lasted && doubtful;
    if (!enabled || (working && lasted)) {
      this.#idleSince = null;
      this.#idleBefore = null;
    } else if (!working) {
      this.#idleSince ??= this.#idleBefore ?? at;
    } else if (!doubtful) {
      this.#idleBefore = this.#idleSince ?? this.#idleBefore;
      this.#idleSince = null;
    }
  }

  /** The confirmed position is another than at the beat before. */
  get moving(): boolean {
    return this.#moving;
  }

  /** The WAL sender has read on since the beat before. */
  get reading(): boolean {
    return this.#reading;
  }

  /** The consumer was once seen to have confirmed everything. */
  get everLatest(): boolean {
    return this.#everLatest;
  }

  /** When the confirmed position last moved or was the latest. */
  get confirmedAt(): number | null {
    return this.#confirmedAt;
  }

  /** When the confirmed position last moved, or was first seen. */
  get steppedAt(): number | null {
    return this.#steppedAt;
  }

  /** From now on what follows this confirmed position counts as lag, until another is confirmed. */
  count(confirmedLsn: Lsn | null): void {
    this.#countedLsn = confirmedLsn;
  }

  /** Whether what follows this confirmed position counts as lag already. */
  countedFor(confirmedLsn: Lsn | null): boolean {
    return confirmedLsn !== null && confirmedLsn === this.#countedLsn;
  }

  /** It has counted, and goes on confirming without having got to the end: still the same work, as far as one can tell. */
  get stepsOn(): boolean {
    const at = this.#beats.at(-1)?.at ?? 0;
    return this.#carried && this.#steppedAt !== null && at - this.#steppedAt <= stepsMs;
  }

  /** Whether what was written by `at` was there at a beat long enough before the last. */
  persistsSince(at: number): boolean {
    const earlier = this.#longAgo;
    return earlier !== undefined && at <= earlier.at;
  }

  /**
   * Whether the subscriber had something to apply long enough ago already that isn't confirmed yet: it had received
   * WAL past `confirmedLsn`, or a message that was not followed by a confirmation (it may be stuck at the very first
   * change, whose position is the confirmed one).
   */
  hadWorkAfter(confirmedLsn: Lsn | null): boolean {
    const earlier = this.#longAgo;
    if (!earlier) return false;
    if ((lsnDistance(earlier.receivedLsn, confirmedLsn) ?? 0) > 0) return true;
    return (earlier.lastMessageAt ?? 0) > (this.#confirmedAt ?? Infinity) + clockErrorMs;
  }

  get #longAgo(): Beat | undefined {
    const [earliest, last] = [this.#beats[0], this.#beats.at(-1)];
    return earliest && last && last.at - earliest.at >= persistenceMs ? earliest : undefined;
  }

  /** Since when an enabled subscription has no worker that works; null while it has. */
  get notWorkingSince(): number | null {
    return this.#idleSince;
  }

  /** A worker is there, and has yet to prove that it lasts. */
  get unproven(): boolean {
    return this.#unproven;
  }

  /** Whether errors grew lately, so that they are the reason; `at` in milliseconds since the epoch. */
  failsAt(at: number): boolean {
    return this.#errorsGrewAt !== null && at - this.#errorsGrewAt <= recentErrorMs;
  }

  /** Since when its worker was seen at work; null while it isn't. */
  get workingSince(): number | null {
    return this.#workingSince;
  }

  /** When the subscription was first seen to name the slot that it names; null before that. */
  get slotNamedAt(): number | null {
    return this.#slotNamedAt;
  }

  /** Bytes confirmed per second, by the publisher; by the subscriber's origin where there is no publisher. */
  get appliedBytesPerSecond(): number | null {
    return this.#confirmed.bytesPerSecond ?? this.#applied.bytesPerSecond;
  }

  /** Bytes decoded and sent per second. */
  get sentBytesPerSecond(): number | null {
    return this.#sent.bytesPerSecond;
  }

  /** Errors of the last minute; null before 15. */
  get errorsPerMinute(): number | null {
    return this.#errorCount.inLastMinute;
  }

  /** Conflicts of the last minute; null before 18. */
  get conflictsPerMinute(): number | null {
    return this.#conflicts.inLastMinute;
  }

  /** Transactions that went to disk while they were decoded, in the last minute; null before 14. */
  get spillsPerMinute(): number | null {
    return this.#spills.inLastMinute;
  }

  /** Transactions that were sent before their commit, in the last minute; null before 14. */
  get streamedPerMinute(): number | null {
    return this.#streamed.inLastMinute;
  }
}
