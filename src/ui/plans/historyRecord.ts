import type { PlannedServer, PlanOutcome, Step, StepOutcome, StepStatus } from '../../replication/model/plan.ts';
import { renderRedacted } from '../../replication/postgres/statement.ts';
import { isStoredPlan, planToRead, type StoredPlan } from './storedPlan.ts';

/** One step of a plan that was run. Plain data without secrets. */
export interface HistoryStep {
  readonly connectionId: string;
  readonly serverName: string;
  /** Where the connection led then: an undo mustn't reach another server. Absent in entries of earlier versions. */
  readonly plannedFor?: PlannedServer;
  /** The undo changes these too, as Step.alsoChanges. */
  readonly alsoChanges?: NonNullable<Step['alsoChanges']>;
  readonly title: string;
  /** Redacted. */
  readonly sql: string;
  readonly status: StepStatus | 'running';
  /** Milliseconds; null where it didn't run. */
  readonly tookMs: number | null;
  readonly notices: readonly string[];
  /** What failed: our sentence, then the server's. */
  readonly error: string | null;
  /** What can be done about it; null where nothing is known. */
  readonly advice: string | null;
  /** As StepOutcome.foundOut. */
  readonly foundOut: boolean;
  /** Redacted. Null where it can't be taken back. */
  readonly undo: { readonly title: string; readonly sql: string } | null;
  /** Why not; null where nothing more is known than that it can't. */
  readonly noUndo: string | null;
  /** As Step.changesNothing. */
  readonly changesNothing?: true;
}

/** How a plan stands: as its outcome, or still running, given up by the person, or taken back by its undo. */
export type EntryStatus = PlanOutcome['status'] | 'running' | 'abandoned' | 'takenBack' | 'takenBackInPart';

/** How far the undo of a plan came; what is left of one that came a part of the way is in the undo's own entry. */
type TakenBack = 'whole' | 'part';

/** A plan that was run, or runs. */
export interface HistoryEntry {
  readonly id: string;
  readonly title: string;
  readonly status: EntryStatus;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly remarks: readonly string[];
  readonly steps: readonly HistoryStep[];
  /** Null in entries of earlier versions, which therefore can't be resumed. */
  readonly plan: StoredPlan | null;
  /** As far as it has come where it still runs. Null in entries of earlier versions. */
  readonly outcome: PlanOutcome | null;
}

/** As an entry is stored, since its plan is kept with it. */
export interface HistoryRecord {
  readonly version: 2;
  readonly id: string;
  readonly plan: StoredPlan;
  readonly outcome: PlanOutcome;
  /** There while it runs: who runs it (an editor's window), when that was last alive, and the step under way. */
  readonly running?: { readonly owner: string; readonly aliveAt: number; readonly stepId: string | null };
  readonly abandoned?: true;
  readonly takenBack?: TakenBack;
}

/** An entry of a record; undefined for what this version can't read. */
export function readRecord(value: unknown): HistoryEntry | undefined {
  if (isRecordOfNow(value)) return entryOf(value);
  return isEarlierEntry(value) ? earlierEntry(value) : undefined;
}

/** Whether this version wrote it, or one that writes alike. */
export function isRecordOfNow(value: unknown): value is HistoryRecord {
  if (typeof value !== 'object' || value === null || !('version' in value) || value.version !== 2) return false;
  return (
    'id' in value &&
    typeof value.id === 'string' &&
    'plan' in value &&
    isStoredPlan(value.plan) &&
    'outcome' in value &&
    typeof value.outcome === 'object' &&
    value.outcome !== null &&
    'steps' in value.outcome &&
    Array.isArray(value.outcome.steps)
  );
}

/** What is shown of a record. */
export function entryOf(record: HistoryRecord): HistoryEntry {
  const { plan, outcome, running } = record;
  return {
    id: record.id,
    title: plan.title,
    status: statusOf(record),
    startedAt: outcome.startedAt,
    endedAt: outcome.endedAt,
    remarks: plan.remarks,
    plan,
    outcome,
    steps: planToRead(plan).steps.map((step) =>
      stepOf(
        step,
        outcome.steps.find(({ stepId }) => stepId === step.id),
        running !== undefined && running.stepId === step.id,
      ),
    ),
  };
}

function statusOf({ outcome, running, abandoned, takenBack }: HistoryRecord): EntryStatus {
  if (running) return 'running';
  if (takenBack) return takenBack === 'whole' ? 'takenBack' : 'takenBackInPart';
  return abandoned ? 'abandoned' : outcome.status;
}

function stepOf(step: Step, ended: StepOutcome | undefined, running: boolean): HistoryStep {
  const error = ended?.error ?? null;
  return {
    connectionId: step.connectionId,
    serverName: step.serverName,
    ...(step.plannedFor ? { plannedFor: step.plannedFor } : {}),
    ...(step.alsoChanges ? { alsoChanges: step.alsoChanges } : {}),
    title: step.title,
    sql: renderRedacted(step.statement),
    status: running ? 'running' : (ended?.status ?? 'pending'),
    tookMs: ended?.tookMs ?? null,
    notices: ended?.notices ?? [],
    error: error && [error.message, error.server?.message].filter(Boolean).join(' — '),
    advice: error?.advice ?? null,
    foundOut: ended?.foundOut === true,
    undo: step.undo && { title: step.undo.title, sql: renderRedacted(step.undo.statement) },
    noUndo: step.noUndo ?? null,
    ...(step.changesNothing ? { changesNothing: true } : {}),
  };
}

/** As version 1 stored it: without the plan, and without an undo that needs a secret. */
type EarlierEntry = Omit<HistoryEntry, 'plan' | 'outcome' | 'steps'> & {
  readonly steps: readonly Omit<HistoryStep, 'advice' | 'foundOut' | 'noUndo'>[];
};

function earlierEntry(entry: EarlierEntry): HistoryEntry {
  return {
    ...entry,
    remarks: entry.remarks ?? [],
    plan: null,
    outcome: null,
    steps: entry.steps.map((step) => ({ ...step, advice: null, foundOut: false, noUndo: null })),
  };
}

function isEarlierEntry(value: unknown): value is EarlierEntry {
  return (
    typeof value === 'object' &&
    value !== null &&
    !('version' in value) &&
    'id' in value &&
    typeof value.id === 'string' &&
    'title' in value &&
    typeof value.title === 'string' &&
    'startedAt' in value &&
    typeof value.startedAt === 'number' &&
    'steps' in value &&
    Array.isArray(value.steps)
  );
}
