import type { ErrorDescription } from './errors.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * How a connection stands. `lost` and `failed` keep the last snapshot, if there was one, so that what was
 * known can still be shown as past. `retryAt` (milliseconds since the epoch) is null when it isn't retried by itself.
 */
export type ServerState =
  | { readonly phase: 'closed' }
  | { readonly phase: 'connecting'; readonly snapshot: Snapshot | null }
  | { readonly phase: 'open'; readonly snapshot: Snapshot }
  | {
      readonly phase: 'failed';
      readonly error: ErrorDescription;
      /** Failed attempts since it last worked. */
      readonly attempts: number;
      readonly retryAt: number | null;
      readonly snapshot: Snapshot | null;
    };
