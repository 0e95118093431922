// A plain Node process that watches a fleet as the extension does with the lag panel open: service, lag monitor, samples,
// forecasts and what the panel would be sent, without VS Code. Arguments: the file with the connections, seconds, and the file
// to write a profile into where one is wanted. Prints figures as JSON.
import { readFile } from 'node:fs/promises';

import { Copies } from '../../src/replication/copy/copies.ts';
import { Forecasts } from '../../src/replication/forecast/forecasts.ts';
import { LagMonitor } from '../../src/replication/lag/monitor.ts';
import { Secret } from '../../src/replication/model/secret.ts';
import { createReplicationService } from '../../src/replication/replicationService.ts';
import { followStreams } from '../../src/replication/samples/follow.ts';
import { SampleStore } from '../../src/replication/samples/sampleStore.ts';
import { LagPresenter } from '../../src/ui/panels/lagPresenter.ts';
import { KnownConnections } from '../support/knownConnections.ts';
import type { FleetConnection } from './fleet.ts';
import { beatMs, meterWatching } from './watchMeter.ts';

/** As the lag panel does where many servers beat all the time: what comes within this time goes to the page together. */
const gatherMs = beatMs / 2;

async function main(file: string, seconds: number, profile?: string): Promise<void> {
  const fleet = JSON.parse(await readFile(file, 'utf8')) as readonly FleetConnection[];
  const connections = new KnownConnections();
  for (const { name, password, ...way } of fleet) {
    connections.set(name, {
      ...way,
      password: new Secret(password),
      sslMode: 'disable',
      connectTimeoutSeconds: 10,
      statementTimeoutMs: 10_000,
      applicationName: 'bench',
    });
  }
  const quiet = () => {};
  const log = { debug: quiet, info: quiet, warn: quiet };
  const service = createReplicationService({ connections, log });
  const monitor = new LagMonitor({ service, connections });
  const samples = new SampleStore();
  const forecasts = new Forecasts({ monitor, service, connections });
  const copies = new Copies({ service, connections, monitor, log });
  followStreams({ monitor, service, forecasts, samples, onFirst: () => {} });
  const sources = { service, connections, monitor, samples, forecasts, copies };
  const presenter = new LagPresenter(sources, { kind: 'all' });
  let timer: NodeJS.Timeout | undefined;
  let posts = 0;
  let postedBytes = 0;
  monitor.onDidSample(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      posts += 1;
      postedBytes += JSON.stringify(presenter.state(beatMs)).length;
    }, gatherMs);
  });
  const ids = fleet.map(({ name }) => name);
  const begin = performance.now();
  const before = process.cpuUsage();
  service.watch(ids, beatMs);
  await new Promise<void>((resolve) => {
    const stop = service.onDidChange(() => {
      if (!ids.every((id) => service.state(id).phase === 'open')) return;
      stop();
      resolve();
    });
  });
  const openedMs = performance.now() - begin;
  const { system, user } = process.cpuUsage(before);
  // What connecting left behind (compiling, garbage) is no part of watching.
  await new Promise((resolve) => setTimeout(resolve, 5000));
  [posts, postedBytes] = [0, 0];
  const figures = await meterWatching(service, ids, seconds, profile);
  clearTimeout(timer);
  const streams = monitor.streams();
  console.log(
    JSON.stringify({
      figures,
      opening: { tookMs: openedMs, processorMs: (user + system) / 1000 },
      panel: { posts, postedBytes },
      streams: { all: streams.length, paired: streams.filter((one) => one.publisher && one.subscriber).length },
    }),
  );
  process.exit(0);
}

const [file = '', seconds = '', profile] = process.argv.slice(2);
void main(file, Number(seconds), profile);
