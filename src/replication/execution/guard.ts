import { ReplicationError } from '../model/errors.ts';
import type { Plan } from '../model/plan.ts';
import { movedServers, serversChangedBy } from '../model/planServers.ts';
import type { ExecutorDependencies } from './dependencies.ts';

/**
 * Refuses a plan before any of it is run. Throws ReplicationError: 'unknownConnection' where one of its
 * connections was removed, 'readOnlyConnection' where one is marked read-only, 'notConfirmed' where one is
 * marked production and its name wasn't typed exactly, or leads elsewhere than when the plan was made and isn't in `moved`.
 * The marks count for servers that a step changes from afar too.
 */
export function refuseUnlessAllowed(
  plan: Plan,
  dependencies: Pick<ExecutorDependencies, 'facts'>,
  typedNames: ReadonlyMap<string, string> = new Map(),
  moved: ReadonlySet<string> = new Set(),
): void {
  for (const { connectionId, name, before, now } of movedServers(plan, (id) => dependencies.facts(id))) {
    if (moved.has(connectionId)) continue;
    throw new ReplicationError(
      'notConfirmed',
      `The connection ${name} leads to ${now} now; when this plan was made, it led to ${before}. Nothing was run.`,
      { advice: 'Make sure that it is the server that is meant, and run the plan again.' },
    );
  }
  for (const { connectionId, serverName, direct } of serversChangedBy(plan)) {
    const connection = dependencies.facts(connectionId);
    // A publisher that nobody knows any more has no marks; the statement goes to the subscriber.
    if (!connection && !direct) continue;
    if (!connection) {
      throw new ReplicationError(
        'unknownConnection',
        `The connection ${serverName} isn’t there any more. Nothing was run.`,
        {
          advice: 'Add it again, and make the plan anew.',
        },
      );
    }
    if (connection.readOnly) {
      throw new ReplicationError(
        'readOnlyConnection',
        direct
          ? `The connection ${connection.name} is marked read-only, so nothing is changed through it. Nothing was run.`
          : `The connection ${connection.name} is marked read-only, and this would change its server too (a replication slot). Nothing was run.`,
        { advice: 'Take the mark off the connection first, or run the SQL by other means.' },
      );
    }
    if (connection.production && typedNames.get(connectionId) !== connection.name) {
      throw new ReplicationError(
        'notConfirmed',
        `The connection ${connection.name} is marked production, and its name wasn’t typed to confirm the change. Nothing was run.`,
        { advice: 'Run the plan again and type the name exactly.' },
      );
    }
  }
}
