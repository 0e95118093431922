import type { LagChart } from '../../protocol/lag.ts';

/** Steps between the labels of an axis of bytes: powers of two, so that they are round in units of 1024. */
const byteSteps = Array.from({ length: 50 }, (_, power) => 2 ** power);
/** Steps between those of an axis of seconds: what is round on a clock. */
const subMinuteSteps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30];
const secondSteps = [
  ...subMinuteSteps,
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60),
  ...[1, 2, 3, 6, 12].map((hours) => hours * 3600),
  ...Array.from({ length: 12 }, (_, power) => 2 ** power * 86_400),
];
const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** The steps that the vertical axis of a figure may have. */
export function axisSteps(metric: LagChart['metric']): readonly number[] {
  return metric === 'secondsBehind' ? secondSteps : byteSteps;
}

/**
 * The labels of equal steps from zero. Unlike a figure in a row none is rounded: neighbours would read the same, and a
 * label would not be where it says.
 */
export function axisTexts(metric: LagChart['metric'], splits: readonly number[]): readonly string[] {
  const step = Math.abs((splits[1] ?? 0) - (splits[0] ?? 0));
  if (metric === 'secondsBehind') return splits.map((seconds) => secondsOnAxis(seconds, step));
  const perSecond = metric === 'appliedBytesPerSecond' ? '/s' : '';
  return splits.map((bytes) => `${bytesOnAxis(bytes)}${perSecond}`);
}

/** In the unit of the step, which all labels are whole numbers of. */
function secondsOnAxis(seconds: number, step: number): string {
  if (step < 60) return `${decimals(seconds, 1)} s`;
  if (step < 3600) return `${decimals(seconds / 60, 1)} min`;
  return step < 86_400 ? `${decimals(seconds / 3600, 1)} h` : `${decimals(seconds / 86_400, 1)} d`;
}

function bytesOnAxis(bytes: number): string {
  const unit = bytes < 1 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${decimals(bytes / 1024 ** unit, 3)} ${byteUnits[unit]}`;
}

/** A number with as many decimals as it needs, at most so many. */
function decimals(value: number, most: number): string {
  return String(Number(value.toFixed(most)));
}
