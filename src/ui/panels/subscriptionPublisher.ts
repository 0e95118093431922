import type { PlanTarget } from '../../replication/operations/target.ts';
import type { Services } from '../services.ts';

/** The known connection to a subscription's publisher. */
export type KnownPublisher = Pick<PlanTarget, 'connectionId' | 'serverName'>;

/** The connection to the publisher of a subscription, where the streams that are watched show it. Asks no server. */
export function knownPublisher(
  { connections, monitor }: Pick<Services, 'connections' | 'monitor'>,
  connectionId: string,
  subscription: string,
): KnownPublisher | null {
  const publisher = monitor
    .streams()
    .find(
      ({ subscriber }) => subscriber?.connectionId === connectionId && subscriber.subscriptionName === subscription,
    )?.publisher;
  const seen = publisher ?? monitor.lagOfSubscription(connectionId, subscription)?.stream.publisher;
  const facts = seen && connections.facts(seen.connectionId);
  return facts ? { connectionId: facts.id, serverName: facts.name } : null;
}

/** The same with its snapshot; null also where it can't be read now: what is known of it is a help, not a need. */
export async function publisherTarget(
  services: Pick<Services, 'connections' | 'monitor' | 'service'>,
  connectionId: string,
  subscription: string,
): Promise<PlanTarget | null> {
  const known = knownPublisher(services, connectionId, subscription);
  if (!known) return null;
  try {
    return { ...known, snapshot: await services.service.open(known.connectionId) };
  } catch {
    return null;
  }
}
