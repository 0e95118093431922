import type { PublicationDraft, PublicationModel, PublicationReview } from '../../../src/protocol/publication.ts';
import type { SubscriptionDraft, SubscriptionModel } from '../../../src/protocol/subscription.ts';
import type { Blocker } from '../../../src/replication/model/plan.ts';
import type { Column, TableDetails } from '../../../src/replication/model/table.ts';

const can = { can: true } as const;
const since19 = { can: false, because: 'version', reason: 'Needs PostgreSQL 19 or newer.' } as const;

/** A shop of `count` tables on an 18, as the panel tells the page; hostile names among them. */
export function publicationModel(count: number, draft: PublicationDraft): PublicationModel {
  const names = [
    'orders',
    'customers',
    'order_items',
    'products',
    'events',
    'a.b',
    '<img src=x onerror=alert(1)>',
    '"; drop table x; --',
  ];
  return {
    type: 'model',
    server: {
      name: 'shop-primary',
      database: 'shop',
      version: '18.4',
      role: 'ada',
      production: false,
      readOnly: false,
    },
    capabilities: {
      'publication.create': can,
      'publication.allTables': {
        can: false,
        because: 'privilege',
        reason: 'Only a superuser may publish all tables; ada isn’t one.',
      },
      'publication.schemas': can,
      'publication.columnLists': can,
      'publication.rowFilters': can,
      'publication.truncate': can,
      'publication.viaRoot': can,
      'publication.partitionedTables': can,
      'publication.generatedColumns': can,
      'publication.exceptTables': since19,
      'publication.allSequences': since19,
    },
    schemas: ['audit', 'public', 'sales'],
    tables: Array.from({ length: count }, (_unused, index) => {
      const name = names[index] ?? `measurement_${String(index).padStart(5, '0')}`;
      const plain = /^\w+$/.test(name);
      return {
        oid: 20_000 + index,
        schema: 'public',
        name,
        label: `public.${plain ? name : `"${name.replaceAll('"', '""')}"`}`,
        partitioned: index === 4,
        isPartition: index > 20 && index < 25,
        unlogged: index === 12,
        owner: index === 9 ? 'grace' : 'ada',
        ownedByMe: index !== 9,
        identityUsable: index !== 1 && index !== 10,
      };
    }),
    draft,
  };
}

/** Nothing chosen yet. */
export const emptyDraft: PublicationDraft = {
  name: '',
  scope: 'chosen',
  schemas: [],
  tables: [],
  operations: { insert: true, update: true, delete: true, truncate: true },
  viaRoot: false,
  generatedColumns: 'none',
};

/** A review that has nothing to say. */
export const emptyReview: PublicationReview = {
  type: 'review',
  sequence: 0,
  sql: '',
  linesLeftOut: 0,
  problems: [],
  verdicts: [],
  reach: { added: [], removed: [] },
  nothing: false,
};

/** Columns of public.orders. */
export const orderDetails: TableDetails = {
  oid: 20_000,
  schema: 'public',
  name: 'orders',
  columns: [
    column('id', 'bigint', { inIdentity: true, notNull: true }),
    column('customer_id', 'bigint', { notNull: true }),
    column('region', 'text'),
    column('amount', 'numeric(12,2)'),
    column('total', 'numeric(12,2)', { generated: 'stored' }),
    column('label', 'text', { generated: 'virtual' }),
    column('created_at', 'timestamp with time zone', { notNull: true }),
  ],
  uniqueIndexes: [{ name: 'orders_pkey', columns: ['id'], primary: true, unfit: null }],
};

function column(name: string, type: string, more: Partial<Column> = {}): Column {
  return { name, type, notNull: false, generated: null, inIdentity: false, ...more };
}

/** A subscription of orders_pub that is nearly written down. */
export const subscriptionDraft: SubscriptionDraft = {
  subscriberConnectionId: 'warehouse',
  publisherKind: 'known',
  publisherConnectionId: 'shop',
  name: 'orders_sub',
  address: { host: 'db-1.shop.example', port: '5432', database: 'shop', user: 'repl', more: 'sslmode=require' },
  useSavedPassword: true,
  publications: ['orders_pub'],
  enabled: true,
  copyData: true,
  slotMode: 'create',
  slotName: '',
  options: {},
  waitSeconds: '60',
};

/** Both ends, as the panel tells the page. */
export function subscriptionModel(draft: SubscriptionDraft): SubscriptionModel {
  const operations = { insert: true, update: true, delete: true, truncate: true };
  return {
    type: 'model',
    connections: [
      { id: 'shop', name: 'shop-primary', place: 'localhost:5432/shop' },
      { id: 'warehouse', name: 'warehouse', place: 'localhost:5433/warehouse' },
      { id: 'hostile', name: '<img src=x onerror=alert(1)>', place: 'localhost:5434/x' },
    ],
    subscriber: {
      phase: 'open',
      superuser: true,
      server: {
        name: 'warehouse',
        database: 'warehouse',
        version: '16.14',
        role: 'postgres',
        production: true,
        readOnly: false,
      },
      capabilities: {
        'subscription.create': can,
        'subscription.binary': can,
        'subscription.streaming': can,
        'subscription.parallelStreaming': can,
        'subscription.twoPhase': {
          can: false,
          because: 'setting',
          reason: 'max_prepared_transactions is 0 on warehouse.',
        },
        'subscription.disableOnError': can,
        'subscription.passwordRequired': can,
        'subscription.runAsOwner': can,
        'subscription.origin': can,
        'subscription.failover': { can: false, because: 'version', reason: 'Since PostgreSQL 17.' },
        'subscription.retainDeadTuples': since19,
        'subscription.maxRetentionDuration': since19,
        'subscription.walReceiverTimeout': since19,
      },
    },
    publisher: {
      phase: 'open',
      server: {
        name: 'shop-primary',
        database: 'shop',
        version: '18.4',
        role: 'postgres',
        production: false,
        readOnly: false,
      },
      publications: [
        { name: 'all_data', allTables: true, tables: 0, schemas: [], operations },
        {
          name: 'orders_pub',
          allTables: false,
          tables: 2,
          schemas: [],
          operations: { ...operations, truncate: false },
        },
        { name: '"; drop table x; --', allTables: false, tables: 1, schemas: ['sales'], operations },
      ],
      freeSlots: ['reporting_slot'],
      savedPassword: true,
      sameCluster: false,
    },
    takenNames: [],
    passwordTyped: false,
    draft,
  };
}

/** Somebody in the way of the slot. */
export const sampleBlockers: readonly Blocker[] = [
  {
    connectionId: 'shop',
    pid: 4711,
    user: 'ada',
    applicationName: 'psql',
    database: 'shop',
    state: 'idle in transaction',
    ageSeconds: 754,
    preparedGid: null,
  },
];
