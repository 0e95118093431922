import { lsn, sender, type ServerOptions, slot, subscription, worker } from './handmade.ts';
import type { Stage } from './stage.ts';

/** What a publisher shows that ends at `current`, and whose consumer has confirmed up to `confirmed`. */
export function at(current: number, confirmed: number, active = true) {
  return {
    currentLsn: lsn(current),
    slots: [slot('orders_sub', { confirmedFlushLsn: lsn(confirmed), active, activePid: active ? 100 : null })],
    senders: active ? [sender({ flushLsn: lsn(confirmed), sentLsn: lsn(current) })] : [],
  };
}

/** That publisher. */
export function pub(current: number, confirmed: number, more: Partial<ServerOptions> = {}): ServerOptions {
  return { id: 'pub', pulse: at(current, confirmed), ...more };
}

/** Its subscriber, which has received up to there. */
export function receiver(received: number): ServerOptions {
  return {
    id: 'sub',
    subscriptions: [subscription('orders_sub')],
    pulse: { workers: [worker('orders_sub', { receivedLsn: lsn(received) })] },
  };
}

/** Seconds behind after each of the positions, a second apart. */
export function seconds(
  stage: Stage,
  positions: readonly (readonly [current: number, confirmed: number])[],
): (number | null)[] {
  return positions.map(([current, confirmed]) => {
    stage.beat({ pub: at(current, confirmed) });
    return stage.lag.secondsBehind;
  });
}
