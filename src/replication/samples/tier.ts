import type { StreamState } from '../model/stream.ts';
import { decodeFigure, decodeState, gapCode, type KeptFigure, keptFigures } from './coding.ts';

/** How a tier divides time. */
export interface TierShape {
  /** One cell, milliseconds. */
  readonly widthMs: number;
  /** Cells that are stored together, and forgotten together. */
  readonly cellsPerChunk: number;
  /** The most chunks: the newest ones. */
  readonly chunks: number;
  /** Each cell keeps the least, the greatest and the last of its samples; otherwise only the last. */
  readonly rollsUp: boolean;
}

/** Which of a cell's samples. */
export type Pick = 'least' | 'greatest' | 'last';

/** One cell with samples, or the mark of a gap between samples, with none. */
export interface Cell {
  /** When it begins, milliseconds since the epoch. */
  readonly at: number;
  /** The last state in it. */
  readonly state: StreamState | null;
  /** It has no samples: nothing is known between those before and those after it. */
  readonly isGap: boolean;
  /** Null where the figure was known at none of its samples. */
  value(figure: KeptFigure, pick: Pick): number | null;
}

const picks: readonly Pick[] = ['least', 'greatest', 'last'];

/** 16-bit numbers in one chunk. */
export function chunkLength({ cellsPerChunk, rollsUp }: TierShape): number {
  return cellsPerChunk * cellLength(rollsUp);
}

/** Of one cell: the state, then the figures with their picks. */
function cellLength(rollsUp: boolean): number {
  return 1 + keptFigures.length * (rollsUp ? picks.length : 1);
}

/** Samples in cells of equal width. Bounded: what is older than its chunks goes; times without samples take no room. */
export class Tier {
  readonly shape: TierShape;
  readonly #chunks = new Map<number, Uint16Array>();
  /** The newest, into which nearly all samples go. */
  #latest: { readonly key: number; readonly chunk: Uint16Array } | null = null;

  constructor(shape: TierShape) {
    this.shape = shape;
  }

  get #cellSize(): number {
    return cellLength(this.shape.rollsUp);
  }

  get #picks(): number {
    return this.shape.rollsUp ? picks.length : 1;
  }

  get #chunkMs(): number {
    return this.shape.widthMs * this.shape.cellsPerChunk;
  }

  /**
   * Adds a sample to its cell: the code of its state, then those of its figures. `at`: milliseconds since the epoch. Chunks
   * of a future that the clock was set back from go, or nothing would be kept until it has come.
   */
  record(at: number, codes: Uint16Array): void {
    this.#forgetFuture(Math.floor(at / this.#chunkMs));
    const chunk = this.#chunkFor(at);
    if (!chunk) return;
    const start = this.#cellStart(at);
    const step = this.#picks;
    chunk[start] = codes[0] ?? 0;
    for (let index = 1; index < codes.length; index += 1) {
      const code = codes[index] ?? 0;
      if (code !== 0) this.#put(chunk, start + 1 + (index - 1) * step, code, code, code);
    }
  }

  /**
   * Nothing is known between the sample before and the one that is taken at `at` (see Pulse.afterGap): what is between
   * them says so. Cells of a future that the clock was set back from go.
   */
  interrupt(at: number): void {
    const { widthMs } = this.shape;
    const present = Math.floor(at / this.#chunkMs);
    for (const [key, chunk] of this.#chunks) {
      if (key > present) this.#chunks.delete(key);
      else if (key === present) chunk.fill(0, this.#cellStart(at) + this.#cellSize);
    }
    const newest = Math.max(...this.#chunks.keys());
    const latest = this.#chunks.get(newest);
    this.#latest = latest ? { key: newest, chunk: latest } : null;
    // Before the first sample there is nothing to be told apart.
    if (!latest) return;
    const before = at - widthMs;
    const chunk = this.#chunkFor(before);
    const start = this.#cellStart(before);
    if (chunk?.[start] === 0) chunk[start] = gapCode;
  }

  /** The cells with samples and the gaps from `from` to before `to` (milliseconds since the epoch), oldest first. */
  *cells(from: number, to: number): Generator<Cell> {
    const { cellsPerChunk, widthMs } = this.shape;
    for (const key of [...this.#chunks.keys()].sort((a, b) => a - b)) {
      const chunk = this.#chunks.get(key);
      if (!chunk || (key + 1) * this.#chunkMs <= from || key * this.#chunkMs >= to) continue;
      for (let cell = 0; cell < cellsPerChunk; cell += 1) {
        const start = cell * this.#cellSize;
        const at = key * this.#chunkMs + cell * widthMs;
        if (chunk[start] !== 0 && at + widthMs > from && at < to) yield this.#cell(chunk, start, at);
      }
    }
  }

  /** When the oldest chunk that is kept begins; null where there is none. */
  get oldestAt(): number | null {
    return this.#chunks.size === 0 ? null : Math.min(...this.#chunks.keys()) * this.#chunkMs;
  }

  /** Bytes of the chunks that are there. */
  get bytes(): number {
    return this.#chunks.size * chunkLength(this.shape) * 2;
  }

  /** The chunks with their numbers, oldest first. Not to be changed. */
  chunks(): readonly (readonly [number, Uint16Array])[] {
    return [...this.#chunks].sort(([a], [b]) => a - b);
  }

  /**
   * Adds a chunk that was stored, or that another window wrote: where both have samples of a cell, the least and the
   * greatest of both, and the last of theirs where `isNewer`. Throws RangeError where its length isn't that of a chunk.
   */
  merge(key: number, other: Uint16Array, isNewer = false): void {
    const size = this.#cellSize;
    if (other.length !== chunkLength(this.shape)) throw new RangeError('a chunk of another length');
    const chunk = this.#chunkFor(key * this.#chunkMs);
    if (!chunk) return;
    for (let start = 0; start < chunk.length; start += size) {
      if ((other[start] ?? 0) === 0) continue;
      // A gap of one window that the other sampled in is none.
      const better = isNewer && other[start] !== gapCode;
      if (better || chunk[start] === 0 || chunk[start] === gapCode) chunk[start] = other[start] ?? 0;
      for (let place = start + 1; place < start + size; place += this.#picks) {
        const theirs = other[place + this.#picks - 1] ?? 0;
        if (theirs === 0) continue;
        const last = chunk[place + this.#picks - 1] ?? 0;
        this.#put(chunk, place, other[place] ?? 0, other[place + 1] ?? 0, isNewer || last === 0 ? theirs : last);
      }
    }
  }

  /** What follows the next chunk: a sample may come a moment after one that was taken later. */
  #forgetFuture(present: number): void {
    if (this.#latest === null || this.#latest.key <= present + 1) return;
    for (const key of this.#chunks.keys()) if (key > present + 1) this.#chunks.delete(key);
    const key = Math.max(...this.#chunks.keys());
    const chunk = this.#chunks.get(key);
    this.#latest = chunk ? { key, chunk } : null;
  }

  /** Null for a time that is older than what is kept. */
  #chunkFor(at: number): Uint16Array | null {
    const key = Math.floor(at / this.#chunkMs);
    if (this.#latest?.key === key) return this.#latest.chunk;
    const known = this.#chunks.get(key);
    if (known) return known;
    const newest = Math.max(key, ...this.#chunks.keys());
    if (key <= newest - this.shape.chunks) return null;
    for (const old of this.#chunks.keys()) if (old <= newest - this.shape.chunks) this.#chunks.delete(old);
    const chunk = new Uint16Array(chunkLength(this.shape));
    this.#chunks.set(key, chunk);
    if (key === newest) this.#latest = { key, chunk };
    return chunk;
  }

  #cellStart(at: number): number {
    return (Math.floor(at / this.shape.widthMs) % this.shape.cellsPerChunk) * this.#cellSize;
  }

  #put(chunk: Uint16Array, place: number, least: number, greatest: number, last: number): void {
    if (!this.shape.rollsUp) {
      chunk[place] = last;
      return;
    }
    const before = chunk[place] ?? 0;
    chunk[place] = before === 0 ? least : Math.min(before, least);
    chunk[place + 1] = Math.max(chunk[place + 1] ?? 0, greatest);
    chunk[place + 2] = last;
  }

  #cell(chunk: Uint16Array, start: number, at: number): Cell {
    return {
      at,
      state: decodeState(chunk[start] ?? 0),
      isGap: chunk[start] === gapCode,
      value: (figure, pick) => {
        const place = start + 1 + keptFigures.indexOf(figure) * this.#picks;
        const offset = this.shape.rollsUp ? picks.indexOf(pick) : 0;
        return decodeFigure(figure, chunk[place + offset] ?? 0);
      },
    };
  }
}
