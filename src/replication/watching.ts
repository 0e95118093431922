import type { ConnectionSource } from './model/connect.ts';
import type { ServiceLog } from './service.ts';

/** Milliseconds until the n-th retry (0 first) of a lost connection: growing, so that a broken server isn't hammered. */
export function retryPauseMs(attempt: number): number {
  return Math.min(1000 * 2 ** attempt, 30_000);
}

/** What every watched server is given. */
export interface WatchingDependencies {
  readonly connections: ConnectionSource;
  readonly log: ServiceLog;
}
