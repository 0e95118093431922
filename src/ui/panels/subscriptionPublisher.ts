import type { PlanTarget } from '../../replication/operations/target.ts';
import { leadsTo } from '../../replication/topology/address.ts';
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

/**
 * The connection that a subscription's connection string leads to, by address alone: it may be closed, so that nothing
 * else is known of it. The subscriber has to be open. Asks no server.
 */
export function publisherByAddress(
  { connections, service }: Pick<Services, 'connections' | 'service'>,
  connectionId: string,
  subscription: string,
): KnownPublisher | null {
  const here = connections.facts(connectionId);
  const state = service.state(connectionId);
  const snapshot = state.phase === 'closed' ? null : state.snapshot;
  const address = snapshot?.inventory.subscriptions.find(({ name }) => name === subscription)?.publisher;
  if (!here || !address) return null;
  const found = connections
    .all()
    .find(({ target }) => target.database === address.database && leadsTo(address, here.target, target));
  return found ? { connectionId: found.id, serverName: found.name } : null;
}

/**
 * As `knownPublisher`; where no open connection is known as the publisher, the one that the connection string leads to is
 * opened first, within its own time limit. Null where there is none, it can't be opened, or isn't the publisher.
 */
export async function findPublisher(
  services: Pick<Services, 'connections' | 'monitor' | 'service'>,
  connectionId: string,
  subscription: string,
): Promise<KnownPublisher | null> {
  const known = knownPublisher(services, connectionId, subscription);
  if (known) return known;
  const closed = publisherByAddress(services, connectionId, subscription);
  if (!closed || services.service.state(closed.connectionId).phase === 'open') return null;
  try {
    await services.service.open(closed.connectionId);
  } catch {
    // Why it can't be opened is shown at its row.
    return null;
  }
  return knownPublisher(services, connectionId, subscription);
}

/** The same with its snapshot; null also where it can't be read now: what is known of it is a help, not a need. */
export async function publisherTarget(
  services: Pick<Services, 'connections' | 'monitor' | 'service'>,
  connectionId: string,
  subscription: string,
): Promise<PlanTarget | null> {
  const known = await findPublisher(services, connectionId, subscription);
  if (!known) return null;
  try {
    return { ...known, snapshot: await services.service.open(known.connectionId) };
  } catch {
    return null;
  }
}
