import type { LagChangesMessage, LagStateMessage } from '../../protocol/lag.ts';
import { Paced } from '../paced.ts';
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
  readonly #posting: Paced;
  #there = false;

  constructor(parts: LagFeedParts) {
    this.#parts = parts;
    // Many servers beat all the time: twice a beat is enough for the eye, and leaves the page and this process in peace.
    this.#posting = new Paced(() => this.#post(), { gatherMs, restMs: () => parts.beatMs() / 2 });
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
    this.#posting.stop();
  }

  /** Something was sampled: the page gets it soon. */
  sampled(): void {
    if (this.#there) this.#posting.ask();
  }

  /** Sends what is different now. */
  post(): void {
    if (this.#there) this.#posting.now();
  }

  #post(): void {
    this.#parts.send(this.#changes.next(this.#parts.state()));
  }
}
