import type { CopySize } from '../model/copy.ts';
import type { TableName } from '../model/reads.ts';

/** Tables that couldn't be told (locked, never analysed) are asked for again after this, milliseconds. */
const askAgainMs = 60_000;
/** The most tables of one subscription that are asked for: with more, the overall figure counts tables. */
const mostTables = 2000;

interface Asked {
  readonly sizes: Map<string, CopySize>;
  /** What was asked for, whether or not it was told. */
  readonly names: Set<string>;
  at: number;
  running: boolean;
}

/** What publishers said of the tables to be copied. Asked for while something copies, and kept until it is done. */
export class CopySizes {
  readonly #read: (connectionId: string, tables: readonly TableName[]) => Promise<readonly CopySize[]>;
  readonly #failed: (connectionId: string, error: unknown) => void;
  readonly #asked = new Map<string, Asked>();

  /** `failed` hears of what could not be read. */
  constructor(
    read: (connectionId: string, tables: readonly TableName[]) => Promise<readonly CopySize[]>,
    failed: (connectionId: string, error: unknown) => void,
  ) {
    this.#read = read;
    this.#failed = failed;
  }

  /**
   * What is known of these tables of a publisher, by schema and name (`nameKey`); what isn't is asked for in the
   * background. `now`: milliseconds since the epoch.
   */
  of(connectionId: string, tables: readonly TableName[], now: number): ReadonlyMap<string, CopySize> {
    const asked = this.#asked.get(connectionId) ?? {
      sizes: new Map<string, CopySize>(),
      names: new Set<string>(),
      at: -Infinity,
      running: false,
    };
    this.#asked.set(connectionId, asked);
    const wanted = tables.slice(0, mostTables);
    const unasked = wanted.filter((table) => !asked.names.has(nameKey(table)));
    const untold = wanted.filter((table) => {
      const size = asked.sizes.get(nameKey(table));
      return size === undefined || size.bytes === null || size.rows === null;
    });
    const due = unasked.length > 0 || (untold.length > 0 && now - asked.at >= askAgainMs);
    if (due && !asked.running) void this.#ask(connectionId, asked, unasked.length > 0 ? unasked : untold, now);
    return asked.sizes;
  }

  /** Forgets what a publisher said, so that the next copy asks again. */
  forget(connectionId: string): void {
    this.#asked.delete(connectionId);
  }

  async #ask(connectionId: string, asked: Asked, tables: readonly TableName[], now: number): Promise<void> {
    asked.running = true;
    asked.at = now;
    for (const table of tables) asked.names.add(nameKey(table));
    try {
      for (const size of await this.#read(connectionId, tables)) asked.sizes.set(nameKey(size), size);
    } catch (error) {
      // Whatever hinders it, the copy goes on without an estimate, and it's asked again in a minute.
      this.#failed(connectionId, error);
    } finally {
      asked.running = false;
    }
  }
}

/** Subscribers and publishers know a table by its name alone. */
export function nameKey({ name, schema }: TableName): string {
  return `${schema}\0${name}`;
}
