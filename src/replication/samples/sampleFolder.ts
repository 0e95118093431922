import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

import type { EventBook } from '../lag/eventBook.ts';
import type { ConnectionSource } from '../model/connect.ts';
import type { ServiceLog } from '../service.ts';
import { frameStart, splitFrames } from './sampleFile.ts';
import { claimedName, isOutdated, ownerHash, readName, type SampleFileName } from './sampleNames.ts';
import { decodeRecord, type StoredRecord } from './sampleRecord.ts';
import { ownerOf, type SampleStore } from './sampleStore.ts';

const gunzip = promisify(zlib.gunzip);

/** What a window that ended in the middle left behind, or a connection that is gone, is deleted after this, milliseconds. */
const leftOverMs = 24 * 3_600_000;
/** And what was put aside after this. */
const asideMs = 31 * 24 * 3_600_000;

/** Where what is read goes to. */
export interface SampleFolderParts {
  readonly store: SampleStore;
  readonly events: EventBook;
  readonly folder: () => string;
  readonly connections: Pick<ConnectionSource, 'facts'>;
  readonly log: Pick<ServiceLog, 'info' | 'warn'>;
  readonly now: () => number;
  /** What was written of a connection isn't there any more, or not all of it. */
  readonly onLost: (connectionId: string) => void;
}

/** The folder with the files of all windows: reads what is new in them, and deletes what nobody needs. */
export class SampleFolder {
  readonly #parts: SampleFolderParts;
  /** So many bytes of each file are in memory. */
  readonly #read = new Map<string, number>();
  /** Files that this window writes: they hold nothing that it doesn't know. */
  readonly #own = new Set<string>();
  /** Connections this window wrote files for. */
  readonly #written = new Set<string>();
  /** Which connection is meant in file names. */
  readonly #owners = new Map<string, string>();
  /** What was said once of a file. */
  readonly #said = new Set<string>();

  constructor(parts: SampleFolderParts) {
    this.#parts = parts;
  }

  pathOf(name: string): string {
    return path.join(this.#parts.folder(), name);
  }

  /** Makes the folder where it isn't there. Never rejects. */
  async make(): Promise<void> {
    await fs.promises.mkdir(this.#parts.folder(), { recursive: true }).catch((error: unknown) => {
      this.#parts.log.warn(`The folder of the lag history could not be made: ${messageOf(error)}.`);
    });
  }

  /** This window begins a file of a connection. */
  own(connectionId: string, { name, owner }: SampleFileName): void {
    this.#own.add(name);
    this.#written.add(connectionId);
    this.#owners.set(owner, connectionId);
  }

  /** Reads what others have written since the last time. Gives the files of each known connection. Never rejects. */
  async read(): Promise<ReadonlyMap<string, readonly SampleFileName[]>> {
    const files = new Map<string, SampleFileName[]>();
    const names = await this.#names();
    this.#forgetAllBut(new Set(names));
    for (const name of names) {
      const file = readName(name);
      if (!file) await this.#clean(name);
      else if (isOutdated(file, this.#parts.now())) await this.remove([name]);
      else if (this.#own.has(name) || (await this.#take(name))) {
        const connectionId = this.#owners.get(file.owner);
        if (connectionId === undefined) continue;
        if (this.#parts.connections.facts(connectionId)) {
          files.set(connectionId, [...(files.get(connectionId) ?? []), file]);
        } else if (this.#written.has(connectionId) || this.#parts.now() - file.begunAt > leftOverMs) {
          await this.remove([name]);
        }
      }
    }
    return files;
  }

  /** Makes these files ones that nobody adds to, and reads what wasn't read of them. Gives the names of those that are read. */
  async claim(files: readonly SampleFileName[]): Promise<readonly string[]> {
    const read: string[] = [];
    for (const { name } of files) {
      const claimed = claimedName(name);
      try {
        // Whoever still adds to it sees that it is gone, and begins another.
        if (claimed !== name) await fs.promises.rename(this.pathOf(name), this.pathOf(claimed));
      } catch {
        // Another window was faster.
        continue;
      }
      if (this.#own.has(name)) this.#own.add(claimed);
      this.#read.set(claimed, this.#read.get(name) ?? 0);
      if (this.#own.has(claimed) || (await this.#take(claimed))) read.push(claimed);
    }
    return read;
  }

  /** Writes a file that is there as a whole or not at all. Gives false where `goesOn` says that it isn't wanted any more. */
  async replace(name: string, frames: AsyncIterable<Buffer>, goesOn: () => boolean): Promise<boolean> {
    const temporary = this.pathOf(`${name}.tmp`);
    try {
      const handle = await fs.promises.open(temporary, 'wx');
      try {
        for await (const frame of frames) await handle.appendFile(frame);
        // What it replaces is deleted then.
        await handle.sync();
      } finally {
        await handle.close();
      }
      if (!goesOn()) return false;
      this.#own.add(name);
      await fs.promises.rename(temporary, this.pathOf(name));
      return true;
    } finally {
      await fs.promises.rm(temporary, { force: true });
    }
  }

  /** Deletes files. Never rejects: where one is held by another program the next time will do. */
  async remove(names: readonly string[]): Promise<void> {
    for (const name of names) {
      try {
        await fs.promises.rm(this.pathOf(name), { force: true });
      } catch (error) {
        this.#sayOnce(name, `The old lag history in ${name} could not be deleted: ${messageOf(error)}.`);
      }
    }
  }

  /** Other windows delete files too. */
  #forgetAllBut(names: ReadonlySet<string>): void {
    for (const name of this.#own) if (!names.has(name)) this.#own.delete(name);
    for (const name of this.#read.keys()) if (!names.has(name)) this.#read.delete(name);
  }

  async #names(): Promise<readonly string[]> {
    const folder = this.#parts.folder();
    try {
      return (await fs.promises.readdir(folder)).toSorted();
    } catch (error) {
      this.#sayOnce(folder, `The kept lag history in ${folder} could not be read: ${messageOf(error)}.`);
      return [];
    }
  }

  /** What isn't a file of this format: left alone, unless it is what one of this format left behind. */
  async #clean(name: string): Promise<void> {
    const [, of, end] = /^(.*)\.(tmp|damaged)$/.exec(name) ?? [];
    if (of === undefined || !readName(of)) return;
    const writtenAt = fs.statSync(this.pathOf(name), { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (this.#parts.now() - writtenAt > (end === 'tmp' ? leftOverMs : asideMs)) await this.remove([name]);
  }

  /** Takes in what is new in a file. Gives whether all of it is in memory now that is in it, and whole. Never rejects. */
  async #take(name: string): Promise<boolean> {
    try {
      return await this.#absorb(name);
    } catch (error) {
      // Then nobody knows what it holds, and it isn't touched.
      this.#sayOnce(name, `The kept lag history in ${name} could not be read: ${messageOf(error)}.`);
      return false;
    }
  }

  async #absorb(name: string): Promise<boolean> {
    const { packed, state } = splitFrames(await readFrom(this.pathOf(name), this.#read.get(name) ?? 0));
    for (const one of packed) {
      let record: StoredRecord;
      try {
        record = decodeRecord(await gunzip(one));
      } catch (error) {
        return this.#putAside(name, messageOf(error));
      }
      this.#merge(record);
      this.#read.set(name, (this.#read.get(name) ?? 0) + frameStart + one.length);
    }
    if (state === 'damaged') return this.#putAside(name, 'something else is where a record should begin');
    if (state === 'torn') {
      const text = `The lag history in ${name} ends in the middle of what was being written: what came before it is kept.`;
      this.#sayOnce(name, text);
    }
    return true;
  }

  #merge({ events, streams }: StoredRecord): void {
    for (const { chunks, newestAt, stream } of streams) {
      this.#know(ownerOf(stream));
      this.#parts.store.merge(stream, newestAt, chunks);
    }
    for (const { connectionIds } of events) this.#know(connectionIds[0] ?? null);
    this.#parts.events.merge(events);
  }

  #know(connectionId: string | null): void {
    if (connectionId !== null) this.#owners.set(ownerHash(connectionId), connectionId);
  }

  /** Nobody looks at it any more; what could be read of it is written once more. */
  async #putAside(name: string, why: string): Promise<false> {
    const aside = `${name}.damaged`;
    await fs.promises.rename(this.pathOf(name), this.pathOf(aside));
    this.#parts.log.warn(
      `The lag history in ${name} is damaged (${why}). What came before that is kept; the file is put aside as ${this.pathOf(aside)}, for a month.`,
    );
    const connectionId = this.#owners.get(readName(name)?.owner ?? '');
    if (connectionId !== undefined) this.#parts.onLost(connectionId);
    return false;
  }

  #sayOnce(name: string, text: string): void {
    if (this.#said.has(name)) return;
    this.#said.add(name);
    this.#parts.log.warn(text);
  }
}

async function readFrom(file: string, from: number): Promise<Buffer> {
  const handle = await fs.promises.open(file, 'r');
  try {
    const { size } = await handle.stat();
    const content = Buffer.alloc(Math.max(0, size - from));
    const { bytesRead } = await handle.read(content, 0, content.length, from);
    return content.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
