import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

import type { ConnectionSource } from '../model/connect.ts';
import type { ServiceLog } from '../service.ts';
import { decodeSamples, encodeSamples } from './sampleFile.ts';
import { ownerOf, type SampleStore } from './sampleStore.ts';

const gzip = promisify(zlib.gzip);
const gunzip = promisify(zlib.gunzip);
const compression = { level: 1 };

/** The format is part of the name: another version leaves these files alone, and makes its own. */
const ending = '.v1.lag';
/** Samples are written down this often, milliseconds. */
const writeEveryMs = 300_000;
/** What a window that ended in the middle left behind, or a connection that is gone, is deleted after this, milliseconds. */
const leftOverMs = 24 * 3_600_000;

/** What the files are made from. */
export interface SampleFileParts {
  readonly store: SampleStore;
  /** Made where it isn't there. Called when it's needed, not before. */
  readonly folder: () => string;
  readonly connections: Pick<ConnectionSource, 'facts'>;
  readonly log: Pick<ServiceLog, 'info' | 'warn'>;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/**
 * Keeps the samples on disk: one compressed file for each connection, written in the background every five minutes, and at
 * the end of the window. Each writing first takes in what another window wrote meanwhile, and replaces the file in one go,
 * so that several windows at once add to the same history: at the worst, one writes what the other adds again later.
 */
export class SampleFiles {
  readonly #parts: SampleFileParts;
  readonly #now: () => number;
  /** What each file was when this window last read or wrote it. */
  readonly #seen = new Map<string, string>();
  #loading: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();
  /** Connections whose writing in the background is under way, or still to come in this round. */
  readonly #pending = new Set<string>();
  #ended = false;

  constructor(parts: SampleFileParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
  }

  /** Reads what there is, once, and writes from then on. Never rejects: what can't be read is said in the log. */
  load(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /** Writes what changed. Never rejects: what can't be written is said, and tried again the next time. */
  save(): Promise<void> {
    this.#saving = this.#saving.then(() => this.#save());
    return this.#saving;
  }

  /** Ends the writing, after a last one that is done before this returns: the editor doesn't wait. */
  dispose(): void {
    this.#ended = true;
    clearInterval(this.#timer);
    if (!this.#loading) return;
    // What is being written in the background may not come to its end any more.
    for (const connectionId of new Set([...this.#pending, ...this.#parts.store.takeChanged()])) {
      if (!this.#isKnown(connectionId)) continue;
      try {
        this.#writeNow(connectionId);
      } catch (error) {
        this.#failed(connectionId, error);
      }
    }
  }

  #writeNow(connectionId: string): void {
    const file = this.#fileOf(connectionId);
    if (this.#isNew(file, statOf(file))) this.#takeNow(file);
    const content = zlib.gzipSync(this.#content(connectionId), compression);
    const temporary = `${file}.${randomUUID()}.tmp`;
    fs.writeFileSync(temporary, content);
    fs.renameSync(temporary, file);
  }

  async #load(): Promise<void> {
    const folder = this.#parts.folder();
    try {
      await fs.promises.mkdir(folder, { recursive: true });
      for (const name of await fs.promises.readdir(folder)) {
        await this.#loadFile(path.join(folder, name)).catch((error: unknown) => this.#unread(name, error));
      }
    } catch (error) {
      this.#unread(folder, error);
    }
    if (this.#ended) return;
    this.#parts.store.forget(this.#isKnown, this.#now());
    this.#timer = setInterval(() => void this.save(), writeEveryMs);
    this.#timer.unref();
  }

  #unread(what: string, error: unknown): void {
    this.#parts.log.warn(`The kept lag history in ${what} could not be read: ${messageOf(error)}.`);
  }

  async #loadFile(file: string): Promise<void> {
    const old = this.#now() - (statOf(file)?.mtimeMs ?? 0) > leftOverMs;
    if (file.endsWith('.tmp') && old) await fs.promises.rm(file, { force: true });
    if (!file.endsWith(ending)) return;
    const owners = await this.#take(file);
    if (old && owners !== null && !owners.some(this.#isKnown)) await fs.promises.rm(file, { force: true });
  }

  /**
   * Takes in a file, and gives whose it is; null where it isn't there any more, or is damaged: such a one is put aside, and
   * begun anew. Rejects where it can't be read: then nobody knows what it holds, and it isn't to be replaced.
   */
  async #take(file: string): Promise<readonly string[] | null> {
    const stat = statOf(file);
    if (!stat) return null;
    const packed = await fs.promises.readFile(file);
    const content = await gunzip(packed).catch((error: unknown) => this.#putAside(file, error));
    if (content === null) return null;
    const owners = this.#absorb(file, content);
    this.#remember(file, stat);
    return owners;
  }

  /** As `#take`, at once. */
  #takeNow(file: string): void {
    const packed = fs.readFileSync(file);
    let content: Buffer;
    try {
      content = zlib.gunzipSync(packed);
    } catch (error) {
      this.#putAside(file, error);
      return;
    }
    this.#absorb(file, content);
  }

  #putAside(file: string, error: unknown): null {
    const aside = `${file}.damaged`;
    this.#parts.log.warn(
      `The lag history in ${file} is damaged (${messageOf(error)}). It is begun anew; the damaged file is kept as ${aside}.`,
    );
    fs.rmSync(aside, { force: true });
    fs.renameSync(file, aside);
    return null;
  }

  async #save(): Promise<void> {
    const { store } = this.#parts;
    store.forget(this.#isKnown, this.#now());
    for (const connectionId of store.takeChanged()) this.#pending.add(connectionId);
    for (const connectionId of this.#pending) {
      if (this.#ended) return;
      try {
        await this.#write(connectionId);
      } catch (error) {
        this.#failed(connectionId, error);
      }
      this.#pending.delete(connectionId);
    }
  }

  async #write(connectionId: string): Promise<void> {
    const file = this.#fileOf(connectionId);
    if (!this.#isKnown(connectionId)) {
      await fs.promises.rm(file, { force: true });
      return;
    }
    if (this.#isNew(file, statOf(file))) await this.#take(file);
    const content = await gzip(this.#content(connectionId), compression);
    const temporary = `${file}.${randomUUID()}.tmp`;
    await fs.promises.writeFile(temporary, content);
    // The last writing, with newer samples, was done meanwhile.
    if (this.#ended) return fs.promises.rm(temporary, { force: true });
    await fs.promises.rename(temporary, file);
    this.#remember(file, statOf(file));
  }

  #failed(connectionId: string, error: unknown): void {
    this.#parts.store.markChanged(connectionId);
    const name = this.#parts.connections.facts(connectionId)?.name ?? connectionId;
    this.#parts.log.warn(`The lag history of ${name} could not be written: ${messageOf(error)}.`);
  }

  readonly #isKnown = (connectionId: string): boolean => this.#parts.connections.facts(connectionId) !== undefined;

  #content(connectionId: string): Buffer {
    return encodeSamples(this.#parts.store.streams(connectionId));
  }

  /** Gives whose samples they are; null where they can't be understood. */
  #absorb(file: string, content: Buffer): readonly string[] | null {
    let stored: ReturnType<typeof decodeSamples>;
    try {
      stored = decodeSamples(content);
    } catch (error) {
      return this.#putAside(file, error);
    }
    for (const { chunks, newestAt, stream } of stored) this.#parts.store.merge(stream, newestAt, chunks);
    return stored.flatMap(({ stream }) => ownerOf(stream) ?? []);
  }

  /** Ids of connections may hold what a file name may not. */
  #fileOf(connectionId: string): string {
    const name = createHash('sha256').update(connectionId).digest('hex').slice(0, 32);
    return path.join(this.#parts.folder(), `${name}${ending}`);
  }

  #remember(file: string, stat: fs.Stats | undefined): void {
    this.#seen.set(file, markOf(stat));
  }

  /** Whether the file is there and isn't what this window last saw. */
  #isNew(file: string, stat: fs.Stats | undefined): boolean {
    return stat !== undefined && this.#seen.get(file) !== markOf(stat);
  }
}

function statOf(file: string): fs.Stats | undefined {
  return fs.statSync(file, { throwIfNoEntry: false });
}

function markOf(stat: fs.Stats | undefined): string {
  return stat === undefined ? '' : `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
