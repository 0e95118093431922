/**
 * Sends a form's draft to its panel for review, one at a time: while one is under way the changes wait, and the
 * newest draft goes out when the answer is in. So a slow answer never piles up work, and no timer is needed.
 */
export class DraftFlow<Draft> {
  readonly #send: (sequence: number, draft: Draft) => void;
  #sequence = 0;
  #underWay = false;
  #waiting: { readonly draft: Draft } | null = null;

  constructor(send: (sequence: number, draft: Draft) => void) {
    this.#send = send;
  }

  /** The draft is now this one. */
  changed(draft: Draft): void {
    if (this.#underWay) {
      this.#waiting = { draft };
      return;
    }
    this.#underWay = true;
    this.#sequence += 1;
    this.#send(this.#sequence, draft);
  }

  /** An answer came. True where it is to the newest draft, so that it can be shown; a stale one is dropped. */
  answered(sequence: number): boolean {
    if (sequence !== this.#sequence) return false;
    this.#underWay = false;
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting === null) return true;
    this.changed(waiting.draft);
    return false;
  }

  /** Whether the newest draft has its answer. */
  get settled(): boolean {
    return !this.#underWay;
  }
}
