import type { FormReader, ReaderRefresh, TableReach } from '../../protocol/publication.ts';
import type { LagMonitor } from '../../replication/lag/monitor.ts';
import type { ConnectionFacts, ConnectionSource } from '../../replication/model/connect.ts';
import type { Inventory, Snapshot } from '../../replication/model/snapshot.ts';
import type { Subscription } from '../../replication/model/subscription.ts';
import type { Table } from '../../replication/model/table.ts';
import type { PublicationReader } from '../../replication/operations/publication/dropPublication.ts';
import { type KnownSlots, reachOf } from '../../replication/operations/publication/publicationReaders.ts';
import type { PublicationMembers } from '../../replication/operations/publication/publishedTables.ts';
import type { PlanTarget, RefreshOn } from '../../replication/operations/target.ts';
import { tableLabel } from '../../replication/operations/words.ts';
import type { ReplicationService } from '../../replication/service.ts';

/** What finding the readers of a publication needs. */
export interface ReaderSources {
  readonly service: Pick<ReplicationService, 'state'>;
  readonly connections: Pick<ConnectionSource, 'facts'>;
  readonly monitor: Pick<LagMonitor, 'lags'>;
}

/**
 * The subscriptions that read a publication, as far as their servers are open here too: found by the slots of the
 * publication's database, also where another connection leads to the same server.
 */
export function readersOf(sources: ReaderSources, connectionId: string, publication: string): readonly FormReader[] {
  const found = new Map<string, FormReader>();
  for (const { facts, subscription } of slotReaders(sources, connectionId)) {
    if (!subscription.publications.includes(publication)) continue;
    const { id, name: serverName, production, readOnly } = facts;
    const reader = { connectionId: id, serverName, subscription: subscription.name, production, readOnly };
    found.set(JSON.stringify([id, subscription.name]), reader);
  }
  return [...found.values()];
}

/** The slots of the publication's database whose subscriptions are known by the connections that are open. */
export function knownSlotsOf(sources: ReaderSources, connectionId: string, publication: string): KnownSlots {
  const all = slotReaders(sources, connectionId);
  const reading = all.filter(({ subscription }) => subscription.publications.includes(publication));
  const names = new Set(reading.map(({ slotName }) => slotName));
  return {
    reading: [...names],
    notReading: [...new Set(all.map(({ slotName }) => slotName))].filter((name) => !names.has(name)),
  };
}

/** A slot of a publisher with a subscription that reads it. */
interface SlotReader {
  readonly slotName: string;
  readonly facts: ConnectionFacts;
  readonly subscription: Subscription;
}

function slotReaders(sources: ReaderSources, connectionId: string): readonly SlotReader[] {
  const snapshot = snapshotOf(sources, connectionId);
  const own = snapshot?.pulse.slots.filter(({ database }) => database === snapshot.inventory.server.database) ?? [];
  return own.flatMap(({ name: slotName }) =>
    sources.monitor.lags({ kind: 'slot', connectionId, slotName }).flatMap(({ stream }): readonly SlotReader[] => {
      const { connectionId: id, subscriptionName } = stream.subscriber ?? {};
      if (id === undefined) return [];
      const facts = sources.connections.facts(id);
      const { subscriptions } = snapshotOf(sources, id)?.inventory ?? { subscriptions: [] };
      const subscription = subscriptions.find(({ name }) => name === subscriptionName);
      return facts && subscription ? [{ slotName, facts, subscription }] : [];
    }),
  );
}

/** Readers as a plan names them. */
export function planReaders(readers: readonly FormReader[], publication: string): readonly PublicationReader[] {
  return readers.map(({ serverName, subscription }) => ({ publication, subscription, serverName }));
}

/** The refreshes that were chosen, of readers that are still there, on their servers as they were last read. */
export function chosenRefreshes(
  sources: Pick<ReaderSources, 'service' | 'connections'>,
  readers: readonly FormReader[],
  chosen: readonly ReaderRefresh[],
): readonly RefreshOn[] {
  return chosen.flatMap(({ connectionId, copyData, subscription }): readonly RefreshOn[] => {
    const reader = readers.find((one) => one.connectionId === connectionId && one.subscription === subscription);
    const subscriber = reader && targetOf(sources, connectionId);
    return subscriber ? [{ subscriber, subscription, copyData }] : [];
  });
}

/** How a change of members alters what subscribers are told of, as labels; the first hundred each. */
export function tableReach(inventory: Inventory, before: PublicationMembers, after: PublicationMembers): TableReach {
  const { added, removed } = reachOf(inventory, before, after);
  const labels = (tables: readonly Table[]) => tables.slice(0, 100).map(({ name, schema }) => tableLabel(schema, name));
  return { added: labels(added), removed: labels(removed) };
}

/** A connection's server as it was last read; null where it never was. */
function targetOf(sources: Pick<ReaderSources, 'service' | 'connections'>, connectionId: string): PlanTarget | null {
  const snapshot = snapshotOf(sources, connectionId);
  const serverName = sources.connections.facts(connectionId)?.name;
  return snapshot && serverName !== undefined ? { connectionId, serverName, snapshot } : null;
}

function snapshotOf({ service }: Pick<ReaderSources, 'service'>, connectionId: string): Snapshot | null {
  const state = service.state(connectionId);
  return state.phase === 'closed' ? null : state.snapshot;
}
