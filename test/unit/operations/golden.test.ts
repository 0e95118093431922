import type { Plan } from '../../../src/replication/model/plan.ts';
import type { TableDefinition } from '../../../src/replication/model/reads.ts';
import { Secret } from '../../../src/replication/model/secret.ts';
import { planCreatePublication } from '../../../src/replication/operations/publication/createPublication.ts';
import { planDropPublications } from '../../../src/replication/operations/publication/dropPublication.ts';
import { planAdvanceSlot } from '../../../src/replication/operations/slot/advanceSlot.ts';
import { planCopySlot } from '../../../src/replication/operations/slot/copySlot.ts';
import { planCreateSlot } from '../../../src/replication/operations/slot/createSlot.ts';
import { planDropSlots } from '../../../src/replication/operations/slot/dropSlot.ts';
import { planAlterSubscription } from '../../../src/replication/operations/subscription/alterSubscription.ts';
import { planCreateSubscription } from '../../../src/replication/operations/subscription/createSubscription.ts';
import { planDropSubscription } from '../../../src/replication/operations/subscription/dropSubscription.ts';
import { planRefreshSubscription } from '../../../src/replication/operations/subscription/refreshSubscription.ts';
import { planResyncTable } from '../../../src/replication/operations/subscription/resyncTable.ts';
import { planSkipTransaction } from '../../../src/replication/operations/subscription/skipTransaction.ts';
import { planEnableSubscription } from '../../../src/replication/operations/subscription/switchSubscription.ts';
import { planCreateTables } from '../../../src/replication/operations/table/createTables.ts';
import { planSetReplicaIdentity } from '../../../src/replication/operations/table/replicaIdentity.ts';
import {
  hostileNames,
  member,
  password,
  publication,
  publicationChoice,
  published,
  slot,
  subscription,
  subscriptionChoice,
  table,
  target,
} from './fixture.ts';
import { assertGolden, assertNoStrayGolden } from './golden.ts';
import { plans19 } from './plans19.ts';
import { publicationPlans } from './publicationPlans.ts';

const orders = table('public', 'orders');
const customers = table('public', 'customers', { replicaIdentity: 'index' });

const everything = publicationChoice({
  schemas: ['sales'],
  tables: [
    member('public', 'orders', { columns: ['id', 'total'], filter: 'total > 10' }),
    member('public', 'customers'),
  ],
  operations: { insert: true, update: true, delete: false, truncate: false },
  viaRoot: true,
  generatedColumns: 'stored',
});

const subscriber = (major = 16) => target({ connectionId: 'warehouse', major });
const parties = (major = 16) => ({ subscriber: subscriber(major), publisher: target(), publisherInventory: null });
const oneCluster = (major = 18) => {
  const server = { systemIdentifier: '7', database: 'warehouse' };
  return {
    subscriber: target({ connectionId: 'warehouse', major, server }),
    publisher: target({ major, server: { systemIdentifier: '7' } }),
    publisherInventory: null,
  };
};
const everyOption = {
  synchronousCommit: 'local',
  binary: true,
  streaming: 'parallel',
  twoPhase: true,
  disableOnError: true,
  passwordRequired: false,
  runAsOwner: true,
  origin: 'none',
  failover: true,
} as const;

const everyOptionOff = {
  binary: false,
  streaming: 'off',
  twoPhase: 'disabled',
  disableOnError: false,
  passwordRequired: true,
  runAsOwner: false,
  origin: 'any',
  failover: false,
  synchronousCommit: 'off',
} as const;
const subscribing = (major: number) =>
  target({
    connectionId: 'warehouse',
    major,
    inventory: {
      tables: [orders],
      subscriptions: [subscription('orders_sub', { tables: [{ ...orders, oid: 16_400, state: 'ready' }] })],
    },
  });

/** A table that the subscriber lacks, with a type that it lacks too. */
const newOrders: TableDefinition = {
  schema: 'new one',
  name: 'orders',
  columns: [
    {
      name: 'id',
      type: 'integer',
      notNull: true,
      expression: null,
      generated: null,
      identity: 'always',
      collation: null,
    },
    {
      name: 'mood',
      type: 'public.mood',
      notNull: false,
      expression: `'glad'::public.mood`,
      generated: null,
      identity: null,
      collation: null,
    },
    {
      name: 'twice',
      type: 'integer',
      notNull: false,
      expression: 'id * 2',
      generated: 'virtual',
      identity: null,
      collation: null,
    },
  ],
  constraints: [{ name: 'orders_pkey', definition: 'PRIMARY KEY (id)' }],
  partitionKey: null,
  needs: [{ schema: 'public', name: 'mood', kind: 'enum', sql: `CREATE TYPE public.mood AS ENUM ('sad', 'glad')` }],
  replicaIdentity: 'full',
  identityIndex: null,
};

const plans: Readonly<Record<string, () => Plan>> = {
  ...publicationPlans,
  ...plans19,
  'publication-create-everything-18': () => planCreatePublication(target(), everything),
  'publication-create-everything-14': () => planCreatePublication(target({ major: 14 }), everything),
  'publication-create-everything-10': () => planCreatePublication(target({ major: 10 }), everything),
  'publication-create-all-tables': () =>
    planCreatePublication(target(), publicationChoice({ scope: 'allTables', tables: everything.tables })),
  'publication-create-empty': () => planCreatePublication(target(), publicationChoice()),
  'publication-create-nothing-published': () =>
    planCreatePublication(
      target(),
      publicationChoice({ operations: { insert: false, update: false, delete: false, truncate: false } }),
    ),
  'publication-create-filter-with-comment': () =>
    planCreatePublication(
      target(),
      publicationChoice({ tables: [member('public', 'orders', { filter: 'total > 10 -- big ones' })] }),
    ),
  'publication-create-hostile': () =>
    planCreatePublication(
      target(),
      publicationChoice({
        name: hostileNames[0],
        schemas: hostileNames,
        tables: hostileNames.map((name) => member(name, name, { columns: [name] })),
      }),
    ),
  'publication-drop': () => {
    const kept = publication('orders_pub', {
      tables: [
        published(orders, { columns: ['id', 'total'], columnCount: 5, filter: '(total > 10)' }),
        published(customers),
      ],
      operations: { insert: true, update: true, delete: true, truncate: false },
    });
    const at = target({
      inventory: { publications: [kept, publication('all_pub', { allTables: true })] },
      pulse: { slots: [slot('orders_sub', { active: true })] },
    });
    return planDropPublications(
      at,
      ['orders_pub', 'all_pub'],
      [{ publication: 'all_pub', subscription: 'all_sub', serverName: 'warehouse' }],
    );
  },
  'subscription-create': () => planCreateSubscription(parties(), subscriptionChoice()),
  'subscription-create-unknown-publisher': () =>
    planCreateSubscription({ ...parties(), publisher: null }, subscriptionChoice()),
  'subscription-create-every-option-18': () =>
    planCreateSubscription(parties(18), subscriptionChoice({ options: everyOption, copyData: false })),
  'subscription-create-every-option-15': () =>
    planCreateSubscription(parties(15), subscriptionChoice({ options: everyOption })),
  'subscription-create-every-option-10': () =>
    planCreateSubscription(parties(10), subscriptionChoice({ options: everyOption })),
  'subscription-create-existing-slot': () =>
    planCreateSubscription(parties(), subscriptionChoice({ slot: { mode: 'existing', name: 'kept' }, enabled: false })),
  'subscription-create-no-slot': () =>
    planCreateSubscription(parties(), subscriptionChoice({ slot: { mode: 'none' }, enabled: false })),
  'subscription-create-apart': () =>
    planCreateSubscription(
      parties(17),
      subscriptionChoice({
        connect: false,
        slot: { mode: 'existing', name: 'made_later' },
        options: { failover: true },
      }),
    ),
  'subscription-create-apart-no-slot': () =>
    planCreateSubscription(parties(10), subscriptionChoice({ connect: false, slot: { mode: 'none' } })),
  'subscription-create-with-tables': () =>
    planCreateSubscription(
      parties(),
      subscriptionChoice({ newTables: { definitions: [newOrders], there: [{ schema: 'public', name: 'mood' }] } }),
    ),
  'subscription-create-odd-name': () => planCreateSubscription(parties(), subscriptionChoice({ name: 'Größe MySub' })),
  'subscription-create-one-cluster': () =>
    planCreateSubscription(oneCluster(), subscriptionChoice({ options: { twoPhase: true, failover: true } })),
  'subscription-create-one-cluster-10': () =>
    planCreateSubscription(oneCluster(10), subscriptionChoice({ options: { twoPhase: true, failover: true } })),
  'subscription-create-one-cluster-no-copy': () =>
    planCreateSubscription(oneCluster(), subscriptionChoice({ options: { twoPhase: true }, copyData: false })),
  'subscription-create-hostile': () =>
    planCreateSubscription(
      parties(),
      subscriptionChoice({ name: hostileNames[0], publications: hostileNames, conninfo: [['host', hostileNames[3]]] }),
    ),
  'subscription-enable': () =>
    planEnableSubscription(
      target({ inventory: { subscriptions: [subscription('orders_sub', { enabled: false })] } }),
      'orders_sub',
      true,
    ),
  'subscription-disable': () =>
    planEnableSubscription(target({ inventory: { subscriptions: [subscription('orders_sub')] } }), 'orders_sub', false),
  'subscription-refresh': () =>
    planRefreshSubscription(target({ inventory: { subscriptions: [subscription('orders_sub')] } }), 'orders_sub', {
      copyData: true,
    }),
  'subscription-refresh-no-copy': () =>
    planRefreshSubscription(target({ inventory: { subscriptions: [subscription('orders_sub')] } }), 'orders_sub', {
      copyData: false,
    }),
  'subscription-alter-pausing': () =>
    planAlterSubscription(
      target({
        connectionId: 'warehouse',
        inventory: { subscriptions: [subscription('orders_sub', { options: everyOptionOff })] },
      }),
      'orders_sub',
      {
        name: 'orders "sub"',
        connection: {
          conninfo: [
            ['host', 'new'],
            ['password', new Secret(password)],
          ],
          before: null,
        },
        publications: { names: ['orders_pub', 'more'], refresh: true, copyData: true },
        slotName: 'other',
        options: { binary: true, twoPhase: true, failover: true },
      },
      target(),
    ),
  'subscription-skip': () => planSkipTransaction(subscribing(15), 'orders_sub', { lsn: '0/19B4DB0' }),
  'subscription-skip-14': () =>
    planSkipTransaction(subscribing(14), 'orders_sub', { lsn: '0/19B4DB0', endLsn: '0/19B4DE0' }),
  'subscription-resync': () =>
    planResyncTable(
      {
        subscriber: subscribing(18),
        publisher: target({
          inventory: {
            tables: [orders],
            publications: [
              publication('orders_pub', { tables: [published(orders, { columns: ['id'], filter: 'id > 1' })] }),
            ],
          },
        }),
      },
      'orders_sub',
      { schema: 'public', name: 'orders' },
      { truncate: true, readers: [{ publication: 'orders_pub', subscription: 'other', serverName: 'lake' }] },
    ),
  'tables-create': () => planCreateTables(subscriber(), [newOrders]),
  'subscription-drop': () =>
    planDropSubscription(
      target({ inventory: { subscriptions: [subscription('orders_sub')] } }),
      'orders_sub',
      'dropSlotToo',
    ),
  'subscription-drop-leave-slot': () => {
    const tables = [{ oid: 16_999, schema: 'public', name: 'events', state: 'copying' as const }];
    return planDropSubscription(
      target({ inventory: { subscriptions: [subscription('orders_sub', { oid: 16_500, tables })] } }),
      'orders_sub',
      'leaveSlot',
    );
  },
  'subscription-drop-without-slot': () =>
    planDropSubscription(
      target({ inventory: { subscriptions: [subscription('orders_sub', { enabled: false, slotName: null })] } }),
      'orders_sub',
      'dropSlotToo',
    ),
  'slot-create': () =>
    planCreateSlot(target(), {
      name: 'debezium',
      plugin: 'pgoutput',
      twoPhase: true,
      failover: true,
      waitLimitMs: 30_000,
    }),
  'slot-create-10': () =>
    planCreateSlot(target({ major: 10 }), {
      name: 'debezium',
      plugin: "wal'2json",
      twoPhase: true,
      failover: true,
      waitLimitMs: 30_000,
    }),
  'slot-drop': () =>
    planDropSlots(
      target({
        inventory: { subscriptions: [subscription('loop', { slotName: 'loop' })] },
        pulse: {
          slots: [
            slot('debezium'),
            slot('loop'),
            slot('gone', { lost: true, restartLsn: null, lostReason: 'wal_removed' }),
          ],
        },
      }),
      ['debezium', 'loop', 'gone'],
    ),
  'slot-drop-physical': () =>
    planDropSlots(target({ pulse: { slots: [slot('standby', { type: 'physical', plugin: null, database: null })] } }), [
      'standby',
    ]),
  'slot-copy': () =>
    planCopySlot(target({ pulse: { slots: [slot('debezium', { twoPhase: true, failover: true })] } }), {
      from: 'debezium',
      to: 'debezium_copy',
      plugin: null,
    }),
  'slot-copy-plugin': () =>
    planCopySlot(target({ major: 12, pulse: { slots: [slot('debezium')] } }), {
      from: 'debezium',
      to: 'look',
      plugin: "wal'2json",
    }),
  'slot-advance': () => planAdvanceSlot(target({ pulse: { slots: [slot('debezium')] } }), 'debezium', '0/F1000000'),
  'slot-advance-beyond': () =>
    planAdvanceSlot(target({ pulse: { slots: [slot('debezium')] } }), 'debezium', '1/100000', [
      { what: 'the subscription a on x', appliedLsn: '0/F8000000' },
      { what: 'the subscription b on y', appliedLsn: null },
    ]),
  'slot-advance-applied': () =>
    planAdvanceSlot(target({ pulse: { slots: [slot('debezium')] } }), 'debezium', '0/F1000000', [
      { what: 'the subscription a on x', appliedLsn: '0/F8000000' },
    ]),
  'identity-set-back-to-index': () => {
    const kept = table('public', 'kept', { replicaIdentity: 'index', identityIndex: 'by "name"' });
    return planSetReplicaIdentity(target({ inventory: { tables: [kept, orders] } }), {
      tables: [
        { schema: 'public', name: 'kept', index: 'other' },
        { schema: 'public', name: 'orders', index: 'orders_key' },
      ],
      identity: 'index',
      index: null,
    });
  },
  'identity-set': () => {
    const tables = [orders, customers, table('public', 'a.b', { replicaIdentity: 'nothing', partitioned: true })];
    return planSetReplicaIdentity(target({ inventory: { tables } }), { tables, identity: 'full', index: null });
  },
  'identity-set-index': () =>
    planSetReplicaIdentity(target({ inventory: { tables: [orders] } }), {
      tables: [orders],
      identity: 'index',
      index: 'a"b',
    }),
  'identity-set-nothing': () =>
    planSetReplicaIdentity(
      target({ inventory: { tables: [orders], publications: [publication('p', { tables: [published(orders)] })] } }),
      {
        tables: [orders],
        identity: 'nothing',
        index: null,
      },
    ),
};

describe('plans, as SQL', () => {
  for (const [name, plan] of Object.entries(plans)) {
    it(name, () => assertGolden(name, plan()));
  }

  it('has no golden file that nothing makes', () => assertNoStrayGolden(Object.keys(plans)));
});
