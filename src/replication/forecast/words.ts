import type { Forecast, ForecastBasis, SlotLoss, StreamForecasts } from '../model/forecast.ts';
import { bytesText, durationText, secondsText } from '../model/quantity.ts';

/** Further off than this a loss isn't worth a word in a row, seconds. */
const soonSeconds = 48 * 3600;

/** "≈ 2 h": rounded to one unit; "under a minute" where `coarse` (rows that must not flicker). */
export function aboutText(seconds: number, coarse = true): string {
  if (!coarse) return `≈ ${secondsText(seconds)}`;
  return seconds < 60 ? 'under a minute' : `≈ ${durationText(seconds)}`;
}

/** Of a slot that isn't lost: "⚠ lost in ≈ 2 h", "⚠ about to be lost"; null where that's over two days off, or can't be said. */
export function lossWords({ when }: SlotLoss): string | null {
  if (when.kind === 'now') return '⚠ about to be lost';
  return when.kind === 'in' && when.seconds < soonSeconds
    ? `⚠ ${perhaps(when)}lost in ${aboutText(when.seconds)}`
    : null;
}

/** What is worth a word in a row about a stream: loss and full volume within two days, and the catching up. */
export function forecastWords({ catchUp, loss, volumeFull }: StreamForecasts): readonly string[] {
  return [
    lossWords(loss),
    volumeFull.kind === 'in' && volumeFull.seconds < soonSeconds
      ? `⚠ WAL volume ${perhaps(volumeFull)}full in ${aboutText(volumeFull.seconds)}`
      : null,
    volumeFull.kind === 'now' ? '⚠ WAL volume full' : null,
    catchUp.kind === 'in' ? `${perhaps(catchUp)}caught up in ${aboutText(catchUp.seconds, false)}` : null,
  ].filter((words) => words !== null);
}

/** Where it does not come at the slowest pace seen: the writer paused, the reader hardly gets on. */
function perhaps(when: Forecast): string {
  return when.kind === 'in' && when.latest === null ? 'perhaps ' : '';
}

/**
 * A forecast in full, with what it rests on: "in ≈ 2 h (between 1 h and 3 h): the room shrinks by 1.2 MB/s (58 samples
 * over 5 min)".
 */
export function forecastDetail(when: Forecast): string {
  switch (when.kind) {
    case 'now':
      return when.reason;
    case 'never':
      return `not foreseen: ${when.reason}`;
    case 'unknown':
      return `cannot be said: ${when.reason}`;
    case 'in': {
      const { basis, earliest, latest, seconds } = when;
      if (basis === null) return `in ${aboutText(seconds, false)}, if nobody reads it until then`;
      const range =
        latest === null
          ? ` (${secondsText(earliest)} at the soonest, perhaps never)`
          : latest > earliest * 1.2
            ? ` (between ${secondsText(earliest)} and ${secondsText(latest)})`
            : '';
      const rests = `${basis.samples} samples over ${secondsText(basis.spanSeconds)}`;
      return `in ${aboutText(seconds, false)}${range}: ${movingWords(basis)} (${rests})`;
    }
  }
}

function movingWords({ moves, perSecond }: ForecastBasis): string {
  const pace = moves === 'rows' ? `${Math.round(perSecond).toLocaleString('en-US')} rows` : bytesText(perSecond);
  switch (moves) {
    case 'room':
      return `the room shrinks by ${pace}/s`;
    case 'rest':
      return `what is not applied shrinks by ${pace}/s`;
    case 'kept':
      return `the WAL that slots keep grows by ${pace}/s`;
    case 'rows':
    case 'copied':
      return `${pace}/s come`;
  }
}
