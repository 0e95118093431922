// `npm run bench [-- <section> …]`: prints figures, asserts none.
import os from 'node:os';

import { endWithParent } from '../support/processEnd.ts';
import { startServer } from '../support/servers/startServer.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { benchHistory } from './history.ts';
import { benchHost } from './host.ts';
import { benchPanel } from './panel.ts';
import { benchPulses } from './pulses.ts';
import { benchSizes } from './sizes.ts';
import { benchSnapshots } from './snapshots.ts';
import { benchWatching, benchWatchingInHost } from './watching.ts';

type Print = (line: string) => void;

/** What can be measured. A section that wants a server gets a new one of its own. */
const sections: Readonly<Record<string, (print: Print) => Promise<void>>> = {
  sizes: benchSizes,
  host: benchHost,
  samples: benchPulses,
  snapshots: onServer(benchSnapshots),
  panel: benchPanel,
  history: benchHistory,
  watching: benchWatching,
  watchingInHost: benchWatchingInHost,
};

function onServer(bench: (server: TestServer, print: Print) => Promise<void>): (print: Print) => Promise<void> {
  return async (print) => {
    const server = await startServer({ major: 18 });
    try {
      await bench(server, print);
    } finally {
      await server.dispose();
    }
  };
}

async function main(names: readonly string[]): Promise<void> {
  console.log(`Node ${process.version}, ${os.cpus().length} × ${os.cpus()[0]?.model ?? 'unknown'}, PostgreSQL 18`);
  console.log(
    `${loadText()} (what others have running counts: above one a processor, times are longer than they need be)`,
  );
  for (const [name, bench] of Object.entries(sections)) {
    if (names.length === 0 || names.includes(name)) {
      console.log(`\n${name}`);
      await bench((line) => console.log(`  ${line}`));
      console.log(`  ${loadText()}`);
    }
  }
}

/** How busy the machine is. */
function loadText(): string {
  return `load of the machine: ${os
    .loadavg()
    .map((load) => load.toFixed(1))
    .join(', ')}`;
}

endWithParent();
main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
