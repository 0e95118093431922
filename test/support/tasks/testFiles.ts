import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Those that take longest begin first, so that none of them runs alone at the end. */
const longest = [
  'resume',
  'subscriptionPairs',
  'tableDefinitions',
  'createSubscriptionHangs',
  'errorCatalogue',
  'declaration',
  'topology',
  'publicationEdits',
  'operations',
  'lagTruthOlder',
  'subscriptionPreflight',
  'subscriptionEdits',
  'undo',
  'everyForm',
  'pages/publication',
  'pages/lagMany',
  'pages/topology',
  'pages/subscription',
  'pages/subscriptionEdit',
  'mainPath',
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
