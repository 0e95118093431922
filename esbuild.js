// Builds the extension: host and pages, each as split ES modules.
const fs = require('node:fs');
const path = require('node:path');
const esbuild = require('esbuild');

// Of pg-logical-replication only what decodes pgoutput: the rest of it is a client that brings other parsers along.
const decoder = `export { PgoutputPlugin } from 'pg-logical-replication/dist/output-plugins/pgoutput/index.js'`;

const development = process.argv.includes('--development');
const watch = process.argv.includes('--watch');

const common = { bundle: true, minify: !development, sourcemap: development, metafile: true, logLevel: 'warning' };

// ES modules, because only they are split: what is imported when it is needed (a form, an operation, pg) is a chunk of
// its own, and the extension's first file holds what a start needs.
const host = {
  ...common,
  entryPoints: { extension: 'src/extension.ts' },
  outdir: 'dist/host',
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  format: 'esm',
  splitting: true,
  target: 'node22',
  // pg asks for its native twin only where it is installed, and for its Cloudflare socket only there.
  external: ['vscode', 'pg-native', 'pg-cloudflare'],
  // As ES modules: names of a CommonJS chunk are lost to who imports it later.
  alias: { yaml: './node_modules/yaml/browser/index.js' },
  // pg is CommonJS and requires Node's modules.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  plugins: [
    {
      name: 'decoder',
      setup(build) {
        build.onResolve({ filter: /^pg-logical-replication$/ }, ({ path: name }) => ({
          path: name,
          namespace: 'decoder',
        }));
        build.onLoad({ filter: /.*/, namespace: 'decoder' }, () => ({ contents: decoder, resolveDir: __dirname }));
      },
    },
  ],
};

const pageFolders = fs
  .readdirSync('src/webviews', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && fs.existsSync(path.join('src/webviews', entry.name, 'main.ts')))
  .map((entry) => entry.name);

const pages = {
  ...common,
  entryPoints: {
    ...Object.fromEntries(pageFolders.map((name) => [name, `src/webviews/${name}/main.ts`])),
    // The icon font and its classes, linked by every page.
    codicon: '@vscode/codicons/dist/codicon.css',
  },
  outdir: 'dist/webviews',
  platform: 'browser',
  format: 'esm',
  splitting: true,
  target: 'es2023',
  loader: { '.ttf': 'copy' },
  assetNames: '[name]',
};

async function main() {
  // Packages land there; vsce doesn't make the folder, and a fresh clone has none.
  fs.mkdirSync('out', { recursive: true });
  fs.rmSync('dist', { recursive: true, force: true });
  if (watch) {
    for (const options of [host, pages]) await (await esbuild.context(options)).watch();
    return;
  }
  for (const [name, options] of Object.entries({ host, pages })) {
    const { metafile } = await esbuild.build(options);
    fs.writeFileSync(path.join('dist', `${name}.meta.json`), JSON.stringify(metafile));
  }
}

// The unit tests build for themselves, with these options.
module.exports = { host, pages };

if (require.main === module) main().catch(() => process.exit(1));
