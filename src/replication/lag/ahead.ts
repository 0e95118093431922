import { type Lsn, lsnDistance } from '../model/lsn.ts';
import type { Pulse } from '../model/snapshot.ts';
import { knownLsn } from '../topology/ends.ts';
import type { PublisherEnd, SubscriberEnd } from './ends.ts';
import type { StreamTrace } from './streamTrace.ts';

/**
 * Up to where a subscriber has applied more than its publisher has ever written: the publisher was set back (restored
 * from an older copy, or lost its last changes in a failover), or it is another one, and leaves out what it writes up to
 * there. Null where that isn't so. Proved by a subscriber that was read before its publisher, and then so until the
 * publisher gets there. A standby isn't judged: after its restart it replays again what it had.
 */
export function aheadOfPublisher(
  publisher: PublisherEnd,
  subscriber: SubscriberEnd | null,
  trace: StreamTrace,
): Lsn | null {
  const { currentLsn, inRecovery } = publisher.pulse;
  const current = knownLsn(currentLsn);
  if (inRecovery || current === null) return null;
  if (subscriber?.server.open && isBefore(subscriber.pulse, publisher.pulse)) {
    const applied = knownLsn(subscriber.subscription?.appliedLsn ?? null) ?? subscriber.receivedLsn;
    trace.aheadTo = (lsnDistance(applied, current) ?? 0) > 0 ? applied : null;
  }
  return (lsnDistance(trace.aheadTo, current) ?? 0) > 0 ? trace.aheadTo : null;
}

/** Whether one answer was complete before the other was asked for. */
function isBefore(one: Pulse, other: Pulse): boolean {
  return one.sampledAt + one.tookMs / 2 <= other.sampledAt - other.tookMs / 2;
}
