import assert from 'node:assert/strict';

import { planCreateSlot } from '../../src/replication/operations/slot/createSlot.ts';
import { createReplicationService } from '../../src/replication/replicationService.ts';
import type { ReplicationService } from '../../src/replication/service.ts';
import { paramsOf } from '../support/connect.ts';
import { KnownConnections } from '../support/knownConnections.ts';
import { startDebian15 } from '../support/servers/debian15.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { skip } from '../support/skip.ts';

describe('output plugins on Debian’s PostgreSQL 15 with wal2json (real server)', () => {
  let server: TestServer | undefined;
  let service: ReplicationService;

  before(async function () {
    this.timeout(180_000);
    const debian = await startDebian15({});
    if ('reason' in debian) skip(this, debian.reason);
    server = debian.server;
    const connections = new KnownConnections();
    connections.set('debian', { ...paramsOf(server), sslMode: 'disable' });
    const quiet = (): void => {};
    service = createReplicationService({ connections, log: { debug: quiet, info: quiet, warn: quiet } });
  });

  after(async () => {
    await service?.dispose();
    await server?.dispose();
  });

  it('offers wal2json, creates a slot with it, and its changes can be read', async () => {
    const snapshot = await service.open('debian');
    assert.deepEqual(snapshot.inventory.server.plugins, ['pgoutput', 'test_decoding', 'wal2json']);
    const choice = { name: 'json', plugin: 'wal2json', twoPhase: false, failover: false, waitLimitMs: 10_000 };
    const outcome = await service.run(
      planCreateSlot({ connectionId: 'debian', serverName: 'debian', snapshot }, choice),
    );
    assert.equal(outcome.status, 'done');
    await server?.query('create table seen (id int primary key)');
    await server?.query('insert into seen values (7)');
    const rows = await server?.query<{ data: string }>(
      `select data from pg_logical_slot_peek_changes('json', null, null)`,
    );
    assert.match(rows?.map(({ data }) => data).join('\n') ?? '', /"table":"seen".*7/);
  });
});
