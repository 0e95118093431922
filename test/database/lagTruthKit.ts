import { eventually } from '../support/eventually.ts';
import type { TestServer } from '../support/servers/testServer.ts';

/** wal_receiver_status_interval of the subscribers: before 14 an idle consumer confirms WAL of others only then. */
export const statusSeconds = 5;

/** How a stream of the tests is made. */
export interface StreamChoice {
  /** Where the subscription connects to, on loopback. */
  readonly port: number;
  readonly enabled?: boolean;
  /** Large transactions are sent before their commit (14+); otherwise they go to disk on the publisher. */
  readonly streaming?: boolean;
}

/** A table of that name with `_t`, its publication with `_pub`, and a subscription to it with the same name as its slot. */
export async function createStream(
  publisher: TestServer,
  subscriber: TestServer,
  name: string,
  { enabled = true, port, streaming = false }: StreamChoice,
): Promise<void> {
  const table = `CREATE TABLE ${name}_t (id int PRIMARY KEY, filler text)`;
  await publisher.script(`${table}; CREATE PUBLICATION ${name}_pub FOR TABLE ${name}_t`);
  await subscriber.script(table);
  const conninfo = publisher.conninfo().replace(/port=\d+/, `port=${port}`);
  const options = [
    `enabled = ${enabled}`,
    'copy_data = false',
    ...(subscriber.major >= 14 ? [`streaming = ${streaming}`] : []),
  ];
  await subscriber.query(
    `CREATE SUBSCRIPTION ${name} CONNECTION '${conninfo.replaceAll("'", "''")}' PUBLICATION ${name}_pub WITH (${options.join(', ')})`,
  );
}

/** Stops the WAL sender of a slot at a moment at which nothing is under way, and gives its process. */
export function haltSender(publisher: TestServer, slotName: string): Promise<number> {
  return eventually(
    async () => {
      const { pid, underWay } = await senderOf(publisher, slotName);
      if (underWay) return undefined;
      process.kill(pid, 'SIGSTOP');
      const now = await senderOf(publisher, slotName);
      if (!now.underWay) return pid;
      process.kill(pid, 'SIGCONT');
      return undefined;
    },
    { within: 60_000, what: 'a WAL sender with nothing under way' },
  );
}

/** The WAL sender of a slot, and whether anything that it should send or sent isn't answered yet. */
async function senderOf(
  publisher: TestServer,
  slotName: string,
): Promise<{ readonly pid: number; readonly underWay: boolean }> {
  const [row] = await publisher.query<{ pid: number; under_way: boolean }>(
    `SELECT r.pid, r.sent_lsn IS DISTINCT FROM r.write_lsn OR r.write_lsn IS DISTINCT FROM r.flush_lsn AS under_way
       FROM pg_replication_slots s JOIN pg_stat_replication r ON r.pid = s.active_pid WHERE s.slot_name = $1`,
    [slotName],
  );
  if (!row) throw new Error(`nobody sends from ${slotName}`);
  return { pid: row.pid, underWay: row.under_way };
}

/** Writes WAL until a slot that nobody reads has kept more than the server lets it. */
export async function loseBySize(publisher: TestServer, slotName: string): Promise<void> {
  await publisher.query("ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'");
  await publisher.query('SELECT pg_reload_conf()');
  await eventually(
    async () => {
      await publisher.script('CREATE TABLE w (x int); DROP TABLE w; SELECT pg_switch_wal(); CHECKPOINT');
      const [slot] = await publisher.query<{ wal_status: string }>(
        'SELECT wal_status FROM pg_replication_slots WHERE slot_name = $1',
        [slotName],
      );
      return slot?.wal_status === 'lost';
    },
    { what: `the loss of ${slotName}`, within: 60_000 },
  );
}
