import type { Clock } from './clock.ts';

/**
 * A beat that is so much later or earlier than planned was not kept waiting: the machine slept, this process was
 * stopped, or the clock was set. Milliseconds.
 */
export const jumpMs = 3_000;
/** Servers that all want a sample at once get it this far apart, milliseconds. */
const apartMs = 5;
/** Multiples of it, modulo 1, lie far from each other however many there are. */
const goldenRatio = 0.618_033_988_749_895;

/** What beats. */
export interface Beating {
  /** Takes a sample. Never called again before the promise it gave is settled; it must not reject. */
  sample(): Promise<void>;
  /** The clock jumped: nothing is known of what happened between the last sample and the next. Told to all, started or not. */
  onJump(): void;
}

/** One server's place in the schedule. */
export interface Beat {
  /**
   * Samples every `everyMs` milliseconds from now on. `sampledAt`: when it was sampled last, by whatever way; where
   * that is longer ago, or never was, the first sample comes soon.
   */
  start(everyMs: number, sampledAt: number | null): void;
  /** Samples no more; one under way comes to its end by itself. */
  stop(): void;
}

/**
 * When each watched server is sampled. Every server has a place of its own in the beat, so that many of them are
 * spread over it; one that takes longer than its beat misses the next, it never gets two at once nor a queue of them.
 * One timer for all: by it a sleep of the machine is recognised.
 */
export class BeatSchedule {
  readonly #clock: Clock;
  readonly #onJump: (jumpedMs: number) => void;
  readonly #joined: Entry[] = [];
  /** Those that are started. */
  readonly #entries = new Set<Entry>();
  #soonAt = 0;
  #lateMs = 0;
  /** The time when it was looked at last. */
  #lookedAt = 0;
  #timer: { readonly cancel: () => void; readonly at: number } | undefined;

  /** `onJump`: hears of a jump of the clock with its length, milliseconds; below zero where it was set back. */
  constructor(clock: Clock, onJump: (jumpedMs: number) => void = () => {}) {
    this.#clock = clock;
    this.#onJump = onJump;
  }

  /** How much later than planned the last beat came, milliseconds: so long was this process busy with other things. */
  get lateMs(): number {
    return this.#lateMs;
  }

  /** Gives a server a place. Nothing is sampled before its beat is started. */
  join(beating: Beating): Beat {
    const place = (this.#joined.length * goldenRatio) % 1;
    const entry: Entry = { beating, place, everyMs: null, dueAt: null, running: false };
    this.#joined.push(entry);
    return {
      start: (everyMs, sampledAt) => this.#start(entry, everyMs, sampledAt),
      stop: () => {
        entry.everyMs = null;
        entry.dueAt = null;
        this.#entries.delete(entry);
        this.#arm();
      },
    };
  }

  #start(entry: Entry, everyMs: number, sampledAt: number | null): void {
    entry.everyMs = everyMs;
    this.#entries.add(entry);
    if (entry.running) return;
    const now = this.#look();
    const isOld = sampledAt === null || now - sampledAt >= everyMs;
    const dueAt = isOld ? this.#soon(now) : nextOnGrid(entry.place, everyMs, atLeastHalf(sampledAt, everyMs, now));
    // Who starts it again and again doesn't put it off.
    entry.dueAt = Math.min(entry.dueAt ?? Infinity, dueAt);
    this.#arm(entry);
  }

  #soon(now: number): number {
    this.#soonAt = Math.max(now, Math.min(this.#soonAt, now + jumpMs) + apartMs);
    return this.#soonAt;
  }

  /** Sets the timer for whoever is due next. `changed`: the only one that is due otherwise than before, where that is so. */
  #arm(changed?: Entry): void {
    const dueAt = changed?.dueAt ?? null;
    if (dueAt !== null && this.#timer && this.#timer.at <= dueAt) return;
    let next = Infinity;
    for (const entry of this.#entries) next = Math.min(next, entry.dueAt ?? Infinity);
    if (this.#timer?.at === next) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (next === Infinity) return;
    const cancel = this.#clock.after(Math.max(0, next - this.#clock.now()), () => this.#tick());
    this.#timer = { at: next, cancel };
  }

  #tick(): void {
    const now = this.#look();
    const late = now - (this.#timer?.at ?? now);
    this.#lateMs = late > jumpMs ? 0 : Math.max(0, late);
    this.#timer = undefined;
    // A timer may ring a moment early.
    for (const entry of this.#entries) if (entry.dueAt !== null && entry.dueAt <= now + 1) this.#run(entry, now);
    this.#arm();
  }

  /** The time, and whether it jumped since the last look: back, or far past the moment that the timer was set to. */
  #look(): number {
    const now = this.#clock.now();
    const back = this.#lookedAt - now;
    const late = now - (this.#timer?.at ?? now);
    this.#lookedAt = now;
    if (back > jumpMs) this.#jumped(now, -back);
    else if (late > jumpMs) this.#jumped(now, late);
    return now;
  }

  /** After a sleep everyone is overdue: each waits for its place, or all would come at once. */
  #jumped(now: number, jumpedMs: number): void {
    this.#soonAt = now;
    // It was set by what the clock said before; whoever looked sets it anew.
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const entry of this.#entries) {
      if (entry.everyMs !== null && !entry.running) entry.dueAt = nextOnGrid(entry.place, entry.everyMs, now);
    }
    this.#onJump(jumpedMs);
    for (const { beating } of this.#joined) beating.onJump();
  }

  #run(entry: Entry, startedAt: number): void {
    entry.running = true;
    entry.dueAt = null;
    void entry.beating.sample().finally(() => {
      entry.running = false;
      const now = this.#look();
      if (entry.everyMs !== null) {
        entry.dueAt = nextOnGrid(entry.place, entry.everyMs, atLeastHalf(startedAt, entry.everyMs, now));
      }
      this.#arm(entry);
    });
  }
}

interface Entry {
  readonly beating: Beating;
  /** Where in the beat, from 0 to 1. */
  readonly place: number;
  /** Null while it is stopped. */
  everyMs: number | null;
  /** Null while it is stopped or under way. */
  dueAt: number | null;
  running: boolean;
}

/** Half a beat after the last sample (which the clock may have been set back before), and not in the past. */
function atLeastHalf(sampledAt: number, everyMs: number, now: number): number {
  return Math.max(now, Math.min(sampledAt, now) + everyMs / 2);
}

/** The next moment after `after` that has this place in a beat. */
function nextOnGrid(place: number, everyMs: number, after: number): number {
  const first = place * everyMs;
  return (Math.floor((after - first) / everyMs) + 1) * everyMs + first;
}
