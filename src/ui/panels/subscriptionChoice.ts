import type { PublisherAddressDraft, SubscriptionDraft } from '../../protocol/subscription.ts';
import type { ConninfoPairs, SubscriptionChoice } from '../../replication/model/choices.ts';
import type { ConnectionTarget } from '../../replication/model/connect.ts';
import { formatConninfo, parseConninfo, type ParsedConninfo } from '../../replication/model/conninfo.ts';
import { targetFromConninfo, targetToConninfo } from '../../replication/model/conninfoTarget.ts';
import { describeError } from '../../replication/model/errors.ts';
import type { Problem } from '../../replication/model/plan.ts';
import type { Secret } from '../../replication/model/secret.ts';
import type { ForeignServer } from '../../replication/model/server.ts';
import { foreignServerPairs } from '../../replication/operations/subscription/foreignServer.ts';

/** A draft as a choice, and what of it can't be one. */
export interface ReadChoice {
  readonly choice: SubscriptionChoice;
  readonly problems: readonly Problem[];
}

/** Keywords with a field of their own. */
const fields = [
  ['host', 'host'],
  ['port', 'port'],
  ['dbname', 'database'],
  ['user', 'user'],
] as const;

/**
 * What a draft amounts to. `password` is what goes into the connection string; `foreignServers` are those of the
 * subscriber, by one of which it may be to connect instead.
 */
export function readChoice(
  draft: SubscriptionDraft,
  password: Secret | null,
  foreignServers: readonly ForeignServer[] = [],
): ReadChoice {
  const { foreignServer } = draft;
  const server = foreignServers.find(({ name }) => name === foreignServer);
  const { pairs, problems } =
    foreignServer === undefined
      ? readAddress(draft.address)
      : { pairs: server ? foreignServerPairs(server) : [], problems: [] };
  const seconds = Number(draft.waitSeconds);
  const wait = draft.connect === false || (draft.waitSeconds.trim() !== '' && seconds >= 1 && seconds <= 86_400);
  const slotName = draft.slotName.trim() === '' ? draft.name : draft.slotName;
  const connects = draft.connect !== false;
  return {
    problems: wait
      ? problems
      : [
          ...problems,
          { severity: 'error', field: 'wait', message: 'Give the seconds to wait at most, from 1 to 86,400.' },
        ],
    choice: {
      name: draft.name,
      publisherConnectionId: draft.publisherKind === 'known' ? draft.publisherConnectionId : null,
      conninfo: pairs,
      ...(foreignServer === undefined ? { password } : { foreignServer, password: null }),
      publications: draft.publications,
      ...(connects ? {} : { connect: false }),
      enabled: draft.enabled && draft.slotMode !== 'none' && connects,
      copyData: draft.copyData && connects,
      slot: draft.slotMode === 'none' ? { mode: 'none' } : { mode: draft.slotMode, name: slotName },
      options: draft.options,
      waitLimitMs: wait && seconds > 0 ? Math.round(seconds * 1000) : 60_000,
    },
  };
}

/** An address as the pairs of a connection string; a secret among the further keywords is refused, not used. */
export function readAddress(address: PublisherAddressDraft): {
  readonly pairs: ConninfoPairs;
  readonly problems: readonly Problem[];
} {
  const own = fields
    .map(([keyword, field]) => [keyword, address[field].trim()] as const)
    .filter(([, value]) => value !== '');
  const problem = (message: string): readonly Problem[] => [{ severity: 'error', field: 'more', message }];
  let more: ParsedConninfo;
  try {
    more = parseConninfo(address.more);
  } catch (error) {
    return { pairs: own, problems: problem(describeError(error).message) };
  }
  const taken = more.pairs.filter(([keyword]) => fields.some(([own_]) => own_ === keyword)).map(([keyword]) => keyword);
  const pairs = [...own, ...more.pairs.filter(([keyword]) => !taken.includes(keyword))];
  if (more.password !== null || more.otherSecrets.length > 0) {
    return {
      pairs,
      problems: problem('A secret has no place here: it would be shown. Give the password in its own field.'),
    };
  }
  if (taken.length > 0) return { pairs, problems: problem(`There is a field of its own for ${taken.join(', ')}.`) };
  return { pairs, problems: [] };
}

/** A connection string's pairs spread over the fields; empty where it says nothing. */
export function addressOf(pairs: ConninfoPairs): PublisherAddressDraft {
  const value = (keyword: string) => pairs.find(([candidate]) => candidate === keyword)?.[1] ?? '';
  const more = pairs.filter(([keyword]) => !fields.some(([own]) => own === keyword));
  return {
    host: value('host'),
    port: value('port'),
    database: value('dbname'),
    user: value('user'),
    more: formatConninfo(more),
  };
}

/**
 * How a subscriber probably reaches a server we know. Certificate files stay out: they are files of this machine, and
 * the subscriber reads its own. `prefer` is what libpq does anyway.
 */
export function addressOfTarget(target: ConnectionTarget): PublisherAddressDraft {
  const left = ['sslrootcert', 'sslcert', 'sslkey'];
  return addressOf(
    targetToConninfo(target).filter(
      ([keyword, value]) => !left.includes(keyword) && !(keyword === 'sslmode' && value === 'prefer'),
    ),
  );
}

/** The target to look at a typed publisher with, from here. Throws 'invalidConnection' where it isn't one. */
export function targetOfAddress(address: PublisherAddressDraft, applicationName: string): ConnectionTarget {
  return targetFromConninfo(readAddress(address).pairs, {
    user: address.user,
    host: 'localhost',
    connectTimeoutSeconds: 10,
    statementTimeoutMs: 30_000,
    applicationName,
  }).target;
}
