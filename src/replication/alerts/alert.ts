/**
 * What a subject can be alerted for. behind: by bytes or seconds; inactive: nobody reads its slot; headroom: its slot is lost
 * soon, by the room that is left or by the forecast; stopped: nothing is applied, or the slot is missing; copyFailing: the
 * first copy of a table fails again and again; unused: nobody reads the slot and no known subscription would.
 */
export const alertKinds = [
  'lost',
  'stopped',
  'copyFailing',
  'headroom',
  'retained',
  'behind',
  'unused',
  'inactive',
] as const;
export type AlertKind = (typeof alertKinds)[number];

/** error: it can't go on by itself; warning: it may, and will hurt if it doesn't. */
export type AlertSeverity = 'error' | 'warning';

/** How bad an alert of this kind is. */
export function alertSeverity(kind: AlertKind): AlertSeverity {
  return kind === 'lost' || kind === 'stopped' || kind === 'copyFailing' ? 'error' : 'warning';
}

/** What an alert says. */
export interface AlertWords {
  /** Two or three words for a row: "retains too much". */
  readonly short: string;
  /** A sentence that names the object and its server, with the figures. */
  readonly sentence: string;
}

/**
 * How a figure stands to its threshold. between: within the band that keeps an alert from coming and going; unknown: it
 * can't be seen, so that nothing begins and nothing ends; moot: it can't be judged by this (a lost slot retains nothing), and
 * what held is over at once.
 */
export type AlertLevel = 'over' | 'between' | 'under' | 'unknown' | 'moot';

/** One threshold and how a subject stands to it at one sample. */
export interface AlertCondition extends AlertWords {
  readonly kind: AlertKind;
  readonly level: AlertLevel;
  /** It must have been over for so long, seconds. */
  readonly forSeconds: number;
  /** The server itself says that it has been so for this long, seconds; null where it doesn't. */
  readonly knownForSeconds: number | null;
}

/** An alert that holds. */
export interface ActiveAlert extends AlertWords {
  readonly subjectId: string;
  readonly kind: AlertKind;
  /** When the threshold was crossed, milliseconds since the epoch, our clock. */
  readonly raisedAt: number;
  /** The sample its words are of, milliseconds since the epoch, our clock. */
  readonly asOf: number;
}

/** A threshold that was crossed, in either direction: what a chart marks. */
export interface AlertEvent {
  readonly subjectId: string;
  readonly kind: AlertKind;
  readonly what: 'raised' | 'cleared';
  /** The sample that showed it, milliseconds since the epoch, our clock. */
  readonly at: number;
  readonly text: string;
}

/** An alert that an earlier window, or an earlier look at the subject, had raised. */
export interface EarlierAlert {
  readonly subjectId: string;
  readonly kind: AlertKind;
  readonly raisedAt: number;
}

/** Worst first, the kinds in the order they are declared in. */
export function worstAlertFirst<Alert extends { readonly kind: AlertKind }>(
  alerts: readonly Alert[],
): readonly Alert[] {
  return alerts.toSorted((a, b) => alertKinds.indexOf(a.kind) - alertKinds.indexOf(b.kind));
}
