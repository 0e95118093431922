import { parseConninfo } from '../model/conninfo.ts';
import {
  tableStates,
  type PublisherAddress,
  type Subscription,
  type SubscriptionOptions,
  type TableState,
} from '../model/subscription.ts';
import { placeIn, portOf } from './foreignServers.ts';
import {
  asFlag,
  asFlagOrNull,
  asList,
  asNumber,
  asNumberOrNull,
  asObject,
  asText,
  asTextOrNull,
  asTexts,
  type Json,
} from './json.ts';
import type { OwnerLookup, RelationLookup } from './lookups.ts';
import type { Probe } from './probe.ts';
import { listsSequences, parseSubscribedSequences } from './subscribedSequences.ts';

/** pg_subscription's columns of options, with the key each is read by. */
const optionColumns = {
  binary: 'subbinary',
  streaming: 'substream::text',
  twoPhase: 'subtwophasestate::text',
  disableOnError: 'subdisableonerr',
  passwordRequired: 'subpasswordrequired',
  runAsOwner: 'subrunasowner',
  origin: 'suborigin',
  failover: 'subfailover',
  retainDeadTuples: 'subretaindeadtuples',
  maxRetentionDuration: 'submaxretention',
  retentionActive: 'subretentionactive',
  walReceiverTimeout: 'subwalrcvtimeout',
  synchronousCommit: 'subsynccommit',
  skipLsn: 'subskiplsn::text',
  conninfo: 'subconninfo',
} as const;

/**
 * The subscription's oid. Up to 13 an ordinary role may not read it; then pg_stat_subscription tells it by the
 * name, unless another database has a subscription of that name.
 */
export function subscriptionOid(probe: Probe, alias: string): string {
  if (probe.reads('pg_subscription', 'oid')) return `${alias}.oid::int8`;
  return `(select pg_catalog.min(w.subid::int8) from pg_catalog.pg_stat_subscription w
            where w.subname = ${alias}.subname having pg_catalog.count(distinct w.subid) = 1)`;
}

/** Limits pg_subscription, which is shared by all databases, to the session's own. */
export const ownDatabase = `subdbid = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())`;

/** Only columns that exist and that the role may read are named: one that isn't would fail the whole statement. */
export function subscriptionsQuery(probe: Probe): string {
  const options = Object.entries(optionColumns)
    .filter(([, column]) => probe.reads('pg_subscription', column.replace('::text', '')))
    .map(([key, column]) => `'${key}', s.${column}`);
  // 19, untried: the name of the foreign server that it connects by, and that one's options.
  const server = probe.reads('pg_subscription', 'subserver')
    ? `(select pg_catalog.json_build_array(f.srvname, pg_catalog.to_json(f.srvoptions))
          from pg_catalog.pg_foreign_server f where f.oid = s.subserver)`
    : 'null::json';
  const optionsObject = `pg_catalog.json_build_object(${options.join(', ')})`;
  return `select pg_catalog.json_agg(pg_catalog.json_build_object('oid', ${subscriptionOid(probe, 's')}, 'name', s.subname,
            'owner', s.subowner::int8, 'enabled', s.subenabled, 'slotName', s.subslotname,
            'publications', s.subpublications, 'options', ${optionsObject}, 'server', ${server},
            'comment', pg_catalog.obj_description((${subscriptionOid(probe, 's')})::oid, 'pg_subscription')) order by s.subname)
       from pg_catalog.pg_subscription s where s.${ownDatabase}`;
}

/** pg_subscription_rel of the session's database: subscription, table, state. 19 (untried) lists sequences there too. */
export function subscribedTablesQuery(probe: Probe): string {
  return `select pg_catalog.json_agg(pg_catalog.json_build_array(r.srsubid::int8, r.srrelid::int8, r.srsubstate::text))
       from pg_catalog.pg_subscription_rel r ${listsSequences(probe) ? noSequence : ''}`;
}

/** Leaves the sequences out of pg_subscription_rel `r`. */
export const noSequence = `where not exists (select from pg_catalog.pg_class q where q.oid = r.srrelid and q.relkind = 'S')`;

const stateByLetter: Readonly<Record<string, TableState>> = {
  i: 'init',
  d: 'copying',
  f: 'copied',
  s: 'synchronized',
  r: 'ready',
};

/** srsubstate's letter in words; a letter of a newer server counts as not begun, so that it isn't called ready. */
export function parseTableState(letter: string): TableState {
  return stateByLetter[letter] ?? 'init';
}

/** All states at zero. */
export function noTableStates(): Record<TableState, number> {
  return Object.fromEntries(tableStates.map((state) => [state, 0])) as Record<TableState, number>;
}

/** Rows of the three queries to subscriptions. */
export function parseSubscriptions(
  subscriptions: Json | undefined,
  members: Json | undefined,
  sequences: Json | undefined,
  owners: OwnerLookup,
  relations: RelationLookup,
): readonly Subscription[] {
  const tables = groupBySubscription(members);
  const sequencesOf = parseSubscribedSequences(sequences);
  return asList(subscriptions).map((row) => {
    const fields = asObject(row);
    const oid = asNumberOrNull(fields['oid']);
    const options = asObject(fields['options']);
    const holder = owners(asNumber(fields['owner']));
    const skipLsn = asTextOrNull(options['skipLsn']);
    const [server, serverOptions] = asList(fields['server']);
    const foreignServer = asTextOrNull(server);
    const itsSequences = oid === null ? undefined : sequencesOf.get(oid);
    const retains = asFlagOrNull(options['retainDeadTuples']) === true;
    return {
      oid,
      name: asText(fields['name']),
      owner: holder.name,
      ownedByMe: holder.mine,
      enabled: asFlag(fields['enabled']),
      // What a connection string may still hold isn't where one with a foreign server connects to.
      publisher:
        foreignServer === null ? parsePublisher(asTextOrNull(options['conninfo'])) : foreignAddress(serverOptions),
      ...(foreignServer === null ? {} : { foreignServer }),
      slotName: asTextOrNull(fields['slotName']),
      publications: asTexts(fields['publications']),
      options: parseOptions(options),
      skipLsn: skipLsn === '0/0' || skipLsn === '0/00000000' ? null : skipLsn,
      tables: (oid === null ? [] : (tables.get(oid) ?? [])).flatMap(([, table, state]) => {
        const relation = relations(asNumber(table));
        return relation ? [{ oid: asNumber(table), ...relation, state: parseTableState(asText(state)) }] : [];
      }),
      comment: asTextOrNull(fields['comment']),
      ...(itsSequences ? { sequences: itsSequences } : {}),
      ...(retains && asFlagOrNull(options['retentionActive']) === false ? { retentionStopped: true } : {}),
    };
  });
}

function groupBySubscription(members: Json | undefined): ReadonlyMap<number, readonly (readonly Json[])[]> {
  const groups = new Map<number, (readonly Json[])[]>();
  for (const row of asList(members).map(asList)) {
    const subscription = asNumber(row[0]);
    const group = groups.get(subscription);
    if (group) group.push(row);
    else groups.set(subscription, [row]);
  }
  return groups;
}

function parseOptions(options: Readonly<Record<string, Json>>): SubscriptionOptions {
  return {
    binary: asFlagOrNull(options['binary']),
    streaming: parseStreaming(asTextOrNull(options['streaming'])),
    twoPhase: parseTwoPhase(asTextOrNull(options['twoPhase'])),
    disableOnError: asFlagOrNull(options['disableOnError']),
    passwordRequired: asFlagOrNull(options['passwordRequired']),
    runAsOwner: asFlagOrNull(options['runAsOwner']),
    origin: asTextOrNull(options['origin']),
    failover: asFlagOrNull(options['failover']),
    synchronousCommit: asTextOrNull(options['synchronousCommit']),
    ...('retainDeadTuples' in options ? { retainDeadTuples: asFlag(options['retainDeadTuples']) } : {}),
    ...('maxRetentionDuration' in options ? { maxRetentionDuration: asNumber(options['maxRetentionDuration']) } : {}),
    ...('walReceiverTimeout' in options ? { walReceiverTimeout: asText(options['walReceiverTimeout']) } : {}),
  };
}

/** What the options of a foreign server say; the user mapping, which holds user and password, isn't read. */
function foreignAddress(options: Json | undefined): PublisherAddress {
  return { ...placeIn(options), user: null, hasPassword: false, applicationName: null };
}

/** A boolean on 14 and 15, a letter since 16. */
function parseStreaming(text: string | null): SubscriptionOptions['streaming'] {
  if (text === null) return null;
  if (text === 'p') return 'parallel';
  return text === 't' || text === 'true' ? 'on' : 'off';
}

function parseTwoPhase(letter: string | null): SubscriptionOptions['twoPhase'] {
  if (letter === null) return null;
  return letter === 'e' ? 'enabled' : letter === 'p' ? 'pending' : 'disabled';
}

/** The password ends here: only whether there is one goes further. */
function parsePublisher(conninfo: string | null): PublisherAddress | null {
  if (conninfo === null) return null;
  const { pairs, password } = parseConninfo(conninfo);
  const value = (keyword: string): string | null => pairs.find(([key]) => key === keyword)?.[1] ?? null;
  return {
    host: value('host') ?? value('hostaddr'),
    port: portOf(value('port')),
    database: value('dbname'),
    user: value('user'),
    hasPassword: password !== null,
    applicationName: value('application_name'),
  };
}
