import assert from 'node:assert/strict';

import type { ConnectionFacts } from '../../../src/replication/model/connect.ts';
import type { ServerState } from '../../../src/replication/model/serverState.ts';
import type { StreamLag } from '../../../src/replication/model/stream.ts';
import { pairStreams } from '../../../src/replication/topology/pairStreams.ts';
import { TopologyPresenter, type TopologySources } from '../../../src/ui/panels/topologyPresenter.ts';
import { facts } from '../lag/handmade.ts';
import { serversOf } from '../topology/world.ts';

const servers = serversOf(
  ['shop', 'warehouse', 'east', 'west'],
  [
    ['shop', 'warehouse', 'orders'],
    ['east', 'west', 'mirror'],
  ],
);

/** The made servers are open; further connections stand as told. */
function sources(others: Readonly<Record<string, ServerState>> = {}): TopologySources {
  const streams = pairStreams(servers);
  const known: readonly ConnectionFacts[] = [
    ...servers.map((server) => server.facts),
    ...Object.keys(others).map((id) => facts({ id })),
  ];
  return {
    monitor: {
      streams: () => streams,
      lags: () =>
        streams.map(
          (stream) =>
            ({
              stream,
              state: 'streaming',
              stateText: 'streaming',
              sampledAt: 5,
              secondsBehind: 1,
              secondsBehindIsMinimum: false,
              notAppliedBytes: 2,
              retainedBytes: 3,
            }) as StreamLag,
        ),
    },
    service: {
      state: (id) => {
        const server = servers.find((one) => one.facts.id === id);
        return server ? { phase: 'open', snapshot: server.snapshot } : (others[id] ?? { phase: 'closed' });
      },
    },
    connections: { all: () => known, facts: (id) => known.find((one) => one.id === id) },
  };
}

describe('what the topology panel is told', () => {
  it('is everything there is, with how each stream stands', () => {
    const presenter = new TopologyPresenter(sources(), { kind: 'all' });
    const { notices, scopeText, topology } = presenter.graph();
    assert.deepEqual([scopeText, topology.nodes.length, topology.edges.length, notices], ['all servers', 4, 2, []]);
    const { sampledAt, streams } = presenter.live();
    assert.equal(sampledAt, 5);
    assert.deepEqual(Object.keys(streams).toSorted(), ['slot:east:mirror', 'slot:shop:orders']);
    assert.deepEqual(streams['slot:shop:orders'], {
      state: 'streaming',
      stateText: 'streaming',
      secondsBehind: 1,
      secondsBehindIsMinimum: false,
      notAppliedBytes: 2,
      retainedBytes: 3,
    });
    assert.deepEqual(presenter.connectionIds(), ['shop', 'warehouse', 'east', 'west']);
  });

  it('is for one server what hangs together with it', () => {
    const presenter = new TopologyPresenter(sources(), { kind: 'server', connectionId: 'warehouse' });
    const { scopeText, topology } = presenter.graph();
    assert.equal(scopeText, 'warehouse');
    assert.deepEqual(
      topology.nodes.map(({ name }) => name),
      ['shop', 'warehouse'],
    );
    assert.deepEqual(Object.keys(presenter.live().streams), ['slot:shop:orders']);
    assert.deepEqual(presenter.connectionIds(), ['shop', 'warehouse']);
  });

  it('names connections that show nothing, with why, and draws them', () => {
    const error = { kind: 'connectionLost', message: 'No answer.' } as const;
    const presenter = new TopologyPresenter(
      sources({
        new: { phase: 'connecting', snapshot: null },
        down: { phase: 'failed', error, attempts: 1, retryAt: null, snapshot: null },
        closed: { phase: 'closed' },
      }),
      { kind: 'all' },
    );
    const { notices, topology } = presenter.graph();
    assert.deepEqual(notices, ['Connecting to new…', 'down: No answer.']);
    assert.deepEqual(
      topology.nodes.filter(({ reading }) => reading === 'never').map(({ name }) => name),
      ['new', 'down', 'closed'],
    );
  });

  it('says so where the server was removed', () => {
    const presenter = new TopologyPresenter(sources(), { kind: 'server', connectionId: 'gone' });
    const { scopeText, topology } = presenter.graph();
    assert.deepEqual([scopeText, topology.nodes.length], ['a server that was removed', 0]);
  });
});
