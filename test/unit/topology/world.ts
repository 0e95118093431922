import type { TopologyGraphMessage, TopologyLiveMessage } from '../../../src/protocol/topology.ts';
import type { StreamState } from '../../../src/replication/model/stream.ts';
import type { Topology } from '../../../src/replication/model/topology.ts';
import { buildTopology } from '../../../src/replication/topology/buildTopology.ts';
import { pairStreams } from '../../../src/replication/topology/pairStreams.ts';
import type { TopologyServer } from '../../../src/replication/topology/serverNodes.ts';
import {
  address,
  knownServer,
  sender,
  type ServerOptions,
  slot,
  start,
  subscription,
  worker,
} from '../lag/handmade.ts';

/** A server that is read now. */
export function server(options: ServerOptions): TopologyServer {
  return { ...knownServer(options), open: true };
}

/** The drawing of these servers, with the streams as they are paired. */
export function topologyOf(servers: readonly TopologyServer[], before: Topology | null = null): Topology {
  return buildTopology({ servers, unread: [], streams: pairStreams(servers), before });
}

/** One stream of a made world: who publishes, who subscribes, and its name. */
export type Pipe = readonly [publisher: string, subscriber: string, name: string];

/** Servers that stream to each other as told; a subscriber that isn't among `names` is a stranger. */
export function serversOf(names: readonly string[], pipes: readonly Pipe[]): readonly TopologyServer[] {
  return names.map((name, index) => {
    const out = pipes.filter(([publisher]) => publisher === name);
    const into = pipes.filter(([, subscriber]) => subscriber === name);
    const oid = (pipe: Pipe) => 16_400 + pipes.indexOf(pipe);
    return server({
      id: name,
      host: `${name}.example.org`,
      database: 'shop',
      systemIdentifier: String(7000 + index),
      subscriptions: into.map((pipe) =>
        subscription(pipe[2], {
          oid: oid(pipe),
          publisher: address({ host: `${pipe[0]}.example.org`, database: 'shop' }),
          publications: [`${pipe[2]}_pub`],
          tables: [{ oid: 1, schema: 'public', name: `t_${pipe[2]}`, state: 'ready' }],
        }),
      ),
      pulse: {
        startedAt: start - 1000 * (index + 1),
        slots: out.map((pipe) => slot(pipe[2], { activePid: 100 + pipes.indexOf(pipe) })),
        senders: out.map((pipe) => sender({ pid: 100 + pipes.indexOf(pipe), applicationName: pipe[2] })),
        workers: into.map((pipe) => worker(pipe[2], { subscriptionOid: oid(pipe) })),
        subscriptionOids: into.map(oid),
      },
    });
  });
}

const states: readonly StreamState[] = ['streaming', 'streaming', 'streaming', 'catchingUp', 'stopped', 'copying'];

/** What the panel would send for a drawing: states taken in turn, figures that grow. */
export function messagesOf(topology: Topology): {
  readonly graph: TopologyGraphMessage;
  readonly live: TopologyLiveMessage;
} {
  const streams = topology.edges.flatMap(({ streamId }) => streamId ?? []);
  return {
    graph: { type: 'graph', scopeText: 'all servers', topology, notices: [] },
    live: {
      type: 'live',
      sampledAt: start,
      streams: Object.fromEntries(
        streams.map((id, index) => [
          id,
          {
            state: states[index % states.length] ?? 'unknown',
            stateText: states[index % states.length] ?? 'unknown',
            secondsBehind: index % 7,
            secondsBehindIsMinimum: false,
            notAppliedBytes: index * 100_000,
            retainedBytes: index * 1_000_000,
          },
        ]),
      ),
    },
  };
}

/** A shop with its warehouse, a cascade, a bidirectional pair, standbys, a Debezium, an orphan: about thirty streams. */
export function shop(): readonly TopologyServer[] {
  const names = ['shop', 'warehouse', 'reports', 'archive', 'east', 'west', 'billing', 'search'];
  const pipes: Pipe[] = [
    ['shop', 'warehouse', 'orders_sub'],
    ['shop', 'warehouse', 'customers_sub'],
    ['warehouse', 'reports', 'reports_sub'],
    ['reports', 'archive', 'archive_sub'],
    ['east', 'west', 'from_east'],
    ['west', 'east', 'from_west'],
    ['billing', 'warehouse', 'billing_sub'],
    ['shop', 'nowhere', 'debezium'],
    ['shop', 'nowhere', 'airbyte_slot'],
    ...Array.from({ length: 6 }, (_, index): Pipe => ['billing', 'search', `index_${index}`]),
    ...Array.from({ length: 13 }, (_, index): Pipe => ['archive', 'nowhere', `consumer_${index}`]),
  ];
  const standby = server({
    id: 'shop-standby',
    host: 'shop-standby.example.org',
    systemIdentifier: '7000',
    inRecovery: true,
    pulse: { startedAt: start - 50, inRecovery: true },
  });
  const [first, ...others] = serversOf(names, pipes);
  if (!first) return [];
  const { pulse } = first.snapshot;
  const withStandby: TopologyServer = {
    ...first,
    snapshot: {
      ...first.snapshot,
      pulse: {
        ...pulse,
        slots: [...pulse.slots, slot('forgotten', { active: false, activePid: null })],
        senders: [...pulse.senders, sender({ pid: 900, applicationName: 'walreceiver', clientAddress: '10.0.0.77' })],
      },
    },
  };
  return [withStandby, ...others, standby];
}

/** Three hundred streams between sixty servers. */
export function large(): readonly TopologyServer[] {
  const names = Array.from({ length: 60 }, (_, index) => `server-${index}`);
  const pipes = Array.from({ length: 300 }, (_, index): Pipe => [
    `server-${index % 12}`,
    `server-${12 + (index % 48)}`,
    `stream_${index}`,
  ]);
  return serversOf(names, pipes);
}
