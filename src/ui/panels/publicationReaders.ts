import type { FormReader, ReaderRefresh, TableReach } from '../../protocol/publication.ts';
import type { LagMonitor } from '../../replication/lag/monitor.ts';
import type { ConnectionSource } from '../../replication/model/connect.ts';
import type { Inventory, Snapshot } from '../../replication/model/snapshot.ts';
import type { Table } from '../../replication/model/table.ts';
import type { PublicationReader } from '../../replication/operations/publication/dropPublication.ts';
import { reachOf } from '../../replication/operations/publication/publicationReaders.ts';
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
  const snapshot = snapshotOf(sources, connectionId);
  if (!snapshot) return [];
  const { database } = snapshot.inventory.server;
  const found = new Map<string, FormReader>();
  for (const slot of snapshot.pulse.slots) {
    if (slot.database !== database) continue;
    for (const { stream } of sources.monitor.lags({ kind: 'slot', connectionId, slotName: slot.name })) {
      if (!stream.subscriber) continue;
      const { connectionId: subscriberId, subscriptionName: subscription } = stream.subscriber;
      const facts = sources.connections.facts(subscriberId);
      const known = snapshotOf(sources, subscriberId)?.inventory.subscriptions.find(
        ({ name }) => name === subscription,
      );
      if (!facts || !known?.publications.includes(publication)) continue;
      const { name: serverName, production, readOnly } = facts;
      const reader = { connectionId: subscriberId, serverName, subscription, production, readOnly };
      found.set(JSON.stringify([subscriberId, subscription]), reader);
    }
  }
  return [...found.values()];
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
