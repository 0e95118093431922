import type { Capabilities, Capability, CapabilityName } from '../../../src/replication/model/capability.ts';
import { capabilityNames } from '../../../src/replication/model/capability.ts';
import type { PublicationChoice, SubscriptionChoice } from '../../../src/replication/model/choices.ts';
import type { Publication } from '../../../src/replication/model/publication.ts';
import type { SettingDetail } from '../../../src/replication/model/reads.ts';
import { Secret } from '../../../src/replication/model/secret.ts';
import type { ServerInfo } from '../../../src/replication/model/server.ts';
import type { Slot, WalSender } from '../../../src/replication/model/slot.ts';
import type { Inventory, Pulse } from '../../../src/replication/model/snapshot.ts';
import type { Subscription } from '../../../src/replication/model/subscription.ts';
import type { Column, Table, TableDetails } from '../../../src/replication/model/table.ts';
import type { PlanTarget } from '../../../src/replication/operations/target.ts';

/** Names that must go through everything as data. */
export const hostileNames = [
  '"; drop table x; --',
  '<img src=x onerror=alert(1)>',
  'a.b',
  "it's \\ back",
  'Größe 表 ñandú',
  'n'.repeat(63),
] as const;

/** The first major version that has each capability; 10 where all have it. */
const since: Partial<Record<CapabilityName, number>> = {
  'publication.schemas': 15,
  'publication.columnLists': 15,
  'publication.rowFilters': 15,
  'publication.truncate': 11,
  'publication.viaRoot': 13,
  'publication.partitionedTables': 13,
  'publication.generatedColumns': 18,
  'publication.setAllTables': 19,
  'publication.allSequences': 19,
  'publication.exceptTables': 19,
  'subscription.binary': 14,
  'subscription.streaming': 14,
  'subscription.parallelStreaming': 16,
  'subscription.twoPhase': 15,
  'subscription.alterTwoPhase': 18,
  'subscription.disableOnError': 15,
  'subscription.passwordRequired': 16,
  'subscription.runAsOwner': 16,
  'subscription.origin': 16,
  'subscription.failover': 17,
  'subscription.retainDeadTuples': 19,
  'subscription.maxRetentionDuration': 19,
  'subscription.walReceiverTimeout': 19,
  'subscription.foreignServer': 19,
  'subscription.refreshSequences': 19,
  'slot.twoPhase': 14,
  'slot.failover': 17,
  'slot.advance': 11,
  'slot.copy': 12,
};

export interface ServerDraft {
  readonly major?: number;
  readonly connectionId?: string;
  readonly serverName?: string;
  readonly without?: Partial<Record<CapabilityName, Exclude<Capability, { can: true }>>>;
  readonly server?: Partial<Omit<ServerInfo, 'capabilities'>>;
  readonly inventory?: Partial<Omit<Inventory, 'server'>>;
  readonly pulse?: Partial<Pulse>;
}

/** A server as an operation sees it; a superuser on an idle primary unless told. */
export function target(draft: ServerDraft = {}): PlanTarget {
  const { major = 18, connectionId = 'shop', serverName = connectionId, without = {} } = draft;
  const capabilities = Object.fromEntries(
    capabilityNames.map((name): [CapabilityName, Capability] => {
      const from = since[name] ?? 10;
      const has: Capability = { can: true };
      return [
        name,
        major < from
          ? { can: false, because: 'version', reason: `Needs PostgreSQL ${from} or newer.` }
          : (without[name] ?? has),
      ];
    }),
  ) as Record<CapabilityName, Capability> satisfies Capabilities;
  const settings = { max_replication_slots: '10', max_wal_senders: '10', max_logical_replication_workers: '4' };
  const inventory: Inventory = {
    connectionId,
    readAt: 0,
    tookMs: 1,
    server: {
      version: `${major}.1`,
      versionNumber: major * 10_000 + 1,
      systemIdentifier: `id-of-${connectionId}`,
      database: 'shop',
      inRecovery: false,
      role: { name: 'postgres', superuser: true, replication: true, readsAllStats: true, createsInDatabase: true },
      settings: Object.fromEntries(
        Object.entries(settings).map(([name, value]) => [name, { name, value, unit: null }]),
      ),
      databases: ['shop'],
      plugins: ['pgoutput', 'test_decoding'],
      schemas: ['public', 'sales'],
      ...draft.server,
      capabilities,
    },
    publications: [],
    subscriptions: [],
    tables: [],
    hidden: [],
    ...draft.inventory,
  };
  const pulse: Pulse = {
    connectionId,
    sampledAt: 0,
    tookMs: 1,
    serverTime: 0,
    startedAt: 0,
    inRecovery: false,
    currentLsn: '1/0',
    slots: [],
    senders: [],
    workers: [],
    subscriptions: [],
    tableProgress: [],
    catalogMark: '',
    ...draft.pulse,
  };
  return { connectionId, serverName, snapshot: { inventory, pulse } };
}

let lastOid = 16_384;

export function table(schema: string, name: string, more: Partial<Table> = {}): Table {
  return {
    oid: ++lastOid,
    schema,
    name,
    partitioned: false,
    isPartition: false,
    unlogged: false,
    owner: 'postgres',
    ownedByMe: true,
    replicaIdentity: 'default',
    identityUsable: true,
    sizeBytes: 8192,
    rowEstimate: 1,
    ...more,
  };
}

export function column(name: string, more: Partial<Column> = {}): Column {
  return { name, type: 'integer', notNull: false, generated: null, inIdentity: false, ...more };
}

export function details(of: Table, columns: readonly Column[]): ReadonlyMap<number, TableDetails> {
  return new Map([[of.oid, { oid: of.oid, schema: of.schema, name: of.name, columns, uniqueIndexes: [] }]]);
}

export function publication(name: string, more: Partial<Publication> = {}): Publication {
  return {
    oid: ++lastOid,
    name,
    owner: 'postgres',
    ownedByMe: true,
    allTables: false,
    operations: { insert: true, update: true, delete: true, truncate: true },
    viaRoot: false,
    generatedColumns: 'none',
    tables: [],
    schemas: [],
    comment: null,
    ...more,
  };
}

export function published(of: Table, more: Partial<Publication['tables'][number]> = {}): Publication['tables'][number] {
  return { oid: of.oid, schema: of.schema, name: of.name, columns: null, columnCount: null, filter: null, ...more };
}

export function publicationChoice(more: Partial<PublicationChoice> = {}): PublicationChoice {
  return {
    name: 'orders_pub',
    scope: 'chosen',
    schemas: [],
    tables: [],
    operations: { insert: true, update: true, delete: true, truncate: true },
    viaRoot: false,
    generatedColumns: 'none',
    ...more,
  };
}

export function member(
  schema: string,
  name: string,
  more: Partial<PublicationChoice['tables'][number]> = {},
): PublicationChoice['tables'][number] {
  return { schema, name, columns: null, filter: null, ...more };
}

/** A secret that no text that is shown may hold. */
export const password = String.raw`s3cr'et\pw`;

export function subscriptionChoice(more: Partial<SubscriptionChoice> = {}): SubscriptionChoice {
  const name = more.name ?? 'orders_sub';
  return {
    name,
    publisherConnectionId: 'shop',
    conninfo: [
      ['host', 'shop.example'],
      ['port', '5432'],
      ['dbname', 'shop'],
      ['user', 'replicator'],
    ],
    password: new Secret(password),
    publications: ['orders_pub'],
    enabled: true,
    copyData: true,
    slot: { mode: 'create', name },
    options: {},
    waitLimitMs: 60_000,
    ...more,
  };
}

export function subscription(name: string, more: Partial<Subscription> = {}): Subscription {
  return {
    oid: ++lastOid,
    name,
    owner: 'postgres',
    ownedByMe: true,
    enabled: true,
    publisher: {
      host: 'shop.example',
      port: 5432,
      database: 'shop',
      user: 'replicator',
      hasPassword: true,
      applicationName: null,
    },
    slotName: name,
    publications: ['orders_pub'],
    options: {
      binary: null,
      streaming: null,
      twoPhase: null,
      disableOnError: null,
      passwordRequired: null,
      runAsOwner: null,
      origin: null,
      failover: null,
      synchronousCommit: null,
    },
    skipLsn: null,
    comment: null,
    tables: [],
    ...more,
  };
}

export function slot(name: string, more: Partial<Slot> = {}): Slot {
  return {
    name,
    type: 'logical',
    plugin: 'pgoutput',
    database: 'shop',
    temporary: false,
    active: false,
    activePid: null,
    restartLsn: '0/F0000000',
    confirmedFlushLsn: '0/F0000000',
    walStatus: 'reserved',
    safeWalBytes: null,
    lost: false,
    lostReason: null,
    twoPhase: null,
    failover: null,
    synced: null,
    inactiveSince: null,
    ...more,
  };
}

export function sender(pid: number, applicationName: string, more: Partial<WalSender> = {}): WalSender {
  return {
    pid,
    user: 'replicator',
    applicationName,
    clientAddress: '10.0.0.7',
    state: 'streaming',
    sentLsn: null,
    writeLsn: null,
    flushLsn: null,
    replayLsn: null,
    replyTime: null,
    ...more,
  };
}

/** A setting of the server as its details are read: a whole number that a restart changes. */
export function setting(name: string, more: Partial<SettingDetail> = {}): SettingDetail {
  return {
    name,
    value: '4',
    unit: null,
    context: 'postmaster',
    source: 'default',
    pendingRestart: false,
    description: '',
    type: 'integer',
    min: 0,
    max: 100,
    choices: [],
    alterable: true,
    reloadable: true,
    inAutoFile: null,
    ...more,
  };
}
