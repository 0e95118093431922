import type { LagChangesMessage, LagStateMessage } from '../../protocol/lag.ts';
import { LagChanges } from './lagChanges.ts';

/** Ends of a stream beat one after the other; what comes within this time goes to the page together. */
const gatherMs = 100;

/** What a feed is made from. */
export interface LagFeedParts {
  /** All that the page shows now. */
  readonly state: () => LagStateMessage;
  readonly send: (message: LagStateMessage | LagChangesMessage) => void;
  /** Milliseconds between samples. */
  readonly beatMs: () => number;
}

/**
 * What goes to the page of a lag panel, at a pace it can follow. Nothing is made for a page that isn't there: changes that
 * wait would reach it after the state it begins with, and put older figures over newer ones.
 */
export class LagFeed {
  readonly #parts: LagFeedParts;
  readonly #changes = new LagChanges();
  #timer: NodeJS.Timeout | undefined;
  #sentAt = -Infinity;
  #there = false;

  constructor(parts: LagFeedParts) {
    this.#parts = parts;
  }

  /** The page has loaded: it gets all there is to show. */
  arrived(): void {
    this.#there = true;
    this.#changes.reset();
    this.post();
  }

  /** The page is gone, or about to be. */
  left(): void {
    this.#there = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Something was sampled: the page gets it soon. */
  sampled(): void {
    if (!this.#there || this.#timer) return;
    // Many servers beat all the time: twice a beat is enough for the eye, and leaves the page and this process in peace.
    const waitMs = Math.max(gatherMs, this.#sentAt + this.#parts.beatMs() / 2 - performance.now());
    this.#timer = setTimeout(() => this.post(), waitMs);
  }

  /** Sends what is different now. */
  post(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#there) return;
    this.#sentAt = performance.now();
    this.#parts.send(this.#changes.next(this.#parts.state()));
  }
}
