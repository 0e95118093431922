// `npm run bench [-- <section> …]`: prints figures, asserts none.
import os from 'node:os';

import { endWithParent } from '../support/processEnd.ts';
import { startServer } from '../support/servers/startServer.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { benchHost } from './host.ts';
import { benchPulses } from './pulses.ts';
import { benchSizes } from './sizes.ts';
import { benchSnapshots } from './snapshots.ts';

type Print = (line: string) => void;

/** What can be measured. A section that wants a server gets a new one of its own. */
const sections: Readonly<Record<string, (print: Print) => Promise<void>>> = {
  sizes: benchSizes,
  host: benchHost,
  samples: onServer(benchPulses),
  snapshots: onServer(benchSnapshots),
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
  for (const [name, bench] of Object.entries(sections)) {
    if (names.length === 0 || names.includes(name)) {
      console.log(`\n${name}`);
      await bench((line) => console.log(`  ${line}`));
    }
  }
}

endWithParent();
main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
