import { ReplicationError } from '../model/errors.ts';
import type { Plan, PlanBasis } from '../model/plan.ts';
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
  const basis = plan.basis ?? [];
  for (const connectionId of new Set(basis.map((object) => object.connectionId))) {
    const snapshot = await present(plan, connectionId, dependencies, signal);
    if (signal?.aborted) return;
    if (!snapshot) continue;
    const changed = basis.find(
      (object) => object.connectionId === connectionId && fingerprintOf(snapshot, object) !== object.fingerprint,
    );
    if (changed) throw stale(changed, fingerprintOf(snapshot, changed));
  }
}

async function present(
  plan: Plan,
  connectionId: string,
  dependencies: ExecutorDependencies,
  signal: AbortSignal | undefined,
): Promise<Snapshot | undefined> {
  const changes = plan.steps.some((step) => step.connectionId === connectionId);
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
    if (!ReplicationError.is(error)) throw error;
    const { server, advice } = error;
    throw new ReplicationError(error.kind, `${error.message} Nothing was run.`, {
      ...(server ? { server } : {}),
      ...(advice === undefined ? {} : { advice }),
      cause: error,
    });
  } finally {
    over.abort();
  }
}

function stale(object: PlanBasis, now: string): ReplicationError {
  const what = `The ${objectWords(object)} on ${object.serverName}`;
  let happened = 'has changed since this plan was made';
  if (now === '') happened = 'is no longer there';
  else if (object.fingerprint === '') happened = 'was created since this plan was made';
  return new ReplicationError('stalePlan', `${what} ${happened}. Nothing was run.`, {
    advice: 'Look at it as it is now, and make the plan anew.',
  });
}

function objectWords({ kind, schema, name }: PlanBasis): string {
  if (kind === 'table') return `table ${schema === undefined ? name : tableLabel(schema, name)}`;
  return `${kind === 'slot' ? 'replication slot' : kind} ${name}`;
}
