/** What a server, as it is set up and for the role that is logged in, can do. */
export const capabilityNames = [
  'decodeLogical',
  'publication.create',
  'publication.allTables',
  'publication.schemas',
  'publication.columnLists',
  'publication.rowFilters',
  'publication.truncate',
  'publication.viaRoot',
  'publication.partitionedTables',
  'publication.generatedColumns',
  'publication.setAllTables',
  'publication.allSequences',
  'publication.exceptTables',
  'subscription.create',
  'subscription.binary',
  'subscription.streaming',
  'subscription.parallelStreaming',
  'subscription.twoPhase',
  'subscription.alterTwoPhase',
  'subscription.disableOnError',
  'subscription.passwordRequired',
  'subscription.runAsOwner',
  'subscription.origin',
  'subscription.failover',
  'subscription.retainDeadTuples',
  'subscription.maxRetentionDuration',
  'subscription.walReceiverTimeout',
  'subscription.foreignServer',
  'subscription.refreshSequences',
  'slot.create',
  'slot.twoPhase',
  'slot.failover',
  'slot.advance',
  'slot.copy',
] as const;
export type CapabilityName = (typeof capabilityNames)[number];

/** `version`: not offered at all; the others: shown as unavailable, with the reason. */
export type CapabilityObstacle = 'version' | 'privilege' | 'setting' | 'standby';

export type Capability =
  | { readonly can: true }
  | { readonly can: false; readonly because: CapabilityObstacle; readonly reason: string };

export type Capabilities = Readonly<Record<CapabilityName, Capability>>;
