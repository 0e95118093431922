import type { Forecast } from '../model/forecast.ts';
import { bytesText } from '../model/quantity.ts';
import type { StreamLag, StreamState } from '../model/stream.ts';
import { reach, type Trend } from './trend.ts';

/** States in which nobody applies anything, so that nothing is caught up. */
const idle: readonly StreamState[] = ['stopped', 'disabled', 'inactive', 'lost', 'slotMissing'];
/** Less than this, in bytes and seconds, is what a healthy stream always has. */
const littleBytes = 1024 * 1024;
const littleSeconds = 2;

/**
 * When a stream has caught up at the present rates. `open`: how the bytes that aren't applied move, asked for where it
 * matters; null while that can't be told, because of what `lacks` says.
 */
export function catchUp(lag: StreamLag, trendOf: () => Trend | null, lacks: string): Forecast {
  const { appliedBytesPerSecond, notAppliedBytes, secondsBehind, state, writtenBytesPerSecond } = lag;
  if (notAppliedBytes === null) return { kind: 'unknown', reason: 'how much is not applied is not known' };
  const little = notAppliedBytes < littleBytes;
  if (little && (notAppliedBytes === 0 || (secondsBehind !== null && secondsBehind < littleSeconds))) {
    return { kind: 'now', reason: 'it has caught up' };
  }
  if (idle.includes(state)) return { kind: 'never', reason: 'nothing is applied at present' };
  if (little && secondsBehind === null) {
    return { kind: 'unknown', reason: 'how long what is not applied has waited is not known' };
  }
  const open = trendOf();
  if (open === null) return { kind: 'unknown', reason: lacks };
  const rates =
    appliedBytesPerSecond === null || writtenBytesPerSecond === null
      ? ''
      : ` (${bytesText(appliedBytesPerSecond)}/s applied, ${bytesText(writtenBytesPerSecond)}/s written)`;
  return reach(open.value, open, -1, { never: `it does not catch up at the present rates${rates}`, moves: 'rest' });
}
