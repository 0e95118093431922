/** What stands in for a secret wherever text is shown, logged or stored. */
export const redacted = '••••••••';

/**
 * A password or key while it travels through the program. It can't be turned into text by accident:
 * string conversion, JSON and Node's inspection all give dots. Only `reveal()` gives the value, and only
 * the session (to log in) and the executor (to send a statement) call it.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The secret itself. */
  reveal(): string {
    return this.#value;
  }

  /** Whether both are the same secret; tells no more than that. */
  equals(other: Secret): boolean {
    return this.#value === other.#value;
  }

  /** Whether it begins with `text`, which is no secret: the mark of a SCRAM verifier. */
  startsWith(text: string): boolean {
    return this.#value.startsWith(text);
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return redacted;
  }
}
