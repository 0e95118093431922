import type { SubscriptionChange, SubscriptionChoice } from '../../src/replication/model/choices.ts';
import type { Plan } from '../../src/replication/model/plan.ts';
import { Secret } from '../../src/replication/model/secret.ts';
import type { Subscription } from '../../src/replication/model/subscription.ts';
import { planChangeOwner, planRename, planSetComment } from '../../src/replication/operations/nameAndOwner.ts';
import { planAlterSubscription } from '../../src/replication/operations/subscription/alterSubscription.ts';
import { planRefreshSubscription } from '../../src/replication/operations/subscription/refreshSubscription.ts';
import { planSkipTransaction } from '../../src/replication/operations/subscription/skipTransaction.ts';
import { planEnableSubscription } from '../../src/replication/operations/subscription/switchSubscription.ts';
import type { PlanTarget } from '../../src/replication/operations/target.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import type { Major } from '../support/servers/versions.ts';
import { subscriptionTo } from './operationsKit.ts';

type Options = SubscriptionChoice['options'];

/** A form of facts/postgres-versions.md, sections 2.1 and 2.2, with what it must come to. */
export interface SubscriptionForm {
  readonly form: string;
  readonly since: Major;
  /** The last version that has it; absent for all after `since`. */
  readonly until?: Major;
  readonly start: Partial<SubscriptionChoice>;
  readonly alter?: (target: PlanTarget, name: string) => Plan;
  /** What of the subscription must be so in the end, by the catalog. */
  readonly end: (found: Subscription) => unknown;
  /** It wasn't refreshed: its tables are of before, which no statement gives to a new one. */
  readonly notRefreshed?: true;
  readonly wanted: unknown;
  /** The form of its creation, where that is one of its own, and what `end` gives then. */
  readonly created?: { readonly form: string; readonly wanted: unknown };
}

/** Publications that the subscriptions read; their tables are in either server. */
export const subscriptionShape = `
  create role sub_owner superuser;
  create table a (id int primary key); create table b (id int primary key); create table c (id int primary key);`;

/** Every form, each with a subscription of its own. Disabled but where the form wants otherwise: workers are few. */
export function subscriptionForms(major: Major, publisher: TestServer): readonly SubscriptionForm[] {
  const off = { enabled: false, copyData: false } as const;
  const option = <Key extends keyof Options>(
    key: Key,
    since: Major,
    values: readonly NonNullable<Options[Key]>[],
    alterSince: Major = since,
  ): readonly SubscriptionForm[] =>
    values.map((value, index): SubscriptionForm => {
      const end = ({ options: has }: Subscription): unknown =>
        key === 'twoPhase' ? has.twoPhase !== 'disabled' : has[key];
      const created = { form: `CREATE WITH (${key} = ${String(value)})`, wanted: value };
      const start = { ...off, options: { [key]: value } as Options };
      if (major < alterSince) return { ...created, since, start, end };
      // Each value is created once and set once, by one subscription that goes from one value to the next.
      const next = values[(index + 1) % values.length] ?? value;
      return {
        form: `SET (${key} = ${String(next)})`,
        since,
        created,
        start,
        alter: (target, name) => planAlterSubscription(target, name, { options: { [key]: next } }),
        end,
        wanted: next,
      };
    });
  const change = (
    form: string,
    since: Major,
    start: Partial<SubscriptionChoice>,
    what: (name: string) => SubscriptionChange,
  ) =>
    ({
      form,
      since,
      start,
      alter: (target: PlanTarget, name: string) => planAlterSubscription(target, name, what(name)),
    }) as const;
  const reads = ({ publications }: Subscription): unknown => [...publications].sort();
  const both = ['fa', 'fb'];
  const tables = (found: Subscription): unknown => found.tables.map(({ name }) => name).sort();
  const publications = (names: readonly string[], refresh: boolean, copyData = false): SubscriptionChange => ({
    publications: { names, refresh, copyData },
  });
  const boolean = [true, false];
  const apart = (
    form: string,
    since: Major,
    more: Partial<SubscriptionChoice>,
    wanted: Readonly<Record<string, unknown>> = {},
  ): SubscriptionForm => ({
    form: `CREATE WITH (connect = false${form})`,
    since,
    start: { connect: false, ...more },
    end: ({ enabled, slotName, options: has, ...found }) => ({
      enabled,
      tables: found.tables.length,
      slot: slotName !== null && slotName !== 'not_yet' ? 'as the subscription' : slotName,
      ...('twoPhase' in wanted ? { twoPhase: has.twoPhase } : {}),
      ...('failover' in wanted ? { failover: has.failover } : {}),
      ...('origin' in wanted ? { origin: has.origin, binary: has.binary } : {}),
    }),
    wanted: { enabled: false, tables: 0, slot: 'as the subscription', ...wanted },
  });

  const forms: readonly SubscriptionForm[] = [
    { form: 'CREATE, enabled', since: 10, start: { copyData: false }, end: ({ enabled }) => enabled, wanted: true },
    { form: 'CREATE, copied', since: 10, start: {}, end: tables, wanted: ['a'] },
    { form: 'CREATE WITH (enabled = false)', since: 10, start: off, end: ({ enabled }) => enabled, wanted: false },
    { form: 'CREATE, two publications', since: 10, start: { ...off, publications: both }, end: reads, wanted: both },
    {
      form: 'CREATE WITH (slot_name)',
      since: 10,
      start: { ...off, slot: { mode: 'create', name: 'another_slot' } },
      end: ({ slotName }) => slotName,
      wanted: 'another_slot',
    },
    {
      form: 'CREATE WITH (create_slot = false)',
      since: 10,
      start: { ...off, slot: { mode: 'existing', name: 'made_before' } },
      end: ({ slotName }) => slotName,
      wanted: 'made_before',
    },
    {
      form: 'CREATE WITH (slot_name = NONE)',
      since: 10,
      start: { ...off, slot: { mode: 'none' } },
      end: ({ slotName }) => slotName,
      wanted: null,
    },
    apart('', 10, {}),
    apart(', slot_name', 10, { slot: { mode: 'existing', name: 'not_yet' } }, { slot: 'not_yet' }),
    apart(', slot_name = NONE', 10, { slot: { mode: 'none' } }, { slot: null }),
    apart(', two_phase', 15, { options: { twoPhase: true } }, { twoPhase: 'pending' }),
    apart(', origin, binary', 16, { options: { origin: 'none', binary: true } }, { origin: 'none', binary: true }),
    apart(', failover', 17, { options: { failover: true } }, { failover: true }),
    ...option('synchronousCommit', 10, ['on', 'off', 'local', 'remote_write', 'remote_apply']),
    ...option('binary', 14, boolean),
    ...option('streaming', 14, major >= 16 ? ['on', 'off', 'parallel'] : ['on', 'off']),
    ...option('twoPhase', 15, boolean, 18),
    ...option('disableOnError', 15, boolean),
    ...option('passwordRequired', 16, boolean),
    ...option('runAsOwner', 16, boolean),
    ...option('origin', 16, ['none', 'any']),
    ...option('failover', 17, boolean),

    {
      form: 'ENABLE',
      since: 10,
      start: off,
      alter: (target, name) => planEnableSubscription(target, name, true),
      end: ({ enabled }) => enabled,
      wanted: true,
    },
    {
      form: 'DISABLE',
      since: 10,
      start: { copyData: false },
      alter: (target, name) => planEnableSubscription(target, name, false),
      end: ({ enabled }) => enabled,
      wanted: false,
    },
    {
      form: 'RENAME TO',
      since: 10,
      start: off,
      alter: (target, name) => planRename(target, 'subscription', name, `${name} "renamed"`),
      end: ({ name }) => name.endsWith(' "renamed"'),
      wanted: true,
    },
    {
      form: 'OWNER TO',
      since: 10,
      start: off,
      alter: (target, name) => planChangeOwner(target, 'subscription', name, 'sub_owner'),
      end: ({ owner }) => owner,
      wanted: 'sub_owner',
    },
    {
      form: 'COMMENT',
      since: 10,
      start: off,
      alter: (target, name) => planSetComment(target, 'subscription', name, "it's \\ said"),
      end: ({ comment }) => comment,
      wanted: "it's \\ said",
    },
    {
      ...change('CONNECTION', 10, off, () => ({ connection: { conninfo: conninfo(publisher), before: null } })),
      end: ({ publisher: at }) => [at?.applicationName, at?.hasPassword],
      wanted: ["it's \\ mine", true],
    },
    {
      ...change('SET PUBLICATION, refreshed', 10, { copyData: false }, () => publications(['fc'], true)),
      end: tables,
      wanted: ['c'],
    },
    {
      ...change('SET PUBLICATION, refreshed and copied', 10, { copyData: false }, () =>
        publications(['fb'], true, true),
      ),
      end: tables,
      wanted: ['b'],
    },
    {
      ...change('SET PUBLICATION WITH (refresh = false)', 10, off, () => publications(['fc'], false)),
      notRefreshed: true,
      end: reads,
      wanted: ['fc'],
    },
    {
      ...change('ADD PUBLICATION', 14, off, () => publications(both, false)),
      notRefreshed: true,
      end: reads,
      wanted: both,
    },
    {
      ...change('ADD PUBLICATION, refreshed', 14, { copyData: false }, () => publications(both, true)),
      end: tables,
      wanted: ['a', 'b'],
    },
    {
      ...change('DROP PUBLICATION', 14, { ...off, publications: both }, () => publications(['fa'], false)),
      notRefreshed: true,
      end: reads,
      wanted: ['fa'],
    },
    {
      form: 'REFRESH PUBLICATION',
      since: 10,
      start: { copyData: false },
      alter: (target, name) => planRefreshSubscription(target, name, { copyData: true }),
      end: tables,
      wanted: ['a'],
    },
    {
      form: 'REFRESH PUBLICATION WITH (copy_data = false)',
      since: 10,
      start: { copyData: false },
      alter: (target, name) => planRefreshSubscription(target, name, { copyData: false }),
      end: tables,
      wanted: ['a'],
    },
    {
      ...change('SET (slot_name = NONE)', 10, off, () => ({ slotName: null })),
      end: ({ slotName }) => slotName,
      wanted: null,
    },
    {
      ...change('SET (slot_name)', 10, { ...off, slot: { mode: 'none' } }, () => ({ slotName: 'set_later' })),
      end: ({ slotName }) => slotName,
      wanted: 'set_later',
    },
    {
      form: 'SKIP (lsn)',
      since: 15,
      start: off,
      alter: (target, name) => planSkipTransaction(target, name, { lsn: '0/FFFFFF0' }),
      end: ({ skipLsn }) => skipLsn,
      wanted: '0/FFFFFF0',
    },
    {
      form: 'SKIP (lsn = NONE)',
      since: 15,
      start: off,
      alter: (target, name) => planSkipTransaction(target, name, { lsn: null }),
      end: ({ skipLsn }) => skipLsn,
      wanted: null,
    },
    {
      form: 'skip by the replication origin',
      since: 10,
      until: 14,
      start: off,
      alter: (target, name) => planSkipTransaction(target, name, { lsn: '0/FFFFFE0', endLsn: '0/FFFFFF0' }),
      end: ({ enabled }) => enabled,
      wanted: false,
    },
  ];
  return forms.filter(({ since, until = 99 }) => since <= major && major <= until);
}

/** As subscriptionTo gives it, and a name of its own. */
function conninfo(publisher: TestServer): NonNullable<SubscriptionChange['connection']>['conninfo'] {
  const { conninfo: pairs } = subscriptionTo(publisher, 'x', ['fa']);
  return [...pairs, ['password', new Secret(publisher.password)], ['application_name', "it's \\ mine"]];
}
