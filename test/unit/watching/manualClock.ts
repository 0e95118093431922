import type { Clock } from '../../../src/replication/watching/clock.ts';

interface Timer {
  /** By the time the machine was awake. */
  readonly at: number;
  readonly work: () => void;
}

/** A clock that a test moves. Timers ring in their order, and what each began comes to its end before the next. */
export class ManualClock implements Clock {
  readonly #startedAt: number;
  readonly #timers = new Set<Timer>();
  #awake = 0;
  #jumped = 0;

  constructor(startedAt = Date.UTC(2026, 10, 20, 12)) {
    this.#startedAt = startedAt;
  }

  now(): number {
    return this.#startedAt + this.#awake + this.#jumped;
  }

  after(ms: number, work: () => void): () => void {
    const timer = { at: this.#awake + ms, work };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets so many milliseconds pass. */
  async pass(ms: number): Promise<void> {
    const until = this.#awake + ms;
    await settle();
    for (let next = this.#next(until); next; next = this.#next(until)) {
      this.#awake = Math.max(this.#awake, next.at);
      this.#timers.delete(next);
      next.work();
      await settle();
    }
    this.#awake = until;
  }

  /** The machine sleeps for so long, or its clock is set: timers don't notice. Negative: set back. */
  jump(ms: number): void {
    this.#jumped += ms;
  }

  #next(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) if (timer.at <= until && (!first || timer.at < first.at)) first = timer;
    return first;
  }
}

/** Lets every promise that can go on do so. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
