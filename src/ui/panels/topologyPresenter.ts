import type {
  TopologyGraphMessage,
  TopologyLive,
  TopologyLiveMessage,
  TopologyScope,
} from '../../protocol/topology.ts';
import { serverView } from '../../replication/lag/ends.ts';
import type { LagMonitor } from '../../replication/lag/monitor.ts';
import type { ConnectionFacts, ConnectionSource } from '../../replication/model/connect.ts';
import type { Topology } from '../../replication/model/topology.ts';
import type { ReplicationService } from '../../replication/service.ts';
import { buildTopology, connectedPart } from '../../replication/topology/buildTopology.ts';
import type { TopologyServer } from '../../replication/topology/serverNodes.ts';

/** What the drawing is made from. */
export interface TopologySources {
  readonly monitor: Pick<LagMonitor, 'lags' | 'streams'>;
  readonly service: Pick<ReplicationService, 'state'>;
  readonly connections: Pick<ConnectionSource, 'all' | 'facts'>;
}

/** What one panel shows: the drawing of its scope, and how the streams in it stand. */
export class TopologyPresenter {
  readonly #sources: TopologySources;
  readonly #scope: TopologyScope;
  #whole: Topology | null = null;
  #part: Topology = { nodes: [], edges: [], remarks: [] };

  constructor(sources: TopologySources, scope: TopologyScope) {
    this.#sources = sources;
    this.#scope = scope;
  }

  /** The drawing as it is now. */
  graph(): TopologyGraphMessage {
    const { connections, monitor, service } = this.#sources;
    const servers: TopologyServer[] = [];
    const unread: ConnectionFacts[] = [];
    for (const facts of connections.all()) {
      const view = serverView(facts.name, service.state(facts.id));
      if (view) servers.push({ facts, snapshot: view.snapshot, open: view.open });
      else unread.push(facts);
    }
    this.#whole = buildTopology({ servers, unread, streams: monitor.streams(), before: this.#whole });
    this.#part = this.#scope.kind === 'all' ? this.#whole : connectedPart(this.#whole, this.#scope.connectionId);
    return {
      type: 'graph',
      scopeText: topologyScopeText(this.#sources, this.#scope),
      topology: this.#part,
      notices: this.#notices(),
    };
  }

  /** How the streams of the drawing that was made last stand now. */
  live(): TopologyLiveMessage {
    const drawn = new Set(this.#part.edges.map(({ streamId }) => streamId));
    const lags = this.#sources.monitor.lags().filter(({ stream }) => drawn.has(stream.id));
    const streams: Record<string, TopologyLive> = {};
    for (const lag of lags) {
      const { notAppliedBytes, retainedBytes, secondsBehind, secondsBehindIsMinimum, state, stateText } = lag;
      streams[lag.stream.id] = {
        state,
        stateText,
        secondsBehind,
        secondsBehindIsMinimum,
        notAppliedBytes,
        retainedBytes,
      };
    }
    const sampledAt = lags.length === 0 ? null : Math.max(...lags.map((lag) => lag.sampledAt));
    return { type: 'live', streams, sampledAt };
  }

  /** The connections in the drawing that was made last. */
  connectionIds(): readonly string[] {
    return this.#part.nodes.flatMap(({ members }) => members.map(({ connectionId }) => connectionId));
  }

  /** Connections that show nothing, because they aren't open and never were. */
  #notices(): readonly string[] {
    const { connections, service } = this.#sources;
    const own = this.#scope.kind === 'server' ? this.#scope.connectionId : null;
    return connections
      .all()
      .filter(({ id }) => own === null || own === id)
      .flatMap(({ id, name }) => {
        const state = service.state(id);
        if (state.phase === 'connecting' && state.snapshot === null) return [`Connecting to ${name}…`];
        return state.phase === 'failed' && state.snapshot === null ? [`${name}: ${state.error.message}`] : [];
      });
  }
}

/** Whose streams are drawn, in words. */
export function topologyScopeText({ connections }: Pick<TopologySources, 'connections'>, scope: TopologyScope): string {
  if (scope.kind === 'all') return 'all servers';
  return connections.facts(scope.connectionId)?.name ?? 'a server that was removed';
}
