import {
  type ActiveAlert,
  type AlertCondition,
  type AlertEvent,
  type AlertKind,
  type EarlierAlert,
  worstAlertFirst,
} from './alert.ts';

/** How a book is kept. */
export interface BookRules {
  /** Two samples further apart than this prove nothing about the time between them, milliseconds. */
  readonly gapMs: () => number;
  /** A figure must be well for so long before its alert is over, milliseconds; what is lost is over at once. */
  readonly clearAfterMs?: number;
  /** Events that are kept of a subject; the oldest go first. */
  readonly mostEvents?: number;
  /** Subjects whose events are kept; those that were quiet for longest go first. */
  readonly mostSubjects?: number;
}

/** What a subject showed at one sample. */
export interface Observation {
  /** Milliseconds since the epoch, our clock. */
  readonly at: number;
  /** The machine slept, or our clock was set, since the sample before. */
  readonly afterGap: boolean;
  /** The thresholds that apply; what isn't among them isn't watched (any more). */
  readonly conditions: readonly AlertCondition[];
}

/** What changed by an observation. */
export interface BookChange {
  readonly raised: readonly ActiveAlert[];
  readonly cleared: readonly EarlierAlert[];
}

interface Entry {
  /** Since when it has been over, or in the band below, sample after sample. */
  overSince: number | null;
  underSince: number | null;
  raised: ActiveAlert | null;
}

interface Page {
  lastAt: number | null;
  readonly entries: Map<AlertKind, Entry>;
}

/**
 * Which alerts hold, by the samples alone. A threshold must be crossed for its time without a gap between samples; it is over
 * once the figure was well below it for a while. A gap begins both times anew, so that it neither raises nor clears.
 */
export class AlertBook {
  readonly #rules: Required<BookRules>;
  readonly #pages = new Map<string, Page>();
  readonly #events = new Map<string, AlertEvent[]>();
  /** What holds of all subjects, until something is looked at. */
  #active: readonly ActiveAlert[] | null = null;
  readonly #earlier = new Map<string, EarlierAlert>();

  constructor(rules: BookRules) {
    this.#rules = { clearAfterMs: 30_000, mostEvents: 200, mostSubjects: 512, ...rules };
  }

  /** Alerts that held when they were last seen: they go on at the first sample that doesn't say otherwise. */
  restore(alerts: readonly EarlierAlert[]): void {
    for (const alert of alerts) this.#earlier.set(keyOf(alert), alert);
  }

  /** Whether the sample of that moment was taken already. */
  hasTaken(subjectId: string, at: number): boolean {
    return this.#pages.get(subjectId)?.lastAt === at;
  }

  /** Takes what a subject showed. A sample that was taken already changes nothing. */
  observe(subjectId: string, { afterGap, at, conditions }: Observation): BookChange {
    const page: Page = this.#pages.get(subjectId) ?? { lastAt: null, entries: new Map() };
    this.#pages.set(subjectId, page);
    const { lastAt } = page;
    if (lastAt === at) return { raised: [], cleared: [] };
    page.lastAt = at;
    this.#active = null;
    const goesOn = lastAt !== null && !afterGap && at > lastAt && at - lastAt <= this.#rules.gapMs();
    const raised: ActiveAlert[] = [];
    const cleared: EarlierAlert[] = [];
    for (const condition of conditions) {
      const entry: Entry = page.entries.get(condition.kind) ?? { overSince: null, underSince: null, raised: null };
      page.entries.set(condition.kind, entry);
      if (!goesOn || condition.level === 'unknown') entry.overSince = entry.underSince = null;
      const news = this.#judge(subjectId, at, condition, entry);
      if (news?.what === 'raised') raised.push(news.alert);
      if (news?.what === 'cleared') cleared.push(news.alert);
    }
    const watched = new Set(conditions.map(({ kind }) => kind));
    for (const [kind, entry] of page.entries) {
      if (watched.has(kind)) continue;
      page.entries.delete(kind);
      if (entry.raised) cleared.push(this.#clear(entry.raised, entry, at));
    }
    return { raised, cleared };
  }

  /** What holds of a subject, or of all, worst first. Who is unused needn't be told that it is inactive. */
  active(subjectId?: string): readonly ActiveAlert[] {
    if (subjectId !== undefined) return worstAlertFirst(heldOn(this.#pages.get(subjectId)));
    this.#active ??= worstAlertFirst([...this.#pages.values()].flatMap((page) => heldOn(page)));
    return this.#active;
  }

  /** The thresholds that were crossed, oldest first. */
  events(subjectId: string): readonly AlertEvent[] {
    return this.#events.get(subjectId) ?? [];
  }

  /**
   * Puts away subjects that can't be seen any more: what held of them holds again where they come back and nothing is better.
   * Gives whether something held.
   */
  keepOnly(subjectIds: ReadonlySet<string>): boolean {
    const gone = [...this.#pages.keys()].filter((id) => !subjectIds.has(id));
    const held = gone.flatMap((id) => [...(this.#pages.get(id)?.entries.values() ?? [])]);
    const alerts = held.flatMap(({ raised }) => raised ?? []);
    this.restore(alerts);
    for (const id of gone) this.#pages.delete(id);
    if (gone.length > 0) this.#active = null;
    return alerts.length > 0;
  }

  /** Ends what held of a subject that is no more, put away or not; gives what that was. */
  end(subjectId: string, at: number): readonly EarlierAlert[] {
    const entries = this.#pages.get(subjectId)?.entries ?? new Map<AlertKind, Entry>();
    const held = [...entries.values()].flatMap((entry) => (entry.raised ? [this.#clear(entry.raised, entry, at)] : []));
    const earlier = [...this.#earlier].filter(([, alert]) => alert.subjectId === subjectId);
    for (const [key] of earlier) this.#earlier.delete(key);
    this.#pages.delete(subjectId);
    if (held.length > 0) this.#active = null;
    return [...held, ...earlier.map(([, alert]) => alert)];
  }

  #judge(subjectId: string, at: number, condition: AlertCondition, entry: Entry): News | null {
    const { forSeconds, kind, knownForSeconds, level, sentence, short } = condition;
    const key = keyOf({ subjectId, kind });
    const earlier = this.#earlier.get(key);
    if (level === 'unknown') return null;
    if (level === 'under' || level === 'moot') {
      entry.overSince = null;
      entry.underSince ??= at;
      this.#earlier.delete(key);
      if (!entry.raised) return earlier ? { what: 'cleared', alert: earlier } : null;
      const wait = kind === 'lost' || level === 'moot' ? 0 : this.#rules.clearAfterMs;
      return at - entry.underSince < wait ? null : { what: 'cleared', alert: this.#clear(entry.raised, entry, at) };
    }
    entry.underSince = null;
    if (entry.raised) {
      entry.raised = { ...entry.raised, asOf: at, sentence, short };
      return null;
    }
    if (level === 'over') entry.overSince ??= at;
    const heldMs = Math.max(entry.overSince === null ? 0 : at - entry.overSince, (knownForSeconds ?? 0) * 1000);
    if (!earlier && (level !== 'over' || heldMs < forSeconds * 1000)) return null;
    this.#earlier.delete(key);
    entry.raised = { subjectId, kind, raisedAt: earlier?.raisedAt ?? at, asOf: at, sentence, short };
    this.#note({ subjectId, kind, what: 'raised', at: entry.raised.raisedAt, text: sentence });
    return { what: 'raised', alert: entry.raised };
  }

  #clear(alert: ActiveAlert, entry: Entry, at: number): ActiveAlert {
    entry.raised = null;
    entry.underSince = null;
    this.#note({
      subjectId: alert.subjectId,
      kind: alert.kind,
      what: 'cleared',
      at,
      text: `No longer: ${alert.short}`,
    });
    return alert;
  }

  #note(event: AlertEvent): void {
    const { mostEvents, mostSubjects } = this.#rules;
    const events = this.#events.get(event.subjectId) ?? [];
    // One that goes on after its subject was away is marked already.
    if (event.what === 'raised' && events.some((one) => one.at === event.at && one.kind === event.kind)) return;
    this.#events.delete(event.subjectId);
    this.#events.set(event.subjectId, [...events, event].slice(-mostEvents));
    for (const id of this.#events.keys()) {
      if (this.#events.size <= mostSubjects) break;
      this.#events.delete(id);
    }
  }
}

function heldOn(page: Page | undefined): readonly ActiveAlert[] {
  const held = [...(page?.entries.values() ?? [])].flatMap(({ raised }) => raised ?? []);
  return held.some(({ kind }) => kind === 'unused') ? held.filter(({ kind }) => kind !== 'inactive') : held;
}

type News =
  | { readonly what: 'raised'; readonly alert: ActiveAlert }
  | { readonly what: 'cleared'; readonly alert: EarlierAlert };

function keyOf({ kind, subjectId }: Pick<EarlierAlert, 'kind' | 'subjectId'>): string {
  return `${subjectId}\0${kind}`;
}
