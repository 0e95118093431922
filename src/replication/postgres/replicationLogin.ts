import type { Client, ClientConfig } from 'pg';

import type { ConnectParams } from '../model/connect.ts';
import { describeError, ReplicationError } from '../model/errors.ts';
import type { ReplicationLogin } from '../model/reads.ts';
import { providerOfHost } from '../providers/recognise.ts';
import { connectError } from './errors.ts';
import { hbaLine, seenByServer } from './hbaLine.ts';
import { clientConfig } from './session.ts';
import { tlsAttempts, type TlsAttempt } from './tls.ts';

/**
 * See OnDemandReads.replicationLogin. Opens what CREATE SUBSCRIPTION opens (replication=database), sends
 * IDENTIFY_SYSTEM, and closes it. All versions from 10. Never rejects.
 */
export async function replicationLogin(params: ConnectParams): Promise<ReplicationLogin> {
  const obstacle = providerOfHost(params.host).hostObstacle(params.host);
  if (obstacle !== null) {
    const error = describeError(new ReplicationError('unsupported', `${params.host}: ${obstacle}`));
    return { ok: false, systemIdentifier: null, error };
  }
  try {
    return { ok: true, systemIdentifier: await identify(params), error: null };
  } catch (error) {
    return { ok: false, systemIdentifier: null, error: describeError(explain(error, params)) };
  }
}

/** As openSession tries what the sslmode allows: the other way only where it may be TLS that the first failed by. */
async function identify(params: ConnectParams): Promise<string> {
  let failure: unknown;
  for (const attempt of tlsAttempts(params)) {
    try {
      return await identifyBy(params, attempt);
    } catch (error) {
      const next = connectError(error, params);
      // That there is no TLS to fall back to says less than what pg_hba.conf had against the first way.
      if (failure === undefined || next.kind !== 'tls') failure = error;
      if (next.kind !== 'tls' && next.kind !== 'hbaRejected') break;
    }
  }
  throw failure;
}

async function identifyBy(params: ConnectParams, ssl: TlsAttempt): Promise<string> {
  const { Client: PgClient } = await import('pg');
  // pg sends `replication` as a start-up parameter; its types don't tell.
  const config: ClientConfig & { readonly replication: string } = {
    ...clientConfig(params, ssl),
    replication: 'database',
  };
  const client = new PgClient(config);
  // Without a listener an error after the connection is made would end the process.
  client.on('error', () => {});
  const limit = params.connectTimeoutSeconds * 1000;
  // A server that lets one in and then says nothing mustn't be waited for without end.
  const impatience = setTimeout(() => destroy(client, new Error('timeout expired')), 2 * limit);
  try {
    await client.connect();
    const { rows } = await client.query<{ systemid: string }>('IDENTIFY_SYSTEM');
    await client.end();
    return rows[0]?.systemid ?? '';
  } catch (error) {
    destroy(client);
    throw error;
  } finally {
    clearTimeout(impatience);
  }
}

/** Reaches into pg's client: an end that is polite would wait for a server that is silent. */
function destroy(client: Client, error?: Error): void {
  const { connection } = client as unknown as { readonly connection: { stream: { destroy(cause?: Error): void } } };
  connection.stream.destroy(error);
}

/** What stands against a replication connection, in words. */
function explain(thrown: unknown, params: ConnectParams): ReplicationError {
  const plain = connectError(thrown, params);
  const said = plain.server?.message ?? '';
  const { user, host, port, database } = params;
  const place = host.startsWith('/') ? host : `${host}:${port}`;
  const words = plain.server ? { server: plain.server } : {};
  if (/max_wal_senders/.test(said)) {
    return new ReplicationError('limit', `${place} has no WAL sender left for a replication connection.`, {
      ...words,
      advice: 'End a WAL sender that nobody needs, or raise max_wal_senders; that needs a restart.',
    });
  }
  if (/start walsender|start WAL sender/.test(said)) {
    return new ReplicationError('privilege', `The role ${user} may not replicate from ${place}.`, {
      ...words,
      advice: 'Give it the REPLICATION attribute (on Amazon the role rds_replication): Create Replication Role does.',
    });
  }
  if (/permission denied for database/.test(said)) {
    return new ReplicationError('privilege', `The role ${user} may not connect to the database ${database}.`, {
      ...words,
      advice: 'Give it CONNECT on the database: Create Replication Role does.',
    });
  }
  if (plain.kind === 'authentication') {
    return new ReplicationError('authentication', `${place} doesn’t let the role ${user} in with this password.`, {
      ...words,
      advice:
        'Check the password, and that the role may log in. One that was stored as md5 must be set anew where pg_hba.conf asks for scram-sha-256.',
    });
  }
  if (plain.kind === 'hbaRejected') {
    return new ReplicationError('hbaRejected', rejectedWords(params, place), {
      ...words,
      advice: hbaAdvice(params, said),
    });
  }
  return plain;
}

function rejectedWords({ user, database }: ConnectParams, place: string): string {
  return `${place} doesn’t let the role ${user} replicate from the database ${database} from here.`;
}

function hbaAdvice({ host, database, user }: ConnectParams, said: string): string {
  const { access } = providerOfHost(host);
  if (access !== null) return access;
  const line = hbaLine({ database, user, ...seenByServer(said) });
  return `Add this line to pg_hba.conf, before any line that rejects it, and reload the configuration: ${line}`;
}
