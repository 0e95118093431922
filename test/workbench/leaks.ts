import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import type { Page } from 'playwright-core';

/** The files below a folder that hold a text, as UTF-8 or as UTF-16; paths relative to it. */
export async function filesWith(folder: string, text: string): Promise<readonly string[]> {
  const forms = [Buffer.from(text, 'utf8'), Buffer.from(text, 'utf16le')];
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const content = await readFile(file);
    if (forms.some((form) => content.includes(form))) found.push(path.relative(folder, file));
  }
  return found;
}

/**
 * All that a page keeps in the browser, as one text: its local storage and every record of its databases, where the
 * editor in a browser has what the desktop one has in its user-data folder.
 */
export function browserStorage(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const finished = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.addEventListener('success', () => resolve(request.result));
        request.addEventListener('error', () => reject(request.error ?? new Error('the database gave no reason')));
      });
    const decoder = new TextDecoder();
    const asText = (value: unknown): string => {
      if (value instanceof Uint8Array || value instanceof ArrayBuffer) return decoder.decode(value);
      return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    };
    const parts = Object.entries(localStorage).map(([key, value]) => `${key}=${String(value)}`);
    for (const { name } of await indexedDB.databases()) {
      const database = await finished(indexedDB.open(name ?? ''));
      for (const store of database.objectStoreNames) {
        const records = await finished(database.transaction(store).objectStore(store).getAll());
        parts.push(...records.map(asText));
      }
      database.close();
    }
    return parts.join('\n');
  });
}
