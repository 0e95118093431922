import { lockHolders } from '../model/lockHolder.ts';
import { type Lsn, lsnDistance } from '../model/lsn.ts';
import { bytesText, durationText, secondsText } from '../model/quantity.ts';
import type { Slot } from '../model/slot.ts';
import type { StreamState } from '../model/stream.ts';
import type { Behind } from './behind.ts';
import type { PublisherEnd, ServerView, SubscriberEnd } from './ends.ts';
import { exhaustedText, limit, type SenderLimits, sendersExhaustedText, type WorkerLimits } from './exhausted.ts';
import { startPauseMs, type StreamTrace } from './streamTrace.ts';

export interface StateInput {
  /** Milliseconds since the epoch, our clock. */
  readonly now: number;
  readonly publisher: PublisherEnd | null;
  readonly subscriber: SubscriberEnd | null;
  readonly trace: StreamTrace;
  readonly behind: Behind;
  readonly notAppliedBytes: number | null;
  readonly notSentBytes: number | null;
  readonly inFlightBytes: number | null;
  /** See StreamLag. */
  readonly otherDatabases: readonly string[];
  /** See aheadOfPublisher. */
  readonly aheadTo: Lsn | null;
}

/** A state and the same in words, with its reason. */
export interface DescribedState {
  readonly state: StreamState;
  readonly text: string;
  /** A subscription was perhaps disabled by the server itself (disable_on_error). */
  readonly byError?: boolean;
}

/** Where all workers are in use none can be started: so long it may be that one is about to end, milliseconds. */
const exhaustedMs = 2_000;
/** From here on a stream that moves is said to catch up, seconds. */
const catchUpSeconds = 5;
/** What is unconfirmed for less than this is no matter for words, seconds. */
const doubtSeconds = 2;
/** Of other databases so many are named. */
const namedDatabases = 3;

/** What a stream is doing, worst first: what can't be seen, what is broken, what is off, what is slow. */
export function streamState(input: StateInput): DescribedState {
  const { publisher, subscriber } = input;
  if (publisher && !publisher.server.open) return unreachable('publisher', publisher.server);
  if (publisher && publisher.slot === null) {
    if (isPast(publisher, input.trace.slotNamedAt)) return notReadSince(input, publisher);
    const where = `there is no such replication slot on ${publisher.server.name}`;
    return { state: 'slotMissing', text: `slot missing: ${where}` };
  }
  if (publisher?.slot?.lost === true) return lost(publisher.slot, publisher.server.name);
  if (subscriber?.server.open) {
    if (input.aheadTo !== null && publisher && subscriber.subscription?.enabled) {
      return ahead(input.aheadTo, publisher, subscriber);
    }
    const own = ofSubscriber(input, subscriber);
    if (own?.state === 'copying' && (input.behind.seconds ?? 0) >= catchUpSeconds && publisher?.slot?.active) {
      return { ...own, text: `${own.text}; ${slowText(input)}` };
    }
    return own ?? ofPublisher(input) ?? streamingUnseen(subscriber);
  }
  if (publisher) return ofPublisher(input) ?? inactive(input, publisher, subscriber);
  if (subscriber) return unreachable('subscriber', subscriber.server);
  return { state: 'unknown', text: 'unknown: nothing was read from either end yet' };
}

/** Whether the publisher was read last before that moment, so that it can't say anything about what came after. */
function isPast({ pulse }: PublisherEnd, moment: number | null): boolean {
  return moment !== null && pulse.sampledAt - pulse.tookMs / 2 < moment;
}

/** The subscription, or its slot's name, is newer than what is known of the publisher: the subscriber alone tells. */
function notReadSince(input: StateInput, publisher: PublisherEnd): DescribedState {
  const own = input.subscriber?.server.open ? ofSubscriber(input, input.subscriber) : null;
  const { name } = publisher.server;
  return own ?? { state: 'starting', text: `starting: figures come as soon as ${name} is read again` };
}

function unreachable(role: 'publisher' | 'subscriber', { name, problem, snapshot }: ServerView): DescribedState {
  const reason = problem === null ? '' : `: ${problem}`;
  const since = clockText(snapshot.pulse.sampledAt);
  return { state: 'unreachable', text: `unreachable: no answer from the ${role} ${name} since ${since}${reason}` };
}

function lost({ lostReason }: Slot, serverName: string): DescribedState {
  const reasons: Readonly<Record<string, string>> = {
    wal_removed: 'the WAL it needs was removed, because it kept more than max_slot_wal_keep_size',
    rows_removed: 'rows it needs were removed by a conflict with recovery',
    wal_level_insufficient: 'wal_level was lowered below logical',
    idle_timeout: 'it was inactive for longer than idle_replication_slot_timeout',
  };
  const reason = lostReason === null ? 'it was invalidated' : (reasons[lostReason] ?? lostReason);
  return { state: 'lost', text: `lost: ${serverName} can't send from this slot any more, ${reason}` };
}

function ahead(aheadTo: Lsn, { pulse, server }: PublisherEnd, subscriber: SubscriberEnd): DescribedState {
  const where = `${subscriber.server.name} has applied up to ${aheadTo} and ${server.name} ends at ${pulse.currentLsn}`;
  const why = `it was set back, or is another server, and what it writes up to there is left out`;
  return { state: 'stopped', text: `stopped: ${where}: ${why}` };
}

/** What the subscriber alone decides; null when its worker works and its tables are ready. */
function ofSubscriber({ now, publisher, trace }: StateInput, end: SubscriberEnd): DescribedState | null {
  const { disableOnError, server, subscription, tables, worker } = end;
  if (subscription === null) return null;
  const errors = errorsText(now, end, trace);
  if (!subscription.enabled) {
    if (subscription.slotName === null) return { state: 'disabled', text: 'disabled: the subscription has no slot' };
    const byError = disableOnError && (subscription.applyErrors ?? 0) > 0;
    return {
      state: 'disabled',
      byError,
      text: byError ? `disabled, perhaps by an error: see the log of ${server.name}` : 'disabled',
    };
  }
  if (trace.notWorkingSince !== null) {
    // By what was seen, not by the time that has passed since: one look alone proves no standstill.
    const idleMs = end.pulse.sampledAt - trace.notWorkingSince;
    const exhausted = worker === null ? exhaustedText(limitsOf(end)) : null;
    if (idleMs < (exhausted === null ? startPauseMs : exhaustedMs) && errors === null) {
      return { state: 'starting', text: 'starting: the apply worker is not at work yet' };
    }
    const present = trace.unproven
      ? 'the apply worker is started again and again'
      : 'the apply worker does not get to its slot';
    const what = worker === null ? 'no apply worker is running' : present;
    const held = publisher?.slot?.active === true && worker === null ? '; its slot is still held' : '';
    const unsendable = publisher?.slot?.active === false ? sendersExhaustedText(limitsOf(publisher)) : null;
    const why = exhausted ?? unsendable ?? errors ?? `the log of ${server.name} says why`;
    return { state: 'stopped', text: `stopped: ${what}${held}; ${why}` };
  }
  const counts = Object.values(tables?.counts ?? {});
  const all = counts.reduce((sum, count) => sum + count, 0);
  const copying = all - (tables?.counts.ready ?? 0) - (tables?.counts.synchronized ?? 0);
  if (copying > 0) {
    const progress = `${copying} of ${all} ${all === 1 ? 'table' : 'tables'}`;
    return errors === null
      ? copyingState(end, copying, progress)
      : { state: 'stopped', text: `stopped: the copy of ${progress} does not get on; ${errors}` };
  }
  return null;
}

/** Tables to be copied, and what lets them wait: how many may be copied at once, or that none can be. */
function copyingState(end: SubscriberEnd, copying: number, progress: string): DescribedState {
  const { name, settings } = limitsOf(end);
  const { pulse, subscription } = end;
  const atOnce = limit(settings, 'max_sync_workers_per_subscription');
  if (atOnce === 0) {
    const why = `${name} allows no worker for it (max_sync_workers_per_subscription is 0): raise it and reload its configuration`;
    return { state: 'stopped', text: `stopped: the copy of ${progress} does not begin; ${why}` };
  }
  const workers = pulse.workers.filter(
    ({ kind, pid, subscriptionName }) =>
      kind === 'tableSynchronization' && pid !== null && subscriptionName === subscription?.name,
  ).length;
  const waiting = copying > workers;
  if (waiting && workers >= atOnce) {
    return {
      state: 'copying',
      text: `copying: ${progress} to go, ${atOnce} at once (max_sync_workers_per_subscription)`,
    };
  }
  const exhausted = waiting ? exhaustedText(limitsOf(end)) : null;
  return { state: 'copying', text: `copying: ${progress} to go${exhausted === null ? '' : `; ${exhausted}`}` };
}

function limitsOf({ pulse, server }: PublisherEnd | SubscriberEnd): WorkerLimits & SenderLimits {
  return { name: server.name, pulse, settings: server.snapshot.inventory.server.settings };
}

function errorsText(now: number, { server, subscription }: SubscriberEnd, trace: StreamTrace): string | null {
  if (!trace.failsAt(now)) return null;
  const count = (subscription?.applyErrors ?? 0) + (subscription?.syncErrors ?? 0);
  const how = (trace.errorsPerMinute ?? 0) > 1 ? 'fails again and again' : 'failed';
  return `it ${how} (${count} ${count === 1 ? 'error' : 'errors'} so far), see the log of ${server.name}`;
}

/** What the publisher shows of a slot in use; null when nobody reads it. */
function ofPublisher(input: StateInput): DescribedState | null {
  const { behind, publisher, trace } = input;
  if (!publisher?.slot?.active) {
    if (!publisher || !input.subscriber?.server.open) return null;
    // Its worker was seen at work after the publisher was read: the slot is in use by now.
    const { name } = publisher.server;
    if (isPast(publisher, trace.workingSince))
      return { state: 'starting', text: `starting: figures come as soon as ${name} is read again` };
    return inactive(input, publisher, null);
  }
  const { seesSenders, sender, slot } = publisher;
  if (sender?.state === 'catchup') return { state: 'catchingUp', text: `catching up${toGo(input)}` };
  if (sender !== null && (sender.state === 'startup' || (sender.state === null && seesSenders))) {
    return { state: 'starting', text: 'starting: the WAL sender begins' };
  }
  if ((behind.seconds ?? 0) >= catchUpSeconds) return { state: 'catchingUp', text: slowText(input) };
  if (sender === null) return { state: 'streaming', text: `read by the process ${slot.activePid ?? 'unknown'}` };
  return { state: 'streaming', text: `streaming${othersText(input) || doubtText(input)}` };
}

/** Before 14 an idle consumer confirms WAL that doesn't concern it only with its next status; until then nobody knows. */
function doubtText({ behind: { atMostSeconds } }: StateInput): string {
  if (atMostSeconds === null || atMostSeconds < doubtSeconds) return '';
  return `, at most ${durationText(atMostSeconds)} behind: an idle consumer of this version confirms only now and then`;
}

/** What isn't confirmed is only WAL of other databases: nothing waits for the consumer. */
function othersText({ otherDatabases, publisher }: StateInput): string {
  if (otherDatabases.length === 0) return '';
  const more = otherDatabases.length - namedDatabases;
  const names = [...otherDatabases.slice(0, namedDatabases), ...(more > 0 ? [`${more} more`] : [])].join(', ');
  return `; only other databases write (${names}), nothing of ${publisher?.slot?.database ?? 'its own'} waits`;
}

function slowText(input: StateInput): string {
  const { behind, now, trace } = input;
  const still = trace.confirmedAt === null ? 0 : (now - trace.confirmedAt) / 1000;
  if (still >= catchUpSeconds) {
    return `not moving: nothing was confirmed for ${secondsText(still)}${toGo(input)}${stuckText(input)}`;
  }
  return `catching up, ${behind.isMinimum ? 'at least ' : ''}${secondsText(behind.seconds ?? 0)} behind${toGo(input)}`;
}

/** Where it is held up, as far as both ends show; empty where they don't. */
function stuckText(input: StateInput): string {
  const { behind, inFlightBytes, notSentBytes, publisher, subscriber, trace } = input;
  const worker = subscriber?.server.open ? subscriber.worker : null;
  const here = subscriber?.server.name ?? '';
  if (subscriber && worker?.waitsFor === 'Lock') return `; ${lockText(subscriber)}`;
  // A worker that waits for messages has nothing to do.
  const idle = worker?.waitsFor === 'Activity';
  const arrived = (lsnDistance(publisher?.sentLsn ?? null, worker?.receivedLsn ?? null) ?? 1) <= 0;
  const unsent = (notSentBytes ?? 0) > 0;
  const sender = `the WAL sender (process ${publisher?.sender?.pid ?? 'unknown'} on ${publisher?.server.name ?? ''})`;
  // What is only decoded counts as sent; while a large transaction is read, nothing of it is.
  if (behind.senderTrails && trace.reading && !arrived) return `; ${sender} is still reading what was written`;
  if (idle && (inFlightBytes ?? 0) > 0) return arrived ? '' : `; what is sent does not arrive at ${here}`;
  if ((idle || worker === null) && unsent && inFlightBytes === 0) return `; ${sender} sends nothing`;
  return othersText(input);
}

function lockText({ server, worker }: SubscriberEnd): string {
  const holder = lockHolders(worker?.blockedBy ?? []);
  const holders = holder === null ? '' : `, which ${holder.who} ${holder.several ? 'hold' : 'holds'}`;
  return `the apply worker (process ${worker?.pid ?? 'unknown'}) waits for a lock on ${server.name}${holders}`;
}

function toGo({ notAppliedBytes }: StateInput): string {
  return notAppliedBytes === null ? '' : `, ${bytesText(notAppliedBytes)} to go`;
}

function inactive(input: StateInput, { slot }: PublisherEnd, subscriber: SubscriberEnd | null): DescribedState {
  if (subscriber && !subscriber.server.open) {
    const since = clockText(subscriber.server.snapshot.pulse.sampledAt);
    return {
      state: 'inactive',
      text: `inactive: no answer from the subscriber ${subscriber.server.name} since ${since}${othersText(input)}`,
    };
  }
  const since = Date.parse(slot?.inactiveSince ?? '');
  return {
    state: 'inactive',
    text: `inactive: nobody reads it${Number.isNaN(since) ? '' : ` since ${clockText(since)}`}${othersText(input)}`,
  };
}

/** Only the subscriber is known: when it heard from its publisher is all that can be told of how far it is behind. */
function streamingUnseen(end: SubscriberEnd): DescribedState {
  const { pulse, server, worker } = end;
  const heard = worker?.lastMessageAt ?? null;
  const ago = heard === null ? '' : `, which heard from its publisher ${heardText(pulse.serverTime - heard)} ago`;
  return {
    state: 'streaming',
    text: `streaming, by ${server.name}${ago}${worker?.waitsFor === 'Lock' ? `; ${lockText(end)}` : ''}; how far it is behind shows once its publisher is among the connections`,
  };
}

/** An idle publisher says something every half wal_sender_timeout: below that exact seconds would only flicker. */
function heardText(ms: number): string {
  return ms < 10_000 ? 'less than 10 s' : durationText(ms / 1000);
}

/** A moment as the person's clock shows it; with the date where it isn't today's. */
function clockText(at: number): string {
  const [then, today] = [new Date(at), new Date()];
  const two = (value: number) => String(value).padStart(2, '0');
  const time = `${two(then.getHours())}:${two(then.getMinutes())}:${two(then.getSeconds())}`;
  if (then.toDateString() === today.toDateString()) return time;
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())} ${time}`;
}
