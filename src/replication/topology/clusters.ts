import type { ConnectionFacts } from '../model/connect.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { sameTarget } from './address.ts';

/** A connection with what was last read over it. */
export interface KnownServer {
  readonly facts: ConnectionFacts;
  readonly snapshot: Snapshot;
}

/** One running server (not its standbys) and the connections that lead to it, in the order of the connections. */
export interface Cluster {
  readonly members: readonly KnownServer[];
}

/**
 * Which connections lead to the same running server. A standby, and any copy of the files, has the same system
 * identifier; it is told apart by its address, by when its postmaster started, and by being in recovery.
 */
export function groupClusters(servers: readonly KnownServer[]): readonly Cluster[] {
  const clusters: { members: KnownServer[] }[] = [];
  for (const server of servers) {
    const home = clusters.find(({ members }) => members.some((member) => sameServer(member, server)));
    if (home) home.members.push(server);
    else clusters.push({ members: [server] });
  }
  return clusters;
}

function sameServer(one: KnownServer, other: KnownServer): boolean {
  const [left, right] = [
    one.snapshot.inventory.server.systemIdentifier,
    other.snapshot.inventory.server.systemIdentifier,
  ];
  if (left !== null && right !== null && left !== right) return false;
  if (sameTarget(one.facts.target, other.facts.target)) return true;
  const [a, b] = [one.snapshot.pulse, other.snapshot.pulse];
  return left !== null && left === right && a.startedAt === b.startedAt && a.inRecovery === b.inRecovery;
}

/** The member whose database is `database`, else the first. Stable while the connections stay the same. */
export function memberOf(cluster: Cluster, database: string | null): KnownServer | undefined {
  return cluster.members.find((member) => member.snapshot.inventory.server.database === database) ?? cluster.members[0];
}
