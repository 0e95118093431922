import { createHash, randomUUID } from 'node:crypto';

import { tierShapes } from './streamSamples.ts';

/**
 * seconds: the samples by seconds, added to for a while and deleted when they are too old for their tier. journal: minutes,
 * half hours and events, added to for a while. whole: out of such journals; never added to.
 */
export type SampleFileKind = 'seconds' | 'journal' | 'whole';

/** What the name of a file says. */
export interface SampleFileName {
  readonly name: string;
  /** Whose samples it holds, by `ownerHash`. */
  readonly owner: string;
  readonly kind: SampleFileKind;
  /** Milliseconds since the epoch, by the clock of the window that began it. */
  readonly begunAt: number;
}

/** A file is added to for so long after it was begun, milliseconds. */
const segmentMs = { seconds: 20 * 60_000, journal: 3 * 3_600_000 } as const;
/** Allowed for a write that takes its time, milliseconds. */
const marginMs = 10 * 60_000;
/** What the seconds reach back, milliseconds. */
const secondsMs = tierShapes.seconds.widthMs * tierShapes.seconds.cellsPerChunk * tierShapes.seconds.chunks;

/** The format is part of the name: another version leaves these files alone, and makes its own. */
const pattern = /^([0-9a-f]{32})\.([0-9a-z]+)-[0-9a-f]{8}\.(seconds|journal|whole)\.v2\.lag$/;

/** How a connection is called in file names: its id may hold what those may not. */
export function ownerHash(connectionId: string): string {
  return createHash('sha256').update(connectionId).digest('hex').slice(0, 32);
}

/** A name that no other window has. */
export function newName(connectionId: string, kind: SampleFileKind, now: number): SampleFileName {
  const owner = ownerHash(connectionId);
  const begunAt = Math.max(0, Math.floor(now));
  return { name: `${owner}.${begunAt.toString(36)}-${randomUUID().slice(0, 8)}.${kind}.v2.lag`, owner, kind, begunAt };
}

/** Null where it isn't the name of such a file. */
export function readName(name: string): SampleFileName | null {
  const [, owner, begun, kind] = pattern.exec(name) ?? [];
  if (owner === undefined || begun === undefined || kind === undefined) return null;
  return { name, owner, kind: kind as SampleFileKind, begunAt: Number.parseInt(begun, 36) };
}

/** The name under which nobody adds to a journal any more. */
export function claimedName(name: string): string {
  return name.replace('.journal.', '.whole.');
}

/** Whether the window that began it may still add to it. */
export function isOpen({ begunAt, kind }: SampleFileName, now: number): boolean {
  // One of a future that the clock was set back from would be added to until that has come.
  return kind !== 'whole' && now >= begunAt - marginMs && now - begunAt < segmentMs[kind];
}

/** Whether nobody adds to it any more, for certain. */
export function isSealed({ begunAt, kind }: SampleFileName, now: number): boolean {
  return kind === 'whole' || now - begunAt > segmentMs[kind] + marginMs;
}

/** Whether all it can hold is older than what is kept of it. */
export function isOutdated({ begunAt, kind }: SampleFileName, now: number): boolean {
  return kind === 'seconds' && now - begunAt > segmentMs.seconds + marginMs + secondsMs;
}
