import assert from 'node:assert/strict';

import { slownessText } from '../../src/replication/model/serverState.ts';
import { createReplicationService } from '../../src/replication/replicationService.ts';
import { paramsOf } from '../support/connect.ts';
import { eventually } from '../support/eventually.ts';
import { KnownConnections } from '../support/knownConnections.ts';
import { Proxy } from '../support/servers/proxy.ts';
import { useServers } from '../support/servers/useServers.ts';

/** How long one waits here for what takes a dozen slow samples, milliseconds. */
const within = 60_000;

describe('a server that answers slowly (real server, slow line)', function () {
  this.timeout(180_000);
  const servers = useServers({ server: { major: 18 } });

  it('is sampled less often and says so, keeps its one connection, and comes back to the beat', async () => {
    const proxy = await Proxy.open(servers.server);
    const logged: string[] = [];
    const write = (message: string) => void logged.push(message);
    const connections = new KnownConnections();
    connections.set('shop', { ...paramsOf(servers.server), sslMode: 'disable', port: proxy.port });
    const service = createReplicationService({ connections, log: { debug: write, info: write, warn: write } });
    const sampledAt: number[] = [];
    service.onDidChange((id, change) => {
      const state = service.state(id);
      if (change === 'pulse' && state.phase === 'open') sampledAt.push(state.snapshot.pulse.sampledAt);
    });
    const saysSlow = () => slownessText(service.state('shop'));
    const stop = service.watch(['shop'], 250);
    try {
      await eventually(() => sampledAt.length >= 4, { within, what: 'samples at the beat' });
      proxy.slow({ latency: 350 });
      const said = await eventually(saysSlow, { within, what: 'the state that says so' });
      assert.match(said, /^answers slowly: sampled every (2|4|8|16|30) s$/);
      // From here on, each is as far from the one before as was said (the beat may have a place earlier, but half of it).
      const slowSince = sampledAt.length;
      await eventually(() => sampledAt.length >= slowSince + 2, { within, what: 'slow samples' });
      const steps = sampledAt.slice(slowSince).map((at, index) => at - (sampledAt[slowSince + index - 1] ?? 0));
      assert.ok(
        steps.slice(1).every((step) => step >= 900),
        steps.join(', '),
      );
      assert.ok(
        logged.some((line) => line.startsWith('shop: answers slowly: sampled every ')),
        logged.join('\n'),
      );
      proxy.slow({});
      await eventually(() => saysSlow() === null, { within, what: 'the state that is well again' });
      assert.ok(
        logged.some((line) => line === 'shop: answers in time again'),
        logged.join('\n'),
      );
      assert.equal(proxy.connections, 1);
      stop();
      assert.equal(service.state('shop').phase, 'open');
    } finally {
      await service.dispose();
      await proxy.dispose();
    }
  });
});
