import type { Plan } from './plan.ts';

/** A server that a plan changes, by one of its connections. */
export interface ChangedServer {
  readonly connectionId: string;
  readonly serverName: string;
  /** False where no statement is sent to it: a step on another server reaches it. */
  readonly direct: boolean;
}

/** All known servers that a plan changes, each connection once, in the order of the steps. */
export function serversChangedBy(plan: Plan): readonly ChangedServer[] {
  const servers = new Map<string, ChangedServer>();
  for (const { connectionId, serverName } of plan.steps)
    servers.set(connectionId, { connectionId, serverName, direct: true });
  for (const { connectionId, serverName } of plan.steps.flatMap((step) => step.alsoChanges ?? [])) {
    if (!servers.has(connectionId)) servers.set(connectionId, { connectionId, serverName, direct: false });
  }
  return [...servers.values()];
}
