import { LagMonitor } from '../../src/replication/lag/monitor.ts';
import type { StreamLag } from '../../src/replication/model/stream.ts';
import { createReplicationService } from '../../src/replication/replicationService.ts';
import { SampleStore } from '../../src/replication/samples/sampleStore.ts';
import { paramsOf } from '../support/connect.ts';
import { eventually } from '../support/eventually.ts';
import { KnownConnections } from '../support/knownConnections.ts';
import type { TestServer } from '../support/servers/testServer.ts';

/** Samples of tests are taken this often, milliseconds. */
export const beatMs = 200;

/** How long one waits for what servers do by themselves, milliseconds: long enough for a machine that is busy. */
export const patienceMs = 60_000;
/** For tests with several such waits. */
export const longTestMs = 240_000;

/** A monitor over real servers, fed by the real service. Each connection has the name it is given under. */
export class LagLab {
  readonly connections = new KnownConnections();
  readonly service = createReplicationService({
    connections: this.connections,
    log: { debug: () => {}, info: () => {}, warn: () => {} },
  });
  readonly monitor: LagMonitor;
  /** What streams showed over time. */
  readonly samples = new SampleStore();

  constructor(servers: Readonly<Record<string, TestServer>>) {
    for (const [id, server] of Object.entries(servers)) this.connections.set(id, paramsOf(server));
    this.monitor = new LagMonitor({ service: this.service, connections: this.connections });
    this.monitor.onDidSample((measured) => {
      for (const lag of measured) this.samples.record(lag);
    });
  }

  /** Begins sampling these connections. */
  watch(...ids: readonly string[]): void {
    this.service.watch(ids, beatMs);
  }

  /** The lag of a slot's stream as soon as it fits. */
  async until(
    what: string,
    slotName: string,
    fits: (lag: StreamLag) => boolean,
    within = patienceMs,
  ): Promise<StreamLag> {
    let last: StreamLag | undefined;
    const attempt = () => {
      last = this.monitor.lags().find(({ stream }) => stream.publisher?.slotName === slotName);
      return last && fits(last) ? last : undefined;
    };
    try {
      return await eventually(attempt, { within, what });
    } catch (error) {
      throw new Error(`${String(error)}; last seen: ${JSON.stringify(last)}`, { cause: error });
    }
  }

  async dispose(): Promise<void> {
    this.monitor.dispose();
    await this.service.dispose();
  }
}

/** A publication of one table on the publisher, and a subscription to it with the same name as its slot. */
export async function startStream(publisher: TestServer, subscriber: TestServer, name: string): Promise<void> {
  const table = `CREATE TABLE ${name}_t (id int PRIMARY KEY, filler text)`;
  await publisher.script(
    `${table}; CREATE PUBLICATION ${name}_pub FOR TABLE ${name}_t WITH (publish = 'insert, update, delete')`,
  );
  await subscriber.script(table);
  await subscriber.query(
    `CREATE SUBSCRIPTION ${name} CONNECTION '${publisher.conninfo().replaceAll("'", "''")}' PUBLICATION ${name}_pub`,
  );
}

/** Writes rows, about 1 kB of WAL each. */
export async function load(publisher: TestServer, name: string, rows: number): Promise<void> {
  await publisher.query(
    `INSERT INTO ${name}_t SELECT coalesce((SELECT max(id) FROM ${name}_t), 0) + n, repeat(md5(n::text), 30)
     FROM generate_series(1, ${rows}) n`,
  );
}

/** What facts say the distances of a slot are, by a statement of their own: bytes, null as the server gives it. */
export async function computed(
  publisher: TestServer,
  slotName: string,
): Promise<Readonly<Record<string, number | null>>> {
  const [row] = await publisher.query<Record<string, string | null>>(
    `SELECT pg_current_wal_lsn() - s.confirmed_flush_lsn AS not_applied, pg_current_wal_lsn() - s.restart_lsn AS retained,
       pg_current_wal_lsn() - r.sent_lsn AS not_sent, r.sent_lsn - r.write_lsn AS in_flight,
       extract(epoch FROM r.replay_lag) AS replay_lag
     FROM pg_replication_slots s LEFT JOIN pg_stat_replication r ON r.pid = s.active_pid WHERE s.slot_name = $1`,
    [slotName],
  );
  return Object.fromEntries(
    Object.entries(row ?? {}).map(([key, value]) => [key, value === null ? null : Number(value)]),
  );
}
