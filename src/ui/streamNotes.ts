import { bytesText, secondsText } from '../replication/model/quantity.ts';
import type { StreamLag } from '../replication/model/stream.ts';
import { count } from './tree/words.ts';

/** Clocks that differ by less are as good as equal, milliseconds. */
const clockMs = 1000;

/** What else is worth knowing of a stream, a sentence each: what it costs, what fails, and what isn't shown to this role. */
export function streamNotes(lag: StreamLag): readonly string[] {
  return [...decodingNotes(lag), ...failureNotes(lag), ...clockNotes(lag), ...hiddenNotes(lag)];
}

function decodingNotes({ decoding }: StreamLag): readonly string[] {
  if (decoding === null) return [];
  const { spillBytes, spillTransactions, spillsPerMinute, streamBytes, streamTransactions, streamedPerMinute } =
    decoding;
  const times = (total: number, recent: number) =>
    `${count(total, 'transaction')} so far, ${recent} in the last minute`;
  return [
    ...(spillTransactions > 0
      ? [`Decoded on disk for want of memory: ${times(spillTransactions, spillsPerMinute)} (${bytesText(spillBytes)})`]
      : []),
    ...(streamTransactions > 0
      ? [`Sent before the commit: ${times(streamTransactions, streamedPerMinute)} (${bytesText(streamBytes)})`]
      : []),
  ];
}

function failureNotes({ conflictsPerMinute, errorsPerMinute }: StreamLag): readonly string[] {
  return [
    ...(errorsPerMinute ? [`${count(errorsPerMinute, 'error')} in the last minute`] : []),
    ...(conflictsPerMinute ? [`${count(conflictsPerMinute, 'conflict')} in the last minute`] : []),
  ];
}

function clockNotes({ clockDifferenceMs }: StreamLag): readonly string[] {
  if (clockDifferenceMs === null || Math.abs(clockDifferenceMs) < clockMs) return [];
  const way = clockDifferenceMs > 0 ? 'ahead of' : 'behind';
  return [`The subscriber's clock is ${secondsText(Math.abs(clockDifferenceMs) / 1000)} ${way} the publisher's`];
}

function hiddenNotes({ hidden }: StreamLag): readonly string[] {
  return hidden.map(({ privilege, what }) => `Not shown to this role: ${what}; ${privilege} shows it`);
}
