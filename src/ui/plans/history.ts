import type { Plan, PlannedServer, PlanOutcome, Step, StepStatus } from '../../replication/model/plan.ts';
import { Secret } from '../../replication/model/secret.ts';
import type { Statement } from '../../replication/model/statement.ts';
import { renderRedacted } from '../../replication/postgres/statement.ts';

/** One step of a plan that was run. Plain data without secrets, so that it can be stored. */
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
  readonly status: StepStatus;
  /** Milliseconds; null where it didn't run. */
  readonly tookMs: number | null;
  readonly notices: readonly string[];
  /** What failed: our sentence, then the server's. */
  readonly error: string | null;
  /** Null where it can't be taken back, or only with a secret that isn't kept. */
  readonly undo: { readonly title: string; readonly sql: string } | null;
}

/** A plan that was run. */
export interface HistoryEntry {
  readonly id: string;
  readonly title: string;
  readonly status: PlanOutcome['status'];
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly remarks: readonly string[];
  readonly steps: readonly HistoryStep[];
}

/** Where the history is kept: VS Code's global state, or a map in a test. */
export interface HistoryStorage {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const storageKey = 'pgReplication.history';
/** As many entries are kept; the oldest go first. */
export const mostEntries = 200;

/** The plans that were run, newest first, kept across restarts of the editor. */
export class History {
  readonly #storage: HistoryStorage;
  readonly #listeners = new Set<() => void>();

  constructor(parts: { readonly storage: HistoryStorage }) {
    this.#storage = parts.storage;
  }

  /** Newest first. What another version wrote and this one can't read is left out. */
  entries(): readonly HistoryEntry[] {
    const stored = this.#storage.get(storageKey);
    return Array.isArray(stored) ? stored.filter(isEntry) : [];
  }

  entry(id: string): HistoryEntry | undefined {
    return this.entries().find((entry) => entry.id === id);
  }

  async add(plan: Plan, outcome: PlanOutcome): Promise<HistoryEntry> {
    const entry = toEntry(plan, outcome);
    await this.#write([entry, ...this.entries()].slice(0, mostEntries));
    return entry;
  }

  async clear(): Promise<void> {
    await this.#write([]);
  }

  /** Returns the way to stop it. */
  onDidChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #write(entries: readonly HistoryEntry[]): Promise<void> {
    await this.#storage.update(storageKey, entries);
    for (const listener of this.#listeners) listener();
  }
}

/** A plan and how it ended, as plain data. */
export function toEntry(plan: Plan, outcome: PlanOutcome): HistoryEntry {
  return {
    id: globalThis.crypto.randomUUID(),
    title: plan.title,
    status: outcome.status,
    startedAt: outcome.startedAt,
    endedAt: outcome.endedAt,
    remarks: [...plan.remarks],
    steps: plan.steps.map((step) => toStep(step, outcome)),
  };
}

function toStep(step: Step, outcome: PlanOutcome): HistoryStep {
  const ended = outcome.steps.find(({ stepId }) => stepId === step.id);
  const error = ended?.error ?? null;
  return {
    connectionId: step.connectionId,
    serverName: step.serverName,
    ...(step.plannedFor ? { plannedFor: step.plannedFor } : {}),
    ...(step.alsoChanges ? { alsoChanges: step.alsoChanges } : {}),
    title: step.title,
    sql: renderRedacted(step.statement),
    status: ended?.status ?? 'skipped',
    tookMs: ended?.tookMs ?? null,
    notices: [...(ended?.notices ?? [])],
    error: error && [error.message, error.server?.message].filter(Boolean).join(' — '),
    undo:
      step.undo && !holdsSecret(step.undo.statement)
        ? { title: step.undo.title, sql: renderRedacted(step.undo.statement) }
        : null,
  };
}

function holdsSecret(statement: Statement): boolean {
  return statement.some(
    (part) =>
      typeof part !== 'string' && ('literal' in part || part.conninfo.some(([, value]) => value instanceof Secret)),
  );
}

function isEntry(value: unknown): value is HistoryEntry {
  return (
    typeof value === 'object' &&
    value !== null &&
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
