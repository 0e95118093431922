import { aboutText } from '../forecast/words.ts';
import type { SlotLoss } from '../model/forecast.ts';
import { bytesText } from '../model/quantity.ts';
import type { AlertCondition, AlertLevel } from './alert.ts';
import type { AlertThresholds } from './thresholds.ts';

/** Of a threshold: an alert is over below this, so that it doesn't come and go. */
const band = 0.8;
/** A forecast must have said it for this long, seconds: one burst of writing is none yet. */
const forecastSeconds = 30;

/** How a figure stands to its threshold that hurts when it grows; null: it isn't known. */
export function rises(value: number | null, limit: number): AlertLevel {
  if (value === null) return 'unknown';
  return value >= limit ? 'over' : value > limit * band ? 'between' : 'under';
}

/** The same for one that hurts when it shrinks. */
function falls(value: number | null, limit: number): AlertLevel {
  if (value === null) return 'unknown';
  return value <= limit ? 'over' : value < limit / band ? 'between' : 'under';
}

const byHurt: readonly AlertLevel[] = ['unknown', 'under', 'between', 'over'];

/** Of two figures for one alert, the one that stands worse; where one isn't known the other decides. */
export function worse(one: AlertLevel, other: AlertLevel): AlertLevel {
  return byHurt.indexOf(one) > byHurt.indexOf(other) ? one : other;
}

/** What the WAL of a slot, logical or physical, is judged by. */
export interface SlotWal {
  /** "the replication slot debezium on shop" */
  readonly slot: string;
  readonly retainedBytes: number | null;
  /** Null where no limit applies, or it isn't known. */
  readonly headroomBytes: number | null;
  /** When it is lost; null where that can't be told. */
  readonly loss: SlotLoss | null;
  readonly thresholds: AlertThresholds;
}

/** Whether a slot is soon lost: by the room that is left, or by the forecast. Null where neither is watched. */
export function headroomOf({
  headroomBytes: room,
  loss,
  retainedBytes,
  slot,
  thresholds,
}: SlotWal): AlertCondition | null {
  const { headroomFraction, lostWithinSeconds } = thresholds;
  if (headroomFraction === null && lostWithinSeconds === null) return null;
  const fraction =
    room === null || retainedBytes === null ? null : Math.max(0, room) / Math.max(1, room + retainedBytes);
  const byRoom = headroomFraction === null ? 'under' : falls(fraction, headroomFraction);
  const when = loss?.when ?? null;
  const soon = when?.kind === 'in' ? when.seconds : null;
  const byTime = lostWithinSeconds === null ? 'under' : when?.kind === 'now' ? 'over' : falls(soon, lostWithinSeconds);
  const left = room === null || room <= 0 ? null : `${bytesText(room)} of WAL may still be written`;
  const time =
    when?.kind === 'now' ? 'the next checkpoint may take it' : soon === null ? null : `in ${aboutText(soon)}`;
  return {
    kind: 'headroom',
    // Where no limit applies there is no room to fall below, and no time to foretell.
    level: room === null && soon === null && when?.kind !== 'now' ? 'under' : worse(byRoom, byTime),
    forSeconds: forecastSeconds,
    knownForSeconds: null,
    short: 'soon lost',
    sentence:
      byTime === 'over'
        ? `${capital(slot)} is about to be lost: ${[time, left].filter((part) => part !== null).join(', ')}.`
        : `${capital(slot)} has little room before it is lost: ${left ?? time ?? 'nothing is left'}.`,
  };
}

/** Whether a slot retains too much. Null where that isn't watched. */
export function retainedOf({ retainedBytes, slot, thresholds }: SlotWal): AlertCondition | null {
  if (thresholds.retainedBytes === null) return null;
  return {
    kind: 'retained',
    level: rises(retainedBytes, thresholds.retainedBytes),
    forSeconds: 0,
    knownForSeconds: null,
    short: 'retains too much',
    sentence: `${capital(slot)} retains ${bytesText(retainedBytes ?? 0)} of WAL, more than ${bytesText(thresholds.retainedBytes)}.`,
  };
}

/** "It retains 3 GB of WAL", to follow a sentence; empty where that isn't known. */
export function keepsText(retainedBytes: number | null): string {
  return retainedBytes === null ? '' : `. It retains ${bytesText(retainedBytes)} of WAL`;
}

/** For the beginning of a sentence. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** " on shop"; nothing where the server's name isn't known. */
export function onServer(name: string | null): string {
  return name === null ? '' : ` on ${name}`;
}
