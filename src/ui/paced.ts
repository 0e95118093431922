import type { Clock } from '../replication/watching/clock.ts';

/** How often something is done at the most, milliseconds. */
export interface Pace {
  /** What is asked for within this time is done at once, together. */
  readonly gatherMs: number;
  /** From one time to the next at least; asked before each. */
  readonly restMs: () => number;
}

/** Goes on however the machine's clock is set. */
const steadyClock: Clock = {
  now: () => performance.now(),
  after: (ms, work) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * Does what many servers ask for at every moment of a beat as often as an eye can follow: soon after it was asked for,
 * and no sooner again than after a rest.
 */
export class Paced {
  readonly #work: () => void;
  readonly #pace: Pace;
  #doneAt = -Infinity;
  #dueAt = Infinity;
  readonly #clock: Clock;
  #callOff: (() => void) | undefined;

  constructor(work: () => void, pace: Pace, clock = steadyClock) {
    this.#work = work;
    this.#pace = pace;
    this.#clock = clock;
  }

  /** Asks for it, after its rest. */
  ask(): void {
    if (this.#callOff) return;
    this.#set(Math.max(this.#clock.now() + this.#pace.gatherMs, this.#doneAt + this.#pace.restMs()));
  }

  /** Asks for it soon, rested or not: the person waits. */
  askSoon(): void {
    const soon = this.#clock.now() + this.#pace.gatherMs;
    if (soon < this.#dueAt) this.#set(soon);
  }

  /** Does it now; what was asked for before is done by that. */
  now(): void {
    this.stop();
    this.#doneAt = this.#clock.now();
    this.#work();
  }

  /** Calls off what was asked for. */
  stop(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    this.#dueAt = Infinity;
  }

  #set(dueAt: number): void {
    this.#callOff?.();
    this.#dueAt = dueAt;
    this.#callOff = this.#clock.after(Math.max(0, dueAt - this.#clock.now()), () => this.now());
  }
}
