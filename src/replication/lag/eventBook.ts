import type { LagEvent, LagEvents } from '../model/lagEvent.ts';

/** Events of so long are kept, milliseconds: 31 days, as the longest samples. */
const keepMs = 31 * 86_400_000;
/** The most of one stream, or of one server: the newest. */
export const mostOfOne = 100;
/** The most of all, and a tenth more for a while: the newest. */
export const mostOfAll = 10_000;
/** What two windows saw at their own moments is the same within this, milliseconds. */
const sameMs = 5000;
/** A start is told by the server's own clock: the same one is never another. */
const sameStartMs = keepMs;
/** Names are as long as somebody made them. */
const longestText = 300;

/**
 * What happened to servers and streams, also before this window and as others saw it. Bounded: a month, 100 events of one
 * stream or server, 10,000 of all; the oldest go first.
 */
export class EventBook implements LagEvents {
  readonly #now: () => number;
  /** By the stream or the server they are about, oldest first. */
  readonly #pages = new Map<string, LagEvent[]>();
  /** Those that weren't written down yet. */
  readonly #new = new Set<LagEvent>();
  #count = 0;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  between(from: number, to: number): readonly LagEvent[] {
    const found = this.#all().filter(({ at }) => at >= from && at <= to);
    return found.toSorted((a, b) => a.at - b.at);
  }

  /** Adds what was seen. What is known already, as when another window saw it too, changes nothing. */
  add(event: LagEvent): void {
    const short = { ...event, text: event.text.slice(0, longestText) };
    if (this.#put(short)) this.#new.add(short);
  }

  /** Adds what was written down before, or by another window. */
  merge(events: readonly LagEvent[]): void {
    for (const event of events) this.#put(event);
  }

  /** The events that are kept with a connection: it is the first of theirs. */
  of(connectionId: string): readonly LagEvent[] {
    return this.#all().filter((event) => ownerOfEvent(event) === connectionId);
  }

  /** Connections with events that weren't written down yet. */
  changed(): readonly string[] {
    return [...new Set([...this.#new].flatMap((event) => ownerOfEvent(event) ?? []))];
  }

  /** The events of a connection that are new, and count as written down from then on. */
  takeNew(connectionId: string): readonly LagEvent[] {
    const taken = [...this.#new].filter((event) => ownerOfEvent(event) === connectionId);
    for (const event of taken) this.#new.delete(event);
    return taken;
  }

  /** What was taken couldn't be written down, or is to be once more. */
  putBack(events: readonly LagEvent[]): void {
    for (const event of events) this.#new.add(event);
  }

  /** Forgets what is older than a month, and what was kept with connections that aren't there any more. */
  forget(isKnown: (connectionId: string) => boolean): void {
    const oldest = this.#now() - keepMs;
    this.#keepOnly((event) => event.at >= oldest && isKnown(ownerOfEvent(event) ?? ''));
  }

  #all(): readonly LagEvent[] {
    return [...this.#pages.values()].flat();
  }

  #put(event: LagEvent): boolean {
    if (event.at < this.#now() - keepMs) return false;
    const subject = subjectOf(event);
    const page = this.#pages.get(subject) ?? [];
    const within = event.kind === 'restart' ? sameStartMs : sameMs;
    const what = whatOf(event);
    if (page.some((other) => whatOf(other) === what && Math.abs(other.at - event.at) <= within)) return false;
    this.#pages.set(subject, page);
    page.splice(page.findLastIndex(({ at }) => at <= event.at) + 1, 0, event);
    this.#count += 1;
    const gone = page.length > mostOfOne ? page.shift() : undefined;
    if (gone) this.#drop(gone);
    // Looked at once in a while: all of them have to be.
    if (this.#count > mostOfAll * 1.1) this.#trim();
    return gone !== event;
  }

  #trim(): void {
    const newest = new Set(
      this.#all()
        .toSorted((a, b) => b.at - a.at)
        .slice(0, mostOfAll),
    );
    this.#keepOnly((event) => newest.has(event));
  }

  #keepOnly(keep: (event: LagEvent) => boolean): void {
    for (const [subject, page] of this.#pages) {
      const kept = page.filter((event) => keep(event));
      for (const event of page) if (!kept.includes(event)) this.#drop(event);
      if (kept.length === 0) this.#pages.delete(subject);
      else this.#pages.set(subject, kept);
    }
  }

  #drop(event: LagEvent): void {
    this.#new.delete(event);
    this.#count -= 1;
  }
}

function ownerOfEvent({ connectionIds }: LagEvent): string | undefined {
  return connectionIds[0];
}

function subjectOf({ connectionIds, streamId }: LagEvent): string {
  return streamId ?? connectionIds.join('\0');
}

function whatOf({ kind, subject, text }: LagEvent): string {
  return `${kind}\0${subject ?? text}`;
}
