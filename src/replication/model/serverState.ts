import type { ErrorDescription } from './errors.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * How a connection stands. `lost` and `failed` keep the last snapshot, if there was one, so that what was
 * known can still be shown as past. `retryAt` (milliseconds since the epoch) is null when it isn't retried by itself.
 */
export type ServerState =
  | { readonly phase: 'closed' }
  | { readonly phase: 'connecting'; readonly snapshot: Snapshot | null }
  | {
      readonly phase: 'open';
      readonly snapshot: Snapshot;
      /** It answers slowly, so it is sampled only this often, milliseconds; absent while it keeps up. */
      readonly slowEveryMs?: number;
    }
  | {
      readonly phase: 'failed';
      readonly error: ErrorDescription;
      /** Failed attempts since it last worked. */
      readonly attempts: number;
      readonly retryAt: number | null;
      readonly snapshot: Snapshot | null;
    };

/** That a server answers slowly, and what follows from it: "answers slowly: sampled every 4 s". Null while it keeps up. */
export function slownessText(state: ServerState): string | null {
  if (state.phase !== 'open' || state.slowEveryMs === undefined) return null;
  return `answers slowly: sampled every ${Number((state.slowEveryMs / 1000).toFixed(1))} s`;
}
