import type { Forecast, SlotLoss, StreamForecasts } from '../model/forecast.ts';
import { bytesText, durationText, secondsText } from '../model/quantity.ts';

/** Further off than this a loss isn't worth a word in a row, seconds. */
const soonSeconds = 48 * 3600;

/** "≈ 2 h": rounded to one unit, never less than a minute where `coarse` (rows that must not flicker). */
export function aboutText(seconds: number, coarse = true): string {
  return `≈ ${coarse ? durationText(Math.max(60, seconds)) : secondsText(seconds)}`;
}

/** "⚠ lost in ≈ 2 h", "⚠ about to be lost"; null where it is lost already, more than two days off, or can't be said. */
export function lossWords({ when }: SlotLoss): string | null {
  if (when.kind === 'now') return '⚠ about to be lost';
  return when.kind === 'in' && when.seconds < soonSeconds ? `⚠ lost in ${aboutText(when.seconds)}` : null;
}

/** What is worth a word in a row about a stream: loss and full volume within two days, and the catching up. */
export function forecastWords({ catchUp, loss, volumeFull }: StreamForecasts): readonly string[] {
  return [
    lossWords(loss),
    volumeFull.kind === 'in' && volumeFull.seconds < soonSeconds
      ? `⚠ WAL volume full in ${aboutText(volumeFull.seconds)}`
      : null,
    volumeFull.kind === 'now' ? '⚠ WAL volume full' : null,
    catchUp.kind === 'in' ? `caught up in ${aboutText(catchUp.seconds, false)}` : null,
  ].filter((words) => words !== null);
}

/** A forecast in full, with what it rests on: "in ≈ 2 h (between 1 h and 3 h), by 58 samples over 5 min: 1.2 MB/s". */
export function forecastDetail(when: Forecast, unit: 'bytes' | 'rows' = 'bytes'): string {
  switch (when.kind) {
    case 'now':
      return when.reason;
    case 'never':
      return `not foreseen: ${when.reason}`;
    case 'unknown':
      return `cannot be said yet: ${when.reason}`;
    case 'in': {
      const { basis, earliest, latest, seconds } = when;
      if (basis === null) return `in ${aboutText(seconds, false)}, by the clock`;
      const range =
        latest === null
          ? ` (${secondsText(earliest)} at the soonest, perhaps never)`
          : latest > earliest * 1.2
            ? ` (between ${secondsText(earliest)} and ${secondsText(latest)})`
            : '';
      const pace =
        unit === 'bytes' ? bytesText(basis.perSecond) : `${Math.round(basis.perSecond).toLocaleString('en-US')} rows`;
      return `in ${aboutText(seconds, false)}${range}, by ${basis.samples} samples over ${secondsText(basis.spanSeconds)}: ${pace}/s`;
    }
  }
}
