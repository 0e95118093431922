import { rmSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { onProcessEnd } from '../support/processEnd.ts';
import { startServer } from '../support/servers/startServer.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import type { Major } from '../support/servers/versions.ts';
import { keepTemporaryHome, makeTemporaryHome } from '../support/temporaryHome.ts';
import { makePublisherShop, makeReader, makeSubscriberShop, shopDatabase } from './shop.ts';
import { Workload } from './workload.ts';

/** What the demo is made with. */
export interface DemoOptions {
  /** The publisher's major version; 18 unless told. */
  readonly publisher?: Major;
  /** The subscriber's major version; 16 unless told. */
  readonly subscriber?: Major;
  /** Transactions a second of the workload; 20 unless told. */
  readonly rate?: number;
  /** Keeps the folder with the data when the demo ends. */
  readonly keep?: boolean;
}

/** Two servers with a shop, one stream between them, and customers at work. */
export interface Demo {
  /** Holds everything of this demo: the servers' data and logs, the connections file, the editor's own folders. */
  readonly folder: string;
  /** An empty folder to open in the editor. */
  readonly workspaceFolder: string;
  readonly publisher: TestServer;
  readonly subscriber: TestServer;
  /** The database of the shop, on both. */
  readonly database: string;
  /** The connection string of a role that may only read, on the publisher. */
  readonly readerUri: string;
  readonly workload: Workload;
  /** The file that hands the connections to the extension. */
  readonly connectionsFile: string;
  /** The editor's settings that make the extension take the connections over. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly dispose: () => Promise<void>;
}

/**
 * Starts the demo's servers with the shop in them. Everything ends with `dispose()`, or with this process.
 * Throws when a server cannot be had or does not start.
 */
export async function startDemo(options: DemoOptions = {}): Promise<Demo> {
  const folder = makeTemporaryHome('demo');
  const keep = options.keep ?? false;
  if (keep) {
    keepTemporaryHome(folder);
  }
  await chmod(folder, 0o711);
  const start = (name: string, major: Major): Promise<TestServer> =>
    startServer({ major, dataFolder: path.join(folder, name) });
  const [publisher, subscriber] = await Promise.all([
    start('publisher', options.publisher ?? 18),
    start('subscriber', options.subscriber ?? 16),
  ]);
  const forget = onProcessEnd(() => {
    if (!keep) {
      removeFolder(folder);
    }
  });
  await makePublisherShop(publisher);
  await makeSubscriberShop(subscriber, publisher);
  const workload = new Workload(publisher, options.rate ?? 20);
  workload.start();
  const workspaceFolder = path.join(folder, 'workspace');
  await mkdir(workspaceFolder);
  const connectionsFile = path.join(folder, 'connections.json');
  await writeFile(connectionsFile, JSON.stringify(connections(publisher, subscriber), undefined, 2), { mode: 0o600 });
  return {
    folder,
    workspaceFolder,
    publisher,
    subscriber,
    database: shopDatabase,
    readerUri: await makeReader(publisher),
    workload,
    connectionsFile,
    settings: { 'pgReplication.demo.connectionsFile': connectionsFile },
    dispose: async () => {
      await workload.stop();
      await Promise.all([publisher.dispose(), subscriber.dispose()]);
      if (!keep) {
        removeFolder(folder);
      }
      forget();
    },
  };
}

function connections(publisher: TestServer, subscriber: TestServer): readonly object[] {
  const database = shopDatabase;
  return [
    { name: 'publisher', folder: 'Demo', uri: publisher.uri({ database }), color: 'blue' },
    { name: 'subscriber', folder: 'Demo', uri: subscriber.uri({ database }), color: 'green' },
  ];
}

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}
