import type { Plan, PlanBasis, PlannedServer, Step } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** How long a change may wait for locks or for the publisher where the person wasn't asked, in milliseconds. */
export const lockWaitLimitMs = 15_000;
export const publisherWaitLimitMs = 60_000;

/** A step before it has its place in a plan. What is left out is: transactional, no risk, no undo, no wait. */
export type StepDraft = Pick<Step, 'title' | 'statement'> &
  Partial<Omit<Step, 'id' | 'connectionId' | 'serverName' | 'plannedFor' | 'title' | 'statement'>> & {
    readonly on: { readonly connectionId: string; readonly serverName: string; readonly snapshot?: Snapshot };
  };

/** Puts drafts in order into a plan, each plan with an id of its own. */
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
  return { id: globalThis.crypto.randomUUID(), title, steps, remarks, ...(basis.length > 0 ? { basis } : {}) };
}

function plannedFor({ inventory }: Snapshot): PlannedServer {
  return { systemIdentifier: inventory.server.systemIdentifier, database: inventory.server.database };
}
