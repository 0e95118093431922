import type { ServerSetting } from '../model/server.ts';
import type { Pulse } from '../model/snapshot.ts';

/** A subscriber as far as its workers go. */
export interface WorkerLimits {
  /** The connection's name. */
  readonly name: string;
  readonly settings: Readonly<Record<string, ServerSetting>>;
  readonly pulse: Pick<Pulse, 'workersInUse' | 'backgroundWorkers'>;
}

/** A publisher as far as its WAL senders go. */
export type SenderLimits = Pick<WorkerLimits, 'name' | 'settings'> & { readonly pulse: Pick<Pulse, 'senders'> };

/**
 * Why a server can start no worker for a subscription: all that a setting allows run, of all its databases. With the
 * setting, how many there are, and what to do. Null where one is free, or nothing is known.
 */
export function exhaustedText({ name, pulse, settings }: WorkerLimits): string | null {
  const { backgroundWorkers = null, workersInUse = 0 } = pulse;
  const workers = limit(settings, 'max_logical_replication_workers');
  if (workersInUse >= workers) {
    const all =
      workers === 0
        ? `${name} runs no logical replication worker (max_logical_replication_workers is 0)`
        : `${inUse(workers, 'logical replication worker', name)} (max_logical_replication_workers)`;
    return `${all}: raise it and restart ${name}`;
  }
  const processes = limit(settings, 'max_worker_processes');
  if (backgroundWorkers === null || backgroundWorkers < processes) return null;
  const share = `${workersInUse} of them by logical replication`;
  return `${inUse(processes, 'background worker', name)}, ${share} (max_worker_processes): raise it and restart ${name}`;
}

/** Why a publisher sends to nobody else: standbys and backups take WAL senders too. Null where one is free. */
export function sendersExhaustedText({ name, pulse, settings }: SenderLimits): string | null {
  const senders = limit(settings, 'max_wal_senders');
  if (pulse.senders.length < senders) return null;
  const all = senders === 0 ? `${name} has no WAL sender` : inUse(senders, 'WAL sender', name);
  return `${all} (max_wal_senders): raise it and restart ${name}`;
}

function inUse(count: number, what: string, name: string): string {
  return count === 1 ? `the only ${what} of ${name} is in use` : `all ${count} ${what}s of ${name} are in use`;
}

/** A limit of a server; infinite where it isn't known. */
export function limit(settings: WorkerLimits['settings'], name: string): number {
  const value = Number(settings[name]?.value ?? Number.NaN);
  return Number.isNaN(value) ? Infinity : value;
}
