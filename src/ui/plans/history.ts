import { ReplicationError } from '../../replication/model/errors.ts';
import type { Plan, PlanOutcome, StepOutcome } from '../../replication/model/plan.ts';
import { isRecordOfNow, readRecord, type HistoryEntry, type HistoryRecord } from './historyRecord.ts';
import { HistoryRun } from './historyRun.ts';
import { storePlan } from './storedPlan.ts';

/** Where the history is kept: VS Code's global state, or a map in a test. */
export interface HistoryStorage {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const storageKey = 'pgReplication.history';
/** As many entries are kept; the oldest go first. */
export const mostEntries = 200;
/**
 * And as much text of them: all of it is written at every step, and a plan over ten thousand tables is a megabyte. The
 * newest entry is kept whatever it takes.
 */
export const mostCharacters = 8_000_000;
/** A window that runs a plan says so more often than this; one that doesn't is gone. In milliseconds. */
export const silenceMs = 20_000;

/**
 * The plans that were run, newest first, kept across restarts of the editor, without secrets. A plan has its entry
 * from before its first step on, so that an editor that is killed leaves one that is true.
 */
export class History {
  readonly #storage: HistoryStorage;
  readonly #now: () => number;
  /** Of this window: entries that another one writes are left to it while it lives. */
  readonly #owner = globalThis.crypto.randomUUID();
  readonly #listeners = new Set<() => void>();
  /** What was read of a record, while the storage gives the same one. */
  readonly #read = new WeakMap<object, HistoryEntry>();

  constructor(parts: { readonly storage: HistoryStorage; readonly now?: () => number }) {
    this.#storage = parts.storage;
    this.#now = parts.now ?? Date.now;
  }

  /** Newest first. What another version wrote and this one can't read is left out, and kept. */
  entries(): readonly HistoryEntry[] {
    return this.#records().flatMap((record) => this.#entryOf(record) ?? []);
  }

  entry(id: string): HistoryEntry | undefined {
    return this.entries().find((entry) => entry.id === id);
  }

  /**
   * Opens the entry of a plan that is about to run; or the one it is resumed from, with what was done before. Rejects with
   * ReplicationError 'stalePlan' where somebody went on with that plan meanwhile, or with the one that this takes back.
   */
  async begin(plan: Plan, resumed?: { readonly entryId: string; readonly outcome: PlanOutcome }): Promise<HistoryRun> {
    const before = resumed && this.#recordOf(resumed.entryId);
    const goneOn = before
      ? isGoneOnWith(before, resumed.outcome)
      : plan.undoes !== undefined && isTakenUp(this.#recordOf(plan.undoes));
    if (goneOn) {
      throw new ReplicationError('stalePlan', `Somebody went on with this meanwhile: ${plan.title}. Nothing was run.`, {
        advice: 'Look at its entry in the History view: it may run, or have been run, in another window.',
      });
    }
    const outcome: PlanOutcome = {
      planId: plan.id,
      status: 'unknown',
      startedAt: this.#now(),
      endedAt: this.#now(),
      steps: plan.steps.map(
        (step) => resumed?.outcome.steps.find(({ stepId }) => stepId === step.id) ?? notRun(step.id),
      ),
    };
    const record = { ...recordOf(plan, outcome), ...(before ? { id: before.id, plan: before.plan } : {}) };
    const run = new HistoryRun({
      record,
      owner: this.#owner,
      now: this.#now,
      write: (changed) => this.#put(changed),
      takeBack: () => (before ? this.#put(before) : this.#remove(record.id)),
    });
    await run.begin();
    return run;
  }

  /** What a later look at the servers found out. Does nothing where the entry is gone, or runs. */
  async update(id: string, outcome: PlanOutcome): Promise<void> {
    const record = this.#recordOf(id);
    if (record && !record.running) await this.#put({ ...record, outcome });
  }

  /** The person won't go on with it. */
  async abandon(id: string): Promise<void> {
    const record = this.#recordOf(id);
    if (record && !record.running) await this.#put({ ...record, abandoned: true });
  }

  /**
   * Entries of windows that ended in the middle of a plan say so from now on. Gives whether some still run in another
   * window, as far as one can tell.
   */
  async settleInterrupted(): Promise<boolean> {
    let others = false;
    for (const record of this.#records()) {
      if (!isRecordOfNow(record) || !record.running || record.running.owner === this.#owner) continue;
      if (this.#now() - record.running.aliveAt < silenceMs) others = true;
      else await this.#put(interrupted(record));
    }
    return others;
  }

  async clear(): Promise<void> {
    await this.#write([]);
  }

  /** Returns the way to stop it. */
  onDidChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #records(): readonly unknown[] {
    const stored = this.#storage.get(storageKey);
    return Array.isArray(stored) ? (stored as readonly unknown[]) : [];
  }

  #entryOf(record: unknown): HistoryEntry | undefined {
    if (typeof record !== 'object' || record === null) return undefined;
    const known = this.#read.get(record);
    if (known) return known;
    const entry = readRecord(record);
    if (entry) this.#read.set(record, entry);
    return entry;
  }

  #recordOf(id: string): HistoryRecord | undefined {
    return this.#records()
      .filter(isRecordOfNow)
      .find((record) => record.id === id);
  }

  /** In its place where it is there already, at the top where it is new. */
  async #put(record: HistoryRecord): Promise<void> {
    const records = this.#records().map((other) => takenBackBy(record, other));
    const known = records.some((other) => isRecordOfNow(other) && other.id === record.id);
    await this.#write(
      known
        ? records.map((other) => (isRecordOfNow(other) && other.id === record.id ? record : other))
        : withinLimits([record, ...records]),
    );
  }

  async #remove(id: string): Promise<void> {
    await this.#write(this.#records().filter((record) => !isRecordOfNow(record) || record.id !== id));
  }

  async #write(records: readonly unknown[]): Promise<void> {
    await this.#storage.update(storageKey, records);
    for (const listener of this.#listeners) listener();
  }
}

function withinLimits(records: readonly unknown[]): readonly unknown[] {
  let characters = 0;
  const beyond = records.findIndex((record, index) => {
    characters += JSON.stringify(record).length;
    return index > 0 && characters > mostCharacters;
  });
  return records.slice(0, Math.min(mostEntries, beyond < 0 ? records.length : beyond));
}

function recordOf(plan: Plan, outcome: PlanOutcome): HistoryRecord {
  return { version: 2, id: globalThis.crypto.randomUUID(), plan: storePlan(plan), outcome };
}

function notRun(stepId: string): StepOutcome {
  return { stepId, status: 'pending', tookMs: null, notices: [], error: null };
}

/** Whether its plan runs, or was taken back. */
function isTakenUp(record: HistoryRecord | undefined): boolean {
  return record?.running !== undefined || record?.takenBack !== undefined;
}

/** Whether more was done, or undone, than `known` tells. */
function isGoneOnWith(record: HistoryRecord, known: PlanOutcome): boolean {
  const done = (outcome: PlanOutcome): readonly string[] =>
    outcome.steps.filter(({ status }) => status === 'done').map(({ stepId }) => stepId);
  const knownDone = new Set(done(known));
  return isTakenUp(record) || done(record.outcome).some((stepId) => !knownDone.has(stepId));
}

/**
 * A record, where `undo` takes back what its plan did: as soon as a step of the undo was carried out, or may have been,
 * what the record calls done isn't so any more, and it can neither be resumed nor undone again.
 */
function takenBackBy({ plan, outcome }: HistoryRecord, record: unknown): unknown {
  if (plan.undoes === undefined || !isRecordOfNow(record) || record.id !== plan.undoes) return record;
  if (!outcome.steps.some(({ status }) => status === 'done' || status === 'unknown')) return record;
  const whole = outcome.steps.every(({ status }) => status === 'done');
  return { ...record, takenBack: whole ? 'whole' : 'part' } satisfies HistoryRecord;
}

/** What stays of a plan whose window is gone: the step that was under way may or may not have been carried out. */
function interrupted({ running, ...record }: HistoryRecord): HistoryRecord {
  const { plan, outcome } = record;
  const next = running?.stepId ?? outcome.steps.find(({ status }) => status !== 'done')?.stepId;
  const steps = outcome.steps.map((ended): StepOutcome => {
    const step = plan.steps.find(({ id }) => id === ended.stepId);
    if (!step || ended.stepId !== next) return ended;
    if (ended.stepId !== running?.stepId) {
      return { ...ended, error: { kind: 'cancelled', message: 'Interrupted: the editor ended before this began.' } };
    }
    const message = `Interrupted: the editor ended while this ran on ${step.serverName}: ${step.title}. It may or may not have been carried out.`;
    return {
      ...ended,
      status: 'unknown',
      error: { kind: 'connectionLost', message, advice: 'Look again to find out.' },
    };
  });
  const unknown = steps.some(({ status }) => status === 'unknown');
  // All of it may have been carried out: then the window ended while the servers were read again.
  const done = steps.every((ended) => ended.status === 'done');
  const status = unknown ? 'unknown' : done ? 'done' : 'cancelled';
  const endedAt = running?.aliveAt ?? outcome.endedAt;
  return { ...record, outcome: { ...outcome, status, endedAt, steps } };
}
