import { readProbe } from '../../src/replication/catalog/probe.ts';
import { pulseQuery } from '../../src/replication/catalog/pulse.ts';
import { readPulse } from '../../src/replication/catalog/readSnapshot.ts';
import { openSession, type Session } from '../../src/replication/postgres/session.ts';
import { paramsOf } from '../support/connect.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { formatDurations, measure, summarize } from './measure.ts';

/** Prints what one live-lag sample costs: its round trip beside that of `select 1`, and its time on the server. */
export async function benchPulses(server: TestServer, print: (line: string) => void): Promise<void> {
  for (const name of ['one', 'two', 'three', 'four', 'five']) {
    await server.query(`select pg_create_logical_replication_slot($1, 'pgoutput')`, [`bench_${name}`]);
  }
  const session = await openSession(paramsOf(server));
  try {
    const probe = await readProbe(session, 0);
    const sample = await measure(200, () => readPulse(session, probe, 'bench'));
    const nothing = await measure(200, () => session.query('select 1', [], { name: 'nothing' }));
    print(`lag sample (5 slots), round trip on loopback: ${formatDurations(sample)}`);
    print(`  select 1, the same way: ${formatDurations(nothing)}`);
    print(
      `  server time by EXPLAIN ANALYZE: ${formatDurations(summarize(await serverTimes(session, pulseQuery(probe))))}`,
    );
  } finally {
    await session.close();
  }
}

/** Execution times in milliseconds as the server states them, of twenty runs. */
async function serverTimes(session: Session, query: string): Promise<readonly number[]> {
  const times: number[] = [];
  for (let run = 0; run < 20; run += 1) {
    const rows = await session.query<{ 'QUERY PLAN': string }>(`explain (analyze, timing off) select (${query})::text`);
    const line = rows.map((row) => row['QUERY PLAN']).find((text) => text.startsWith('Execution Time:'));
    times.push(Number(/[\d.]+/.exec(line ?? '')?.[0]));
  }
  return times;
}
