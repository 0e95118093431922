import type { CapabilityName } from '../../model/capability.ts';
import type { SubscriptionChoice } from '../../model/choices.ts';
import type { Inventory } from '../../model/snapshot.ts';
import type { SubscriptionOptions } from '../../model/subscription.ts';
import { quoteLiteral } from '../../postgres/quote.ts';
import { offers } from '../offers.ts';

type Options = SubscriptionChoice['options'];

/** An option of CREATE SUBSCRIPTION: what the server must have for it, and how it is written. */
export interface OptionRule {
  readonly key: keyof Options;
  /** As a person knows it. */
  readonly label: string;
  /** Null where every version from 10 has it. */
  readonly needs: (options: Options) => CapabilityName | null;
  /** To change it after the creation; as `needs` where absent. */
  readonly alterNeeds?: CapabilityName;
  readonly sql: (options: Options) => string;
  /** That a row of pg_subscription has it so, as an SQL condition. */
  readonly holds: (options: Options) => string;
}

/** substream: a boolean on 14 and 15, a letter since 16. */
const streamingLetters = { off: "'f', 'false'", on: "'t', 'true'", parallel: "'p'" } as const;

function flag(column: string, wanted: boolean | undefined): string {
  return wanted === true ? column : `NOT ${column}`;
}

/** PostgreSQL, "CREATE SUBSCRIPTION", in the order of its page; the last three are of 19 and untried. */
export const optionRules: readonly OptionRule[] = [
  {
    key: 'binary',
    label: 'binary',
    needs: () => 'subscription.binary',
    sql: ({ binary }) => `binary = ${binary}`,
    holds: ({ binary }) => flag('subbinary', binary),
  },
  {
    key: 'streaming',
    label: 'streaming',
    needs: ({ streaming }) => (streaming === 'parallel' ? 'subscription.parallelStreaming' : 'subscription.streaming'),
    sql: ({ streaming }) => `streaming = ${streaming}`,
    holds: ({ streaming }) => `substream::text IN (${streamingLetters[streaming ?? 'off']})`,
  },
  {
    key: 'synchronousCommit',
    label: 'synchronous_commit',
    needs: () => null,
    sql: ({ synchronousCommit }) => `synchronous_commit = ${quoteLiteral(synchronousCommit ?? 'off')}`,
    holds: ({ synchronousCommit }) => `subsynccommit = ${quoteLiteral(synchronousCommit ?? 'off')}`,
  },
  {
    key: 'twoPhase',
    label: 'two_phase',
    needs: () => 'subscription.twoPhase',
    alterNeeds: 'subscription.alterTwoPhase',
    sql: ({ twoPhase }) => `two_phase = ${twoPhase}`,
    holds: ({ twoPhase }) => `subtwophasestate::text ${twoPhase ? '<>' : '='} 'd'`,
  },
  {
    key: 'disableOnError',
    label: 'disable_on_error',
    needs: () => 'subscription.disableOnError',
    sql: ({ disableOnError }) => `disable_on_error = ${disableOnError}`,
    holds: ({ disableOnError }) => flag('subdisableonerr', disableOnError),
  },
  {
    key: 'passwordRequired',
    label: 'password_required',
    needs: () => 'subscription.passwordRequired',
    sql: ({ passwordRequired }) => `password_required = ${passwordRequired}`,
    holds: ({ passwordRequired }) => flag('subpasswordrequired', passwordRequired),
  },
  {
    key: 'runAsOwner',
    label: 'run_as_owner',
    needs: () => 'subscription.runAsOwner',
    sql: ({ runAsOwner }) => `run_as_owner = ${runAsOwner}`,
    holds: ({ runAsOwner }) => flag('subrunasowner', runAsOwner),
  },
  {
    key: 'origin',
    label: 'origin',
    needs: () => 'subscription.origin',
    sql: ({ origin }) => `origin = ${origin}`,
    holds: ({ origin }) => `suborigin = ${quoteLiteral(origin ?? 'any')}`,
  },
  {
    key: 'failover',
    label: 'failover',
    needs: () => 'subscription.failover',
    sql: ({ failover }) => `failover = ${failover}`,
    holds: ({ failover }) => flag('subfailover', failover),
  },
  {
    key: 'retainDeadTuples',
    label: 'retain_dead_tuples',
    needs: () => 'subscription.retainDeadTuples',
    sql: ({ retainDeadTuples }) => `retain_dead_tuples = ${retainDeadTuples}`,
    holds: ({ retainDeadTuples }) => flag('subretaindeadtuples', retainDeadTuples),
  },
  {
    key: 'maxRetentionDuration',
    label: 'max_retention_duration',
    needs: () => 'subscription.maxRetentionDuration',
    sql: ({ maxRetentionDuration }) => `max_retention_duration = ${maxRetentionDuration}`,
    holds: ({ maxRetentionDuration }) => `submaxretention = ${maxRetentionDuration}`,
  },
  {
    key: 'walReceiverTimeout',
    label: 'wal_receiver_timeout',
    needs: () => 'subscription.walReceiverTimeout',
    sql: ({ walReceiverTimeout }) => `wal_receiver_timeout = ${quoteLiteral(walReceiverTimeout ?? '-1')}`,
    holds: ({ walReceiverTimeout }) => `subwalrcvtimeout = ${quoteLiteral(walReceiverTimeout ?? '-1')}`,
  },
];

/** The rules of the options that the person set. */
export function optionsSet(options: Options): readonly OptionRule[] {
  return optionRules.filter((rule) => options[rule.key] !== undefined);
}

/** What a subscription has now; left out is what its version doesn't have or the role may not read. */
export function presentOptions(has: SubscriptionOptions): Options {
  const { origin, twoPhase } = has;
  const present = {
    ...has,
    origin: origin === 'any' || origin === 'none' ? origin : null,
    twoPhase: twoPhase === null ? null : twoPhase !== 'disabled',
  };
  return Object.fromEntries(Object.entries(present).filter(([, value]) => value !== null)) as Options;
}

/** Those of `wanted` that differ from what the subscription has, and that its server can change at all. */
export function optionsToChange(
  inventory: Inventory,
  has: SubscriptionOptions,
  wanted: Options,
): readonly OptionRule[] {
  const present = presentOptions(has);
  return optionsSet(wanted).filter((rule) => {
    const capability = rule.alterNeeds ?? rule.needs(wanted);
    return present[rule.key] !== wanted[rule.key] && (capability === null || offers(inventory, capability));
  });
}

/** The options that the person set, as far as the subscriber's version has them: "binary = true". */
export function subscriptionOptions(subscriber: Inventory, choice: SubscriptionChoice): readonly string[] {
  return optionsSet(choice.options)
    .filter((rule) => {
      const capability = rule.needs(choice.options);
      return capability === null || offers(subscriber, capability);
    })
    .map((rule) => rule.sql(choice.options));
}
