import type { ConnectParams } from '../../replication/model/connect.ts';
import { describeError } from '../../replication/model/errors.ts';
import type { Problem } from '../../replication/model/plan.ts';
import type { NewTables } from '../../replication/model/reads.ts';
import type { Inventory } from '../../replication/model/snapshot.ts';
import { asSent, tablesToMake } from '../../replication/operations/subscription/newTables.ts';
import { notMadeWithTables, planCreateTables } from '../../replication/operations/table/createTables.ts';
import type { PlanTarget } from '../../replication/operations/target.ts';
import { tableLabel } from '../../replication/operations/words.ts';
import type { OnDemandReads } from '../../replication/reads.ts';

/** A publisher whose tables can be read: one of the connections, or what was typed and looked at. */
export type PublisherSource =
  | { readonly inventory: Inventory; readonly connectionId: string }
  | { readonly inventory: Inventory; readonly params: ConnectParams };

/** The tables a draft lacks on its subscriber, and what the plan needs to make them. */
export interface LackedTables {
  /** As a person reads them: those that can be made with the plan. */
  readonly labels: readonly string[];
  /** Null where none are to be made, or they can't be read. */
  readonly newTables: NewTables | null;
  /** What keeps them from being read, or is made otherwise than on the publisher. */
  readonly problems: readonly Problem[];
}

const none: LackedTables = { labels: [], newTables: null, problems: [] };

/**
 * Reads what makes the tables that a subscriber lacks, from the publisher's definitions. What it read last it knows
 * until one of the ends is read anew: a form asks at every key.
 */
export class NewTablesReader {
  readonly #reads: Pick<OnDemandReads, 'tableDefinitions' | 'tableDefinitionsAt' | 'neededThere'>;
  #last: { readonly ends: readonly unknown[]; readonly read: Promise<NewTables> } | null = null;

  constructor(reads: Pick<OnDemandReads, 'tableDefinitions' | 'tableDefinitionsAt' | 'neededThere'>) {
    this.#reads = reads;
  }

  /** What `publications` need; `wanted`: read it, because the plan is to make them. Never rejects. */
  async lacked(
    subscriber: PlanTarget,
    publisher: PublisherSource | null,
    publications: readonly string[],
    wanted: boolean,
  ): Promise<LackedTables> {
    if (!publisher) return none;
    const missing = tablesToMake(subscriber.snapshot.inventory, publisher.inventory, publications);
    if (missing.length === 0) return none;
    const labels = missing.map(({ schema, name }) => tableLabel(schema, name));
    if (!wanted) return { ...none, labels };
    try {
      const newTables = await this.#read(subscriber, publisher, publications);
      const { remarks } = planCreateTables(subscriber, newTables.definitions, newTables.there);
      // What is true of any table stands beside the tick.
      const problems = remarks
        .filter((remark) => remark !== notMadeWithTables)
        .map((message): Problem => ({ severity: 'info', field: 'publications', message }));
      return { labels, newTables, problems };
    } catch (error) {
      const message = `The definitions of the missing tables couldn’t be read: ${describeError(error).message}`;
      return { labels, newTables: null, problems: [{ severity: 'error', field: 'publications', message }] };
    }
  }

  #read(subscriber: PlanTarget, publisher: PublisherSource, publications: readonly string[]): Promise<NewTables> {
    const ends = [subscriber.snapshot.inventory, publisher.inventory, JSON.stringify(publications)];
    if (this.#last?.ends.every((end, index) => end === ends[index])) return this.#last.read;
    const read = this.#readNow(subscriber, publisher, publications);
    const last = { ends, read };
    this.#last = last;
    // What failed is tried again the next time.
    read.catch(() => {
      if (this.#last === last) this.#last = null;
    });
    return read;
  }

  async #readNow(
    subscriber: PlanTarget,
    publisher: PublisherSource,
    publications: readonly string[],
  ): Promise<NewTables> {
    const { inventory } = publisher;
    const names = tablesToMake(subscriber.snapshot.inventory, inventory, publications).map(({ schema, name }) => ({
      schema,
      name,
    }));
    const read =
      'params' in publisher
        ? await this.#reads.tableDefinitionsAt(publisher.params, names)
        : await this.#reads.tableDefinitions(publisher.connectionId, names);
    const needs = read.flatMap((definition) => definition.needs);
    const there = await this.#reads.neededThere(subscriber.connectionId, needs);
    return { definitions: asSent(read, inventory, publications), there };
  }
}
