import type { PlanOutcome, PlanProgress, StepOutcome } from '../../replication/model/plan.ts';
import { entryOf, type HistoryEntry, type HistoryRecord } from './historyRecord.ts';

/** How often a window that runs a plan says that it still lives, in milliseconds. */
const aliveEveryMs = 5_000;

/** What a run needs of the history. */
export interface HistoryRunParts {
  readonly record: HistoryRecord;
  readonly owner: string;
  readonly now: () => number;
  readonly write: (record: HistoryRecord) => Promise<void>;
  /** Makes the history as it was before. */
  readonly takeBack: () => Promise<void>;
}

/** The entry of a plan that runs, kept true at every step. */
export class HistoryRun {
  readonly #parts: HistoryRunParts;
  #record: HistoryRecord;
  #beat: NodeJS.Timeout | undefined;

  constructor(parts: HistoryRunParts) {
    this.#parts = parts;
    this.#record = parts.record;
  }

  /** Writes the entry down as running. */
  async begin(): Promise<void> {
    await this.#write(null);
    // Not awaited: the next one says it again.
    this.#beat = setInterval(() => void this.#write(this.#record.running?.stepId ?? null), aliveEveryMs);
  }

  /** What the executor tells. Resolves when it is written down: only then may the step begin. */
  async heard(progress: PlanProgress): Promise<void> {
    const { stepId } = progress;
    if (progress.type === 'started') {
      await this.#write(stepId);
    } else if (progress.type === 'finished') {
      const { tookMs, notices } = progress;
      this.#step({ stepId, status: 'done', tookMs, notices, error: null });
      await this.#write(null);
    }
    // What failed is in the outcome, which comes at once.
  }

  /** The plan is over, one way or the other. */
  async finish(outcome: PlanOutcome): Promise<HistoryEntry> {
    clearInterval(this.#beat);
    const { running: _, abandoned: __, ...record } = this.#record;
    this.#record = { ...record, outcome };
    await this.#parts.write(this.#record);
    return entryOf(this.#record);
  }

  /** Nothing was run. */
  async drop(): Promise<void> {
    clearInterval(this.#beat);
    await this.#parts.takeBack();
  }

  #step(ended: StepOutcome): void {
    const { outcome } = this.#record;
    const steps = outcome.steps.map((step) => (step.stepId === ended.stepId ? ended : step));
    this.#record = { ...this.#record, outcome: { ...outcome, steps } };
  }

  async #write(stepId: string | null): Promise<void> {
    const { owner, now, write } = this.#parts;
    this.#record = { ...this.#record, running: { owner, aliveAt: now(), stepId } };
    await write(this.#record);
  }
}
