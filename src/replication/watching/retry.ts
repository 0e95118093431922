import type { ErrorKind } from '../model/errors.ts';

/** Failures that trying again doesn't mend; trying a password again and again may even lock the role. */
const notRetried: readonly ErrorKind[] = [
  'authentication',
  'noSuchDatabase',
  'hbaRejected',
  'tls',
  'invalidConnection',
  'unknownConnection',
  'internal',
];

/** Whether a connection that failed so is tried again by itself. */
export function isRetried(kind: ErrorKind): boolean {
  return !notRetried.includes(kind);
}

/** Milliseconds until the n-th retry (0 first) of a lost connection: growing, so that a broken server isn't hammered. */
export function retryPauseMs(attempt: number): number {
  return Math.min(1000 * 2 ** attempt, 30_000);
}
