import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';

import { Client, escapeIdentifier, escapeLiteral, type QueryResultRow } from 'pg';

import type { Postmaster, StopMode } from './postmaster.ts';
import type { Major } from './versions.ts';

/** Where and as whom to connect; what is left out is the superuser and the database `postgres`. */
export interface ConnectAs {
  readonly database?: string;
  readonly user?: string;
  readonly password?: string;
}

/** What a server is made of; only `startServer` and its like need this. */
export interface TestServerParts {
  readonly major: Major;
  readonly port: number;
  readonly password: string;
  readonly dataFolder: string;
  readonly logFile: string;
  readonly postmaster: Postmaster;
  /** The temporary folder around everything, removed with the server; undefined when the data is kept. */
  readonly home: string | undefined;
  /** Called when the server is gone for good. */
  readonly forget: () => void;
}

/** A real PostgreSQL server on loopback that belongs to the tests. */
export class TestServer {
  readonly major: Major;
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly superuser = 'postgres';
  /** The superuser's password. */
  readonly password: string;
  readonly dataFolder: string;
  readonly #parts: TestServerParts;
  readonly #clients = new Set<Client>();

  constructor(parts: TestServerParts) {
    this.major = parts.major;
    this.port = parts.port;
    this.password = parts.password;
    this.dataFolder = parts.dataFolder;
    this.#parts = parts;
  }

  /** Whether the server's main process runs. */
  get running(): boolean {
    return this.#parts.postmaster.pid !== undefined;
  }

  /** The connection string as a URI: `postgresql://user:password@127.0.0.1:port/database`. */
  uri({ database = 'postgres', user = this.superuser, password = this.password }: ConnectAs = {}): string {
    const part = encodeURIComponent;
    return `postgresql://${part(user)}:${part(password)}@${this.host}:${this.port}/${part(database)}`;
  }

  /** The connection string in keyword form, as CREATE SUBSCRIPTION takes it: `host=… port=… dbname=…`. */
  conninfo({ database = 'postgres', user = this.superuser, password = this.password }: ConnectAs = {}): string {
    const quote = (value: string): string => `'${value.replaceAll(/[\\']/g, '\\$&')}'`;
    return `host=${this.host} port=${this.port} dbname=${quote(database)} user=${quote(user)} password=${quote(password)}`;
  }

  /** A connected client of one's own, closed with the server unless ended before. Throws what the server refuses with. */
  async client(database = 'postgres', as: Omit<ConnectAs, 'database'> = {}): Promise<Client> {
    const client = new Client({
      host: this.host,
      port: this.port,
      database,
      user: as.user ?? this.superuser,
      password: as.password ?? this.password,
      connectionTimeoutMillis: 20_000,
    });
    client.on('error', () => this.#clients.delete(client));
    client.once('end', () => this.#clients.delete(client));
    await client.connect();
    this.#clients.add(client);
    return client;
  }

  /** Runs one statement as the superuser on a connection of its own, and gives its rows. Throws the server's error. */
  async query<Row extends QueryResultRow = QueryResultRow>(
    sql: string,
    parameters: readonly unknown[] = [],
    database = 'postgres',
  ): Promise<Row[]> {
    const client = await this.client(database);
    try {
      return (await client.query<Row>(sql, [...parameters])).rows;
    } finally {
      await client.end();
    }
  }

  /** Runs a script of several statements, in one go, as the superuser. Throws the server's error. */
  async script(sql: string, database = 'postgres'): Promise<void> {
    const client = await this.client(database);
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }

  /** Makes a database, whatever its name, and gives the name back. */
  async createDatabase(name: string): Promise<string> {
    await this.query(`CREATE DATABASE ${escapeIdentifier(name)}`);
    return name;
  }

  /** Makes a role that may log in with `password`; `attributes` as in CREATE ROLE, such as `REPLICATION`. */
  async createRole(name: string, password: string, attributes = ''): Promise<ConnectAs> {
    await this.query(`CREATE ROLE ${escapeIdentifier(name)} LOGIN PASSWORD ${escapeLiteral(password)} ${attributes}`);
    return { user: name, password };
  }

  /** Stops the server (dropping its clients unless told otherwise) and waits until it is gone. */
  async stop(mode: StopMode = 'fast'): Promise<void> {
    await this.#parts.postmaster.stop(mode);
  }

  /** Starts the server again on the port it had. Does nothing while it runs. */
  async start(): Promise<void> {
    await this.#parts.postmaster.start(this.port);
  }

  /** Stops and starts, for settings that need it. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Ends the main process as a crash would. */
  async kill(): Promise<void> {
    await this.#parts.postmaster.kill();
  }

  /** Everything the server wrote into its log so far. */
  async logText(): Promise<string> {
    return existsSync(this.#parts.logFile) ? readFile(this.#parts.logFile, 'utf8') : '';
  }

  /** Ends the server and removes its data, unless the data was given a folder to stay in. */
  async dispose(): Promise<void> {
    await Promise.all([...this.#clients].map((client) => client.end().catch(() => {})));
    await this.stop(this.#parts.home === undefined ? 'fast' : 'immediate');
    if (this.#parts.home !== undefined) {
      await rm(this.#parts.home, { recursive: true, force: true, maxRetries: 5 });
    }
    this.#parts.forget();
  }
}
