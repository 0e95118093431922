import path from 'node:path';

import { packageExtension } from '../support/extension.ts';
import { outFolder } from '../support/paths.ts';
import { run } from '../support/run.ts';
import { bundleBench } from './bundle.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { figuresOfHost } from './host.ts';
import { formatFigures, type WatchFigures } from './watchMeter.ts';

/** What is watched: as much as one person may have, on a server of every version; `BENCH_DATABASES` makes it fewer. */
const databases = Number(process.env['BENCH_DATABASES'] ?? 200);
const size = { databases, slots: Math.round(databases * 1.5), subscriptions: 18 };

/** How long it is watched, seconds; `BENCH_SECONDS` makes it shorter. */
const seconds = Number(process.env['BENCH_SECONDS'] ?? 300);

/** What the process in plain Node says. */
interface NodeFigures {
  readonly figures: WatchFigures;
  readonly opening: { readonly tookMs: number; readonly processorMs: number };
  readonly panel: { readonly posts: number; readonly postedBytes: number };
  readonly streams: { readonly all: number; readonly paired: number };
}

/** Prints what watching 200 databases with 300 streams costs a plain Node process. */
export const benchWatching = onFleet(inNode);

/** Prints what watching 200 databases with 300 streams costs the extension host of VS Code. */
export const benchWatchingInHost = onFleet(inHost);

type Print = (line: string) => void;

function onFleet(bench: (fleet: Fleet, print: Print) => Promise<void>): (print: Print) => Promise<void> {
  return async (print) => {
    const fleet = await startFleet(size);
    try {
      print(`${fleet.connections.length} databases on ${fleet.servers.length} servers (10 to 18), ${size.slots} slots`);
      await bench(fleet, print);
    } finally {
      await fleet.dispose();
    }
  };
}

/** Where a process writes down what it spent its time on, where the variable `BENCH_PROFILE` asks for that. */
function profile(name: string): readonly string[] {
  return process.env['BENCH_PROFILE'] === undefined ? [] : [path.join(outFolder, `watching-${name}.cpuprofile`)];
}

async function inNode(fleet: Fleet, print: Print): Promise<void> {
  const module = await bundleBench('watchInNode');
  const answer = await run(process.execPath, [module, fleet.file, String(seconds), ...profile('node')], {});
  if (answer.code !== 0) throw new Error(answer.stderr);
  const { figures, opening, panel, streams } = JSON.parse(answer.stdout) as NodeFigures;
  print(
    `plain Node, service, lag monitor and what the lag panel is sent; ${streams.all} streams, ${streams.paired} with both ends`,
  );
  for (const line of formatFigures(figures)) print(`  ${line}`);
  print(
    `    to the panel: ${(panel.posts / figures.seconds).toFixed(1)} messages/s, ${(panel.postedBytes / panel.posts / 1000).toFixed(0)} kB each`,
  );
  print(
    `    opening all: ${(opening.tookMs / 1000).toFixed(1)} s, of which processor ${(opening.processorMs / 1000).toFixed(1)} s`,
  );
}

async function inHost(fleet: Fleet, print: Print): Promise<void> {
  await packageExtension();
  const [file] = profile('host');
  const environment = {
    BENCH_FLEET: fleet.file,
    BENCH_SECONDS: String(seconds),
    ...(file === undefined ? {} : { BENCH_PROFILE: file }),
  };
  const module = await bundleBench('watchInHost');
  print('extension host of VS Code, Servers view and lag panel (all servers) open; the whole process');
  for (const line of await figuresOfHost(module, environment, (seconds + 900) * 1000)) print(`  ${line}`);
}
