import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Those that take longest begin first, so that none of them runs alone at the end. */
const longest = [
  ...['resume', 'everyForm', 'undo', 'lagTruthNewer', 'lagTruthOlder', 'forms', 'newTables'],
  ...['publication', 'lagMany', 'topology', 'subscription', 'subscriptionEdit', 'lag'].map((name) => `pages/${name}`),
];

/**
 * Every test file (`*.test.ts`) in a folder and the folders in it, the longest first, then in order of their
 * names; none if it is not there.
 */
export function testFiles(folder: string): string[] {
  if (!existsSync(folder)) {
    return [];
  }
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .sort((a, b) => place(a) - place(b))
    .map((name) => path.join(folder, name));
}

function place(name: string): number {
  const at = longest.indexOf(name.slice(0, -'.test.ts'.length).replaceAll(path.sep, '/'));
  return at === -1 ? longest.length : at;
}
