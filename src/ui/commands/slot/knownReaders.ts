import type { KnownReader } from '../../../replication/operations/slot/advanceSlot.ts';
import type { Services } from '../../services.ts';

/** A subscription on a connection that is open here, which reads a slot. */
export interface SlotReader extends KnownReader {
  readonly publications: readonly string[];
}

/** The subscriptions that are known to read a slot, on whatever connection, as their servers were last seen. */
export function knownReaders(
  { connections, monitor, service }: Pick<Services, 'connections' | 'monitor' | 'service'>,
  connectionId: string,
  slotName: string,
): readonly SlotReader[] {
  return monitor.lags({ kind: 'slot', connectionId, slotName }).flatMap(({ stream: { subscriber } }) => {
    if (!subscriber) return [];
    const state = service.state(subscriber.connectionId);
    const snapshot = state.phase === 'closed' ? null : state.snapshot;
    const name = subscriber.subscriptionName;
    const subscription = snapshot?.inventory.subscriptions.find((one) => one.name === name);
    if (!snapshot || !subscription) return [];
    const pulse = snapshot.pulse.subscriptions.find((one) => one.name === name);
    const server = connections.facts(subscriber.connectionId)?.name ?? 'another server';
    return [
      {
        what: `the subscription ${name} on ${server}`,
        appliedLsn: pulse?.appliedLsn ?? null,
        publications: subscription.publications,
      },
    ];
  });
}
