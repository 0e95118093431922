import assert from 'node:assert/strict';

import { ReplicationError } from '../../src/replication/model/errors.ts';
import { Secret } from '../../src/replication/model/secret.ts';
import { createReplicationService } from '../../src/replication/replicationService.ts';
import type { ReplicationService, ServerChange } from '../../src/replication/service.ts';
import { paramsOf } from '../support/connect.ts';
import { eventually } from '../support/eventually.ts';
import { KnownConnections } from '../support/knownConnections.ts';
import { Proxy } from '../support/servers/proxy.ts';
import { useServers } from '../support/servers/useServers.ts';

describe('the replication service (real server)', () => {
  const servers = useServers({ server: { major: 17 } });
  let connections: KnownConnections;
  let service: ReplicationService;
  let proxy: Proxy;
  let changes: [string, ServerChange][];
  let logged: string[];
  let onLogged: (message: string) => void;

  beforeEach(async () => {
    proxy = await Proxy.open(servers.server);
    connections = new KnownConnections();
    connections.set('shop', { ...paramsOf(servers.server), sslMode: 'disable', port: proxy.port });
    logged = [];
    onLogged = () => {};
    const write = (message: string): void => {
      logged.push(message);
      onLogged(message);
    };
    service = createReplicationService({ connections, log: { debug: write, info: write, warn: write } });
    changes = [];
    service.onDidChange((connectionId, change) => changes.push([connectionId, change]));
  });

  afterEach(async () => {
    await service.dispose();
    await proxy.dispose();
    assert.doesNotMatch(logged.join('\n'), new RegExp(servers.server.password));
  });

  it('connects once for any number of calls, and then answers from memory', async () => {
    assert.equal(service.state('shop').phase, 'closed');
    const [first, second] = await Promise.all([service.open('shop'), service.open('shop')]);
    assert.equal(first, second);
    assert.equal(await service.open('shop'), first);
    assert.equal(proxy.connections, 1);
    assert.equal(service.state('shop').phase, 'open');
  });

  it('remembers a failure instead of knocking again, until it is asked to refresh', async () => {
    connections.set('shop', {
      ...paramsOf(servers.server),
      sslMode: 'disable',
      port: proxy.port,
      password: new Secret('wrong'),
    });
    await assert.rejects(service.open('shop'), (error) => ReplicationError.is(error, 'authentication'));
    const knocks = proxy.connections;
    for (let again = 0; again < 5; again += 1) {
      await assert.rejects(service.open('shop'), (error) => ReplicationError.is(error, 'authentication'));
    }
    assert.equal(proxy.connections, knocks);
    const state = service.state('shop');
    assert.equal(state.phase === 'failed' && state.retryAt, null);
    connections.set('shop', { ...paramsOf(servers.server), sslMode: 'disable', port: proxy.port });
    await service.refresh('shop');
    assert.equal(service.state('shop').phase, 'open');
  });

  it('reads the pulse at every beat while watched, on one connection, and stops when nobody looks', async () => {
    const stop = service.watch(['shop'], 20);
    await eventually(() => changes.filter(([, change]) => change === 'pulse').length >= 5);
    assert.equal(proxy.connections, 1);
    stop();
    const { roundTrips } = proxy;
    const pulses = await settled(() => changes.length);
    assert.ok(proxy.roundTrips <= roundTrips + 1, 'at most the beat under way was finished');
    assert.ok(pulses >= 5);
  });

  it('goes on where somebody who listens fails, tells the others, and says so once', async () => {
    service.onDidChange(() => {
      throw new Error('a listener that fails');
    });
    const heard: ServerChange[] = [];
    service.onDidChange((_, change) => heard.push(change));
    await service.open('shop');
    const stop = service.watch(['shop'], 100);
    await eventually(() => heard.filter((change) => change === 'pulse').length >= 3);
    stop();
    assert.equal(service.state('shop').phase, 'open');
    assert.equal(proxy.connections, 1);
    assert.equal(logged.filter((line) => line.includes('a listener that fails')).length, 1);
  });

  it('notices by itself what changed in the catalogs', async () => {
    const stop = service.watch(['shop'], 50);
    await service.open('shop');
    await servers.server.query('create publication noticed');
    await eventually(async () =>
      (await service.open('shop')).inventory.publications.some(({ name }) => name === 'noticed'),
    );
    assert.ok(changes.some(([, change]) => change === 'inventory'));
    stop();
  });

  it('says that a connection is lost, keeps what was known, and comes back by itself', async () => {
    const stop = service.watch(['shop'], 50);
    await service.open('shop');
    await servers.server.stop('immediate');
    const failed = await eventually(() => {
      const state = service.state('shop');
      return state.phase === 'failed' && state;
    });
    assert.ok(failed.snapshot, 'what was known is kept');
    assert.ok(failed.retryAt);
    await servers.server.start();
    await eventually(() => service.state('shop').phase === 'open', { within: 20_000 });
    stop();
  });

  it('waits longer between the retries of a server that stays away', async () => {
    await proxy.cut('refuse');
    const stop = service.watch(['shop'], 20);
    await eventually(() => {
      const state = service.state('shop');
      return state.phase === 'failed' && state.attempts >= 2;
    });
    const state = service.state('shop');
    assert.ok(state.phase === 'failed' && state.retryAt !== null);
    assert.ok(proxy.connections <= 4, `${proxy.connections} connections`);
    stop();
  });

  it('gives a read of details while it is watched, and forgets everything when closed', async () => {
    await servers.server.query('create table if not exists detailed (id int primary key)');
    const { inventory } = await service.refresh('shop');
    const table = inventory.tables.find(({ name }) => name === 'detailed');
    const [details] = await service.tableDetails('shop', [table?.oid ?? 0]);
    assert.deepEqual(
      details?.columns.map(({ name }) => name),
      ['id'],
    );
    await service.close('shop');
    assert.equal(service.state('shop').phase, 'closed');
    await eventually(() => proxy.openConnections === 0);
  });

  it('begins a refresh no earlier than it was asked for, and shares one that waits', async () => {
    await service.open('shop');
    const [first, second, third] = await Promise.all([
      service.refresh('shop'),
      service.refresh('shop'),
      service.refresh('shop'),
    ]);
    assert.notEqual(second, first, 'the first may have begun before what the second asks for');
    assert.equal(third, second);
    assert.ok(second.inventory.readAt - second.inventory.tookMs >= first.inventory.readAt);
  });

  for (const meanwhile of ['close', 'refresh'] as const) {
    it(`leaves one session or none behind when a ${meanwhile} comes just as a statement fails`, async () => {
      connections.set('shop', {
        ...paramsOf(servers.server),
        sslMode: 'disable',
        port: proxy.port,
        statementTimeoutMs: 300,
      });
      const stop = service.watch(['shop'], 60_000);
      await service.open('shop');
      const locker = await servers.server.client();
      await locker.query('begin; lock table pg_catalog.pg_publication in access exclusive mode');
      let then: Promise<unknown> | undefined;
      onLogged = (message) => {
        if (then || !message.includes('statement timeout')) return;
        // As soon as it has failed, before what it had open is closed.
        then = (async () => {
          await Promise.resolve();
          const asked = service[meanwhile]('shop');
          await locker.query('rollback');
          await asked;
        })();
      };
      await service.refresh('shop').catch(() => {});
      await then;
      assert.equal(service.state('shop').phase, meanwhile === 'close' ? 'closed' : 'open');
      const open = meanwhile === 'close' ? 0 : 1;
      await eventually(() => proxy.openConnections === open);
      assert.equal(await settled(() => changes.length + proxy.connections), changes.length + proxy.connections);
      assert.equal(service.state('shop').phase, meanwhile === 'close' ? 'closed' : 'open');
      assert.equal(proxy.openConnections, open);
      await locker.end();
      stop();
    });
  }

  it('tries params without keeping anything open', async () => {
    const inventory = await service.inspect({ ...paramsOf(servers.server), port: proxy.port });
    assert.equal(inventory.server.role.superuser, true);
    await eventually(() => proxy.openConnections === 0);
    assert.equal(service.state('shop').phase, 'closed');
  });
});

/** The value once it has stayed the same over ten looks. */
async function settled(look: () => number): Promise<number> {
  let last = look();
  let same = 0;
  return eventually(() => {
    const now = look();
    same = now === last ? same + 1 : 0;
    last = now;
    return same >= 10 && now;
  });
}
