import { spawn } from 'node:child_process';

import type { ConnectParams } from '../../src/replication/model/connect.ts';
import type { Stream } from '../../src/replication/model/stream.ts';
import type { Topology, TopologyEdge } from '../../src/replication/model/topology.ts';
import { createReplicationService } from '../../src/replication/replicationService.ts';
import { buildTopology } from '../../src/replication/topology/buildTopology.ts';
import { pairStreams } from '../../src/replication/topology/pairStreams.ts';
import type { TopologyServer } from '../../src/replication/topology/serverNodes.ts';
import { paramsOf } from '../support/connect.ts';
import { eventually } from '../support/eventually.ts';
import { KnownConnections } from '../support/knownConnections.ts';
import type { TestServer } from '../support/servers/testServer.ts';

/** What was seen of all connections. */
export interface Seen {
  readonly streams: readonly Stream[];
  readonly topology: Topology;
}

/** Longest wait for what workers do by themselves, milliseconds. */
const patience = 60_000;

/** Connections to real servers, read one after the other, each time from nothing unless told. */
export class TopologyLab {
  readonly connections = new KnownConnections();
  readonly service = createReplicationService({
    connections: this.connections,
    log: { debug: () => {}, info: () => {}, warn: () => {} },
  });
  #before: Seen = { streams: [], topology: { nodes: [], edges: [], remarks: [] } };

  /** Adds a connection by its name. */
  add(id: string, server: TestServer, more: Partial<ConnectParams> = {}): void {
    this.connections.set(id, { ...paramsOf(server), ...more });
  }

  /** Reads every connection and joins what it showed. The last look is remembered, as the panel does. */
  async look(): Promise<Seen> {
    const servers: TopologyServer[] = [];
    for (const facts of this.connections.all()) {
      servers.push({ facts, snapshot: await this.service.refresh(facts.id), open: true });
    }
    const streams = pairStreams(servers, this.#before.streams);
    const topology = buildTopology({ servers, unread: [], streams, before: this.#before.topology });
    this.#before = { streams, topology };
    return this.#before;
  }

  /** Looks until what is seen fits; says what was seen where it never does. */
  async until(what: string, fits: (seen: Seen) => boolean): Promise<Seen> {
    let last: Seen | undefined;
    try {
      return await eventually(
        async () => {
          last = await this.look();
          return fits(last) ? last : undefined;
        },
        { within: patience, every: 200, what },
      );
    } catch (error) {
      throw new Error(`${String(error)}; last seen: ${JSON.stringify(last && shown(last))}`, { cause: error });
    }
  }

  async dispose(): Promise<void> {
    await this.service.dispose();
  }
}

/** What was seen, in few words: every edge with its ends, every remark with its kind. */
export function shown({ topology: { edges, nodes, remarks } }: Seen): {
  readonly edges: readonly string[];
  readonly remarks: readonly string[];
} {
  const name = (id: string) => nodes.find((node) => node.id === id)?.name ?? '?';
  return {
    edges: edges.map((edge) => edgeText(edge, name)).toSorted(),
    remarks: remarks.map(({ about, kind }) => `${kind} ${about}`).toSorted(),
  };
}

function edgeText({ from, kind, slot, subscription, to }: TopologyEdge, name: (id: string) => string): string {
  const start = `${name(from)}/${slot?.name ?? '-'}`;
  const end = `${name(to)}/${subscription?.name ?? '-'}`;
  return kind === 'logical' ? `${start} > ${end}` : `${start} ~ ${end}`;
}

/** A database with a table of one column on a server; the table is published where that is asked. */
export async function shop(server: TestServer, database: string, publish = true): Promise<void> {
  await server.createDatabase(database);
  await server.script('CREATE TABLE t (id int PRIMARY KEY)', database);
  if (publish) await server.script('CREATE PUBLICATION p FOR TABLE t', database);
}

/** What a subscription is made of, beside its publication `p`. */
export interface SubscribeOptions {
  readonly publisher: TestServer;
  readonly from: string;
  readonly subscriber: TestServer;
  readonly to: string;
  readonly name: string;
  /** Goes on the end of the connection string. */
  readonly conninfo?: string;
  /** Replaces the host of the connection string. */
  readonly host?: string;
  /** What goes into WITH (…). */
  readonly options?: string;
}

/** Creates a subscription to the publication `p`. */
export async function subscribe(wanted: SubscribeOptions): Promise<void> {
  const { conninfo = '', from, host, name, options = 'copy_data = false', publisher, subscriber, to } = wanted;
  const plain = publisher.conninfo({ database: from });
  const address = `${host === undefined ? plain : plain.replace(/^host=\S+/, `host=${host}`)} ${conninfo}`.trim();
  await subscriber.query(
    `CREATE SUBSCRIPTION ${name} CONNECTION '${address.replaceAll("'", "''")}' PUBLICATION p WITH (${options})`,
    [],
    to,
  );
}

/** Starts pg_recvlogical on a slot; gives the way to end it. */
export function receive(server: TestServer, slotName: string, database: string): () => Promise<void> {
  const child = spawn(
    'pg_recvlogical',
    [
      '-h',
      server.host,
      '-p',
      String(server.port),
      '-U',
      server.superuser,
      '-d',
      database,
      '-S',
      slotName,
      '--start',
      '-f',
      '-',
    ],
    { env: { ...process.env, PGPASSWORD: server.password }, stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return async () => {
    child.kill('SIGTERM');
    await ended;
  };
}
