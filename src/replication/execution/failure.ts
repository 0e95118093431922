import { describeError, ReplicationError, type ErrorDescription } from '../model/errors.ts';
import type { Blocker, Step } from '../model/plan.ts';
import { secondsText } from '../model/quantity.ts';
import type { ExecutorDependencies } from './dependencies.ts';
import { clearLeftovers, leftBehindInWords } from './leftovers.ts';

/** How a step that did not succeed ended. */
export interface StepFailure {
  readonly status: 'failed' | 'unknown';
  readonly cancelled: boolean;
  readonly error: ErrorDescription;
}

/**
 * What became of a step whose statement was rejected with `thrown`: cancelled by us, out of time, or refused (a lost
 * connection is loss.ts's). After a cancel or a time-out, or
 * where the publisher went away, it is looked whether anything was left behind. `blockers` are those seen
 * last. Secrets are not yet taken out. Never rejects.
 */
export async function explainFailure(
  step: Step,
  thrown: unknown,
  context: {
    readonly dependencies: ExecutorDependencies;
    readonly aborted: boolean;
    readonly blockers: readonly Blocker[];
  },
): Promise<StepFailure> {
  const { dependencies, aborted, blockers } = context;
  const described = describeError(thrown);
  const place = `on ${step.serverName}`;
  const outOfTime = ReplicationError.is(thrown, 'timeout') && step.wait !== null;
  if (!outOfTime && !ReplicationError.is(thrown, 'cancelled'))
    return { status: 'failed', cancelled: false, error: await withLeftovers(step, described, dependencies) };

  const left = leftBehindInWords(await clearLeftovers(step, dependencies));
  if (!outOfTime) {
    const message = aborted
      ? `Cancelled ${place}: ${step.title}.`
      : `Somebody else cancelled this ${place}: ${step.title}.`;
    return { status: 'failed', cancelled: aborted, error: { ...described, message, advice: left } };
  }
  const limit = secondsText((step.wait?.limitMs ?? 0) / 1000);
  const waitedFor = blockers.length > 0 ? ` It waited for ${blockersInWords(blockers)}.` : '';
  return {
    status: 'failed',
    cancelled: false,
    error: {
      ...described,
      message: `Not done within ${limit} ${place}, and given up: ${step.title}.${waitedFor}`,
      advice: `${left} ${blockers.length > 0 ? 'Let these transactions end, or end them' : 'See what it waits for'}, then try again, or allow it to wait longer.`,
    },
  };
}

/**
 * A publisher that went away in the middle leaves what the subscriber had it make: its WAL sender doesn't notice, and
 * goes on with the slot.
 */
async function withLeftovers(
  step: Step,
  error: ErrorDescription,
  dependencies: ExecutorDependencies,
): Promise<ErrorDescription> {
  if (error.kind !== 'publisherRefused' || (step.leftovers ?? []).length === 0) return error;
  const left = leftBehindInWords(await clearLeftovers(step, dependencies, 'own'));
  return { ...error, advice: error.advice === undefined ? left : `${left} ${error.advice}` };
}

/** "process 4711 (app as bob, idle in transaction for 3 min)". The first three, and how many more. */
export function blockersInWords(blockers: readonly Blocker[]): string {
  const shown = blockers.slice(0, 3).map(blockerInWords);
  const more = blockers.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function blockerInWords(blocker: Blocker): string {
  const age = blocker.ageSeconds === null ? '' : ` for ${secondsText(blocker.ageSeconds)}`;
  if (blocker.preparedGid !== null) return `the prepared transaction ${blocker.preparedGid}${age}`;
  const who = [blocker.applicationName, blocker.user === null ? null : `as ${blocker.user}`]
    .filter((part) => part !== null)
    .join(' ');
  const facts = [who, blocker.state === null ? '' : `${blocker.state}${age}`].filter((part) => part !== '').join(', ');
  return `process ${blocker.pid}${facts === '' ? '' : ` (${facts})`}`;
}
