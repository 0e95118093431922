import type { SubscriptionChoice } from '../../../model/choices.ts';
import type { Problem } from '../../../model/plan.ts';
import type { Publication } from '../../../model/publication.ts';
import type { Inventory } from '../../../model/snapshot.ts';
import { offers } from '../../offers.ts';
import { publisherInventoryOf, type PlanTarget, type SubscriptionParties } from '../../target.ts';
import { count, listInWords, tableLabel } from '../../words.ts';
import { makesTable, missingTables } from '../newTables.ts';
import { onlyIfAsked } from './onlyIfAsked.ts';

const mostSingleErrors = 10;

/** The publications, and whether the subscriber has their tables and understands what they send. */
export function checkSubscribedTables(parties: SubscriptionParties, choice: SubscriptionChoice): readonly Problem[] {
  const { subscriber } = parties;
  const publisher = publisherInventoryOf(parties);
  const publications = chosenPublications(parties, choice);
  return [
    ...checkPublications(parties, choice),
    ...(publisher ? checkTablesThere(subscriber, publisher, choice) : []),
    ...checkColumnLists(subscriber, publications).map((problem) => onlyIfAsked(choice, problem)),
    ...checkUnderstood(subscriber, publications, choice),
  ];
}

/** Those of the chosen publications that the publisher is known to have. */
export function chosenPublications(parties: SubscriptionParties, choice: SubscriptionChoice): readonly Publication[] {
  const found = publisherInventoryOf(parties)?.publications ?? [];
  return [...new Set(choice.publications)].flatMap((name) => found.filter((publication) => publication.name === name));
}

/** Whether there are publications, each once and each known to the publisher. */
export function checkPublications(parties: SubscriptionParties, choice: SubscriptionChoice): readonly Problem[] {
  if (choice.publications.length === 0) {
    return [{ severity: 'error', field: 'publications', message: 'Choose at least one publication.' }];
  }
  const problems: Problem[] = [];
  const twice = choice.publications.filter((name, index) => choice.publications.indexOf(name) !== index);
  if (twice.length > 0) {
    problems.push({ severity: 'error', field: 'publications', message: `${listInWords(twice)} is chosen twice.` });
  }
  const publisher = publisherInventoryOf(parties);
  if (!publisher) return problems;
  const known = new Set(publisher.publications.map(({ name }) => name));
  for (const name of new Set(choice.publications)) {
    if (known.has(name)) continue;
    problems.push(
      onlyIfAsked(choice, {
        severity: 'error',
        field: 'publications',
        message: `The publisher has no publication called ${name} in this database.`,
      }),
    );
  }
  return problems;
}

/**
 * CREATE SUBSCRIPTION fails as a whole where a table is missing on the subscriber, and later a refresh does; but for
 * those that the plan makes first.
 */
export function checkTablesThere(
  subscriber: PlanTarget,
  publisher: Inventory,
  choice: SubscriptionChoice,
): readonly Problem[] {
  const made = makesTable(choice.newTables);
  const missing = missingTables(subscriber.snapshot.inventory, publisher, choice.publications)
    .filter((table) => !made(table))
    .map(({ schema, name }) => tableLabel(schema, name));
  const { serverName } = subscriber;
  const later = choice.connect === false;
  if (missing.length > mostSingleErrors) {
    const what = `${serverName} lacks ${count(missing.length, 'published table')}: ${listInWords(missing)}.`;
    const message = `${what} ${later ? 'They must be there before the subscription is refreshed.' : 'Have the plan create them, or create them there first.'}`;
    return [onlyIfAsked(choice, { severity: 'error', field: 'publications', message })];
  }
  return missing.map((object) => {
    const what = `${serverName} has no table ${object}, which is published.`;
    const message = `${what} ${later ? 'It must be there before the subscription is refreshed.' : 'Have the plan create it, or create it there first.'}`;
    return onlyIfAsked(choice, { severity: 'error', field: 'publications', object, message });
  });
}

/** Since 15 the server refuses two publications with different columns of one table; a list of all is as none. */
export function checkColumnLists(subscriber: PlanTarget, publications: readonly Publication[]): readonly Problem[] {
  const lists = new Map<string, { readonly columns: string; readonly publication: string }>();
  const problems: Problem[] = [];
  for (const publication of publications) {
    for (const table of publication.tables) {
      const object = tableLabel(table.schema, table.name);
      const all = table.columns === null || table.columns.length === table.columnCount;
      const columns = JSON.stringify(all ? null : table.columns.toSorted());
      const before = lists.get(object);
      if (before && before.columns !== columns) {
        problems.push({
          severity: 'error',
          field: 'publications',
          object,
          message: `${before.publication} and ${publication.name} publish different columns of ${object}; ${subscriber.serverName} can’t subscribe to both at once.`,
        });
      }
      lists.set(object, { columns, publication: publication.name });
    }
  }
  return problems;
}

/** What an older subscriber can't take, or takes differently. */
export function checkUnderstood(
  subscriber: PlanTarget,
  publications: readonly Publication[],
  choice: SubscriptionChoice,
): readonly Problem[] {
  const { inventory } = subscriber.snapshot;
  const problems: Problem[] = [];
  const warn = (message: string): void => {
    problems.push({ severity: 'warning', field: 'publications', message });
  };
  const sequences = publications.filter(({ allSequences }) => allSequences).map(({ name }) => name);
  if (sequences.length > 0) problems.push(sequenceProblem(subscriber, sequences));
  const those = (test: (publication: Publication) => boolean): readonly string[] =>
    publications.filter(test).map(({ name }) => name);

  const truncating = those((publication) => publication.operations.truncate);
  if (truncating.length > 0 && !offers(inventory, 'publication.truncate')) {
    warn(
      `${listInWords(truncating)} publishes TRUNCATE, which ${subscriber.serverName} doesn’t know: the first one stops the subscription. Publish without truncate.`,
    );
  }
  if (!offers(inventory, 'publication.rowFilters')) {
    const filtered = those((publication) => publication.tables.some((table) => table.filter !== null));
    if (filtered.length > 0 && choice.copyData) {
      warn(
        `${listInWords(filtered)} has row filters. ${subscriber.serverName} ignores them when it first copies the tables, and copies all rows.`,
      );
    }
    const listed = those((publication) => publication.tables.some((table) => table.columns !== null));
    if (listed.length > 0 && choice.copyData) {
      warn(
        `${listInWords(listed)} has column lists. ${subscriber.serverName} ignores them when it first copies the tables: it copies all columns, and fails where it lacks one.`,
      );
    }
  }
  const generated = those((publication) => publication.generatedColumns === 'stored');
  if (generated.length > 0 && choice.copyData && !offers(inventory, 'publication.generatedColumns')) {
    warn(
      `${listInWords(generated)} publishes generated columns. ${subscriber.serverName} leaves them NULL when it first copies the tables.`,
    );
  }
  return problems;
}

/** Of publications of all sequences (19 as documented, untried): which sequences the publisher has isn't read. */
function sequenceProblem({ serverName, snapshot }: PlanTarget, publications: readonly string[]): Problem {
  const names = listInWords(publications);
  if (!offers(snapshot.inventory, 'subscription.refreshSequences')) {
    const message = `${names}: the version of ${serverName} doesn’t take over sequences. They keep their values there.`;
    return { severity: 'warning', field: 'publications', message };
  }
  const message = `${names}: every sequence of the publisher must be there on ${serverName} too. Their values are copied once, and again with Synchronize Sequences Again; they aren’t streamed.`;
  return { severity: 'info', field: 'publications', message };
}
