import type { StreamLag, StreamState } from '../model/stream.ts';

/** The figures of a stream that are kept, in the order they are stored. Only to be added to, at the end, with a new format. */
export const keptFigures = [
  'secondsBehind',
  'notAppliedBytes',
  'retainedBytes',
  'appliedBytesPerSecond',
  'writtenBytesPerSecond',
] as const satisfies readonly (keyof StreamLag)[];
export type KeptFigure = (typeof keptFigures)[number];

/** The smallest step of a figure: a millisecond, or a byte (per second). */
const unit: Readonly<Record<KeptFigure, number>> = {
  secondsBehind: 0.001,
  notAppliedBytes: 1,
  retainedBytes: 1,
  appliedBytesPerSecond: 1,
  writtenBytesPerSecond: 1,
};

/** Steps of the scale for every doubling: 2^53 units fit in 16 bits, and a figure is right to 0.03 %. */
const stepsPerDoubling = 65_534 / 53;

/** A figure as 16 bits on a logarithmic scale; 0 where it isn't known. Below zero counts as zero. */
export function encodeFigure(figure: KeptFigure, value: number | null): number {
  if (value === null || Number.isNaN(value)) return 0;
  const steps = Math.log2(1 + Math.max(0, value) / unit[figure]) * stepsPerDoubling;
  return 1 + Math.min(65_534, Math.round(steps));
}

/** The figure again; null where it wasn't known. Whole bytes; a thousandth of a second. */
export function decodeFigure(figure: KeptFigure, code: number): number | null {
  if (code === 0) return null;
  const value = 2 ** ((code - 1) / stepsPerDoubling) - 1;
  return Math.round(value) * unit[figure];
}

/** How states are stored. Numbers are never given again to another state. */
const stateCodes: Readonly<Record<StreamState, number>> = {
  streaming: 1,
  catchingUp: 2,
  copying: 3,
  starting: 4,
  stopped: 5,
  disabled: 6,
  inactive: 7,
  lost: 8,
  slotMissing: 9,
  unreachable: 10,
  unknown: 11,
};

const stateOf = new Map(Object.entries(stateCodes).map(([state, code]) => [code, state as StreamState]));

/** In the place of a state: nothing is known between the samples before and those after this cell, which has none itself. */
export const gapCode = 65_535;

/** A sample as 16-bit numbers: its state, above 0, then its figures in the order of `keptFigures`. */
export function encodeSample(lag: StreamLag): Uint16Array {
  const codes = new Uint16Array(1 + keptFigures.length);
  codes[0] = stateCodes[lag.state];
  for (let index = 0; index < keptFigures.length; index += 1) {
    const figure = keptFigures[index];
    if (figure !== undefined) codes[index + 1] = encodeFigure(figure, lag[figure]);
  }
  return codes;
}

/** The state of a number; null for 0, for a gap, and for one that a newer version gave. */
export function decodeState(code: number): StreamState | null {
  return stateOf.get(code) ?? null;
}
