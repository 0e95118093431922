// What VS Code loads as the "tests" of the bench of watching: many connections, watched inside the real extension host.
import { appendFile, readFile } from 'node:fs/promises';

import * as vscode from 'vscode';

import { extensionApi } from '../host/api.ts';
import { eventually } from '../support/eventually.ts';
import type { FleetConnection } from './fleet.ts';
import { formatFigures, formatMemory, meterWatching } from './watchMeter.ts';

/** How long the host is measured before anything is watched, seconds. */
const restSeconds = 10;

/**
 * Watches the connections of the file `BENCH_FLEET` for `BENCH_SECONDS`, with the Servers view and the lag panel open,
 * and appends lines with figures to the file `BENCH_RESULTS`. Profiles the host into the file `BENCH_PROFILE` where it is set.
 */
export async function run(): Promise<void> {
  const { BENCH_RESULTS: results = '' } = process.env;
  const print = (line: string): Promise<void> => appendFile(results, `${line}\n`);
  try {
    await watch(print);
  } catch (error) {
    await print(`not measured to the end: ${String(error)}`);
  }
}

async function watch(print: (line: string) => Promise<void>): Promise<void> {
  const { BENCH_FLEET: fleetFile = '', BENCH_PROFILE: profile, BENCH_SECONDS: seconds = '' } = process.env;
  const api = await extensionApi();
  const rest = await meterWatching(api.service, [], restSeconds);
  await print(`at rest, before anything is watched: processor ${rest.processorPercent.toFixed(1)} % of one core`);
  await print(`  ${formatMemory(rest.memory[1])}`);
  const fleet = JSON.parse(await readFile(fleetFile, 'utf8')) as readonly FleetConnection[];
  const ids: string[] = [];
  for (const { database, host, name, password, port, user } of fleet) {
    const target = {
      host,
      port,
      database,
      user,
      sslMode: 'disable' as const,
      connectTimeoutSeconds: 10,
      statementTimeoutMs: 10_000,
      applicationName: 'bench',
    };
    const draft = { name, folder: null, color: null, production: false, readOnly: false, target };
    ids.push((await api.connections.add(draft, api.secret(password))).id);
  }
  await vscode.commands.executeCommand('pgReplication.servers.focus');
  const begin = performance.now();
  await vscode.commands.executeCommand('pgReplication.lag.open');
  await eventually(() => ids.every((id) => api.service.state(id).phase === 'open'), {
    within: 600_000,
    what: 'all servers open',
  });
  await print(`opening all: ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  await new Promise((resolve) => setTimeout(resolve, 5000));
  for (const line of formatFigures(await meterWatching(api.service, ids, Number(seconds), profile))) await print(line);
}
