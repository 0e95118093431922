import type { Plan } from '../../src/replication/model/plan.ts';
import { Secret } from '../../src/replication/model/secret.ts';
import { joinPlans } from '../../src/replication/operations/joinPlans.ts';
import { planAlterPublication } from '../../src/replication/operations/publication/alterPublication.ts';
import { planCreatePublication } from '../../src/replication/operations/publication/createPublication.ts';
import { planDropPublications } from '../../src/replication/operations/publication/dropPublication.ts';
import { planCreateReplicationRole } from '../../src/replication/operations/role/createRole.ts';
import { planChangeSettings } from '../../src/replication/operations/settings/changeSettings.ts';
import { planDropSlots } from '../../src/replication/operations/slot/dropSlot.ts';
import { planAlterSubscription } from '../../src/replication/operations/subscription/alterSubscription.ts';
import { planCreateSubscription } from '../../src/replication/operations/subscription/createSubscription.ts';
import { planDropSubscription } from '../../src/replication/operations/subscription/dropSubscription.ts';
import { planResyncTable } from '../../src/replication/operations/subscription/resyncTable.ts';
import { planSkipTransaction } from '../../src/replication/operations/subscription/skipTransaction.ts';
import { planCreateTables } from '../../src/replication/operations/table/createTables.ts';
import { planSetReplicaIdentity } from '../../src/replication/operations/table/replicaIdentity.ts';
import { member, publicationOf, subscriptionTo } from './operationsKit.ts';
import type { CutPair } from './resumeKit.ts';

/** A plan of several steps, and what has to be there for it. Every name that it makes or needs ends in `tag`. */
export interface ResumablePlan {
  readonly name: string;
  /** The oldest and the newest version it exists on; all where absent. */
  readonly from?: number;
  readonly until?: number;
  prepare(pair: CutPair, tag: string): Promise<void>;
  plan(pair: CutPair, tag: string): Promise<Plan>;
}

const table = (name: string): string => `create table ${name} (id int primary key, note text not null default '')`;

/** One publication of one table at both ends, and a subscription that streams it without having copied. */
async function subscribed({ publisher, subscriber, conninfo }: CutPair, tag: string): Promise<void> {
  await publisher.script(`${table(`orders_${tag}`)}; create publication pub_${tag} for table orders_${tag}`);
  // By itself: a slot can't be created after a write.
  await publisher.script(`select pg_create_logical_replication_slot('sub_${tag}', 'pgoutput')`);
  await subscriber.script(
    `${table(`orders_${tag}`)};
     create subscription sub_${tag} connection '${conninfo}' publication pub_${tag} with (connect = false, slot_name = 'sub_${tag}');
     alter subscription sub_${tag} enable`,
  );
  await subscriber.script(`alter subscription sub_${tag} refresh publication with (copy_data = false)`);
}

/** All plans of several steps. A new one is a line here. */
export const resumablePlans: readonly ResumablePlan[] = [
  {
    name: 'drop a subscription and leave its slot',
    prepare: subscribed,
    plan: async (pair, tag) => planDropSubscription(await pair.target('subscriber'), `sub_${tag}`, 'leaveSlot'),
  },
  {
    name: 'subscribe within one cluster, the slot first',
    prepare: async ({ publisher }, tag) => {
      await publisher.script(`${table(`orders_${tag}`)}; create publication pub_${tag} for table orders_${tag}`);
      await publisher.script(table(`orders_${tag}`), 'copy');
    },
    plan: async (pair, tag) =>
      planCreateSubscription(
        await pair.parties('publisher', 'copy'),
        subscriptionTo(pair.publisher, `sub_${tag}`, [`pub_${tag}`]),
      ),
  },
  {
    name: 'publish and subscribe',
    prepare: async ({ publisher, subscriber }, tag) => {
      for (const server of [publisher, subscriber]) await server.script(table(`orders_${tag}`));
    },
    plan: async (pair, tag) => {
      const tables = [member('public', `orders_${tag}`)];
      const choice = subscriptionTo(pair.publisher, `sub_${tag}`, [`pub_${tag}`], { enabled: false });
      return joinPlans('Publish and subscribe', [
        planCreatePublication(await pair.target('publisher'), publicationOf(`pub_${tag}`, { tables })),
        planCreateSubscription(await pair.parties('publisher', 'subscriber'), choice),
      ]);
    },
  },
  {
    name: 'create missing tables and subscribe',
    prepare: async ({ publisher }, tag) => {
      await publisher.script(`${table(`orders_${tag}`)}; create type mood_${tag} as enum ('good', 'bad');
        create table people_${tag} (id int primary key, mood mood_${tag}); create publication pub_${tag} for table orders_${tag}, people_${tag}`);
    },
    plan: async (pair, tag) => {
      const names = [`orders_${tag}`, `people_${tag}`].map((name) => ({ schema: 'public', name }));
      const definitions = await pair.service.reads.tableDefinitions('publisher', names);
      const choice = subscriptionTo(pair.publisher, `sub_${tag}`, [`pub_${tag}`], { enabled: false });
      return joinPlans('Create tables and subscribe', [
        planCreateTables(await pair.target('subscriber'), definitions),
        planCreateSubscription(await pair.parties('publisher', 'subscriber'), choice),
      ]);
    },
  },
  {
    name: 'change a publication',
    prepare: async ({ publisher }, tag) =>
      publisher.script(
        `${table(`one_${tag}`)}; ${table(`two_${tag}`)}; create publication pub_${tag} for table one_${tag}`,
      ),
    plan: async (pair, tag) =>
      planAlterPublication(
        await pair.target('publisher'),
        `pub_${tag}`,
        publicationOf(`renamed_pub_${tag}`, {
          tables: [member('public', `two_${tag}`)],
          operations: { insert: true, update: false, delete: false, truncate: false },
        }),
      ),
  },
  {
    name: 'change a subscription that has to be disabled for it',
    from: 17,
    prepare: subscribed,
    plan: async (pair, tag) =>
      planAlterSubscription(
        await pair.target('subscriber'),
        `sub_${tag}`,
        { name: `renamed_sub_${tag}`, options: { failover: true, binary: true, disableOnError: true } },
        await pair.target('publisher'),
      ),
  },
  {
    name: 'copy a table again',
    prepare: async (pair, tag) => {
      await subscribed(pair, tag);
      await pair.publisher.script(`insert into orders_${tag} values (1), (2)`);
    },
    plan: async (pair, tag) =>
      planResyncTable(
        { subscriber: await pair.target('subscriber'), publisher: await pair.target('publisher') },
        `sub_${tag}`,
        { schema: 'public', name: `orders_${tag}` },
        { truncate: true, readers: [] },
      ),
  },
  {
    name: 'skip a transaction before 15',
    until: 14,
    prepare: subscribed,
    plan: async (pair, tag) =>
      planSkipTransaction(await pair.target('subscriber'), `sub_${tag}`, { lsn: '0/FFFFFF00', endLsn: '0/FFFFFF30' }),
  },
  {
    name: 'create a role with its grants',
    prepare: async ({ publisher }, tag) =>
      publisher.script(`${table(`orders_${tag}`)}; create publication pub_${tag} for table orders_${tag}`),
    plan: async (pair, tag) =>
      planCreateReplicationRole(await pair.target('publisher'), {
        name: `role_${tag}`,
        password: new Secret(`secret of ${tag}`),
        publications: [`pub_${tag}`],
        futureSchemas: ['public'],
        existing: false,
      }),
  },
  {
    name: 'change settings',
    prepare: async ({ publisher }) => {
      for (const name of ['wal_sender_timeout', 'max_replication_slots']) {
        await publisher.query(`alter system reset ${name}`);
      }
      await publisher.query('select pg_reload_conf()');
    },
    plan: async (pair) =>
      planChangeSettings(await pair.target('publisher'), await pair.service.reads.settings('publisher'), [
        { name: 'wal_sender_timeout', value: '61s' },
        { name: 'max_replication_slots', value: '501' },
      ]),
  },
  {
    name: 'drop several replication slots',
    prepare: async ({ publisher }, tag) => {
      await publisher.script(`select pg_create_logical_replication_slot('one_${tag}', 'pgoutput')`);
      await publisher.script(`select pg_create_logical_replication_slot('two_${tag}', 'test_decoding')`);
    },
    plan: async (pair, tag) => planDropSlots(await pair.target('publisher'), [`one_${tag}`, `two_${tag}`]),
  },
  {
    name: 'drop several publications',
    prepare: async ({ publisher }, tag) =>
      publisher.script(`create publication one_${tag}; create publication two_${tag}`),
    plan: async (pair, tag) => planDropPublications(await pair.target('publisher'), [`one_${tag}`, `two_${tag}`]),
  },
  {
    name: 'set several replica identities',
    prepare: async ({ publisher }, tag) => publisher.script(`${table(`one_${tag}`)}; ${table(`two_${tag}`)}`),
    plan: async (pair, tag) =>
      planSetReplicaIdentity(await pair.target('publisher'), {
        tables: [`one_${tag}`, `two_${tag}`].map((name) => ({ schema: 'public', name })),
        identity: 'full',
        index: null,
      }),
  },
];
