import type { Plan, PlanOutcome, Step, StepUndo } from '../../replication/model/plan.ts';
import { subjectsOf } from '../../replication/model/planSubjects.ts';
import { publisherWaitLimitMs } from '../../replication/operations/steps.ts';
import type { HistoryEntry, HistoryStep } from './historyRecord.ts';
import { planToRead, revivePlan, wantedSecrets, type SecretFor, type WantedSecret } from './storedPlan.ts';

/** The parts of an undo step that differ from plan to plan. */
type UndoPart = Pick<
  Step,
  | 'connectionId'
  | 'serverName'
  | 'plannedFor'
  | 'alsoChanges'
  | 'title'
  | 'statement'
  | 'effect'
  | 'repeatable'
  | 'touches'
> &
  Pick<StepUndo, 'afterwards'>;

/**
 * The plan that takes back what a plan did, newest step first; null where nothing was done, or where something
 * that was done can't be taken back.
 */
export function undoPlan(plan: Plan, outcome: PlanOutcome): Plan | null {
  const done = plan.steps.filter(
    ({ changesNothing, id }) =>
      !changesNothing && outcome.steps.some((ended) => ended.stepId === id && ended.status === 'done'),
  );
  const unsure = outcome.steps.filter(({ status }) => status === 'unknown').map(({ stepId }) => stepId);
  return build(
    plan.title,
    done.map((step) => step.undo && undoPart(plan, step, step.undo)),
    plan.steps
      .filter(({ id }) => unsure.includes(id))
      .map(
        (step) =>
          `Whether this was carried out isn’t known, and it is not taken back: ${step.title} (${step.serverName}).`,
      ),
  );
}

/** Whether what an entry's plan did can be taken back as a whole. */
export function isUndoable(entry: HistoryEntry): boolean {
  if (entry.status === 'running' || entry.status === 'takenBack' || entry.status === 'takenBackInPart') return false;
  if (entry.plan && entry.outcome) return undoPlan(planToRead(entry.plan), entry.outcome) !== null;
  return undoEarlier(entry) !== null;
}

/** The secrets that the undo of an entry needs. */
export function undoSecrets({ plan, outcome }: HistoryEntry): readonly WantedSecret[] {
  const done = (outcome?.steps ?? []).filter(({ status }) => status === 'done').map(({ stepId }) => stepId);
  return plan ? wantedSecrets(plan, done, 'undo') : [];
}

/** As `undoPlan`, from the history, with the secrets that `undoSecrets` named. */
export function undoEntry(entry: HistoryEntry, secretFor: SecretFor): Plan | null {
  if (!entry.plan || !entry.outcome) return undoEarlier(entry);
  const undo = undoPlan(revivePlan(entry.plan, secretFor), entry.outcome);
  return undo && { ...undo, undoes: entry.id };
}

/** An entry of an earlier version has no plan, and of an undo that needs a secret it has nothing. */
function undoEarlier(entry: HistoryEntry): Plan | null {
  const done = entry.steps.filter(({ status }) => status === 'done');
  return build(
    entry.title,
    done.map((step) => step.undo && { title: step.undo.title, statement: [step.undo.sql], ...placeOf(step) }),
    [],
  );
}

function placeOf({
  connectionId,
  serverName,
  plannedFor,
  alsoChanges,
}: Step | HistoryStep): Pick<UndoPart, 'connectionId' | 'serverName' | 'plannedFor' | 'alsoChanges'> {
  return { connectionId, serverName, ...(plannedFor ? { plannedFor } : {}), ...(alsoChanges ? { alsoChanges } : {}) };
}

/**
 * What a step did is taken back as soon as its effect isn't there any more; the undo of what can be run a second time can
 * be too.
 */
function undoneEffect({ effect, repeatable }: Step): Pick<UndoPart, 'effect' | 'repeatable'> {
  if (repeatable) return { repeatable };
  return effect ? { effect: ['SELECT 1 WHERE NOT EXISTS (', ...effect, ')'] } : {};
}

function undoPart(plan: Plan, step: Step, undo: StepUndo): UndoPart {
  return { ...undo, ...placeOf(step), ...undoneEffect(step), touches: subjectsOf(plan, step) };
}

function build(title: string, parts: readonly (UndoPart | null)[], remarks: readonly string[]): Plan | null {
  if (parts.length === 0 || parts.includes(null)) return null;
  const backwards = parts.filter((part) => part !== null).toReversed();
  const steps = [
    ...backwards.filter(({ afterwards }) => !afterwards),
    ...backwards.filter(({ afterwards }) => afterwards),
  ];
  return {
    id: globalThis.crypto.randomUUID(),
    title: `Undo: ${title}`,
    steps: steps.map(({ afterwards: _afterwards, ...part }, index) => ({
      ...part,
      id: String(index + 1),
      // Whether the statement could run in a transaction isn't kept; alone it always can.
      transactional: false,
      risk: 'lossy',
      consequence: null,
      undo: null,
      // It may need a publisher (DROP SUBSCRIPTION drops its slot there), which mustn't keep it without end.
      wait: { limitMs: publisherWaitLimitMs, blockersOn: [] },
    })),
    remarks: ['What was changed since by others is not looked at.', ...remarks],
  };
}
