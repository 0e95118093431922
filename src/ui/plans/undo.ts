import type { Plan, PlanOutcome, Step } from '../../replication/model/plan.ts';
import type { HistoryEntry, HistoryStep } from './history.ts';

/** The parts of an undo step that differ from plan to plan. */
type UndoPart = Pick<Step, 'connectionId' | 'serverName' | 'plannedFor' | 'alsoChanges' | 'title' | 'statement'>;

/**
 * The plan that takes back what a plan did, newest step first; null where nothing was done, or where something
 * that was done can't be taken back.
 */
export function undoPlan(plan: Plan, outcome: PlanOutcome): Plan | null {
  const done = plan.steps.filter((step) =>
    outcome.steps.some((ended) => ended.stepId === step.id && ended.status === 'done'),
  );
  return build(
    plan.title,
    done.map((step) => step.undo && { ...step.undo, ...placeOf(step) }),
  );
}

/** As `undoPlan`, from the history; null also for what was stored without a secret that it would need. */
export function undoEntry(entry: HistoryEntry): Plan | null {
  const done = entry.steps.filter(({ status }) => status === 'done');
  return build(
    entry.title,
    done.map((step) => step.undo && { title: step.undo.title, statement: [step.undo.sql], ...placeOf(step) }),
  );
}

function placeOf({
  connectionId,
  serverName,
  plannedFor,
  alsoChanges,
}: Step | HistoryStep): Omit<UndoPart, 'title' | 'statement'> {
  return { connectionId, serverName, ...(plannedFor ? { plannedFor } : {}), ...(alsoChanges ? { alsoChanges } : {}) };
}

function build(title: string, parts: readonly (UndoPart | null)[]): Plan | null {
  if (parts.length === 0 || parts.includes(null)) return null;
  const steps = parts.filter((part) => part !== null).toReversed();
  return {
    id: globalThis.crypto.randomUUID(),
    title: `Undo: ${title}`,
    steps: steps.map((part, index) => ({
      ...part,
      id: String(index + 1),
      // Whether the statement could run in a transaction isn't kept; alone it always can.
      transactional: false,
      risk: 'lossy',
      consequence: `${part.title} (${part.serverName}).`,
      undo: null,
      wait: null,
    })),
    remarks: ['What was changed since by others is not looked at.'],
  };
}
