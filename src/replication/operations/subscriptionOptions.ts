import type { CapabilityName } from '../model/capability.ts';
import type { SubscriptionChoice } from '../model/choices.ts';
import type { Inventory } from '../model/snapshot.ts';
import { quoteLiteral } from '../postgres/quote.ts';
import { offers } from './offers.ts';

type Options = SubscriptionChoice['options'];

/** An option of CREATE SUBSCRIPTION: what the server must have for it, and how it is written. */
interface OptionRule {
  readonly key: keyof Options;
  /** As a person knows it. */
  readonly label: string;
  /** Null where every version from 10 has it. */
  readonly needs: (options: Options) => CapabilityName | null;
  readonly sql: (options: Options) => string;
}

/** PostgreSQL, "CREATE SUBSCRIPTION", in the order of its page. */
export const optionRules: readonly OptionRule[] = [
  {
    key: 'binary',
    label: 'binary',
    needs: () => 'subscription.binary',
    sql: ({ binary }) => `binary = ${binary}`,
  },
  {
    key: 'streaming',
    label: 'streaming',
    needs: ({ streaming }) => (streaming === 'parallel' ? 'subscription.parallelStreaming' : 'subscription.streaming'),
    sql: ({ streaming }) => `streaming = ${streaming}`,
  },
  {
    key: 'synchronousCommit',
    label: 'synchronous_commit',
    needs: () => null,
    sql: ({ synchronousCommit }) => `synchronous_commit = ${quoteLiteral(synchronousCommit ?? 'off')}`,
  },
  {
    key: 'twoPhase',
    label: 'two_phase',
    needs: () => 'subscription.twoPhase',
    sql: ({ twoPhase }) => `two_phase = ${twoPhase}`,
  },
  {
    key: 'disableOnError',
    label: 'disable_on_error',
    needs: () => 'subscription.disableOnError',
    sql: ({ disableOnError }) => `disable_on_error = ${disableOnError}`,
  },
  {
    key: 'passwordRequired',
    label: 'password_required',
    needs: () => 'subscription.passwordRequired',
    sql: ({ passwordRequired }) => `password_required = ${passwordRequired}`,
  },
  {
    key: 'runAsOwner',
    label: 'run_as_owner',
    needs: () => 'subscription.runAsOwner',
    sql: ({ runAsOwner }) => `run_as_owner = ${runAsOwner}`,
  },
  {
    key: 'origin',
    label: 'origin',
    needs: () => 'subscription.origin',
    sql: ({ origin }) => `origin = ${origin}`,
  },
  {
    key: 'failover',
    label: 'failover',
    needs: () => 'subscription.failover',
    sql: ({ failover }) => `failover = ${failover}`,
  },
];

/** The rules of the options that the person set. */
export function optionsSet(options: Options): readonly OptionRule[] {
  return optionRules.filter((rule) => options[rule.key] !== undefined);
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
