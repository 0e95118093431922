import type { ConnectionFacts } from '../model/connect.ts';
import type { TopologyMember, TopologyNode } from '../model/topology.ts';
import { sameTarget } from './address.ts';
import type { Cluster, KnownServer } from './clusters.ts';

/** A connection with what was read over it, and whether that is so now. */
export interface TopologyServer extends KnownServer {
  readonly open: boolean;
}

/** What stands for a server in the drawing while it is built. */
export interface ServerPlace {
  readonly id: string;
  readonly cluster: Cluster | null;
  readonly node: TopologyNode;
}

/**
 * A box for every running server that connections lead to, and for connections that nothing was read over (`unread`),
 * where they don't lead to one of those by their address.
 */
export function serverPlaces(
  clusters: readonly Cluster[],
  servers: readonly TopologyServer[],
  unread: readonly ConnectionFacts[],
): readonly ServerPlace[] {
  const open = new Set(servers.filter((server) => server.open).map(({ facts }) => facts.id));
  const read = clusters.map((cluster) => placeOf(cluster, open));
  const places: ServerPlace[] = [...read];
  for (const facts of unread) {
    const index = places.findIndex(({ cluster, node }) =>
      cluster === null
        ? node.address === addressOf(facts)
        : cluster.members.some((member) => sameTarget(member.facts.target, facts.target)),
    );
    const place = places[index];
    if (place === undefined) places.push(unreadPlace(facts));
    else places[index] = { ...place, node: withMember(place.node, facts) };
  }
  return places;
}

function placeOf(cluster: Cluster, open: ReadonlySet<string>): ServerPlace {
  const [first] = cluster.members;
  const members = cluster.members.map(({ facts, snapshot }) => memberOf(facts, snapshot.inventory.server.database));
  const id = nodeId(first?.facts.id ?? '');
  return {
    id,
    cluster,
    node: {
      id,
      kind: 'server',
      name: nameOf(members),
      address: first ? addressOf(first.facts) : null,
      members,
      version: first?.snapshot.inventory.server.version ?? null,
      inRecovery: first?.snapshot.pulse.inRecovery === true,
      reading: members.some(({ connectionId }) => open.has(connectionId)) ? 'open' : 'past',
      guess: null,
      receives: 0,
      sends: 0,
    },
  };
}

function unreadPlace(facts: ConnectionFacts): ServerPlace {
  const id = nodeId(facts.id);
  const members = [memberOf(facts, facts.target.database)];
  return {
    id,
    cluster: null,
    node: {
      id,
      kind: 'server',
      name: facts.name,
      address: addressOf(facts),
      members,
      version: null,
      inRecovery: false,
      reading: 'never',
      guess: null,
      receives: 0,
      sends: 0,
    },
  };
}

function withMember(node: TopologyNode, facts: ConnectionFacts): TopologyNode {
  const members = [...node.members, memberOf(facts, facts.target.database)];
  return { ...node, members, name: nameOf(members) };
}

function memberOf({ id, name }: ConnectionFacts, database: string): TopologyMember {
  return { connectionId: id, name, database };
}

/** The name of the first connection, and how many more lead to the same server. */
function nameOf(members: readonly TopologyMember[]): string {
  const names = [...new Set(members.map(({ name }) => name))];
  const [first = '', second] = names;
  if (second === undefined) return first;
  return names.length === 2 ? `${first}, ${second}` : `${first} and ${names.length - 1} more`;
}

function nodeId(connectionId: string): string {
  return `server:${connectionId}`;
}

/** "db.example.org:5433", "[::1]:5432" */
export function addressOf({ target }: Pick<ConnectionFacts, 'target'>): string {
  return hostAndPort(target.host, target.port);
}

/** Host and port as one reads them; an IPv6 address in brackets. */
export function hostAndPort(host: string, port: number): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`;
}
