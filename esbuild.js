// Builds the extension: one CommonJS file for the host (loads faster than many), and the pages as split ES modules.
const fs = require('node:fs');
const path = require('node:path');
const esbuild = require('esbuild');

const development = process.argv.includes('--development');
const watch = process.argv.includes('--watch');

const common = { bundle: true, minify: !development, sourcemap: development, metafile: true, logLevel: 'warning' };

const host = {
  ...common,
  entryPoints: { extension: 'src/extension.ts' },
  outdir: 'dist',
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  // pg asks for its native twin only where it is installed, and for its Cloudflare socket only there.
  external: ['vscode', 'pg-native', 'pg-cloudflare'],
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

// The page tests build the pages for themselves, with these options.
module.exports = { pages };

if (require.main === module) main().catch(() => process.exit(1));
