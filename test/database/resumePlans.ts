import { planReconcile, type SubscriptionFacts } from '../../src/replication/declaration/reconcile.ts';
import type { Plan } from '../../src/replication/model/plan.ts';
import { Secret } from '../../src/replication/model/secret.ts';
import { joinPlans } from '../../src/replication/operations/joinPlans.ts';
import { planAlterPublication } from '../../src/replication/operations/publication/alterPublication.ts';
import { planCreatePublication } from '../../src/replication/operations/publication/createPublication.ts';
import { planDropPublications } from '../../src/replication/operations/publication/dropPublication.ts';
import { planAddTables, planRemoveMembers } from '../../src/replication/operations/publication/publicationMembers.ts';
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
import { planTruncateTables } from '../../src/replication/operations/table/truncateTables.ts';
import { member, publicationOf, subscriptionTo } from './operationsKit.ts';
import type { CutPair } from './resumeKit.ts';

/** A plan, and what has to be there for it. Every name that it makes or needs ends in `tag`. */
export interface TriedPlan {
  readonly name: string;
  /** The operations that make it. */
  readonly made: readonly string[];
  /** The oldest and the newest version it exists on; all where absent. */
  readonly from?: number;
  readonly until?: number;
  prepare(pair: CutPair, tag: string): Promise<void>;
  plan(pair: CutPair, tag: string): Promise<Plan>;
}

export const table = (name: string): string =>
  `create table ${name} (id int primary key, note text not null default '')`;

/** One publication of one table at both ends, and a subscription that streams it without having copied. */
export async function subscribed({ publisher, subscriber, conninfo }: CutPair, tag: string): Promise<void> {
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
export const resumablePlans: readonly TriedPlan[] = [
  {
    name: 'drop a subscription and leave its slot',
    made: ['planDropSubscription'],
    prepare: subscribed,
    plan: async (pair, tag) => planDropSubscription(await pair.target('subscriber'), `sub_${tag}`, 'leaveSlot'),
  },
  {
    name: 'subscribe within one cluster, the slot first',
    made: ['planCreateSubscription'],
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
    made: ['planCreatePublication', 'planCreateSubscription'],
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
    made: ['planCreateTables', 'planCreateSubscription'],
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
    made: ['planAlterPublication'],
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
    made: ['planAlterSubscription'],
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
    made: ['planResyncTable'],
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
    made: ['planSkipTransaction'],
    until: 14,
    prepare: subscribed,
    plan: async (pair, tag) =>
      planSkipTransaction(await pair.target('subscriber'), `sub_${tag}`, { lsn: '0/FFFFFF00', endLsn: '0/FFFFFF30' }),
  },
  {
    name: 'create a role with its grants',
    made: ['planCreateReplicationRole'],
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
    made: ['planChangeSettings'],
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
    made: ['planDropSlots'],
    prepare: async ({ publisher }, tag) => {
      await publisher.script(`select pg_create_logical_replication_slot('one_${tag}', 'pgoutput')`);
      await publisher.script(`select pg_create_logical_replication_slot('two_${tag}', 'test_decoding')`);
    },
    plan: async (pair, tag) => planDropSlots(await pair.target('publisher'), [`one_${tag}`, `two_${tag}`]),
  },
  {
    name: 'drop several publications',
    made: ['planDropPublications'],
    prepare: async ({ publisher }, tag) =>
      publisher.script(`create publication one_${tag}; create publication two_${tag}`),
    plan: async (pair, tag) => planDropPublications(await pair.target('publisher'), [`one_${tag}`, `two_${tag}`]),
  },
  {
    name: 'set several replica identities',
    made: ['planSetReplicaIdentity'],
    prepare: async ({ publisher }, tag) => publisher.script(`${table(`one_${tag}`)}; ${table(`two_${tag}`)}`),
    plan: async (pair, tag) =>
      planSetReplicaIdentity(await pair.target('publisher'), {
        tables: [`one_${tag}`, `two_${tag}`].map((name) => ({ schema: 'public', name })),
        identity: 'full',
        index: null,
      }),
  },
  {
    name: 'publish another table and have it refreshed',
    made: ['planAddTables'],
    prepare: async (pair, tag) => {
      await subscribed(pair, tag);
      for (const server of [pair.publisher, pair.subscriber]) await server.script(table(`more_${tag}`));
    },
    plan: async (pair, tag) =>
      planAddTables(await pair.target('publisher'), `pub_${tag}`, [member('public', `more_${tag}`)], {
        refresh: [{ subscriber: await pair.target('subscriber'), subscription: `sub_${tag}`, copyData: true }],
      }),
  },
  {
    name: 'publish a table no more and have it refreshed',
    made: ['planRemoveMembers'],
    prepare: subscribed,
    plan: async (pair, tag) =>
      planRemoveMembers(
        await pair.target('publisher'),
        `pub_${tag}`,
        { tables: [{ schema: 'public', name: `orders_${tag}` }], schemas: [] },
        { refresh: [{ subscriber: await pair.target('subscriber'), subscription: `sub_${tag}`, copyData: true }] },
      ),
  },
  {
    name: 'rename a publication and tell its subscription',
    made: ['planAlterPublication'],
    from: 18,
    prepare: subscribed,
    plan: async (pair, tag) =>
      planAlterPublication(
        await pair.target('publisher'),
        `pub_${tag}`,
        publicationOf(`renamed_pub_${tag}`, {
          tables: [member('public', `orders_${tag}`)],
          operations: { insert: true, update: true, delete: true, truncate: true },
        }),
        { refresh: [{ subscriber: await pair.target('subscriber'), subscription: `sub_${tag}`, copyData: false }] },
      ),
  },
  {
    name: 'empty tables and subscribe',
    made: ['planTruncateTables', 'planCreateSubscription'],
    prepare: async ({ publisher, subscriber }, tag) => {
      await publisher.script(`${table(`orders_${tag}`)}; create publication pub_${tag} for table orders_${tag}`);
      await subscriber.script(`${table(`orders_${tag}`)}; insert into orders_${tag} values (1)`);
    },
    plan: async (pair, tag) => {
      const choice = subscriptionTo(pair.publisher, `sub_${tag}`, [`pub_${tag}`], { enabled: false });
      return joinPlans('Empty and subscribe', [
        planTruncateTables(await pair.target('subscriber'), [{ schema: 'public', name: `orders_${tag}` }]),
        planCreateSubscription(await pair.parties('publisher', 'subscriber'), choice),
      ]);
    },
  },
  {
    name: 'let a role replicate, with a new password',
    made: ['planCreateReplicationRole'],
    prepare: async ({ publisher }, tag) =>
      publisher.script(
        `${table(`orders_${tag}`)}; create publication pub_${tag} for table orders_${tag}; create role role_${tag} login`,
      ),
    plan: async (pair, tag) =>
      planCreateReplicationRole(await pair.target('publisher'), {
        name: `role_${tag}`,
        password: new Secret(`secret of ${tag}`),
        publications: [`pub_${tag}`],
        futureSchemas: [],
        existing: true,
      }),
  },
  {
    name: 'apply a file',
    made: ['planReconcile', 'planNewSubscription', 'planAlteredSubscription', 'planAlteredPublication'],
    prepare: async (pair, tag) => {
      await subscribed(pair, tag);
      await pair.publisher.script(`create publication other_${tag} for table orders_${tag}`);
      await pair.subscriber.script(`create publication on_${tag}`);
    },
    plan: async (pair, tag) => {
      const [target, publisher] = [await pair.target('subscriber'), await pair.target('publisher')];
      const { host, port, superuser } = pair.publisher;
      const connection = { host, port, dbname: 'postgres', user: superuser };
      const conninfo = await pair.service.reads.subscriptionConninfo('subscriber', `sub_${tag}`);
      const known = { conninfo, publisher, password: new Secret(pair.publisher.password) };
      return planReconcile(
        target,
        {
          format: 1,
          replicaIdentities: [{ schema: 'public', name: `orders_${tag}`, identity: 'full' }],
          publications: [
            { name: `on_${tag}`, comment: 'by a file' },
            { name: `new_${tag}`, tables: [{ schema: 'public', name: `orders_${tag}` }] },
          ],
          slots: [{ name: `slot_${tag}`, plugin: 'test_decoding' }],
          subscriptions: [
            {
              name: `sub_${tag}`,
              publications: [`pub_${tag}`, `other_${tag}`],
              connection: { ...connection, application_name: `by_file_${tag}` },
            },
            { name: `second_${tag}`, publications: [`other_${tag}`], connection, enabled: false, copyData: false },
          ],
        },
        {
          subscriptions: new Map<string, SubscriptionFacts>([
            [`sub_${tag}`, known],
            [`second_${tag}`, { ...known, conninfo: null }],
          ]),
          readers: [],
          waitLimitMs: 30_000,
        },
      );
    },
  },
];
