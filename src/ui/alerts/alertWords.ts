import { type ActiveAlert, alertKinds, alertSeverity } from '../../replication/alerts/alert.ts';
import type { StreamLag } from '../../replication/model/stream.ts';
import { count, sentenceList } from '../tree/words.ts';
import type { AlertCenter, ShownAlert, ShownAlerts } from './alertCenter.ts';
import type { MutedUntil } from './mutes.ts';

/** What the row of a slot or subscription says anyway by its state. */
const saidByState: readonly string[] = ['slot lost', 'apply stopped', 'slot missing'];
/** Sentences that the badge's tooltip has. */
const named = 3;

/** "⚠ retains too much, too far behind" for a row; null where its state says it all. */
export function rowAlertWords(alerts: readonly ActiveAlert[]): string | null {
  const words = alerts.map(({ short }) => short).filter((short) => !saidByState.includes(short));
  return words.length === 0 ? null : `⚠ ${words.join(', ')}`;
}

/** The icon of a row with alerts; null where there are none. */
export function alertIcon(alerts: readonly ActiveAlert[]): { readonly id: string; readonly color: string } | null {
  if (alerts.length === 0) return null;
  return alerts.some(({ kind }) => alertSeverity(kind) === 'error')
    ? { id: 'error', color: 'list.errorForeground' }
    : { id: 'warning', color: 'list.warningForeground' };
}

/** The lines of a tooltip: each alert with when it began, and whether the stream is muted. */
export function alertFacts(
  { alerts, mutedUntil }: ShownAlerts,
  now: number,
): readonly (readonly [string, string | null])[] {
  return [
    ...alerts.map(
      ({ raisedAt, sentence }) => ['Alert', `${sentence} Since ${momentText(raisedAt, new Date(now))}.`] as const,
    ),
    ['Alerts', mutedUntil === null ? null : `muted ${untilWords(mutedUntil, new Date(now))}`],
  ];
}

/** "2 streams and 1 standby need attention. …": what the badge counts. */
export function badgeOf(
  alerts: readonly ShownAlert[],
): { readonly value: number; readonly tooltip: string } | undefined {
  const firsts = firstOfEach(alerts);
  if (firsts.length === 0) return undefined;
  const more = firsts.length > named ? [`And ${firsts.length - named} more.`] : [];
  return {
    value: firsts.length,
    tooltip: [`${needAttention(firsts)}.`, ...firsts.slice(0, named).map(({ sentence }) => sentence), ...more].join(
      ' ',
    ),
  };
}

/** "2 replication streams and 1 physical slot need attention": of each subject one alert is given. */
function needAttention(alerts: readonly ShownAlert[]): string {
  const nouns = { stream: 'replication stream', physicalSlot: 'physical slot', standby: 'standby' } as const;
  const parts = (['stream', 'physicalSlot', 'standby'] as const).flatMap((kind) => {
    const number = alerts.filter(({ subject }) => subject.kind === kind).length;
    return number === 0 ? [] : [count(number, nouns[kind], kind === 'standby' ? 'standbys' : `${nouns[kind]}s`)];
  });
  return `${sentenceList(parts)} ${alerts.length === 1 ? 'needs' : 'need'} attention`;
}

/** Streams with alerts before the others, the worst alert first; muted ones at the end. Otherwise their order stays. */
export function alertsFirst(alerts: Pick<AlertCenter, 'ofStream'>, lags: readonly StreamLag[]): readonly StreamLag[] {
  const ranked = lags.map((lag) => {
    const { alerts: held, mutedUntil } = alerts.ofStream(lag.stream);
    const [first] = held;
    const rank = first ? alertKinds.indexOf(first.kind) : alertKinds.length + (mutedUntil === null ? 0 : 1);
    return { lag, rank };
  });
  return ranked.toSorted((a, b) => a.rank - b.rank).map(({ lag }) => lag);
}

/** What one notification says. */
export interface AlertMessage {
  readonly text: string;
  /** The worst alert of the subject it is about; null where it is about many. */
  readonly about: ShownAlert | null;
  readonly severe: boolean;
  /** Nothing of it is a stream, which the lag panel would show. */
  readonly physical: boolean;
}

/** More subjects than this at once get one notification together. */
const apart = 3;

/** The notifications for alerts that are to be told: one for each subject, or one for all where there are many. */
export function alertMessages(alerts: readonly ShownAlert[]): readonly AlertMessage[] {
  const firsts = firstOfEach(alerts);
  const severe = (some: readonly ActiveAlert[]) => some.some(({ kind }) => alertSeverity(kind) === 'error');
  if (firsts.length > apart) {
    const rest = firsts.length - 2;
    const text = `${needAttention(firsts)}. ${firsts
      .slice(0, 2)
      .map(({ sentence }) => sentence)
      .join(' ')} And ${rest} more.`;
    return [{ text, about: null, severe: severe(alerts), physical: firsts.every(isPhysical) }];
  }
  return firsts.map((first) => {
    const all = alerts.filter(({ subjectId }) => subjectId === first.subjectId);
    const others = all.filter((one) => one !== first).map(({ short }) => short);
    const also = others.length === 0 ? '' : ` Also: ${others.join(', ')}.`;
    return { text: first.sentence + also, about: first, severe: severe(all), physical: isPhysical(first) };
  });
}

function isPhysical({ subject }: ShownAlert): boolean {
  return subject.kind !== 'stream';
}

/** "until 14:05", "until 2026-03-04 08:00", "always". */
export function untilWords(until: MutedUntil, now: Date): string {
  return until === 'always' ? 'always' : `until ${momentText(until, now)}`;
}

/** A moment as the person's clock shows it; with the date where it isn't today's. */
function momentText(moment: number, now: Date): string {
  const at = new Date(moment);
  const two = (value: number) => String(value).padStart(2, '0');
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (at.toDateString() === now.toDateString()) return time;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}

/** The first alert of each subject: the worst, where they come worst first. */
function firstOfEach(alerts: readonly ShownAlert[]): readonly ShownAlert[] {
  const seen = new Set<string>();
  return alerts.filter(({ subjectId }) => !seen.has(subjectId) && seen.add(subjectId));
}
