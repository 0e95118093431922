import { capabilityNames, type Capabilities } from '../../../src/replication/model/capability.ts';
import type { ConnectionFacts, ConnectionTarget } from '../../../src/replication/model/connect.ts';
import { bytesToLsn } from '../../../src/replication/model/lsn.ts';
import type { ServerInfo } from '../../../src/replication/model/server.ts';
import type { Slot, WalSender } from '../../../src/replication/model/slot.ts';
import type {
  Pulse,
  Snapshot,
  SubscriptionPulse,
  SubscriptionWorker,
} from '../../../src/replication/model/snapshot.ts';
import type { PublisherAddress, Subscription } from '../../../src/replication/model/subscription.ts';
import type { KnownServer } from '../../../src/replication/topology/clusters.ts';

/** Servers, slots and subscriptions made by hand. Positions are bytes. */

export function lsn(bytes: number): string {
  return bytesToLsn(BigInt(bytes));
}

export const start = Date.UTC(2026, 10, 20, 12);

export interface ServerOptions {
  readonly id: string;
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
  readonly systemIdentifier?: string | null;
  readonly startedAt?: number;
  readonly inRecovery?: boolean;
  readonly versionNumber?: number;
  readonly readsAllStats?: boolean;
  readonly settings?: ServerInfo['settings'];
  readonly pulse?: Partial<Pulse>;
  readonly subscriptions?: readonly Subscription[];
}

export function knownServer(options: ServerOptions): KnownServer {
  return { facts: facts(options), snapshot: snapshot(options) };
}

export function facts({ id, host = id, port = 5432, database = 'shop' }: ServerOptions): ConnectionFacts {
  const target: ConnectionTarget = {
    host,
    port,
    database,
    user: 'postgres',
    sslMode: 'prefer',
    connectTimeoutSeconds: 10,
    statementTimeoutMs: 0,
    applicationName: 'test',
  };
  return { id, name: id, production: false, readOnly: false, target };
}

export function snapshot(options: ServerOptions): Snapshot {
  const { id, inRecovery = false, startedAt = start - 1e6, subscriptions = [] } = options;
  return {
    inventory: {
      connectionId: id,
      readAt: start,
      tookMs: 1,
      server: serverInfo(options),
      publications: [],
      subscriptions,
      tables: [],
      hidden: [],
    },
    pulse: {
      connectionId: id,
      sampledAt: start,
      tookMs: 2,
      serverTime: start,
      startedAt,
      inRecovery,
      currentLsn: lsn(10_000),
      slots: [],
      senders: [],
      workers: [],
      subscriptions: subscriptions.map(pulseOf),
      tableProgress: [],
      catalogMark: '',
      ...options.pulse,
    },
  };
}

function serverInfo(options: ServerOptions): ServerInfo {
  const { id, database = 'shop', inRecovery = false, readsAllStats = true, versionNumber = 180_004 } = options;
  return {
    version: '18.4',
    versionNumber,
    systemIdentifier:
      options.systemIdentifier === undefined ? Buffer.from(id).toString('hex') : options.systemIdentifier,
    database,
    inRecovery,
    role: { name: 'postgres', superuser: false, replication: true, readsAllStats, createsInDatabase: true },
    capabilities: Object.fromEntries(capabilityNames.map((name) => [name, { can: true }])) as unknown as Capabilities,
    settings: options.settings ?? {},
    databases: [],
    plugins: [],
    schemas: [],
  };
}

export function slot(name: string, more: Partial<Slot> = {}): Slot {
  return {
    name,
    type: 'logical',
    plugin: 'pgoutput',
    database: 'shop',
    temporary: false,
    active: true,
    activePid: 100,
    restartLsn: lsn(8000),
    confirmedFlushLsn: lsn(10_000),
    walStatus: 'reserved',
    safeWalBytes: null,
    lost: false,
    lostReason: null,
    twoPhase: false,
    failover: false,
    synced: false,
    inactiveSince: null,
    ...more,
  };
}

export function sender(more: Partial<WalSender> = {}): WalSender {
  return {
    pid: 100,
    user: 'repl',
    applicationName: 'orders_sub',
    clientAddress: '10.0.0.9',
    state: 'streaming',
    sentLsn: lsn(10_000),
    writeLsn: lsn(10_000),
    flushLsn: lsn(10_000),
    replayLsn: lsn(10_000),
    replyTime: null,
    ...more,
  };
}

export function address(more: Partial<PublisherAddress> = {}): PublisherAddress {
  return { host: null, port: null, database: null, user: null, hasPassword: false, applicationName: null, ...more };
}

export function subscription(name: string, more: Partial<Subscription> = {}): Subscription {
  return {
    oid: 16_400,
    name,
    owner: 'postgres',
    ownedByMe: true,
    enabled: true,
    publisher: null,
    slotName: name,
    publications: ['p'],
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

export function pulseOf({ oid, name, enabled, slotName }: Subscription): SubscriptionPulse {
  return { oid, name, enabled, slotName, applyErrors: null, syncErrors: null, appliedLsn: null };
}

export function worker(name: string, more: Partial<SubscriptionWorker> = {}): SubscriptionWorker {
  return {
    subscriptionOid: 16_400,
    subscriptionName: name,
    kind: 'apply',
    pid: 900,
    tableOid: null,
    receivedLsn: lsn(10_000),
    latestEndLsn: lsn(10_000),
    lastMessageAt: start,
    ...more,
  };
}
