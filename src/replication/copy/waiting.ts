import { lockHolders } from '../model/lockHolder.ts';
import type { ServerSetting } from '../model/server.ts';
import type { Pulse, SubscriptionWorker } from '../model/snapshot.ts';
import type { TableState } from '../model/subscription.ts';
import type { TableTrace } from './trace.ts';

type Settings = Readonly<Record<string, ServerSetting>>;

/** What tells why a table isn't copied. */
export interface WaitingInput {
  readonly state: TableState;
  readonly trace: TableTrace | null;
  readonly enabled: boolean;
  /** Workers of the subscription. */
  readonly workers: readonly SubscriptionWorker[];
  /** Its own worker; null where none runs. */
  readonly worker: SubscriptionWorker | null;
  /** Errors of table synchronization grew lately (since 15), of whichever table of the subscription. */
  readonly errorsGrow: boolean;
  /** How many there were; null before 15. */
  readonly errors: number | null;
  readonly subscriber: {
    readonly name: string;
    readonly settings: Settings;
    /** Logical replication workers that run, of all databases. */
    readonly workersInUse: number;
  };
  /** Null where the publisher isn't open here. */
  readonly publisher: {
    readonly name: string;
    readonly settings: Settings;
    readonly pulse: Pick<Pulse, 'slots' | 'senders'>;
  } | null;
}

/** How a reason begins that is an error which comes again at every attempt. */
const repeatedError = 'an error repeats';

/** Whether what `whyWaiting` said is an error that comes again at every attempt, and not a turn that is waited for. */
export function isRepeatedError(why: string): boolean {
  return why.startsWith(repeatedError);
}

/** A copy that was begun has had a worker: without one for this long, its attempt ended. Milliseconds. */
const endedMs = 2000;
/** Workers are started one after the other; after this a table was passed over, milliseconds. */
const patienceMs = 15_000;

/** Why a table isn't being copied, as far as both servers show it; null where it gets on, or is about to. */
export function whyWaiting(input: WaitingInput): string | null {
  const { enabled, state, worker, workers } = input;
  if (state !== 'init' && state !== 'copying') return null;
  if (!enabled) return 'the subscription is disabled';
  if (!workers.some(({ kind, pid }) => kind === 'apply' && pid !== null)) {
    return 'no apply worker is running, and that is what starts the copy';
  }
  if (state === 'copying' && isFailing(input)) return failure(input);
  return worker === null ? noWorker(input) : locked(worker);
}

function isFailing({ errorsGrow, trace, worker }: WaitingInput): boolean {
  if ((trace?.failedAttempts ?? 0) > 1) return true;
  return worker === null && (errorsGrow || (trace?.workerlessMs ?? 0) >= endedMs);
}

function locked({ blockedBy = [], waitsFor }: SubscriptionWorker): string | null {
  if (waitsFor !== 'Lock') return null;
  const holder = lockHolders(blockedBy);
  if (holder === null) return 'its worker waits for a lock';
  return `its worker waits for a lock that ${holder.who} ${holder.several ? 'hold' : 'holds'}`;
}

/** The error itself is only in the subscriber's log; what commonly causes it shows. */
function failure({ errors, publisher, subscriber }: WaitingInput): string {
  const count = errors === null || errors === 0 ? '' : ` (${errors} errors of the subscription so far)`;
  if (publisher !== null) {
    const { name, pulse, settings } = publisher;
    const slots = limit(settings, 'max_replication_slots');
    if (pulse.slots.length >= slots) {
      return `${repeatedError}: ${name} has no free replication slot (max_replication_slots is ${slots})${count}`;
    }
    const senders = limit(settings, 'max_wal_senders');
    if (pulse.senders.length >= senders) {
      return `${repeatedError}: ${name} has no free WAL sender (max_wal_senders is ${senders})${count}`;
    }
  }
  return `${repeatedError}${count}, see the log of ${subscriber.name}`;
}

function noWorker({ state, subscriber, trace, workers }: WaitingInput): string | null {
  const { name, settings, workersInUse } = subscriber;
  const copying = workers.filter(({ kind, pid }) => kind === 'tableSynchronization' && pid !== null).length;
  const atOnce = limit(settings, 'max_sync_workers_per_subscription');
  if (copying >= atOnce) {
    return atOnce === 0
      ? 'no table is copied: max_sync_workers_per_subscription is 0'
      : `waits its turn: ${atOnce === 1 ? 'one table is' : `${atOnce} tables are`} copied at once (max_sync_workers_per_subscription)`;
  }
  const all = limit(settings, 'max_logical_replication_workers');
  if (workersInUse >= all) {
    return `${name} has no free logical replication worker (max_logical_replication_workers is ${all})`;
  }
  if (state === 'copying' || (trace?.inStateMs ?? 0) < patienceMs) return null;
  return `${name} started no worker for it: max_worker_processes may be used up, its log says so`;
}

/** A limit that isn't known limits nothing. */
function limit(settings: Settings, name: string): number {
  const value = Number(settings[name]?.value ?? Number.NaN);
  return Number.isNaN(value) ? Infinity : value;
}
