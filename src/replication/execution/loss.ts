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
      message: `The connection to ${step.serverName} broke while this ran: ${step.title}. It was not carried out, as the server said afterwards.`,
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
  if (finding.kind === 'running') {
    return { message: `${broke} The server is still working on it.`, advice: 'Look again in a while.' };
  }
  if (finding.kind === 'unreachable') {
    return {
      message: `${broke} Whether it was carried out isn’t known yet.`,
      advice: `Look again once ${step.serverName} answers.`,
    };
  }
  if (finding.kind === 'again') {
    return {
      message: `${broke} Whether it was carried out isn’t known.`,
      advice: 'Resume runs it once more: that does no harm.',
    };
  }
  const objects = (step.leftovers ?? []).map((leftover) => leftover.what);
  const places = objects.length > 0 ? `for ${objects.join(' and ')}` : 'at what it changes';
  return {
    message: `${broke} Nothing tells whether it was carried out.`,
    advice: `Once ${step.serverName} answers, look ${places} before running it again.`,
  };
}
