import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { installOnce } from '../installOnce.ts';
import { cacheFolder } from '../paths.ts';
import { npm } from '../run.ts';
import { nodePackage, vsCodeParts, type VsCodeVersion } from './versions.ts';

/** Where an installed editor is. */
export interface InstalledVsCode {
  /** The Node program that runs it. */
  readonly node: string;
  /** The folder of VS Code's server. */
  readonly server: string;
}

/**
 * Installs VS Code's own server and web workbench from the npm registry, once, into the cache folder (about half a
 * minute and 700 MB), and gives where it is. Throws when the packages cannot be installed.
 */
export async function installVsCode(version: VsCodeVersion): Promise<InstalledVsCode> {
  const home = await installOnce(path.join(cacheFolder, `vscode-${vsCodeParts[version].vscode}`), (empty) =>
    fill(empty, version),
  );
  const windows = process.platform === 'win32';
  return {
    node: path.join(home, 'node', 'bin', windows ? 'node.exe' : 'node'),
    server: path.join(home, 'server'),
  };
}

async function fill(empty: string, version: VsCodeVersion): Promise<void> {
  const parts = vsCodeParts[version];
  const nodeName = nodePackage();
  await writeFile(path.join(empty, 'package.json'), '{ "private": true }\n');
  const wanted = [`${nodeName}@${parts.node}`, `code-server@${parts.package}`];
  await npm(empty, ['install', '--ignore-scripts', '--save-exact', ...wanted]);
  const modules = path.join(empty, 'node_modules');
  await rename(path.join(modules, nodeName), path.join(empty, 'node'));
  await rename(path.join(modules, 'code-server', 'lib', 'vscode'), path.join(empty, 'server'));
  await rm(modules, { recursive: true });
  const server = path.join(empty, 'server');
  await replaceDependencies(server, parts.replaced);
  await npm(server, ['install', '--omit=dev', '--ignore-scripts']);
}

async function replaceDependencies(folder: string, replaced: Readonly<Record<string, string>>): Promise<void> {
  if (Object.keys(replaced).length === 0) {
    return;
  }
  const file = path.join(folder, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as { dependencies: Record<string, string> };
  Object.assign(manifest.dependencies, replaced);
  await writeFile(file, JSON.stringify(manifest, undefined, 2));
  await rm(path.join(folder, 'npm-shrinkwrap.json'), { force: true });
}
