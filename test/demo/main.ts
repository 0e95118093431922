// `npm run demo [-- --headless] [-- --port N] [-- --rate N] [-- --keep]`
import readline from 'node:readline';
import { parseArgs } from 'node:util';

import { packageExtension } from '../support/extension.ts';
import { endWithParent } from '../support/processEnd.ts';
import { removeLeftovers } from '../support/temporaryHome.ts';
import { openEditor } from './openEditor.ts';
import { startDemo, type Demo } from './startDemo.ts';

const help = `Type:  stop subscriber | start subscriber | stop publisher | start publisher
       rate <transactions a second> | quit`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      headless: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      port: { type: 'string' },
      rate: { type: 'string', default: '20' },
    },
  });
  removeLeftovers();
  console.log('Starting two servers and packaging the extension (the first time takes a minute) …');
  const [demo, extension] = await Promise.all([
    startDemo({ keep: values.keep, rate: Number(values.rate) }),
    packageExtension(),
  ]);
  const editor = await openEditor(demo, {
    extension,
    headless: values.headless,
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
  });
  const { publisher, subscriber, database } = demo;
  console.log(`
Data       ${demo.folder}${values.keep ? '' : ' (removed at the end)'}
Publisher  PostgreSQL ${publisher.major}  ${publisher.uri({ database })}
Subscriber PostgreSQL ${subscriber.major}  ${subscriber.uri({ database })}
Read only  ${demo.readerUri}
Writing    ${demo.workload.rate} transactions a second to the publisher
Editor     ${editor.where}

In the editor: the Replication icon, then Demo › publisher. The stream catalog_pub › catalog_sub runs; orders and
order_items are left to publish. Ctrl-C ends everything.
${help}`);
  await listen(demo);
  await editor.dispose();
  await demo.dispose();
  process.exit(0);
}

/** Obeys what is typed until that ends by `quit`; without a keyboard, waits for a signal. */
async function listen(demo: Demo): Promise<void> {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [verb = '', object = ''] = line.trim().split(/\s+/);
    if (verb === 'quit') {
      return;
    }
    await obey(demo, verb, object).then(console.log, (error: unknown) => console.log(String(error)));
  }
  await new Promise(() => setInterval(() => {}, 60_000));
}

async function obey(demo: Demo, verb: string, object: string): Promise<string> {
  if (verb === 'rate' && Number(object) >= 0) {
    demo.workload.rate = Number(object);
    return `Writing ${object} transactions a second`;
  }
  if ((verb === 'stop' || verb === 'start') && (object === 'publisher' || object === 'subscriber')) {
    await demo[object][verb]();
    return `The ${object} is ${verb === 'stop' ? 'stopped' : 'running'}`;
  }
  return help;
}

endWithParent();
main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
