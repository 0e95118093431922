import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Every test file (`*.test.ts`) in a folder and the folders in it, in order of their names; none if it is not there. */
export function testFiles(folder: string): string[] {
  if (!existsSync(folder)) {
    return [];
  }
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => path.join(folder, name));
}
