import type { SecretConninfo } from '../model/choices.ts';
import { Secret } from '../model/secret.ts';
import type { Inventory } from '../model/snapshot.ts';
import type { Statement, StatementPart } from '../model/statement.ts';
import type { Subscription, SubscriptionOptions } from '../model/subscription.ts';
import { serverClause } from '../operations/subscription/foreignServer.ts';
import { optionRules, presentOptions } from '../operations/subscription/subscriptionOptions.ts';
import { quoteIdentifier, quoteLiteral } from '../postgres/quote.ts';
import { mustFind } from './find.ts';

/** What is known beside the snapshot when a subscription is scripted. */
export interface SubscriptionScriptFacts {
  /** Its connection string, where it may be read (OnDemandReads.subscriptionConninfo). */
  readonly conninfo?: SecretConninfo;
  /** Publisher and subscriber are one cluster: the slot has to be made before, or both would wait for each other. */
  readonly sameCluster?: boolean;
}

/**
 * The statements that make a subscription again on a server of its version, after it was dropped with its slot: the
 * slot is made anew, no row is copied again. Its password is dots in what is shown. Without `conninfo` the connection
 * string holds what the snapshot knows. Throws ReplicationError 'missing'.
 */
export function scriptSubscription(
  inventory: Inventory,
  name: string,
  facts: SubscriptionScriptFacts = {},
): readonly Statement[] {
  const subscription = subscriptionNamed(inventory, name);
  const object = `SUBSCRIPTION ${quoteIdentifier(name)}`;
  const options = [...slotOptions(subscription, facts), ...optionsAsSql(subscription.options)];
  return [
    [
      `CREATE ${object}\n  `,
      // 19, untried: it stands in place of the connection string.
      ...(subscription.foreignServer === undefined
        ? ['CONNECTION ', connectionPart(subscription, facts)]
        : [serverClause(subscription.foreignServer)]),
      `\n  PUBLICATION ${subscription.publications.map(quoteIdentifier).join(', ')}`,
      `\n  WITH (${options.join(', ')})`,
    ],
    ...(subscription.comment === null ? [] : [[`COMMENT ON ${object} IS ${quoteLiteral(subscription.comment)}`]]),
    [`ALTER ${object} OWNER TO ${quoteIdentifier(subscription.owner)}`],
  ];
}

/** What has to be filled in, and what the script doesn't do, in words. Throws ReplicationError 'missing'. */
export function subscriptionScriptNotes(
  inventory: Inventory,
  name: string,
  facts: SubscriptionScriptFacts = {},
): readonly string[] {
  const subscription = subscriptionNamed(inventory, name);
  const { slotName } = subscription;
  const { foreignServer } = subscription;
  const secrets = foreignServer === undefined ? secretKeywords(subscription, facts) : [];
  return [
    ...(foreignServer === undefined
      ? []
      : [
          `It connects by the foreign server ${foreignServer}, which must be there, with a user mapping for whoever runs this and for ${subscription.owner}.`,
        ]),
    ...(subscription.sequences === undefined
      ? []
      : ['The sequences are not synchronized by it: run ALTER SUBSCRIPTION … REFRESH SEQUENCES afterwards.']),
    ...(secrets === null
      ? ['Fill in the connection string where the dots are: this role may not read it.']
      : secrets.map((keyword) => `Fill in ${secretInWords(keyword)} where the dots are.`)),
    ...(slotName === null ? [] : [slotNote(subscription, slotName, facts)]),
    ...(subscription.tables.length === 0
      ? []
      : ['No row is copied again: with copy_data = true the tables would be, and must then be empty.']),
    ...(subscription.skipLsn === null ? [] : ['That a transaction was to be skipped belongs to the old subscription.']),
  ];
}

function subscriptionNamed(inventory: Inventory, name: string): Subscription {
  return mustFind(
    inventory.subscriptions.find((candidate) => candidate.name === name),
    `subscription ${name}`,
  );
}

function slotNote(subscription: Subscription, slotName: string, facts: SubscriptionScriptFacts): string {
  const { options } = subscription;
  if (facts.sameCluster !== true && !madeApart(subscription)) {
    return `The replication slot ${slotName} is made on the publisher. Where it is still there, write create_slot = false.`;
  }
  const args = [
    quoteLiteral(slotName),
    quoteLiteral('pgoutput'),
    ...(options.twoPhase === null || options.twoPhase === 'disabled' ? [] : ['twophase => true']),
    ...(options.failover === true ? ['failover => true'] : []),
  ];
  const why =
    facts.sameCluster === true
      ? 'Publisher and subscriber are one server, which would wait for itself: create the replication slot first'
      : 'The replication slot is not made by it: create it before the subscription is enabled';
  return `${why}, in the publisher’s database: SELECT pg_catalog.pg_create_logical_replication_slot(${args.join(', ')});`;
}

function connectionPart(subscription: Subscription, { conninfo }: SubscriptionScriptFacts): StatementPart {
  if (conninfo) return { conninfo };
  const { publisher } = subscription;
  if (publisher === null) return { literal: new Secret(''), label: `the connection string of ${subscription.name}` };
  const known: readonly (readonly [string, string | null])[] = [
    ['host', publisher.host],
    ['port', publisher.port === null ? null : String(publisher.port)],
    ['dbname', publisher.database],
    ['user', publisher.user],
    ['application_name', publisher.applicationName],
  ];
  return {
    conninfo: [
      ...known.flatMap(([keyword, value]) => (value === null ? [] : [[keyword, value] as const])),
      ...(publisher.hasPassword ? [['password', new Secret('')] as const] : []),
    ],
  };
}

/** The keywords whose values are secrets; null where nothing of the connection string is known. */
function secretKeywords(subscription: Subscription, { conninfo }: SubscriptionScriptFacts): readonly string[] | null {
  if (conninfo) return conninfo.flatMap(([keyword, value]) => (value instanceof Secret ? [keyword] : []));
  if (subscription.publisher === null) return null;
  return subscription.publisher.hasPassword ? ['password'] : [];
}

function secretInWords(keyword: string): string {
  return keyword === 'password' ? 'the password' : `the secret ${keyword}`;
}

/** As it stands after creation: the tables are those of the publications, and none is copied. */
function slotOptions(subscription: Subscription, facts: SubscriptionScriptFacts): readonly string[] {
  const { slotName, enabled } = subscription;
  const slot = `slot_name = ${slotName === null ? 'NONE' : quoteLiteral(slotName)}`;
  if (madeApart(subscription)) return ['connect = false', slot];
  if (slotName === null) return [slot, 'create_slot = false', 'enabled = false', 'copy_data = false'];
  return [
    slot,
    ...(facts.sameCluster === true ? ['create_slot = false'] : []),
    ...(enabled ? [] : ['enabled = false']),
    'copy_data = false',
  ];
}

/** Disabled and without a table: it looks as one made with connect = false, which leaves the publisher alone. */
function madeApart({ enabled, tables }: Subscription): boolean {
  return !enabled && tables.length === 0;
}

/** What CREATE SUBSCRIPTION takes where an option isn't given; the default of streaming has changed (18). */
const defaults: ReturnType<typeof presentOptions> = {
  synchronousCommit: 'off',
  binary: false,
  twoPhase: false,
  disableOnError: false,
  passwordRequired: true,
  runAsOwner: false,
  origin: 'any',
  failover: false,
  retainDeadTuples: false,
  maxRetentionDuration: 0,
  walReceiverTimeout: '-1',
};

/** Each option the version has, where it isn't the default. */
function optionsAsSql(options: SubscriptionOptions): readonly string[] {
  const present = presentOptions(options);
  return optionRules
    .filter(({ key }) => present[key] !== undefined && present[key] !== defaults[key])
    .map((rule) => rule.sql(present));
}
