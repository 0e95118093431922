import { readFileSync } from 'node:fs';

import { readProbe } from '../../src/replication/catalog/probe.ts';
import { pulseColumnsQuery } from '../../src/replication/catalog/pulse.ts';
import { PulseReader } from '../../src/replication/catalog/pulseReader.ts';
import { openSession, type Session } from '../../src/replication/postgres/session.ts';
import { paramsOf } from '../support/connect.ts';
import { startServer } from '../support/servers/startServer.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { everyMajor } from '../support/servers/versions.ts';
import { CountingWay } from './countingWay.ts';
import { formatDurations, measure, summarize } from './measure.ts';

/** How many samples the bytes and the processor time are counted over. */
const counted = 300;
/** A tick of the processor time in /proc, milliseconds (USER_HZ is 100 on every Linux). */
const tickMs = 10;

/** Prints what one live-lag sample costs on each version: round trip, time on the server, and bytes both ways. */
export async function benchPulses(print: (line: string) => void): Promise<void> {
  for (const major of everyMajor) {
    const server = await startServer({ major });
    try {
      await benchVersion(server, print);
    } finally {
      await server.dispose();
    }
  }
}

async function benchVersion(server: TestServer, print: (line: string) => void): Promise<void> {
  await server.script('create table t (id int primary key); create publication p for table t');
  for (const name of ['one', 'two', 'three', 'four', 'five']) {
    await server.query(`select pg_create_logical_replication_slot($1, 'pgoutput')`, [`bench_${name}`]);
  }
  await server.query(
    `create subscription s connection 'host=127.0.0.1 port=1 dbname=nowhere' publication p with (connect = false)`,
  );
  const way = await CountingWay.open(server);
  const session = await openSession({ ...paramsOf(server), sslMode: 'disable', port: way.port });
  try {
    const probe = await readProbe(session, 0);
    const pulses = new PulseReader(session, probe, 'bench');
    const sample = await measure(100, () => pulses.read());
    const nothing = await measure(100, () => session.query('select 1', [], { name: 'nothing' }));
    const [sent, received, before] = [way.sent, way.received, processorMs(session.backendPid)];
    for (let run = 0; run < counted; run += 1) await pulses.read();
    const after = processorMs(session.backendPid);
    const each = (bytes: number): string => `${Math.round(bytes / counted)} B`;
    const bytes = `${each(way.sent - sent)} sent, ${each(way.received - received)} received`;
    const times = summarize(await serverTimes(session, pulseColumnsQuery(probe)));
    print(`PostgreSQL ${server.major}, 5 slots and 1 subscription: server time ${formatDurations(times)}`);
    print(
      `  bytes: ${bytes}; round trip ${formatDurations(sample)}, of select 1 ${formatDurations(nothing)}` +
        (before === null || after === null
          ? ''
          : `; processor time of its backend ${((after - before) / counted).toFixed(2)} ms`),
    );
  } finally {
    await session.close();
    way.close();
  }
}

/** Execution times in milliseconds as the server states them, of twenty runs. */
async function serverTimes(session: Session, query: string): Promise<readonly number[]> {
  const times: number[] = [];
  for (let run = 0; run < 20; run += 1) {
    const rows = await session.query<{ 'QUERY PLAN': string }>(`explain (analyze, timing off) ${query}`);
    const line = rows.map((row) => row['QUERY PLAN']).find((text) => /^execution time:/i.test(text));
    times.push(Number(/[\d.]+/.exec(line ?? '')?.[0]));
  }
  return times;
}

/** Processor time that a process has used, milliseconds; null where the machine has no /proc. */
function processorMs(pid: number): number | null {
  try {
    // After the name in parentheses: utime and stime are the 12th and 13th field.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * tickMs;
  } catch {
    return null;
  }
}
