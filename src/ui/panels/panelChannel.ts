import type { Message } from '../../protocol/messages.ts';

/**
 * Messages to a page that may not be there. While the page isn't ready (not loaded yet, or hidden, which unloads it)
 * the last message of each type waits; `ready` sends what waits, in the order of the first of each type.
 * Messages are states, not deltas, so the last one is enough.
 */
export class PanelChannel<Outbound extends Message> {
  readonly #send: (message: Outbound) => void;
  readonly #waiting = new Map<string, Outbound>();
  #ready = false;

  constructor(send: (message: Outbound) => void) {
    this.#send = send;
  }

  /** Sends now, or as soon as the page is ready. */
  post(message: Outbound): void {
    if (this.#ready) this.#send(message);
    else this.#waiting.set(message.type, message);
  }

  /** The page said that it listens. */
  ready(): void {
    this.#ready = true;
    const messages = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const message of messages) this.#send(message);
  }

  /** The page is gone, or about to be. */
  unready(): void {
    this.#ready = false;
  }
}
