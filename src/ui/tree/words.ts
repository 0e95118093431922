import { bytesText, durationText } from '../../replication/model/quantity.ts';
import { tableLabel } from '../../replication/operations/words.ts';

/** Numbers as words for rows and tooltips. Rows round coarsely, so that they don't flicker. */

/** Bytes for a row that is drawn at every beat: below 1 MB it says no more than that (read out as "under"). */
export function roughBytes(value: number): string {
  return value < 1024 * 1024 ? '<1 MB' : bytesText(value);
}

/** What is known of how far behind a stream is: bytes not applied, and seconds, which may be a lower bound only. */
export interface Behind {
  readonly bytes: number | null;
  readonly seconds: number | null;
  readonly atLeast?: boolean;
}

/** How a stream that has nothing to catch up with stands, in a row. */
export const upToDate = 'up to date';

/**
 * How far behind for a row: `up to date`, `12 MB, 40 s behind`, `3 s behind`; null where it isn't known. Less than a
 * second counts as up to date: a healthy stream is never nearer than its last sample.
 */
export function behindWords({ bytes: amount, seconds, atLeast = false }: Behind): string | null {
  if (amount === null && seconds === null) return null;
  const large = amount !== null && amount >= 1024 * 1024;
  const late = seconds !== null && seconds >= 1;
  if (!large && !late) return seconds === null && amount !== null && amount > 0 ? '<1 MB behind' : upToDate;
  const parts = [large && bytesText(amount), late && `${atLeast ? '≥ ' : ''}${roughSeconds(seconds)}`];
  return `${parts.filter((part) => part !== false).join(', ')} behind`;
}

/** Seconds for a row: from 10 s on in steps of ten, so that it doesn't change at every beat. */
function roughSeconds(seconds: number): string {
  return durationText(seconds < 10 ? seconds : seconds - (seconds % 10));
}

/** Bytes rounded and exact, for tooltips; null stays null. */
export function exactBytes(value: number | null): string | null {
  return value === null ? null : `${bytesText(value)} (${value.toLocaleString('en-US')} bytes)`;
}

/** `1 table`, `2 tables`; irregular plurals are given. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;
}

/** The parts that are there, joined the way rows are: ` · `. */
export function joined(parts: readonly (string | null | undefined | false)[]): string {
  return parts.filter((part): part is string => typeof part === 'string' && part !== '').join(' · ');
}

/** Things in a sentence: `a, b and c`. */
export function sentenceList(items: readonly string[]): string {
  if (items.length <= 1) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** A table's name for reading, never for SQL; parts that aren't plain identifiers are quoted, as in every message. */
export function tableName({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return tableLabel(schema, name);
}
