import type { ConnectionFacts, ConnectionTarget } from './connect.ts';
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

/** A server of a plan whose connection leads elsewhere than when the plan was made. */
export interface MovedServer {
  readonly connectionId: string;
  /** The connection's name now. */
  readonly name: string;
  /** As `addressOf` gave them. */
  readonly before: string;
  readonly now: string;
}

/** The connections of a plan's steps that were edited to lead to another host or port since it was made, each once. */
export function movedServers(
  plan: Plan,
  facts: (connectionId: string) => ConnectionFacts | undefined,
): readonly MovedServer[] {
  const moved = new Map<string, MovedServer>();
  for (const { connectionId, plannedFor } of plan.steps) {
    const known = facts(connectionId);
    const before = plannedFor?.address;
    if (!known || before === undefined || before === addressOf(known.target)) continue;
    moved.set(connectionId, { connectionId, name: known.name, before, now: addressOf(known.target) });
  }
  return [...moved.values()];
}

/** The plan with the address that each of its connections leads to now, where it has none yet: PlannedServer.address. */
export function withAddresses(plan: Plan, facts: (connectionId: string) => ConnectionFacts | undefined): Plan {
  const steps = plan.steps.map((step) => {
    const known = facts(step.connectionId);
    if (!known || !step.plannedFor || step.plannedFor.address !== undefined) return step;
    return { ...step, plannedFor: { ...step.plannedFor, address: addressOf(known.target) } };
  });
  return { ...plan, steps };
}

/** "db-1:5432" */
function addressOf({ host, port }: ConnectionTarget): string {
  return `${host}:${port}`;
}
