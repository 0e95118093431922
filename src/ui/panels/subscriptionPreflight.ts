import type { PreflightState, RemedyAction, ShownCheck, SubscriptionDraft } from '../../protocol/subscription.ts';
import type { SubscriptionChoice } from '../../replication/model/choices.ts';
import { ReplicationError } from '../../replication/model/errors.ts';
import type { Blocker, Plan } from '../../replication/model/plan.ts';
import type { TableName } from '../../replication/model/reads.ts';
import type { Statement } from '../../replication/model/statement.ts';
import type { Table } from '../../replication/model/table.ts';
import { tablesByName, tablesSentTo } from '../../replication/operations/publication/publishedTables.ts';
import {
  preflight,
  type PreflightCheck,
  type PreflightFacts,
} from '../../replication/operations/subscription/preflight.ts';
import { planCreateTables } from '../../replication/operations/table/createTables.ts';
import { planTruncateTables } from '../../replication/operations/table/truncateTables.ts';
import { publisherInventoryOf, type SubscriptionParties } from '../../replication/operations/target.ts';
import { count } from '../../replication/operations/words.ts';
import type { OnDemandReads } from '../../replication/reads.ts';
import type { ReplicationService } from '../../replication/service.ts';

/** What the preflight reads with, and where it says what it found. */
export interface PreflightDeps {
  readonly reads: Pick<OnDemandReads, 'trySubscription' | 'tablesWithRows'>;
  readonly tableDetails: ReplicationService['tableDetails'];
  readonly lookForBlockers: () => Promise<readonly Blocker[] | null>;
  readonly post: (state: PreflightState) => void;
}

/** One run of the preflight: for which draft, over which ends. */
export interface PreflightSubject {
  readonly draft: SubscriptionDraft;
  readonly choice: SubscriptionChoice;
  readonly parties: SubscriptionParties;
}

/** The preflight of a subscription form: looks at both ends, keeps what it found, and knows what helps. */
export class SubscriptionPreflight {
  readonly #deps: PreflightDeps;
  #checks: readonly PreflightCheck[] = [];
  #subject: PreflightSubject | null = null;
  #run = 0;

  constructor(deps: PreflightDeps) {
    this.#deps = deps;
  }

  /** The draft that was looked at last; null before the first time. */
  get draft(): SubscriptionDraft | null {
    return this.#subject?.draft ?? null;
  }

  /** Looks at both ends. A newer run makes an older one's answer worthless. */
  async run(subject: PreflightSubject): Promise<void> {
    this.#run += 1;
    const run = this.#run;
    this.#show(true);
    const { choice, parties } = subject;
    // What one end refuses to tell, or is marked against, leaves its checks unknown and the others as they are.
    const [trial, blockers, tablesWithRows, details] = await Promise.all([
      this.#deps.reads
        .trySubscription(parties.subscriber.connectionId, choice, creations(parties, choice))
        .catch(() => null),
      this.#deps.lookForBlockers(),
      this.#tablesWithRows(subject).catch(() => null),
      this.#details(subject).catch(() => null),
    ]);
    if (run !== this.#run) return;
    this.#subject = subject;
    try {
      this.#checks = preflight(parties, choice, {
        trial,
        blockers,
        tablesWithRows,
        ...(details ? { details } : {}),
      });
    } finally {
      this.#show(false);
    }
  }

  /** Says again what was found, to a page that was loaded again. */
  show(): void {
    if (this.#subject) this.#show(false);
  }

  /** The check of this id in the last run. Throws 'missing' where the page knows an older one. */
  check(id: string): PreflightCheck {
    const found = this.#checks.find((check) => check.id === id);
    if (found) return found;
    throw new ReplicationError('missing', 'The preflight was run again meanwhile.', {
      advice: 'Look at what it found now.',
    });
  }

  /** The plan that empties the tables of a failed check. */
  truncation(check: PreflightCheck): Plan {
    const parties = this.#subject?.parties;
    if (!parties) throw new ReplicationError('missing', 'There was no preflight yet.');
    return planTruncateTables(parties.subscriber, check.tables);
  }

  async #tablesWithRows({ choice, parties }: PreflightSubject): Promise<readonly TableName[] | null> {
    const sent = sentTables(parties, choice);
    if (sent === null || !choice.copyData) return sent === null ? null : [];
    const names = sent.map(({ schema, name }) => ({ schema, name }));
    return this.#deps.reads.tablesWithRows(parties.subscriber.connectionId, names);
  }

  /** The columns at both ends; null where the publisher isn't a connection. */
  async #details({ choice, parties }: PreflightSubject): Promise<PreflightFacts['details'] | null> {
    const { publisher, subscriber } = parties;
    const sent = sentTables(parties, choice);
    if (!publisher || sent === null) return null;
    const find = tablesByName(subscriber.snapshot.inventory.tables);
    const there = sent.flatMap(({ schema, name }) => find(schema, name) ?? []);
    const [ofPublisher, ofSubscriber] = await Promise.all([
      this.#deps.tableDetails(
        publisher.connectionId,
        sent.map(({ oid }) => oid),
      ),
      this.#deps.tableDetails(
        subscriber.connectionId,
        there.map(({ oid }) => oid),
      ),
    ]);
    return { publisher: ofPublisher, subscriber: ofSubscriber };
  }

  #show(running: boolean): void {
    const known = this.#subject?.parties.publisher !== null;
    this.#deps.post({
      type: 'preflight',
      running,
      draft: this.draft,
      checks: this.#checks.map(({ id, title, state, message, remedy, tables }) => ({
        id,
        title,
        state,
        message,
        remedies:
          state === 'passed' || remedy === null
            ? []
            : remediesFor(remedy, tables.length, known, id.startsWith('subscriber') && id !== 'subscriber.trial'),
      })),
    });
  }
}

/** What makes the new tables: tried with the rest, so that it shows whether the server takes it. */
function creations({ subscriber }: SubscriptionParties, { newTables }: SubscriptionChoice): readonly Statement[] {
  if (!newTables) return [];
  return planCreateTables(subscriber, newTables.definitions, newTables.there).steps.map(({ statement }) => statement);
}

/** The tables the chosen publications send, each once; null where the publisher wasn't read. */
function sentTables(parties: SubscriptionParties, choice: SubscriptionChoice): readonly Table[] | null {
  const inventory = publisherInventoryOf(parties);
  if (!inventory) return null;
  const sent = inventory.publications
    .filter(({ name }) => choice.publications.includes(name))
    .flatMap((publication) => tablesSentTo(inventory, publication));
  return [...new Map(sent.map((table) => [table.oid, table])).values()];
}

/** The buttons of a failed check; `known`: the publisher is a connection of ours, so that something can be done there. */
function remediesFor(
  remedy: Exclude<PreflightCheck['remedy'], null>,
  tables: number,
  known: boolean,
  atSubscriber: boolean,
): ShownCheck['remedies'] {
  const one = (action: RemedyAction, label: string, preview = false) => ({ action, label, preview });
  switch (remedy) {
    case 'createTables':
      return tables > 0 ? [one('createTables', `Create ${count(tables, 'Table')} With It`)] : [];
    case 'truncateTables':
      return [
        one('dontCopy', 'Don’t Copy Rows'),
        ...(tables > 0 ? [one('truncateTables', `Empty ${count(tables, 'Table')}…`, true)] : []),
      ];
    case 'setReplicaIdentity':
      return known ? [one('setReplicaIdentity', 'Set Replica Identity…')] : [];
    case 'settings':
      return known || atSubscriber ? [one('settings', 'Open Replication Settings…')] : [];
    case 'createRole':
      return known ? [one('createRole', 'Create Replication Role…')] : [];
  }
}
