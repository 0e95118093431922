import type { ConnectParams } from '../../src/replication/model/connect.ts';
import { Secret } from '../../src/replication/model/secret.ts';
import type { TestServer } from './servers/testServer.ts';

/** What a session needs to log in to a test server; as its superuser, into `postgres`, unless told otherwise. */
export function paramsOf(
  server: Pick<TestServer, 'host' | 'port' | 'superuser' | 'password'>,
  as: { readonly database?: string; readonly user?: string; readonly password?: string } = {},
): ConnectParams {
  return {
    host: server.host,
    port: server.port,
    database: as.database ?? 'postgres',
    user: as.user ?? server.superuser,
    password: new Secret(as.password ?? server.password),
    sslMode: 'prefer',
    connectTimeoutSeconds: 10,
    statementTimeoutMs: 30_000,
    applicationName: 'tests',
  };
}
