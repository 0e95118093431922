import type { ErrorDescription } from '../model/errors.ts';
import type { Step } from '../model/plan.ts';
import type { ExecutorDependencies } from './dependencies.ts';
import type { StepFailure } from './failure.ts';
import { findOut, type Finding } from './findOut.ts';
import { clearLeftovers, leftBehindInWords } from './leftovers.ts';

/**
 * What became of a step in which the connection broke, as far as it can be found out within the executor's patience:
 * 'done', or a failure that says that it wasn't carried out, or that nobody can say yet. `aborted`: somebody wanted it
 * cancelled. Never rejects.
 */
export async function afterLoss(
  step: Step,
  described: ErrorDescription,
  dependencies: ExecutorDependencies,
  signal: AbortSignal | undefined,
): Promise<'done' | StepFailure> {
  const finding = await findOut(step, dependencies, signal);
  if (finding.kind === 'done') return 'done';
  if (finding.kind !== 'notDone') {
    return { status: 'unknown', cancelled: false, error: { ...described, ...notKnown(step, finding) } };
  }
  const left = leftBehindInWords(await clearLeftovers(step, dependencies, 'own'));
  return {
    status: 'failed',
    cancelled: signal?.aborted ?? false,
    error: {
      ...described,
      message: `The connection to ${step.serverName} broke while this ran: ${step.title}. The server was asked afterwards: it was not carried out.`,
      advice: left,
    },
  };
}

/** That nobody can say yet how a step ended, why, and what to do. */
export function notKnown(
  step: Step,
  finding: Exclude<Finding, { readonly kind: 'done' | 'notDone' }>,
): Pick<ErrorDescription, 'message' | 'advice'> {
  const broke = `The connection to ${step.serverName} broke while this ran: ${step.title}.`;
  const objects = (step.leftovers ?? []).map((leftover) => leftover.what);
  const places = objects.length > 0 ? `look for ${objects.join(' and ')}` : 'look at what it changes';
  if (finding.kind === 'running') {
    return {
      message: `${broke} The server is still working on it.`,
      advice: 'Look again in a while, before running anything again.',
    };
  }
  if (finding.kind === 'unreachable') {
    return {
      message: `${broke} Nobody can say yet whether it was carried out, because the server couldn’t be asked.`,
      advice: `When ${step.serverName} answers again, look again (in the History view), or refresh it and ${places}, before running anything again.`,
    };
  }
  return {
    message: `${broke} Nobody can say yet whether it was carried out.`,
    advice: `When ${step.serverName} answers again, refresh it and ${places} before running anything again.`,
  };
}
