import type { SubscriptionChoice } from '../../../model/choices.ts';
import type { Problem } from '../../../model/plan.ts';
import type { Publication } from '../../../model/publication.ts';
import type { TableName } from '../../../model/reads.ts';
import type { Inventory } from '../../../model/snapshot.ts';
import type { Table, TableDetails } from '../../../model/table.ts';
import { offers } from '../../offers.ts';
import { rowsHeldBy, tablesByName, tablesSentTo } from '../../publication/publishedTables.ts';
import { sentColumnsOf } from '../../publication/sentColumns.ts';
import { publisherInventoryOf, type PlanTarget, type SubscriptionParties } from '../../target.ts';
import { listInWords, tableLabel } from '../../words.ts';
import {
  checkColumnLists,
  checkPublications,
  checkTablesThere,
  chosenPublications,
} from '../checks/checkSubscribedTables.ts';
import { onlyIfAsked } from '../checks/onlyIfAsked.ts';
import { tablesToMake } from '../newTables.ts';
import type { PreflightCheck, PreflightFacts } from '../preflight.ts';
import { checkFrom, unknownCheck, warning } from './check.ts';

/** The tables: there, with their columns, empty where they are copied, and identified where rows are changed. */
export function preflightTables(
  parties: SubscriptionParties,
  choice: SubscriptionChoice,
  facts: PreflightFacts,
): readonly PreflightCheck[] {
  const { subscriber } = parties;
  const publisher = publisherInventoryOf(parties);
  const chosen = checkFrom({ id: 'publisher.publications', title: 'Publications', fine: 'All of them are there.' }, [
    ...checkPublications(parties, choice),
    ...checkColumnLists(subscriber, chosenPublications(parties, choice)).map((each) => onlyIfAsked(choice, each)),
  ]);
  const there = {
    id: 'subscriber.tables',
    title: `Published tables on ${subscriber.serverName}`,
    fine: choice.newTables ? 'Those that are missing are created with the subscription.' : 'All of them are there.',
  };
  if (!publisher)
    return [chosen, unknownCheck(there, 'Which tables are published isn’t known: nobody has looked at the publisher.')];
  const publications = chosenPublications(parties, choice);
  const sent = sentTables(publisher, publications);
  const find = tablesByName(subscriber.snapshot.inventory.tables);
  const toMake = tablesToMake(subscriber.snapshot.inventory, publisher, choice.publications).map(named);
  return [
    chosen,
    checkFrom(there, checkTablesThere(subscriber, publisher, choice), {
      remedy: 'createTables',
      tables: toMake,
    }),
    columnsCheck(subscriber, sentColumnsOf(publisher, publications), sent, facts, choice.copyData),
    rowsCheck(subscriber.serverName, choice, facts),
    publisherIdentity(parties, publisher, publications),
    subscriberIdentity(subscriber.serverName, publications, sent, find),
  ];
}

function sentTables(publisher: Inventory, publications: readonly Publication[]): readonly Table[] {
  return [...new Set(publications.flatMap((publication) => tablesSentTo(publisher, publication)))];
}

function named({ schema, name }: TableName): TableName {
  return { schema, name };
}

function changesRows({ operations }: Publication): boolean {
  return operations.update || operations.delete;
}

/** Every column that is sent must be there, and be one that can be written to. */
function columnsCheck(
  { serverName, snapshot }: PlanTarget,
  sentColumns: ReturnType<typeof sentColumnsOf>,
  sent: readonly Table[],
  { details }: PreflightFacts,
  copyData: boolean,
): PreflightCheck {
  const looked = {
    id: 'subscriber.columns',
    title: `Columns of the tables on ${serverName}`,
    fine: 'All that is sent has its column.',
  };
  if (!details)
    return unknownCheck(
      looked,
      'The columns weren’t read. One that is missing stops the subscription as soon as a row comes.',
    );
  const key = ({ schema, name }: TableName): string => JSON.stringify([schema, name]);
  const theirs = new Map(details.publisher.map((each) => [key(each), each]));
  const ours = new Map(details.subscriber.map((each) => [key(each), each]));
  const problems: Problem[] = [];
  const about: TableName[] = [];
  for (const table of sent) {
    const [from, to] = [theirs.get(key(table)), ours.get(key(table))];
    if (!from || !to) continue;
    const found = compareColumns(
      from,
      to,
      sentColumns(table, from.columns),
      tableLabel(table.schema, table.name),
      serverName,
    );
    const uncopied = copyData && !offers(snapshot.inventory, 'publication.generatedColumns');
    const all = uncopied ? [...found, ...checkUncopied(from, to, sentColumns(table, from.columns), serverName)] : found;
    if (all.length > 0) about.push(named(table));
    problems.push(...all);
  }
  return checkFrom(looked, problems, { tables: about });
}

function compareColumns(
  from: TableDetails,
  to: TableDetails,
  sent: ReadonlySet<string>,
  label: string,
  serverName: string,
): readonly Problem[] {
  const here = new Map(to.columns.map((column) => [column.name, column]));
  const missing = [...sent].filter((name) => !here.has(name));
  const generated = [...sent].filter((name) => (here.get(name)?.generated ?? null) !== null);
  const otherType = from.columns.filter(({ name, type }) => sent.has(name) && (here.get(name)?.type ?? type) !== type);
  const unfilled = to.columns.filter(({ name, notNull, generated: how }) => notNull && how === null && !sent.has(name));
  return [
    ...(missing.length > 0
      ? [
          {
            severity: 'error' as const,
            message: `${label} on ${serverName} lacks the column ${listInWords(missing)}: the subscription stops as soon as a row comes.`,
          },
        ]
      : []),
    ...(generated.length > 0
      ? [
          {
            severity: 'error' as const,
            message: `${listInWords(generated)} of ${label} is a generated column on ${serverName}, and can’t take what is sent.`,
          },
        ]
      : []),
    ...otherType.map(({ name, type }) =>
      warning(
        `${name} of ${label} is ${here.get(name)?.type ?? ''} on ${serverName} and ${type} on the publisher: a value that doesn’t fit stops the subscription.`,
      ),
    ),
    ...(unfilled.length > 0
      ? [
          warning(
            `${listInWords(unfilled.map(({ name }) => name))} of ${label} on ${serverName} isn’t sent and may not be null: it needs a default.`,
          ),
        ]
      : []),
  ];
}

/** Up to 17 a subscriber leaves a generated column of the publisher NULL when it copies: one that may not be null fails. */
function checkUncopied(
  from: TableDetails,
  to: TableDetails,
  sent: ReadonlySet<string>,
  serverName: string,
): readonly Problem[] {
  const strict = new Set(
    to.columns.filter(({ generated, notNull }) => notNull && generated === null).map(({ name }) => name),
  );
  const columns = from.columns.filter(
    ({ generated, name }) => generated !== null && sent.has(name) && strict.has(name),
  );
  if (columns.length === 0) return [];
  const label = tableLabel(from.schema, from.name);
  return [
    {
      severity: 'error',
      message: `${listInWords(columns.map(({ name }) => name))} of ${label} may not be null on ${serverName}, which doesn’t copy the values of generated columns: the copy of its rows fails. Copy them by other means, and subscribe without copying.`,
    },
  ];
}

function rowsCheck(serverName: string, choice: SubscriptionChoice, { tablesWithRows }: PreflightFacts): PreflightCheck {
  const looked = {
    id: 'subscriber.rows',
    title: `Rows that are on ${serverName} already`,
    fine: 'The tables are empty.',
  };
  if (!choice.copyData) return checkFrom({ ...looked, fine: 'Nothing is copied, so they aren’t in the way.' }, []);
  if (tablesWithRows === null)
    return unknownCheck(looked, 'It couldn’t be looked at. Copying into a table fails where keys are the same.');
  if (tablesWithRows.length === 0) return checkFrom(looked, []);
  const labels = listInWords(tablesWithRows.map(({ schema, name }) => tableLabel(schema, name)));
  const message = `${labels} on ${serverName} ${tablesWithRows.length === 1 ? 'holds' : 'hold'} rows already: the copy fails where keys are the same, and doubles the rows where there is no key. Empty ${tablesWithRows.length === 1 ? 'it' : 'them'} first, or subscribe without copying.`;
  return checkFrom(looked, [warning(message)], { remedy: 'truncateTables', tables: tablesWithRows });
}

function publisherIdentity(
  parties: SubscriptionParties,
  publisher: Inventory,
  publications: readonly Publication[],
): PreflightCheck {
  const there = parties.publisher?.serverName ?? 'the publisher';
  const looked = {
    id: 'publisher.identity',
    title: `Replica identity on ${there}`,
    fine: 'Rows that are changed can be told apart.',
  };
  const without = [
    ...new Set(publications.filter(changesRows).flatMap((publication) => rowsHeldBy(publisher, publication))),
  ].filter((table) => !table.identityUsable);
  if (without.length === 0) return checkFrom(looked, []);
  const labels = listInWords(without.map(({ schema, name }) => tableLabel(schema, name)));
  const message = `${labels} ${without.length === 1 ? 'has' : 'have'} no replica identity on ${there}: UPDATE and DELETE fail there.`;
  return checkFrom(looked, [warning(message)], { remedy: 'setReplicaIdentity', tables: without.map(named) });
}

/** Without a key on the subscriber a changed row is looked for only where the publisher sends the whole of it. */
function subscriberIdentity(
  serverName: string,
  publications: readonly Publication[],
  sent: readonly Table[],
  find: ReturnType<typeof tablesByName>,
): PreflightCheck {
  const looked = {
    id: 'subscriber.identity',
    title: `Keys on ${serverName}`,
    fine: 'Rows that are changed can be found.',
  };
  if (!publications.some(changesRows)) return checkFrom({ ...looked, fine: 'No rows are changed.' }, []);
  const without = sent.filter((table) => {
    const here = find(table.schema, table.name);
    return here !== undefined && !here.partitioned && !here.identityUsable && table.replicaIdentity !== 'full';
  });
  if (without.length === 0) return checkFrom(looked, []);
  const labels = listInWords(without.map(({ schema, name }) => tableLabel(schema, name)));
  const message = `${labels} on ${serverName} ${without.length === 1 ? 'has' : 'have'} neither a primary key nor a replica identity: the first UPDATE or DELETE stops the subscription.`;
  return checkFrom(looked, [warning(message)], { tables: without.map(named) });
}
