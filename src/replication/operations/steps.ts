import type { Plan, PlanBasis, PlannedServer, Step } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { holdsPlainSecret } from '../postgres/statement.ts';

/** How long a change may wait for locks or for the publisher where the person wasn't asked, in milliseconds. */
export const lockWaitLimitMs = 15_000;
export const publisherWaitLimitMs = 60_000;

/** A step before it has its place in a plan. What is left out is: transactional, no risk, no undo, no wait. */
export type StepDraft = Pick<Step, 'title' | 'statement'> &
  Partial<Omit<Step, 'id' | 'connectionId' | 'serverName' | 'plannedFor' | 'title' | 'statement'>> & {
    readonly on: { readonly connectionId: string; readonly serverName: string; readonly snapshot?: Snapshot };
  };

/**
 * Puts drafts in order into a plan, each plan with an id of its own. Where a password is sent by a role that can't keep it
 * out of the server's log, a remark says so.
 */
export function makePlan(
  title: string,
  drafts: readonly StepDraft[],
  remarks: readonly string[] = [],
  basis: readonly PlanBasis[] = [],
): Plan {
  const steps = drafts.map(({ on, ...draft }, index): Step => ({
    id: String(index + 1),
    connectionId: on.connectionId,
    serverName: on.serverName,
    ...(on.snapshot ? { plannedFor: plannedFor(on.snapshot) } : {}),
    transactional: true,
    risk: 'none',
    consequence: null,
    undo: null,
    wait: null,
    ...draft,
  }));
  return {
    id: globalThis.crypto.randomUUID(),
    title,
    steps,
    remarks: [...remarks, ...logRemarks(drafts)],
    ...(basis.length > 0 ? { basis } : {}),
  };
}

function plannedFor({ inventory, pulse }: Snapshot): PlannedServer {
  const { systemIdentifier, database } = inventory.server;
  return { systemIdentifier, database, lsn: pulse.currentLsn };
}

/** What postgres/quietLog.ts can do only for a superuser, or since 15 for a role that was granted it. Once a server. */
function logRemarks(drafts: readonly StepDraft[]): readonly string[] {
  const remarks = drafts.flatMap(({ on, statement }) => {
    const role = on.snapshot?.inventory.server.role;
    if (!role || role.superuser || !holdsPlainSecret(statement)) return [];
    return [
      `The statement has a password in it, and ${role.name} isn’t a superuser of ${on.serverName}: should it fail, or should that server log statements, its log may keep it (log_min_error_statement, log_statement). Since PostgreSQL 15 a role that was granted SET on these settings keeps it out too.`,
    ];
  });
  return [...new Set(remarks)];
}
