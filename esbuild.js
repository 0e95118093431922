// Builds the extension: one CommonJS file for the host (loads faster than many), and the pages as split ES modules.
const fs = require('node:fs');
const path = require('node:path');
const esbuild = require('esbuild');

// Loaded only once they are needed, each a file of its own: `await import('pg')` in the host becomes a require of it.
const libraries = ['pg', 'pg-logical-replication', 'yaml'];

const development = process.argv.includes('--development');
const watch = process.argv.includes('--watch');

const common = { bundle: true, minify: !development, sourcemap: development, metafile: true, logLevel: 'warning' };

const node = {
  ...common,
  outdir: 'dist',
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  // pg asks for its native twin only where it is installed, and for its Cloudflare socket only there.
  external: ['vscode', 'pg-native', 'pg-cloudflare'],
};

const host = {
  ...node,
  entryPoints: { extension: 'src/extension.ts' },
  plugins: [
    {
      name: 'libraries',
      setup(build) {
        build.onResolve({ filter: /^[a-z-]+$/ }, ({ path: name, kind }) => {
          if (kind !== 'dynamic-import') return undefined;
          // A library that isn't listed would be bundled into the one file, and be loaded with it.
          if (!libraries.includes(name)) return { errors: [{ text: `list ${name} in esbuild.js` }] };
          return { path: `./libraries/${name}.js`, external: true };
        });
      },
    },
  ],
};

const hostLibraries = {
  ...node,
  entryPoints: Object.fromEntries(libraries.map((name) => [`libraries/${name}`, name])),
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
    for (const options of [host, hostLibraries, pages]) await (await esbuild.context(options)).watch();
    return;
  }
  for (const [name, options] of Object.entries({ host, libraries: hostLibraries, pages })) {
    const { metafile } = await esbuild.build(options);
    fs.writeFileSync(path.join('dist', `${name}.meta.json`), JSON.stringify(metafile));
  }
}

// The page tests build the pages for themselves, with these options.
module.exports = { pages };

if (require.main === module) main().catch(() => process.exit(1));
