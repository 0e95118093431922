import fs from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

import type { EventBook } from '../lag/eventBook.ts';
import type { ConnectionSource } from '../model/connect.ts';
import type { ServiceLog } from '../service.ts';
import { frameOf } from './sampleFile.ts';
import { SampleFolder } from './sampleFolder.ts';
import { isOpen, isSealed, newName, type SampleFileKind, type SampleFileName } from './sampleNames.ts';
import { encodeRecord } from './sampleRecord.ts';
import type { SampleStore } from './sampleStore.ts';
import type { TierName } from './streamSamples.ts';

const gzip = promisify(zlib.gzip);
const compression = { level: 1 };

/** Samples are written down this often, milliseconds. */
const writeEveryMs = 300_000;
/** Streams whose new samples are written at once. */
const mostAtOnce = 64;
/** Streams of which all is written at once. */
const mostWholeAtOnce = 16;
/** More files than these to which nobody adds any more are written anew as one whole. */
const mostSealed = 4;

/** The tiers in each kind of file. */
const tiersOf: Readonly<Record<SampleFileKind, readonly TierName[]>> = {
  seconds: ['seconds'],
  journal: ['minutes', 'halfHours'],
  whole: ['minutes', 'halfHours'],
};

/** What the files are made from. */
export interface SampleFileParts {
  readonly store: SampleStore;
  readonly events: EventBook;
  /** Made where it isn't there. Called when it's needed, not before. */
  readonly folder: () => string;
  readonly connections: Pick<ConnectionSource, 'facts'>;
  readonly log: Pick<ServiceLog, 'info' | 'warn'>;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

interface OwnFile {
  readonly file: SampleFileName;
  bytes: number;
}

/** What is new of some streams of a connection, until it is on the disk. */
interface Batch {
  readonly connectionId: string;
  readonly records: readonly { readonly kind: 'seconds' | 'journal'; readonly content: Buffer }[];
  /** To be written down another time. */
  readonly putBack: () => void;
}

/**
 * Keeps samples and events on disk. Every five minutes, and at the end of the window, what is new is added to files that
 * only this window writes: for each connection one with the seconds, begun anew every 20 minutes and deleted when it is
 * too old, and a journal of the rest, begun anew every three hours. When there are more than four such files, of windows
 * that are gone too, they are written as one whole, and deleted once that is on the disk. All files of a connection together
 * are its history, in any order and also where the same is in several: so windows neither wait for each other nor take
 * anything from each other, and one that is killed leaves at the worst a last record that is cut off.
 */
export class SampleFiles {
  readonly #parts: SampleFileParts;
  readonly #now: () => number;
  readonly #folder: SampleFolder;
  /** The files this window adds to, by connection and kind, with the bytes that are in them. */
  readonly #own = new Map<string, OwnFile>();
  /** Connections whose files somebody changed. */
  readonly #lost = new Set<string>();
  /** Taken, and not for certain on the disk. */
  readonly #unwritten = new Set<Batch>();
  #loading: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();
  #ended = false;

  constructor(parts: SampleFileParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
    const onLost = (connectionId: string) => this.#lost.add(connectionId);
    this.#folder = new SampleFolder({ ...parts, now: this.#now, onLost });
  }

  /** Reads what there is, once, and writes from then on. Never rejects: what can't be read is said in the log. */
  load(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /** Writes what is new, and reads what others wrote. Never rejects: what failed is said, and tried again the next time. */
  save(): Promise<void> {
    this.#saving = this.#saving.then(() => this.#save());
    return this.#saving;
  }

  /** Ends the writing, after a last one that is done before this returns: the editor doesn't wait. */
  dispose(): void {
    this.#ended = true;
    clearInterval(this.#timer);
    if (!this.#loading) return;
    // What is being added in the background may not come to its end any more; it mustn't be continued in the middle.
    this.#own.clear();
    for (const batch of this.#unwritten) this.#addNow(batch);
    this.#putBackLost();
    for (const connectionId of this.#changed()) {
      if (!this.#isKnown(connectionId)) continue;
      for (let batch = this.#take(connectionId); batch; batch = this.#take(connectionId)) {
        if (!this.#addNow(batch)) break;
      }
    }
  }

  async #load(): Promise<void> {
    await this.#folder.make();
    await this.#tidy();
    if (this.#ended) return;
    this.#timer = setInterval(() => void this.save(), writeEveryMs);
    this.#timer.unref();
  }

  async #save(): Promise<void> {
    this.#forget();
    this.#putBackLost();
    for (const connectionId of this.#changed()) {
      try {
        await this.#write(connectionId);
      } catch (error) {
        this.#failed(connectionId, error);
      }
      if (this.#ended) return;
    }
    await this.#tidy();
  }

  #forget(): void {
    this.#parts.store.forget(this.#isKnown, this.#now());
    this.#parts.events.forget(this.#isKnown);
  }

  #changed(): readonly string[] {
    return [...new Set([...this.#parts.store.changed(), ...this.#parts.events.changed()])];
  }

  /** The next streams with something new; null where there are none. */
  #take(connectionId: string): Batch | null {
    const { events, store } = this.#parts;
    const streams = store.takeNew(connectionId, mostAtOnce);
    const happened = events.takeNew(connectionId);
    if (streams.length + happened.length === 0) return null;
    const journal = { kind: 'journal', content: encodeRecord(streams, tiersOf.journal, happened) } as const;
    const seconds = { kind: 'seconds', content: encodeRecord(streams, tiersOf.seconds) } as const;
    return {
      connectionId,
      records: streams.length === 0 ? [journal] : [journal, seconds],
      putBack: () => {
        for (const { newFrom, stream } of streams) store.putBack(stream.id, newFrom);
        events.putBack(happened);
      },
    };
  }

  async #write(connectionId: string): Promise<void> {
    for (let batch = this.#take(connectionId); batch; batch = this.#take(connectionId)) {
      this.#unwritten.add(batch);
      try {
        for (const { content, kind } of batch.records) {
          const framed = frameOf(await gzip(content, compression));
          // The last writing took it in meanwhile.
          if (this.#ended) return;
          await this.#add(connectionId, kind, framed);
        }
      } catch (error) {
        if (!this.#ended) this.#notWritten(batch);
        throw error;
      } finally {
        this.#unwritten.delete(batch);
      }
    }
  }

  async #add(connectionId: string, kind: 'seconds' | 'journal', framed: Buffer): Promise<void> {
    const own = this.#ownFile(connectionId, kind);
    const file = this.#folder.pathOf(own.file.name);
    await fs.promises.appendFile(file, framed);
    own.bytes += framed.length;
    if (this.#ended || sizeOf(file) === own.bytes) return;
    // Somebody deleted or changed it, or another window took it for one that nobody adds to as this one slept for long.
    this.#own.delete(ownKey(connectionId, kind));
    this.#lost.add(connectionId);
  }

  /** All that is known of these is written once more: what was written may not be on the disk any more. */
  #putBackLost(): void {
    const { events, store } = this.#parts;
    for (const connectionId of this.#lost) {
      for (const { stream } of store.streams(connectionId)) store.putBack(stream.id, -Infinity);
      events.putBack(events.of(connectionId));
    }
    this.#lost.clear();
  }

  /** As `#add`, at once. Gives whether it could. */
  #addNow(batch: Batch): boolean {
    try {
      for (const { content, kind } of batch.records) {
        const { file } = this.#ownFile(batch.connectionId, kind);
        fs.appendFileSync(this.#folder.pathOf(file.name), frameOf(zlib.gzipSync(content, compression)));
      }
      return true;
    } catch (error) {
      this.#notWritten(batch);
      this.#failed(batch.connectionId, error);
      return false;
    }
  }

  /** Half of it may be on the disk: nothing is added behind that. */
  #notWritten({ connectionId, putBack, records }: Batch): void {
    for (const { kind } of records) this.#own.delete(ownKey(connectionId, kind));
    putBack();
  }

  #ownFile(connectionId: string, kind: 'seconds' | 'journal'): OwnFile {
    const key = ownKey(connectionId, kind);
    const known = this.#own.get(key);
    if (known && isOpen(known.file, this.#now())) return known;
    const begun = { file: newName(connectionId, kind, this.#now()), bytes: 0 };
    this.#own.set(key, begun);
    this.#folder.own(connectionId, begun.file);
    return begun;
  }

  #failed(connectionId: string, error: unknown): void {
    const name = this.#parts.connections.facts(connectionId)?.name ?? connectionId;
    const why = error instanceof Error ? error.message : String(error);
    this.#parts.log.warn(`The lag history of ${name} could not be written: ${why}.`);
  }

  readonly #isKnown = (connectionId: string): boolean => this.#parts.connections.facts(connectionId) !== undefined;

  /** Reads what others wrote, deletes what nobody needs, and makes one file of many. */
  async #tidy(): Promise<void> {
    const files = await this.#folder.read();
    this.#forget();
    for (const [connectionId, those] of files) {
      if (this.#ended) return;
      const sealed = those.filter((file) => file.kind !== 'seconds' && isSealed(file, this.#now()));
      // One of them may be the whole that the others come to.
      if (sealed.length <= mostSealed) continue;
      try {
        await this.#makeWhole(connectionId, sealed);
      } catch (error) {
        this.#failed(connectionId, error);
      }
    }
  }

  /**
   * Writes all of a connection into one file, and deletes those that were read for it. Where another window does the same
   * both write all they know, and delete only what they have read.
   */
  async #makeWhole(connectionId: string, sealed: readonly SampleFileName[]): Promise<void> {
    const read = await this.#folder.claim(sealed);
    const { name } = newName(connectionId, 'whole', this.#now());
    const done = await this.#folder.replace(name, this.#whole(connectionId), () => !this.#ended);
    if (done) await this.#folder.remove(read);
  }

  /** The records of all that is known of a connection. */
  async *#whole(connectionId: string): AsyncGenerator<Buffer> {
    const { events, store } = this.#parts;
    const streams = store.streams(connectionId);
    for (let at = 0; at === 0 || at < streams.length; at += mostWholeAtOnce) {
      if (this.#ended) return;
      const some = streams.slice(at, at + mostWholeAtOnce).map((kept) => ({ ...kept, newFrom: -Infinity }));
      yield frameOf(
        await gzip(encodeRecord(some, tiersOf.whole, at === 0 ? events.of(connectionId) : []), compression),
      );
      await turn();
    }
  }
}

/** Null where it isn't there. */
function sizeOf(file: string): number | null {
  return fs.statSync(file, { throwIfNoEntry: false })?.size ?? null;
}

function ownKey(connectionId: string, kind: SampleFileKind): string {
  return `${kind} ${connectionId}`;
}
