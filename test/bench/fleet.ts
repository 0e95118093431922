import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { onProcessEnd } from '../support/processEnd.ts';
import { startServer } from '../support/servers/startServer.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { everyMajor } from '../support/servers/versions.ts';

/** A connection of the fleet, as it is handed to another process. */
export interface FleetConnection {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

/** How large a fleet is. */
export interface FleetSize {
  readonly databases: number;
  /** Logical slots in all. */
  readonly slots: number;
  /** How many of the slots a subscription on the next server reads from; the others nobody reads. */
  readonly subscriptions: number;
}

/** Many watched databases on a server of every version, with streams between them and writes on each. */
export interface Fleet {
  readonly connections: readonly FleetConnection[];
  readonly servers: readonly TestServer[];
  /** A file with the connections as JSON, for a process that watches them. */
  readonly file: string;
  dispose(): Promise<void>;
}

/** Starts a fleet: one server of each major version, the databases and slots dealt out evenly among them. */
export async function startFleet(size: FleetSize): Promise<Fleet> {
  const perServer = Math.ceil(size.slots / everyMajor.length) + 10;
  const limit = String(perServer + 20);
  const servers: TestServer[] = [];
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pg-replication-fleet-'));
  const forget = onProcessEnd(() => rmSync(folder, { recursive: true, force: true }));
  for (const major of everyMajor) {
    servers.push(
      await startServer({
        major,
        settings: {
          max_replication_slots: limit,
          max_wal_senders: limit,
          max_worker_processes: limit,
          max_logical_replication_workers: '16',
          max_connections: '200',
          autovacuum: 'off',
        },
      }),
    );
  }
  // One after the other on each server, all servers side by side; the list is in the order of the numbers.
  const databases = numbers(size.databases);
  const connections: FleetConnection[] = [];
  await Promise.all(
    servers.map(async (server, which) => {
      for (const index of databases.filter((one) => one % servers.length === which)) {
        connections[index] = await addDatabase(server, index);
      }
    }),
  );
  for (const index of numbers(size.slots)) await addSlot(servers, connections, index, size);
  const writing = setInterval(() => {
    for (const server of servers) void server.query('insert into bench_writes default values').catch(() => {});
  }, 1000);
  for (const server of servers)
    await server.script('create table bench_writes (id serial primary key, at timestamptz default now())');
  const file = path.join(folder, 'connections.json');
  await writeFile(file, JSON.stringify(connections), { mode: 0o600 });
  return {
    connections,
    servers,
    file,
    dispose: async () => {
      clearInterval(writing);
      for (const server of servers) await server.dispose();
      rmSync(folder, { recursive: true, force: true });
      forget();
    },
  };
}

async function addDatabase(server: TestServer, index: number): Promise<FleetConnection> {
  const database = `bench_${index}`;
  await server.createDatabase(database);
  await server.script('create table t (id int primary key); create publication p for table t', database);
  const { host, password, port, superuser } = server;
  return { name: `pg${server.major} ${database}`, host, port, database, user: superuser, password };
}

/** The first of the slots are made by subscriptions of the next server, into the database that follows. */
async function addSlot(
  servers: readonly TestServer[],
  connections: readonly FleetConnection[],
  index: number,
  { databases, subscriptions }: FleetSize,
): Promise<void> {
  const publisher = pick(servers, index % databases);
  const { database } = pick(connections, index);
  if (index >= subscriptions) {
    await publisher.query(`select pg_create_logical_replication_slot($1, 'pgoutput')`, [`slot_${index}`], database);
    return;
  }
  const address = publisher.conninfo({ database }).replaceAll("'", "''");
  await pick(servers, index + 1).query(
    `create subscription sub_${index} connection '${address}' publication p with (copy_data = false)`,
    [],
    pick(connections, index + 1).database,
  );
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function pick<Item>(items: readonly Item[], index: number): Item {
  const item = items[index % items.length];
  if (item === undefined) throw new Error('there is nothing to pick from');
  return item;
}
