import type { Client, ClientConfig } from 'pg';

import type { ConnectParams } from '../model/connect.ts';
import { ReplicationError } from '../model/errors.ts';
import { connectError, statementError } from './errors.ts';
import { tlsAttempts, type TlsAttempt } from './tls.ts';

/** How one statement is sent. */
export interface QueryOptions {
  /** Completes "Couldn't …" in an error: "read the server". */
  readonly doing?: string;
  /**
   * Milliseconds to wait for an answer. After that the connection is given up (it may be a dead network) and
   * the error is of kind 'connectionLost'. Absent: as long as the server takes.
   */
  readonly deadlineMs?: number;
  /** Names a prepared statement, so that a statement sent at every beat is planned once. */
  readonly name?: string;
}

/** One connection to one database of a server. Statements are sent one at a time, in the order of the calls. */
export interface Session {
  /** server_version as the server wrote it at the start: "18.4". */
  readonly serverVersion: string;
  readonly backendPid: number;
  readonly closed: boolean;
  /** Rows of one statement; all values are text as the server writes it, or null. Rejects with ReplicationError. */
  query<Row extends object>(text: string, values?: readonly unknown[], options?: QueryOptions): Promise<readonly Row[]>;
  /** One statement by the simple protocol, with the warnings and notices it raised. Rejects with ReplicationError. */
  execute(text: string, options?: QueryOptions): Promise<{ readonly notices: readonly string[] }>;
  /** Calls back once if the connection breaks (not when it is closed by us). Returns the way to stop it. */
  onLost(listener: (error: ReplicationError) => void): () => void;
  /** Ends the session; resolves when it is closed. Never rejects. */
  close(): Promise<void>;
}

/** What we reach into of pg's client, beyond its types. */
interface ClientInternals {
  readonly processID: number | null;
  readonly connection: {
    readonly stream: { destroy(error?: Error): void };
    on(event: 'parameterStatus', listener: (message: { parameterName: string; parameterValue: string }) => void): void;
  };
}

/**
 * Opens a session, trying what the sslmode allows in its order. Rejects with a ReplicationError that says why in
 * words; with 'cancelled' when `signal` was aborted.
 */
export async function openSession(params: ConnectParams, signal?: AbortSignal): Promise<Session> {
  const attempts = tlsAttempts(params);
  let failure: ReplicationError | undefined;
  for (const attempt of attempts) {
    if (signal?.aborted) break;
    try {
      return await PgSession.connect(params, attempt, signal);
    } catch (error) {
      const next = connectError(error, params);
      // That there is no TLS to fall back to says less than what pg_hba.conf had against the first way.
      if (failure?.kind !== 'hbaRejected' || next.kind !== 'tls') failure = next;
      // The other way is worth trying only where it may be TLS itself that this one failed by.
      if (!ReplicationError.is(failure, 'tls', 'hbaRejected')) break;
    }
  }
  if (signal?.aborted || !failure) throw new ReplicationError('cancelled', 'The connection attempt was cancelled.');
  throw failure;
}

class PgSession implements Session {
  readonly serverVersion: string;
  readonly backendPid: number;
  readonly #client: Client;
  readonly #lostListeners = new Set<(error: ReplicationError) => void>();
  #notices: string[] = [];
  #tail: Promise<unknown> = Promise.resolve();
  #closing = false;
  #lost: ReplicationError | undefined;

  static async connect(params: ConnectParams, ssl: TlsAttempt, signal?: AbortSignal): Promise<PgSession> {
    // Loaded here, not at the top: it costs tens of milliseconds that activation must not pay.
    const { Client: PgClient } = await import('pg');
    const client = new PgClient(clientConfig(params, ssl));
    const internals = client as unknown as ClientInternals;
    let serverVersion = '';
    internals.connection.on('parameterStatus', ({ parameterName, parameterValue }) => {
      if (parameterName === 'server_version') serverVersion = parameterValue;
    });
    // Without a listener an error after the connection is made would end the process.
    client.on('error', () => {});
    const abort = (): void => internals.connection.stream.destroy(new Error('cancelled'));
    signal?.addEventListener('abort', abort, { once: true });
    try {
      // Loading pg took a moment: a signal that came meanwhile fires no event any more.
      signal?.throwIfAborted();
      await client.connect();
    } catch (error) {
      internals.connection.stream.destroy();
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
    return new PgSession(client, serverVersion);
  }

  private constructor(client: Client, serverVersion: string) {
    this.#client = client;
    this.serverVersion = serverVersion;
    this.backendPid = this.#internals.processID ?? 0;
    client.on('notice', (notice) => this.#notices.push(`${notice.severity ?? 'NOTICE'}: ${notice.message ?? ''}`));
    client.on('error', (error) => this.#becomeLost(error));
    client.on('end', () => this.#becomeLost(new Error('Connection terminated unexpectedly')));
  }

  get #internals(): ClientInternals {
    return this.#client as unknown as ClientInternals;
  }

  get closed(): boolean {
    return this.#closing || this.#lost !== undefined;
  }

  query<Row extends object>(
    text: string,
    values: readonly unknown[] = [],
    options: QueryOptions = {},
  ): Promise<readonly Row[]> {
    return this.#inTurn(options, async () => {
      const name = options.name === undefined ? {} : { name: options.name };
      const result = await this.#client.query<Row>({ ...name, text, values: [...values] });
      return result.rows;
    });
  }

  execute(text: string, options: QueryOptions = {}): Promise<{ readonly notices: readonly string[] }> {
    return this.#inTurn(options, async () => {
      this.#notices = [];
      await this.#client.query(text);
      return { notices: this.#notices };
    });
  }

  onLost(listener: (error: ReplicationError) => void): () => void {
    this.#lostListeners.add(listener);
    return () => this.#lostListeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    this.#lostListeners.clear();
    // A dead network would keep a polite end waiting for minutes.
    const impatience = setTimeout(() => this.#internals.connection.stream.destroy(), 1000);
    try {
      await this.#client.end();
    } catch {
      // It is closed either way; that is all that was asked.
    } finally {
      clearTimeout(impatience);
    }
  }

  #inTurn<Result>(options: QueryOptions, work: () => Promise<Result>): Promise<Result> {
    const turn = this.#tail.then(() => this.#guarded(options, work));
    this.#tail = turn.catch(() => {});
    return turn;
  }

  async #guarded<Result>(options: QueryOptions, work: () => Promise<Result>): Promise<Result> {
    this.#throwIfLost();
    if (this.#closing) throw new ReplicationError('connectionLost', 'The session was closed.');
    const doing = options.doing ?? 'run a statement';
    let deadline: NodeJS.Timeout | undefined;
    if (options.deadlineMs !== undefined) {
      const seconds = Math.round(options.deadlineMs / 1000);
      deadline = setTimeout(() => {
        this.#becomeLost(new Error(`no answer within ${seconds} s`));
        this.#internals.connection.stream.destroy();
      }, options.deadlineMs);
    }
    try {
      return await work();
    } catch (error) {
      this.#throwIfLost();
      const failure = statementError(error, doing);
      if (failure.kind === 'connectionLost') this.#becomeLost(error);
      throw failure;
    } finally {
      clearTimeout(deadline);
    }
  }

  #throwIfLost(): void {
    if (this.#lost) throw this.#lost;
  }

  #becomeLost(cause: unknown): void {
    if (this.#closing || this.#lost) return;
    const detail = cause instanceof Error ? cause.message : String(cause);
    this.#lost = new ReplicationError('connectionLost', `The connection was lost: ${detail}.`, {
      server: { message: detail },
      advice: 'It is made again by itself as soon as the server answers.',
    });
    for (const listener of this.#lostListeners) listener(this.#lost);
    this.#lostListeners.clear();
  }
}

/** How pg is told to connect; all values of answers stay text. */
export function clientConfig(params: ConnectParams, ssl: TlsAttempt): ClientConfig {
  return {
    host: params.host,
    port: params.port,
    database: params.database,
    user: params.user,
    // A function, so that pg neither takes PGPASSWORD nor reads the password file behind the person's back.
    password: () => params.password?.reveal() as string,
    ssl,
    application_name: params.applicationName,
    connectionTimeoutMillis: params.connectTimeoutSeconds * 1000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // Everything stays text: LSNs, timestamps and 64-bit numbers lose nothing; parsers of ours read it.
    types: { getTypeParser: () => (value: string | Buffer) => value.toString() },
  };
}
