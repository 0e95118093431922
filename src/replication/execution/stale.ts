import { ReplicationError } from '../model/errors.ts';
import type { Plan, PlanBasis, Step } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { fingerprintOf } from '../operations/basis.ts';
import { tableLabel } from '../operations/words.ts';
import type { ExecutorDependencies } from './dependencies.ts';
import { aborted, pause } from './pause.ts';

/** A server that the plan only was made from gets this long to be read, in milliseconds. */
const lookMs = 5_000;

/**
 * Reads the servers that a plan was made from, and refuses it where what it was made from is no longer so. Rejects
 * with ReplicationError: 'stalePlan', which names the object and the server; or what a server that the plan itself
 * changes couldn't be read by. One that is only looked at and can't be reached isn't in the way. Ends at once, unchecked,
 * where `signal` is aborted.
 */
export async function refuseStale(plan: Plan, dependencies: ExecutorDependencies, signal?: AbortSignal): Promise<void> {
  await refuseChanged({ basis: plan.basis ?? [], ahead: plan.steps, begun: false }, dependencies, signal);
}

/** What of a plan is compared: these objects, before these steps are run; `begun` where others of it were. */
export interface Comparison {
  readonly basis: readonly PlanBasis[];
  readonly ahead: readonly Step[];
  readonly begun: boolean;
}

/** As `refuseStale`, for a part of a plan. */
export async function refuseChanged(
  compared: Comparison,
  dependencies: ExecutorDependencies,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { basis, begun } = compared;
  for (const connectionId of new Set(basis.map((object) => object.connectionId))) {
    const snapshot = await present(compared, connectionId, dependencies, signal);
    if (signal?.aborted) return;
    if (!snapshot) continue;
    const changed = basis.find(
      (object) => object.connectionId === connectionId && fingerprintOf(snapshot, object) !== object.fingerprint,
    );
    if (changed) throw stale(changed, fingerprintOf(snapshot, changed), begun);
  }
}

async function present(
  { ahead, begun }: Comparison,
  connectionId: string,
  dependencies: ExecutorDependencies,
  signal: AbortSignal | undefined,
): Promise<Snapshot | undefined> {
  const changes = ahead.some((step) => step.connectionId === connectionId);
  const over = new AbortController();
  const stop = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
  const reading = dependencies.refresh(connectionId);
  // One that is given up on may still fail, with nobody there to hear it.
  reading.catch(() => {});
  try {
    const patience = changes ? aborted(stop) : pause(lookMs, stop);
    return (await Promise.race([reading, patience])) ?? undefined;
  } catch (error) {
    if (!changes) return undefined;
    throw withNothingRun(error, begun);
  } finally {
    over.abort();
  }
}

/** An error by which a server couldn't be read, with the word that nothing (more) was run. */
export function withNothingRun(error: unknown, begun: boolean): unknown {
  if (!ReplicationError.is(error)) return error;
  const { server, advice } = error;
  return new ReplicationError(error.kind, `${error.message} ${nothingRun(begun)}`, {
    ...(server ? { server } : {}),
    ...(advice === undefined ? {} : { advice }),
    cause: error,
  });
}

function nothingRun(begun: boolean): string {
  return begun ? 'Nothing more was run.' : 'Nothing was run.';
}

function stale(object: PlanBasis, now: string, begun: boolean): ReplicationError {
  const what = `The ${objectWords(object)} on ${object.serverName}`;
  let happened = 'has changed since this plan was made';
  if (now === '') happened = 'is no longer there';
  else if (object.fingerprint === '') happened = 'was created since this plan was made';
  return new ReplicationError('stalePlan', `${what} ${happened}. ${nothingRun(begun)}`, {
    advice: begun
      ? 'Look at it as it is now. Then abandon this plan, and make the plan anew from there.'
      : 'Look at it as it is now, and make the plan anew.',
  });
}

function objectWords({ kind, schema, name }: PlanBasis): string {
  if (kind === 'table') return `table ${schema === undefined ? name : tableLabel(schema, name)}`;
  return `${kind === 'slot' ? 'replication slot' : kind} ${name}`;
}
