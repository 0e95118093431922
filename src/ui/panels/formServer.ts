import type { FormServer, Refusal, RunState } from '../../protocol/publication.ts';
import type { ConnectionFacts, ConnectionSource } from '../../replication/model/connect.ts';
import { describeError, type ErrorDescription } from '../../replication/model/errors.ts';
import type { Plan, PlanOutcome, PlanProgress, Problem } from '../../replication/model/plan.ts';
import { serversChangedBy } from '../../replication/model/planServers.ts';
import type { Inventory } from '../../replication/model/snapshot.ts';
import type { PlanRunner } from '../services.ts';

/** The server a form is about, for its head. */
export function formServer(
  facts: Pick<ConnectionFacts, 'name' | 'production' | 'readOnly'>,
  { server }: Inventory,
): FormServer {
  return {
    name: facts.name,
    database: server.database,
    version: server.version,
    role: server.role.name,
    production: facts.production,
    readOnly: facts.readOnly,
  };
}

/**
 * An error for every server that the plan would change and that is marked read-only: said before Create is pressed,
 * because the executor refuses it then. `field` is where the form shows the server.
 */
export function readOnlyProblems(
  plan: Plan,
  connections: Pick<ConnectionSource, 'facts'>,
  fieldOf: (connectionId: string) => string,
): readonly Problem[] {
  return serversChangedBy(plan)
    .filter(({ connectionId }) => connections.facts(connectionId)?.readOnly === true)
    .map(({ connectionId, direct, serverName }) => ({
      severity: 'error',
      field: fieldOf(connectionId),
      message: direct
        ? `${serverName} is marked read-only, so nothing is changed on it. Unmark it, or choose another server.`
        : `${serverName} is marked read-only, and a replication slot would be made on it. Unmark it, or make the slot there by hand and use that.`,
    }));
}

/** How a form's run ended: done, left as it was (declined), or refused or stopped, with what is left of it. */
export type RunEnd =
  | { readonly how: 'done' | 'left' }
  | {
      readonly how: 'refused';
      readonly error: ErrorDescription;
      readonly done: readonly string[];
      /** The step that was refused; null where it was none of them. */
      readonly stepId: string | null;
    };

/** Runs a form's plan, telling the page how it goes. Never rejects. */
export async function runForm(
  plans: PlanRunner,
  plan: Plan,
  post: (state: RunState) => void,
  signal: AbortSignal,
): Promise<RunEnd> {
  const title = (stepId: string) => plan.steps.find((step) => step.id === stepId)?.title ?? null;
  let step: string | null = null;
  const onProgress = (progress: PlanProgress) => {
    step = title(progress.stepId);
    const waiting =
      progress.type === 'waiting' ? { blockers: progress.blockers, remainingMs: progress.remainingMs } : null;
    post({ type: 'run', running: true, waiting, step });
  };
  post({ type: 'run', running: true, waiting: null, step });
  try {
    const outcome = await plans.run(plan, { quiet: true, onProgress, signal });
    return runEnd(plan, outcome);
  } catch (error) {
    return { how: 'refused', error: describeError(error), done: [], stepId: null };
  } finally {
    post({ type: 'run', running: false, waiting: null, step: null });
  }
}

/** The refusal as the page shows it. */
export function refusal(
  end: Extract<RunEnd, { how: 'refused' }>,
  place: { readonly field: string | null; readonly object: string | null },
): Refusal {
  return { type: 'refused', error: end.error, field: place.field, object: place.object, done: end.done };
}

function runEnd(plan: Plan, outcome: PlanOutcome | undefined): RunEnd {
  if (outcome?.status === 'done') return { how: 'done' };
  const done = (outcome?.steps ?? [])
    .filter((step) => step.status === 'done')
    .map((step) => plan.steps.find(({ id }) => id === step.stepId)?.title ?? step.stepId);
  const failed = outcome?.steps.find((step) => step.error !== null);
  if (outcome === undefined) return { how: 'left' };
  // A stopped one says whether anything was left behind.
  if (outcome.status === 'cancelled' && done.length === 0 && failed?.error?.advice === undefined)
    return { how: 'left' };
  return {
    how: 'refused',
    done,
    stepId: failed?.stepId ?? null,
    error: failed?.error ?? {
      kind: outcome.status === 'cancelled' ? 'cancelled' : 'internal',
      message: outcome.status === 'cancelled' ? 'Cancelled before it was finished.' : 'It was not finished.',
    },
  };
}
