// What VS Code loads as the "tests" of the bench: measures inside the real extension host, beside the extension.
import { appendFile } from 'node:fs/promises';

import * as vscode from 'vscode';

import type { TestApi } from '../../src/extension.ts';
import { addConnection, extensionId, nodeAt, rowsBelow } from '../host/api.ts';
import { startServer } from '../support/servers/startServer.ts';
import { publishTables } from './catalog.ts';
import { formatDurations, measure } from './measure.ts';

/** Appends a line for each figure to the file that the environment variable `BENCH_RESULTS` names. */
export async function run(): Promise<void> {
  const file = process.env['BENCH_RESULTS'];
  if (file === undefined) throw new Error('BENCH_RESULTS names no file');
  const print = (line: string): Promise<void> => appendFile(file, `${line}\n`);
  const extension = vscode.extensions.getExtension<TestApi>(extensionId);
  if (!extension) throw new Error('the extension is not there');
  const begin = performance.now();
  const api = await extension.activate();
  const whole = performance.now() - begin;
  await print(
    `VS Code ${vscode.version}: activate() ${api.activatedMs.toFixed(1)} ms; with loading the bundle ${whole.toFixed(1)} ms`,
  );
  const server = await startServer({ major: 18 });
  try {
    await publishTables(server, 'bench', 10_000, 500);
    await addConnection(api, 'bench', server, { database: 'bench' });
    const opened = performance.now();
    await rowsBelow(api, await nodeAt(api, 'bench'));
    await print(`opening a connection with 10,000 tables: ${(performance.now() - opened).toFixed(1)} ms`);
    for (const group of ['Tables', 'Publications']) {
      const node = await nodeAt(api, 'bench', group);
      const rows = await rowsBelow(api, node);
      await print(
        `expanding ${group} (${rows.length} rows): ${formatDurations(await measure(20, () => rowsBelow(api, node)))}`,
      );
    }
  } finally {
    await server.dispose();
  }
}
