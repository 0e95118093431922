import { readProbe } from '../../src/replication/catalog/probe.ts';
import { readSnapshot } from '../../src/replication/catalog/readSnapshot.ts';
import { openSession } from '../../src/replication/postgres/session.ts';
import { paramsOf } from '../support/connect.ts';
import { run } from '../support/run.ts';
import { Proxy } from '../support/servers/proxy.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { publishTables } from './catalog.ts';
import { formatDurations, measure } from './measure.ts';

const sizes = [
  { tables: 10, publications: 2 },
  { tables: 1_000, publications: 50 },
  { tables: 10_000, publications: 500 },
];

/** Prints how long a snapshot takes by size and latency, beside what psql needs for `\dRp+` over the same way. */
export async function benchSnapshots(server: TestServer, print: (line: string) => void): Promise<void> {
  for (const { tables, publications } of sizes) {
    const database = `bench_${tables}`;
    await publishTables(server, database, tables, publications);
    const title = `${tables} published tables in ${publications} publications`;
    await compare(server, server, database, print, `${title}, on loopback`);
    const proxy = await Proxy.open(server, { latency: 10 });
    try {
      await compare(server, proxy, database, print, `${title}, 20 ms latency`);
    } finally {
      await proxy.dispose();
    }
  }
}

async function compare(
  server: TestServer,
  way: { readonly host: string; readonly port: number },
  database: string,
  print: (line: string) => void,
  title: string,
): Promise<void> {
  const session = await openSession({ ...paramsOf(server, { database }), port: way.port });
  try {
    const probe = await readProbe(session, 0);
    const ours = await measure(7, () => readSnapshot(session, probe, 'bench'));
    print(`snapshot, ${title}: ${formatDurations(ours)}`);
  } finally {
    await session.close();
  }
  const psql = (command: string) => async (): Promise<void> => {
    const answer = await run(
      'psql',
      ['-X', '-q', '-o', process.platform === 'win32' ? 'NUL' : '/dev/null', '-c', command],
      {
        env: {
          ...process.env,
          PGHOST: way.host,
          PGPORT: String(way.port),
          PGUSER: server.superuser,
          PGPASSWORD: server.password,
          PGDATABASE: database,
          PGSSLMODE: 'disable',
        },
      },
    );
    if (answer.code !== 0) throw new Error(answer.stderr);
  };
  try {
    const times = title.startsWith('10000') ? 1 : 3;
    const baseline = await measure(times, psql('select 1'));
    const described = await measure(times, psql(String.raw`\dRp+`));
    print(`  psql \\dRp+: ${formatDurations(described)}, of which start and log-in ${formatDurations(baseline)}`);
  } catch (error) {
    print(`  psql \\dRp+: not measured: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
  }
}
