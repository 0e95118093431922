import type { ConnectionSource } from '../../replication/model/connect.ts';
import { ReplicationError } from '../../replication/model/errors.ts';
import type { Plan } from '../../replication/model/plan.ts';
import { serversChangedBy } from '../../replication/model/planServers.ts';

/**
 * Refuses a plan that would change a server through a connection that is marked read-only, before anything is asked
 * (the service refuses too). Throws ReplicationError 'readOnlyConnection'.
 */
export function refuseReadOnly(plan: Plan, connections: Pick<ConnectionSource, 'facts'>): void {
  for (const { connectionId } of serversChangedBy(plan)) {
    const facts = connections.facts(connectionId);
    if (!facts?.readOnly) continue;
    throw new ReplicationError(
      'readOnlyConnection',
      `${facts.name} is marked as read-only: ${plan.title} was not run.`,
      { advice: 'Take the mark off the connection to change the server.' },
    );
  }
}
