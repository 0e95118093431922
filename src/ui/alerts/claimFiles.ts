import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** A claim is of no use any more after this, milliseconds: what was told is in the records by then. */
const keepMs = 24 * 3_600_000;

/**
 * Claims that one window of several can have: files that are made only where they aren't yet. VS Code's global state can't do
 * it: of two windows that write at once each gets to see what the other wrote.
 */
export class ClaimFiles {
  readonly #folder: () => string;
  #tidied: Promise<boolean> | undefined;

  /** `folder`: where the files go; made when needed. */
  constructor(parts: { readonly folder: () => string }) {
    this.#folder = parts.folder;
  }

  /** Takes a claim; false where a window has it already. Where no file can be made every window has it. */
  async take(key: string): Promise<boolean> {
    const folder = this.#folder();
    this.#tidied ??= prepare(folder);
    // Told twice is better than never.
    if (!(await this.#tidied)) return true;
    try {
      const file = await open(path.join(folder, createHash('sha256').update(key).digest('hex')), 'wx');
      await file.close();
      return true;
    } catch (error) {
      return !(error instanceof Error && 'code' in error && error.code === 'EEXIST');
    }
  }
}

/** Makes the folder, and removes old claims; another window may do the same. False where it can't be made. */
async function prepare(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) {
      const file = path.join(folder, name);
      const found = await stat(file).catch(() => undefined);
      if (found && Date.now() - found.mtimeMs > keepMs) await rm(file, { force: true });
    }
    return true;
  } catch {
    return false;
  }
}
