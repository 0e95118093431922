import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';

import type { ConnectParams } from '../../src/replication/model/connect.ts';
import { ReplicationError, type ErrorKind } from '../../src/replication/model/errors.ts';
import { Secret } from '../../src/replication/model/secret.ts';
import { openSession } from '../../src/replication/postgres/session.ts';
import { paramsOf } from '../support/connect.ts';
import { freePort } from '../support/servers/freePort.ts';
import { Proxy } from '../support/servers/proxy.ts';
import { startServer } from '../support/servers/startServer.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { makeAuthority, tlsUnavailable, type TestAuthority } from '../support/servers/tls.ts';
import { useServers } from '../support/servers/useServers.ts';
import { skip } from '../support/skip.ts';

const password = 'a very Secret word';

async function failure(params: ConnectParams): Promise<ReplicationError> {
  try {
    await (await openSession(params)).close();
  } catch (error) {
    assert.ok(error instanceof ReplicationError, inspect(error));
    assert.ok(error.advice, `an error of kind ${error.kind} says what to do next`);
    assert.doesNotMatch(inspect(error, { depth: 10 }), new RegExp(password));
    return error;
  }
  throw new assert.AssertionError({ message: 'the connection was made' });
}

async function assertFails(params: ConnectParams, kind: ErrorKind, words: RegExp): Promise<void> {
  const error = await failure(params);
  assert.equal(error.kind, kind, error.message);
  assert.match(error.message, words);
}

describe('a session (real server)', () => {
  const servers = useServers({
    server: {
      major: 18,
      password,
      settings: { max_connections: '6', superuser_reserved_connections: '2', max_wal_senders: '2' },
      hba: ['host all shut_out 127.0.0.1/32 reject'],
    },
  });
  const params = (more: Partial<ConnectParams> = {}): ConnectParams => ({ ...paramsOf(servers.server), ...more });

  it('says in words why it cannot be opened', async () => {
    await servers.server.createRole('shut_out', 'irrelevant');
    await assertFails(params({ host: 'no-such-host.invalid' }), 'unknownHost', /no-such-host\.invalid/);
    await assertFails(params({ port: await freePort() }), 'refused', /Nothing accepts connections/);
    await assertFails(params({ password: new Secret(`${password} misspelt`) }), 'authentication', /wrong password/);
    const { password: _, ...withoutPassword } = params();
    await assertFails(withoutPassword, 'authentication', /asks for a password/);
    await assertFails(params({ user: 'nobody here' }), 'authentication', /nobody here/);
    await assertFails(params({ database: 'missing' }), 'noSuchDatabase', /no database missing/);
    await assertFails(params({ user: 'shut_out' }), 'hbaRejected', /pg_hba\.conf/);
    await assertFails(params({ user: 'shut_out', sslMode: 'allow' }), 'hbaRejected', /pg_hba\.conf/);
    await assertFails(params({ sslMode: 'require' }), 'tls', /does not support SSL/);
    await assertFails(params({ sslMode: 'require', sslRootCert: 'nowhere.crt' }), 'tls', /nowhere\.crt/);
  });

  it('keeps what the server said', async () => {
    const error = await failure(params({ database: 'missing' }));
    assert.equal(error.server?.code, '3D000');
    assert.match(error.server?.message ?? '', /database "missing" does not exist/);
  });

  it('does not take a password from the environment', async () => {
    const { password: _, ...withoutPassword } = params();
    process.env['PGPASSWORD'] = password;
    try {
      await assertFails(withoutPassword, 'authentication', /asks for a password/);
    } finally {
      delete process.env['PGPASSWORD'];
    }
  });

  it('gives up on a server that accepts and never answers', async () => {
    const proxy = await Proxy.open(servers.server);
    try {
      await proxy.cut('silent');
      await assertFails(params({ port: proxy.port, connectTimeoutSeconds: 1 }), 'timeout', /didn't answer within 1 s/);
      const controller = new AbortController();
      const attempt = openSession(params({ port: proxy.port, connectTimeoutSeconds: 100 }), controller.signal);
      controller.abort();
      await assert.rejects(attempt, (error) => ReplicationError.is(error, 'cancelled'));
    } finally {
      await proxy.dispose();
    }
  });

  it('says when no connection is left', async () => {
    const { user = '', password: word = '' } = await servers.server.createRole('crowd', 'crowd-word');
    const crowd = params({ user, password: new Secret(word) });
    const open = await Promise.all([openSession(crowd), openSession(crowd), openSession(crowd), openSession(crowd)]);
    try {
      await assertFails(crowd, 'tooManyConnections', /no connection left/);
    } finally {
      await Promise.all(open.map((session) => session.close()));
    }
  });

  it('tells once that it was lost, and refuses statements from then on', async () => {
    const session = await openSession(params());
    const lost = new Promise<ReplicationError>((resolve) => session.onLost(resolve));
    const running = session.query('select pg_sleep(100)');
    await servers.server.query('select pg_terminate_backend($1::int)', [session.backendPid]);
    await assert.rejects(running, (error) => ReplicationError.is(error, 'connectionLost'));
    assert.equal((await lost).kind, 'connectionLost');
    assert.equal(session.closed, true);
    await assert.rejects(session.query('select 1'), (error) => ReplicationError.is(error, 'connectionLost'));
    await session.close();
  });

  it('gives a dead network up when an answer is overdue', async () => {
    const proxy = await Proxy.open(servers.server);
    try {
      const session = await openSession(params({ port: proxy.port }));
      proxy.slow({ latency: 60_000 });
      await assert.rejects(session.query('select 1', [], { deadlineMs: 200 }), (error) =>
        ReplicationError.is(error, 'connectionLost'),
      );
      await session.close();
    } finally {
      await proxy.dispose();
    }
  });

  it('collects the notices of a statement', async () => {
    const session = await openSession(params());
    try {
      const { notices } = await session.execute(`do $$ begin raise warning 'mind the gap'; end $$`);
      assert.deepEqual(notices, ['WARNING: mind the gap']);
      assert.deepEqual((await session.execute('select 1')).notices, []);
    } finally {
      await session.close();
    }
  });
});

describe('a session over TLS (real server)', () => {
  let authority: TestAuthority;
  let folder: string;
  let server: TestServer;
  let wrongHost: TestServer;

  before(async function () {
    const reason = await tlsUnavailable();
    if (reason !== undefined) skip(this, reason);
    folder = await mkdtemp(path.join(tmpdir(), 'tls-'));
    authority = await makeAuthority(folder);
    const hba = ['hostssl all certified 127.0.0.1/32 cert', 'hostnossl sealed all 127.0.0.1/32 reject'];
    [server, wrongHost] = await Promise.all([
      startServer({ major: 16, password, hba, tls: { ...authority.server, ca: authority.ca } }),
      startServer({ major: 16, password, tls: authority.wrongHost }),
    ]);
    await server.createDatabase('sealed');
  });

  after(async () => {
    await Promise.all([server?.dispose(), wrongHost?.dispose()]);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  async function encrypted(params: ConnectParams): Promise<boolean> {
    const session = await openSession(params);
    try {
      const rows = await session.query<{ ssl: string }>('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
      return rows[0]?.ssl === 't';
    } finally {
      await session.close();
    }
  }

  it('encrypts by every sslmode but disable, which this server refuses', async () => {
    await assertFails(
      { ...paramsOf(server, { database: 'sealed' }), sslMode: 'disable' },
      'hbaRejected',
      /pg_hba\.conf/,
    );
    for (const sslMode of ['allow', 'prefer', 'require'] as const) {
      assert.equal(await encrypted({ ...paramsOf(server, { database: 'sealed' }), sslMode }), true, sslMode);
    }
    for (const sslMode of ['verify-ca', 'verify-full'] as const) {
      assert.equal(
        await encrypted({ ...paramsOf(server, { database: 'sealed' }), sslMode, sslRootCert: authority.ca }),
        true,
        sslMode,
      );
    }
  });

  it('stays unencrypted by disable and allow where the server takes that', async () => {
    assert.equal(await encrypted({ ...paramsOf(wrongHost), sslMode: 'disable' }), false);
    assert.equal(await encrypted({ ...paramsOf(wrongHost), sslMode: 'allow' }), false);
    assert.equal(await encrypted({ ...paramsOf(wrongHost), sslMode: 'prefer' }), true);
  });

  it('refuses a certificate of an unknown authority, and by verify-full one of another name', async () => {
    await assertFails({ ...paramsOf(server, { database: 'sealed' }), sslMode: 'verify-ca' }, 'tls', /certificate/i);
    const known = { ...paramsOf(wrongHost), sslRootCert: authority.ca };
    assert.equal(await encrypted({ ...known, sslMode: 'verify-ca' }), true);
    const error = await failure({ ...known, sslMode: 'verify-full' });
    assert.equal(error.kind, 'tls');
    assert.match(error.advice ?? '', /made for/);
  });

  it('logs in by a client certificate', async () => {
    await server.query('create role certified login');
    const { cert, key } = await authority.client('certified');
    const { password: _, ...target } = paramsOf(server, { user: 'certified', database: 'sealed' });
    const params = {
      ...target,
      sslMode: 'verify-full',
      sslRootCert: authority.ca,
      sslCert: cert,
      sslKey: key,
    } as const;
    assert.equal(await encrypted(params), true);
  });
});
