import { planChangeOwner, planRename, planSetComment } from '../../src/replication/operations/nameAndOwner.ts';
import { planCreatePublication } from '../../src/replication/operations/publication/createPublication.ts';
import { planAdvanceSlot } from '../../src/replication/operations/slot/advanceSlot.ts';
import { planCopySlot } from '../../src/replication/operations/slot/copySlot.ts';
import { planCreateSlot } from '../../src/replication/operations/slot/createSlot.ts';
import { planCreateSubscription } from '../../src/replication/operations/subscription/createSubscription.ts';
import { planRefreshSubscription } from '../../src/replication/operations/subscription/refreshSubscription.ts';
import { planSkipTransaction } from '../../src/replication/operations/subscription/skipTransaction.ts';
import { planEnableSubscription } from '../../src/replication/operations/subscription/switchSubscription.ts';
import { publicationOf, subscriptionTo } from './operationsKit.ts';
import { subscribed, table, type TriedPlan } from './resumePlans.ts';

/** Plans of the operations that make one step, whatever is chosen. A new one is a line here. */
export const oneStepPlans: readonly TriedPlan[] = [
  {
    name: 'create a publication',
    made: ['planCreatePublication'],
    prepare: () => Promise.resolve(),
    plan: async (pair, tag) => planCreatePublication(await pair.target('publisher'), publicationOf(`pub_${tag}`)),
  },
  {
    name: 'rename a publication',
    made: ['planRename'],
    prepare: ({ publisher }, tag) => publisher.script(`create publication pub_${tag}`),
    plan: async (pair, tag) =>
      planRename(await pair.target('publisher'), 'publication', `pub_${tag}`, `renamed_pub_${tag}`),
  },
  {
    name: 'rename a subscription',
    made: ['planRename'],
    prepare: subscribed,
    plan: async (pair, tag) =>
      planRename(await pair.target('subscriber'), 'subscription', `sub_${tag}`, `renamed_sub_${tag}`),
  },
  {
    name: 'give a publication to another role',
    made: ['planChangeOwner'],
    prepare: ({ publisher }, tag) =>
      publisher.script(`create publication pub_${tag}; create role role_${tag} superuser`),
    plan: async (pair, tag) =>
      planChangeOwner(await pair.target('publisher'), 'publication', `pub_${tag}`, `role_${tag}`),
  },
  {
    name: 'comment on a publication',
    made: ['planSetComment'],
    prepare: ({ publisher }, tag) =>
      publisher.script(`create publication pub_${tag}; comment on publication pub_${tag} is 'before'`),
    plan: async (pair, tag) => planSetComment(await pair.target('publisher'), 'publication', `pub_${tag}`, 'after'),
  },
  {
    name: 'create a replication slot',
    made: ['planCreateSlot'],
    prepare: () => Promise.resolve(),
    plan: async (pair, tag) =>
      planCreateSlot(await pair.target('publisher'), {
        name: `slot_${tag}`,
        plugin: 'pgoutput',
        twoPhase: false,
        failover: false,
        waitLimitMs: 30_000,
      }),
  },
  {
    name: 'copy a replication slot',
    made: ['planCopySlot'],
    from: 12,
    prepare: ({ publisher }, tag) =>
      publisher.script(`select pg_create_logical_replication_slot('slot_${tag}', 'pgoutput')`),
    plan: async (pair, tag) =>
      planCopySlot(await pair.target('publisher'), { from: `slot_${tag}`, plugin: null, to: `copy_${tag}` }),
  },
  {
    name: 'advance a replication slot',
    made: ['planAdvanceSlot'],
    from: 11,
    prepare: async ({ publisher }, tag) => {
      await publisher.script(`select pg_create_logical_replication_slot('slot_${tag}', 'pgoutput')`);
      await publisher.script(table(`orders_${tag}`));
    },
    plan: async (pair, tag) => {
      const target = await pair.target('publisher');
      return planAdvanceSlot(target, `slot_${tag}`, target.snapshot.pulse.currentLsn);
    },
  },
  {
    name: 'disable a subscription',
    made: ['planEnableSubscription'],
    prepare: subscribed,
    plan: async (pair, tag) => planEnableSubscription(await pair.target('subscriber'), `sub_${tag}`, false),
  },
  {
    name: 'refresh a subscription',
    made: ['planRefreshSubscription'],
    prepare: subscribed,
    plan: async (pair, tag) =>
      planRefreshSubscription(await pair.target('subscriber'), `sub_${tag}`, { copyData: true }),
  },
  {
    name: 'skip a transaction',
    made: ['planSkipTransaction'],
    from: 15,
    prepare: subscribed,
    plan: async (pair, tag) =>
      planSkipTransaction(await pair.target('subscriber'), `sub_${tag}`, { lsn: 'FFFFFF/FFFFFF00' }),
  },
  {
    name: 'subscribe by a slot that is there',
    made: ['planCreateSubscription'],
    prepare: async ({ publisher, subscriber }, tag) => {
      for (const server of [publisher, subscriber]) await server.script(table(`orders_${tag}`));
      await publisher.script(`create publication pub_${tag} for table orders_${tag}`);
      await publisher.script(`select pg_create_logical_replication_slot('slot_${tag}', 'pgoutput')`);
    },
    plan: async (pair, tag) =>
      planCreateSubscription(
        await pair.parties('publisher', 'subscriber'),
        subscriptionTo(pair.publisher, `sub_${tag}`, [`pub_${tag}`], {
          slot: { mode: 'existing', name: `slot_${tag}` },
          copyData: false,
        }),
      ),
  },
];
