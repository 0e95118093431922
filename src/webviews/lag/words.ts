import type { LagFigure, LagMark, LagRow, LagView } from '../../protocol/lag.ts';
import { bytesText, secondsText } from '../../replication/model/quantity.ts';
import { type LagMetric, streamStates } from '../../replication/model/stream.ts';
import { states } from '../shared/streamStates.ts';

/** What the state's text says beyond its word, and what lies ahead; empty where nothing. */
export function reasonOf(row: LagRow): string {
  return [stateReason(row), ...(row.outlook ?? [])].filter((part) => part !== '').join(' · ');
}

function stateReason({ state, stateText }: LagRow): string {
  const { word } = states[state];
  if (!stateText.toLowerCase().startsWith(word.toLowerCase())) return stateText;
  return stateText.slice(word.length).replace(/^[:,;\s]+/, '');
}

export const figureNames: Readonly<Record<LagFigure, string>> = {
  notSentBytes: 'Not sent',
  inFlightBytes: 'In flight',
  notAppliedBytes: 'Not applied',
  retainedBytes: 'Retained',
  secondsBehind: 'Behind',
  appliedBytesPerSecond: 'Rate',
};

export const figureHelp: Readonly<Record<LagFigure, string>> = {
  notSentBytes: 'WAL written on the publisher but not sent yet',
  inFlightBytes: 'WAL sent but not received',
  notAppliedBytes: 'WAL written on the publisher but not applied and flushed by the consumer',
  retainedBytes: 'WAL the publisher keeps for the slot',
  secondsBehind: 'Age of the oldest WAL that is not applied, by our own samples',
  appliedBytesPerSecond: 'WAL applied per second over the last samples',
};

export const metricNames: Readonly<Record<LagMetric, string>> = {
  secondsBehind: 'Seconds behind',
  notAppliedBytes: 'Not applied',
  retainedBytes: 'Retained WAL',
  appliedBytesPerSecond: 'Rate of applying',
};

export const rangeNames: Readonly<Record<LagView['rangeSeconds'], string>> = {
  60: '1 min',
  300: '5 min',
  900: '15 min',
  3600: '1 h',
  86_400: '1 day',
  2_592_000: '30 days',
};

/** A figure with its unit. */
export function figureText(figure: LagFigure, value: number): string {
  if (figure === 'secondsBehind') return secondsText(value);
  return figure === 'appliedBytesPerSecond' ? `${bytesText(value)}/s` : bytesText(value);
}

/** A moment as the person's clock shows it; milliseconds since the epoch. */
export function clockText(at: number, withSeconds = true): string {
  const moment = new Date(at);
  const parts = [moment.getHours(), moment.getMinutes(), ...(withSeconds ? [moment.getSeconds()] : [])];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** A moment with as much of it as a chart of this length needs: seconds, minutes, or the day too; milliseconds since the epoch. */
export function momentText(at: number, spanSeconds: number): string {
  if (spanSeconds < 300) return clockText(at);
  if (spanSeconds <= 40_000) return clockText(at, false);
  const moment = new Date(at);
  const day = [moment.getMonth() + 1, moment.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
  return `${day} ${clockText(at, false)}`;
}

/** How long something is, in whole units: "second", "4 minutes", "2 hours". */
export function stepText(seconds: number): string {
  if (seconds >= 3600 && seconds % 3600 === 0) return several(seconds / 3600, 'hour');
  if (seconds >= 60 && seconds % 60 === 0) return several(seconds / 60, 'minute');
  return several(seconds, 'second');
}

function several(count: number, unit: string): string {
  return count === 1 ? unit : `${count} ${unit}s`;
}

/** How marks of the chart look in the list below it. */
export const markIcons: Readonly<Record<LagMark['kind'], string>> = {
  restart: 'debug-restart',
  enabled: 'play',
  disabled: 'circle-slash',
  plan: 'tools',
  threshold: 'bell',
};

/** The states of all rows, counted, worst first: "1 lost, 3 streaming". */
export function summary(rows: readonly LagRow[]): string {
  const counts = streamStates.flatMap((state) => {
    const count = rows.filter((row) => row.state === state).length;
    return count === 0 ? [] : [`${count} ${states[state].word.toLowerCase()}`];
  });
  return `${rows.length} ${rows.length === 1 ? 'stream' : 'streams'}: ${counts.join(', ')}`;
}

/** Who a stream is, in a few words, for announcements. */
export function rowName({ consumer, publisher, subscriber }: LagRow): string {
  return subscriber?.object ?? publisher?.object ?? consumer;
}

/** What to read aloud: which streams changed their state. Empty where none did. */
export function changesText(before: readonly LagRow[], after: readonly LagRow[]): string {
  const earlier = new Map(before.map(({ id, state }) => [id, state]));
  const changed = after.filter(({ id, state }) => earlier.has(id) && earlier.get(id) !== state);
  if (changed.length > 3) return `${changed.length} streams changed: now ${summary(after)}`;
  return changed.map((row) => `${rowName(row)}: ${states[row.state].word.toLowerCase()}`).join('; ');
}
