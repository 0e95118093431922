import { rmSync } from 'node:fs';
import path from 'node:path';

import { build, type BuildOptions, type Metafile } from 'esbuild';

import { outFolder, repositoryRoot } from '../../support/paths.ts';
import { onProcessEnd } from '../../support/processEnd.ts';

/** The pages as they are shipped, built for one test run. */
export interface BuiltPages {
  readonly folder: string;
  readonly metafile: Metafile;
}

/** Builds all pages with the options of esbuild.js, into a folder of this process that goes with it. */
export async function buildPages(): Promise<BuiltPages> {
  const { pages } = require(path.join(repositoryRoot, 'esbuild.js')) as { readonly pages: BuildOptions };
  const folder = path.join(outFolder, 'pages', String(process.pid));
  onProcessEnd(() => rmSync(folder, { recursive: true, force: true }));
  const { metafile } = await build({ ...pages, outdir: folder, absWorkingDir: repositoryRoot, metafile: true });
  return { folder, metafile };
}

/** Bytes a page loads: its script with every chunk it may import, and its style sheets; not the icon font. */
export function pageBytes({ folder, metafile }: BuiltPages, page: string): number {
  const prefix = path.relative(repositoryRoot, folder).split(path.sep).join('/');
  const seen = new Set<string>();
  const add = (file: string): number => {
    const output = metafile.outputs[file];
    if (!output || seen.has(file)) return 0;
    seen.add(file);
    return output.imports.reduce((sum, { path: imported }) => sum + add(imported), output.bytes);
  };
  return (
    ['.js', '.css'].reduce((sum, ending) => sum + add(`${prefix}/${page}${ending}`), 0) + codiconCss(prefix, metafile)
  );
}

function codiconCss(prefix: string, metafile: Metafile): number {
  return metafile.outputs[`${prefix}/codicon.css`]?.bytes ?? 0;
}
