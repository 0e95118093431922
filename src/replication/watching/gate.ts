/** Lets a number of works through at once; what comes on top waits for its turn, in the order it came. */
export class Gate {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  /** `limit`: how many may be under way at once. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Does the work when it is its turn, and gives its result. */
  async through<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#inside >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#inside += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // The place goes straight to who waits, so that nobody slips in between.
      if (next) next();
      else this.#inside -= 1;
    }
  }
}
