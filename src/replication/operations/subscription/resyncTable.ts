import type { PublishedTableChoice } from '../../model/choices.ts';
import { ReplicationError } from '../../model/errors.ts';
import type { Plan } from '../../model/plan.ts';
import type { Publication, PublishedTable } from '../../model/publication.ts';
import type { TableName } from '../../model/reads.ts';
import type { Statement } from '../../model/statement.ts';
import type { Subscription } from '../../model/subscription.ts';
import type { Table } from '../../model/table.ts';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '../../postgres/quote.ts';
import { basisOf } from '../basis.ts';
import type { PublicationReader } from '../publication/dropPublication.ts';
import { type KnownSlots, unknownReadersInWords } from '../publication/publicationReaders.ts';
import { memberSql } from '../publication/publicationSql.ts';
import { leavesOut, tablesByName } from '../publication/publishedTables.ts';
import { lockWaitLimitMs, makePlan, publisherWaitLimitMs, type StepDraft } from '../steps.ts';
import { subscriptionOf, type PlanTarget } from '../target.ts';
import { listInWords, tableLabel } from '../words.ts';
import {
  alterSubscriptionSql,
  disableStep,
  enableStep,
  subscriptionOidSql,
  waitForWorkersStep,
} from './subscriptionSteps.ts';

/** A publication that names the table, and how it names it. */
interface Membership {
  readonly publication: Publication;
  readonly member: PublishedTable;
}

/**
 * Copies one table of a subscription again: out of its publication, refresh, new workers, truncate (or keep the rows),
 * into the publication as it was, refresh with copy. Other readers of the publication are named: they must not refresh
 * in between. `referencedBy` are the tables on the subscriber whose foreign keys refer to it. Throws ReplicationError
 * 'missing', 'invalidInput', and 'unsupported' where the table comes by its schema or ALL TABLES, or can't be emptied.
 */
export function planResyncTable(
  parties: { readonly subscriber: PlanTarget; readonly publisher: PlanTarget },
  subscription: string,
  table: TableName,
  how: {
    readonly truncate: boolean;
    readonly readers: readonly PublicationReader[];
    readonly referencedBy?: readonly TableName[];
    /** What is known of the publisher's slots, by publication. */
    readonly slots?: ReadonlyMap<string, KnownSlots>;
  },
): Plan {
  const { subscriber, publisher } = parties;
  const has = subscriptionOf(subscriber, subscription);
  const label = tableLabel(table.schema, table.name);
  refuseUnlessRefreshable(subscriber, has);
  const ours = has.tables.find(({ schema, name }) => schema === table.schema && name === table.name);
  if (!ours) {
    throw new ReplicationError(
      'missing',
      `The subscription ${subscription} on ${subscriber.serverName} has no table ${label}.`,
      {
        advice: 'Refresh the subscription: then it takes over the tables of its publications.',
      },
    );
  }
  if (how.truncate) refuseWhileReferenced(subscriber, label, how.referencedBy ?? []);
  const memberships = membershipsOf(publisher, has, table, label);
  const here = tablesByName(subscriber.snapshot.inventory.tables)(table.schema, table.name);
  const source = tablesByName(publisher.snapshot.inventory.tables)(table.schema, table.name);
  const others = otherReaders(how.readers, memberships, parties, subscription);
  const noUndo = how.truncate
    ? `The rows that ${label} has now aren’t kept: it is copied anew.`
    : `What is copied into ${label} stays there.`;
  const steps = [
    ...memberships.map((each) =>
      takeOutStep(publisher, each, source, label, { others, known: how.slots?.get(each.publication.name) }),
    ),
    refreshStep(subscriber, has, ours.oid, label, { what: 'forget', noUndo }),
    // A worker remembers that it follows the table: one that lags would go on writing to it, under the copy.
    disableStep(subscriber, subscription),
    waitForWorkersStep(subscriber, subscription),
    ...(how.truncate ? [{ ...truncateStep(subscriber, table, here, label), noUndo }] : []),
    enableStep(subscriber, subscription),
    ...memberships.map((each) => putBackStep(publisher, each, source, label)),
    refreshStep(subscriber, has, ours.oid, label, { what: 'copy', noUndo }),
  ];
  return makePlan(
    `Copy ${label} of subscription ${subscription} again`,
    steps,
    remarksOn(how.truncate, label, others),
    [
      ...basisOf(subscriber, [{ kind: 'subscription', name: subscription }]),
      ...basisOf(
        publisher,
        memberships.map(({ publication }) => ({ kind: 'publication' as const, name: publication.name })),
      ),
    ],
  );
}

function refuseUnlessRefreshable(subscriber: PlanTarget, has: Subscription): void {
  const object = `The subscription ${has.name} on ${subscriber.serverName}`;
  if (!has.enabled) {
    throw new ReplicationError('invalidInput', `${object} is disabled, so no table of it can be copied.`, {
      advice: 'Enable it first.',
    });
  }
  if (has.options.twoPhase === 'enabled') {
    throw new ReplicationError(
      'invalidInput',
      `${object} has two-phase commit in force, so no table of it can be copied again.`,
      {
        advice: 'Copy the rows by other means, or turn two-phase commit off first (18 and newer).',
      },
    );
  }
}

/** TRUNCATE would be refused, and by then the table is out of its publication. */
function refuseWhileReferenced(subscriber: PlanTarget, label: string, by: readonly TableName[]): void {
  if (by.length === 0) return;
  const names = listInWords(by.map(({ schema, name }) => tableLabel(schema, name)));
  throw new ReplicationError(
    'unsupported',
    `${label} on ${subscriber.serverName} can’t be emptied: foreign keys of ${names} refer to it.`,
    {
      advice:
        'Drop those foreign keys there (replication doesn’t check them), copy the table again, and add them afterwards; or keep its rows.',
    },
  );
}

function membershipsOf(
  publisher: PlanTarget,
  has: Subscription,
  table: TableName,
  label: string,
): readonly Membership[] {
  const read = publisher.snapshot.inventory.publications.filter(({ name }) => has.publications.includes(name));
  const whole = read.find(
    (publication) =>
      (publication.allTables && !leavesOut(publication, table)) || publication.schemas.includes(table.schema),
  );
  if (whole) {
    throw new ReplicationError(
      'unsupported',
      `${label} comes with ${whole.allTables ? 'all tables' : `the schema ${table.schema}`} of the publication ${whole.name}, and can’t be taken out of it alone.`,
      { advice: 'Publish the tables by name first, or drop the subscription and create it again with its data.' },
    );
  }
  const found = read.flatMap((publication) => {
    const member = publication.tables.find(({ schema, name }) => schema === table.schema && name === table.name);
    return member ? [{ publication, member }] : [];
  });
  if (found.length > 0) return found;
  throw new ReplicationError(
    'unsupported',
    `No publication of ${has.name} names ${label}: it comes as part of another table, or ${publisher.serverName} isn’t its publisher.`,
    { advice: 'Copy the table above it again, or drop the subscription and create it again with its data.' },
  );
}

/** Who else reads a publication, as far as that is known. */
interface OtherReaders {
  readonly others: readonly string[];
  readonly known: KnownSlots | undefined;
}

/** Subscriptions other than this one that read the same publications. */
function otherReaders(
  readers: readonly PublicationReader[],
  memberships: readonly Membership[],
  { subscriber }: { readonly subscriber: PlanTarget },
  subscription: string,
): readonly string[] {
  const names = new Set(memberships.map(({ publication }) => publication.name));
  const others = readers.filter(
    (reader) =>
      names.has(reader.publication) &&
      (reader.subscription !== subscription || reader.serverName !== subscriber.serverName),
  );
  return [...new Set(others.map((reader) => `${reader.subscription} (${reader.serverName})`))];
}

function takeOutStep(
  publisher: PlanTarget,
  membership: Membership,
  source: Table | undefined,
  label: string,
  readers: OtherReaders,
): StepDraft {
  const { name } = membership.publication;
  return {
    on: publisher,
    title: `Take ${label} out of publication ${name}`,
    statement: [takeOutSql(membership, source)],
    risk: readers.others.length > 0 ? 'severe' : 'lossy',
    consequence: consequenceOf(publisher, label, name, readers),
    undo: { title: `Put ${label} back into publication ${name}`, statement: [putBackSql(membership, source)] },
    wait: { limitMs: lockWaitLimitMs, blockersOn: [] },
    effect: memberIs(membership, false),
  };
}

function consequenceOf(
  publisher: PlanTarget,
  label: string,
  publication: string,
  { known, others }: OtherReaders,
): string {
  const unknown = unknownReadersInWords(publisher, true, known);
  return [
    `Until ${label} is back in ${publication}, its changes aren’t sent; the copy afterwards has them.`,
    others.length > 0 &&
      `${listInWords(others)} ${others.length === 1 ? 'reads' : 'read'} ${publication} too and won’t get them: what is written to ${label} meanwhile is missing there.`,
    unknown !== '' && `${unknown} Whatever reads it that way misses them.`,
  ]
    .filter((text) => typeof text === 'string')
    .join(' ');
}

function putBackStep(
  publisher: PlanTarget,
  membership: Membership,
  source: Table | undefined,
  label: string,
): StepDraft {
  const { name } = membership.publication;
  return {
    on: publisher,
    title: `Put ${label} back into publication ${name}`,
    statement: [putBackSql(membership, source)],
    undo: { title: `Take ${label} out of publication ${name}`, statement: [takeOutSql(membership, source)] },
    wait: { limitMs: lockWaitLimitMs, blockersOn: [] },
    effect: memberIs(membership, true),
  };
}

/** Without ONLY, tables that inherit from it would go along; a partitioned table has no rows of its own to say it of. */
function takeOutSql({ publication, member }: Membership, source: Table | undefined): string {
  return `ALTER PUBLICATION ${quoteIdentifier(publication.name)} DROP TABLE ${memberSql(bare(member, source), nothingLeftOut)}`;
}

function putBackSql({ publication, member }: Membership, source: Table | undefined): string {
  const { columns, filter } = member;
  const table = { ...bare(member, source), columns, filter };
  return `ALTER PUBLICATION ${quoteIdentifier(publication.name)} ADD TABLE ${memberSql(table, nothingLeftOut)}`;
}

/** What a member has, its server knows. */
const nothingLeftOut = { columnLists: true, rowFilters: true };

function bare({ schema, name }: PublishedTable, source: Table | undefined): PublishedTableChoice {
  return { schema, name, columns: null, filter: null, only: source?.partitioned !== true };
}

function memberIs({ publication, member }: Membership, there: boolean): Statement {
  const query = `SELECT 1 FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid WHERE p.pubname = ${quoteLiteral(publication.name)} AND r.prrelid = ${member.oid}`;
  return [there ? query : `SELECT 1 WHERE NOT EXISTS (${query})`];
}

/**
 * Both refreshes copy what is new: without, other tables that were published meanwhile would be followed without the
 * rows they hold already.
 */
function refreshStep(
  subscriber: PlanTarget,
  { name }: Subscription,
  tableOid: number,
  label: string,
  { noUndo, what }: { readonly what: 'forget' | 'copy'; readonly noUndo: string },
): StepDraft {
  const followed = `SELECT 1 FROM pg_catalog.pg_subscription_rel r WHERE r.srsubid = ${subscriptionOidSql(name)} AND r.srrelid = ${tableOid}`;
  return {
    on: subscriber,
    title: `Refresh subscription ${name}, so that it ${what === 'forget' ? `follows ${label} no more` : `copies ${label} and follows it`}`,
    statement: [alterSubscriptionSql(name, 'REFRESH PUBLICATION')],
    transactional: false,
    wait: { limitMs: publisherWaitLimitMs, blockersOn: [] },
    effect: [what === 'copy' ? followed : `SELECT 1 WHERE NOT EXISTS (${followed})`],
    noUndo,
  };
}

function truncateStep(subscriber: PlanTarget, table: TableName, here: Table | undefined, label: string): StepDraft {
  const only = here?.partitioned === true ? '' : 'ONLY ';
  const named = `${only}${quoteQualified(table.schema, table.name)}`;
  return {
    on: subscriber,
    title: `Empty ${label}`,
    statement: [`TRUNCATE ${named}`],
    risk: 'lossy',
    consequence: `All rows of ${label} on ${subscriber.serverName} are deleted, those that were written only there too. Until the copy is done, readers see none or some of them.`,
    wait: { limitMs: lockWaitLimitMs, blockersOn: [] },
    effect: [`SELECT 1 WHERE NOT EXISTS (SELECT FROM ${named})`],
    passing: true,
  };
}

function remarksOn(truncate: boolean, label: string, others: readonly string[]): readonly string[] {
  return [
    'If it stops half way, go on with it: until its last step the table isn’t followed, and the subscription may be disabled.',
    'The subscription is refreshed as a whole: other tables that came to its publications are copied too.',
    ...(truncate
      ? []
      : [`The rows of ${label} are kept: where a copied row has the key of one of them, the copy fails.`]),
    ...(others.length > 0
      ? [
          `${listInWords(others)} must not be refreshed before it is done: that would end with all of ${label} copied there again.`,
        ]
      : []),
  ];
}
