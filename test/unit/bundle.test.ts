import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { build, type BuildOptions, type Metafile } from 'esbuild';
import type { PgoutputPlugin as Decoder } from 'pg-logical-replication';
import type * as Yaml from 'yaml';

const root = path.join(import.meta.dirname, '../..');
const { host } = createRequire(import.meta.url)('../../esbuild.js') as { readonly host: BuildOptions };
const kilobyte = 1024;
const libraries = /node_modules\/(pg|yaml|pg-logical-replication)\//;

describe('the bundle of the extension', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pg-replication-bundle-'));
  let outputs: Metafile['outputs'];
  before(async () => {
    const { metafile } = await build({ ...host, absWorkingDir: root, outdir: folder, metafile: true });
    assert.ok(metafile);
    ({ outputs } = metafile);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** The files that are loaded with a file, itself among them. */
  const loadedWith = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
    if (seen.has(file) || outputs[file] === undefined) return seen;
    seen.add(file);
    for (const { path: imported, kind } of outputs[file].imports) {
      if (kind !== 'dynamic-import') loadedWith(imported, seen);
    }
    return seen;
  };
  const inputsOf = (files: Iterable<string>): readonly string[] =>
    [...files].flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}));
  const named = (pattern: RegExp): string => {
    const file = Object.keys(outputs).find((name) => pattern.test(name));
    assert.ok(file, `no file is called ${String(pattern)}`);
    return file;
  };

  it('starts with at most 400 KB, without its libraries, its forms and its operations', () => {
    const atStart = loadedWith(named(/\/extension\.mjs$/));
    const bytes = [...atStart].reduce((sum, file) => sum + (outputs[file]?.bytes ?? 0), 0);
    assert.ok(bytes > 100 * kilobyte);
    assert.ok(bytes <= 400 * kilobyte, `a start loads ${Math.round(bytes / kilobyte)} KB`);
    const inputs = inputsOf(atStart);
    // Quoting is needed without a connection: it is two functions of pg.
    assert.deepEqual(
      inputs.filter((input) => libraries.test(input) && !/pg\/lib\/(utils|defaults)\.js$/.test(input)),
      [],
    );
    assert.deepEqual(
      inputs.filter((input) => /src\/ui\/panels\/\w+Form\.ts|src\/replication\/(trials|executor)/.test(input)),
      [],
    );
    assert.ok(inputsOf(Object.keys(outputs)).includes('node_modules/pg/lib/client.js'), 'pg is in the bundle');
  });

  it('brings a decoder of pgoutput that decodes, without the client and the other plugins beside it', async () => {
    const chunk = named(/\/pg-logical-replication-\w+\.mjs$/);
    const beside = inputsOf(Object.keys(outputs)).filter((input) =>
      input.includes('node_modules/pg-logical-replication'),
    );
    assert.ok(beside.length > 0);
    assert.deepEqual(
      beside.filter((input) => !/output-plugins\/(pgoutput|abstract)/.test(input)),
      [],
    );
    const { PgoutputPlugin } = (await import(pathToFileURL(path.resolve(root, chunk)).href)) as {
      readonly PgoutputPlugin: typeof Decoder;
    };
    const plugin = new PgoutputPlugin({ protoVersion: 1, publicationNames: [] });
    // Message, transactional, LSN 0/1, prefix "app", content "hi".
    const message = Buffer.from('4d01000000000000000161707000000000026869', 'hex');
    const parsed = plugin.parse(message);
    assert.equal(parsed.tag, 'message');
    assert.ok('prefix' in parsed && parsed.prefix === 'app');
  });

  it('has YAML by its names, which a CommonJS chunk would lose', async () => {
    const chunk = named(/\/browser-\w+\.mjs$/);
    const yaml = (await import(pathToFileURL(path.resolve(root, chunk)).href)) as typeof Yaml;
    assert.deepEqual(yaml.parseDocument('a: 1').toJS(), { a: 1 });
  });
});
