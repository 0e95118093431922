import type { ActiveAlert } from '../../replication/alerts/alert.ts';
import type { Alerts } from '../../replication/alerts/alerts.ts';
import { type AlertSubject, streamSubject } from '../../replication/alerts/subject.ts';
import type { Stream } from '../../replication/model/stream.ts';
import type { AlertMutes, MutedUntil } from './mutes.ts';

/** What is to be shown of a subject's alerts. */
export interface ShownAlerts {
  /** Worst first; none while the subject is muted. */
  readonly alerts: readonly ActiveAlert[];
  /** Null where it isn't muted. */
  readonly mutedUntil: MutedUntil | null;
}

/** An alert with what it is about. */
export interface ShownAlert extends ActiveAlert {
  readonly subject: AlertSubject;
}

/** The alerts as the person wants them: those that are muted are left out. For the tree, the status bar and the panels. */
export class AlertCenter {
  readonly #alerts: Alerts;
  readonly #mutes: AlertMutes;
  readonly #listeners = new Set<() => void>();
  readonly #stopListening: () => void;
  /** What was muted when it was last said that something changed. */
  #muted = '[]';

  constructor(parts: { readonly alerts: Alerts; readonly mutes: AlertMutes }) {
    this.#alerts = parts.alerts;
    this.#mutes = parts.mutes;
    this.#stopListening = parts.alerts.onDidChange(() => this.#fire());
  }

  of(subject: AlertSubject): ShownAlerts {
    const mutedUntil = this.#mutes.of(subject);
    return { alerts: mutedUntil === null ? this.#alerts.active(subject.id) : [], mutedUntil };
  }

  ofStream(stream: Stream): ShownAlerts {
    return this.of(streamSubject(stream));
  }

  /** All alerts that aren't muted, worst first. */
  shown(): readonly ShownAlert[] {
    return this.#alerts.active().flatMap((alert) => {
      const subject = this.#alerts.subject(alert.subjectId);
      return subject && this.#mutes.of(subject) === null ? [{ ...alert, subject }] : [];
    });
  }

  /** How many subjects of each connection have alerts, in either role, of those that `counts` says. */
  countSubjects(counts: (alert: ActiveAlert) => boolean): ReadonlyMap<string, number> {
    const counted = new Map(
      this.shown().flatMap((alert) => (counts(alert) ? [[alert.subjectId, alert.subject] as const] : [])),
    );
    const found = new Map<string, number>();
    for (const { connectionIds } of counted.values()) {
      for (const id of new Set(connectionIds)) found.set(id, (found.get(id) ?? 0) + 1);
    }
    return found;
  }

  /** What can be alerted for at present. */
  subjects(): readonly AlertSubject[] {
    return this.#alerts.subjects();
  }

  subject(id: string): AlertSubject | undefined {
    return this.#alerts.subject(id);
  }

  /** A physical slot, under any connection to its server. */
  physicalSlot(connectionId: string, slotName: string): AlertSubject | undefined {
    return this.#alerts
      .subjects()
      .find(
        ({ connectionIds, kind, slot }) =>
          kind === 'physicalSlot' && slot?.slotName === slotName && connectionIds.includes(connectionId),
      );
  }

  /** The thresholds a subject has crossed in this window, in both directions, oldest first: for the marks of a chart. */
  events(subjectId: string): ReturnType<Alerts['events']> {
    return this.#alerts.events(subjectId);
  }

  async mute(subject: AlertSubject, until: MutedUntil): Promise<void> {
    await this.#mutes.mute(subject, until);
    this.#fire();
  }

  async unmute(subject: AlertSubject): Promise<void> {
    await this.#mutes.unmute(subject);
    this.#fire();
  }

  /** Calls back after alerts began or ended, or something was muted or not any more. Returns the way to stop it. */
  onDidChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispose(): void {
    this.#stopListening();
    this.#listeners.clear();
  }

  /** Calls back where what is muted changed by itself: its time is over, or another window muted something. */
  lookAgain(): void {
    if (this.#mutedNow() !== this.#muted) this.#fire();
  }

  /** What is muted of what holds. Compare for equality only. */
  #mutedNow(): string {
    const shown = new Set(this.shown().map(({ subjectId }) => subjectId));
    return JSON.stringify(this.#alerts.active().flatMap(({ subjectId }) => (shown.has(subjectId) ? [] : [subjectId])));
  }

  #fire(): void {
    this.#muted = this.#mutedNow();
    for (const listener of this.#listeners) listener();
  }
}
