import * as vscode from 'vscode';

import type { ConnectionSource } from '../../replication/model/connect.ts';
import type { Plan, PlanOutcome, PlanProgress } from '../../replication/model/plan.ts';
import { movedServers, withAddresses } from '../../replication/model/planServers.ts';
import type { ReplicationService, RunOptions } from '../../replication/service.ts';
import { runCommand } from '../commands/typed.ts';
import { ask, askForName } from '../confirm.ts';
import type { Notifier } from '../notify.ts';
import { withoutLinks } from '../plainText.ts';
import type { PlanRunner, PlanRunOptions } from '../services.ts';
import { confirmationFor, movedQuestion } from './confirmation.ts';
import type { History } from './history.ts';
import type { HistoryRun } from './historyRun.ts';
import { showOutcome } from './outcome.ts';
import type { PlanPreviews } from './preview.ts';
import { refuseReadOnly } from './readOnly.ts';
import { noticesOf, progressWords } from './words.ts';

/** What the runner is made from. */
export interface RunnerParts {
  readonly service: Pick<ReplicationService, 'run'>;
  readonly connections: Pick<ConnectionSource, 'facts'>;
  readonly history: History;
  readonly previews: PlanPreviews;
  readonly notifier: Notifier;
  readonly log: vscode.LogOutputChannel;
}

/** Runs plans the way a person expects: confirm, progress with cancel, history, and what happened in words. */
export class ConfirmingPlanRunner implements PlanRunner {
  readonly #parts: RunnerParts;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  async run(made: Plan, options: PlanRunOptions = {}): Promise<PlanOutcome | undefined> {
    const plan = this.#addressed(made);
    refuseReadOnly(plan, this.#parts.connections);
    const moved = await this.#confirmMoved(plan);
    const typedNames = moved && (await this.#confirm(plan, options.confirmed === true));
    if (!moved || !typedNames) return undefined;
    const run = await this.#parts.history.begin(plan, options.resume);
    let outcome: PlanOutcome;
    try {
      outcome = await this.#execute(plan, { typedNames, moved }, options, run);
    } catch (error) {
      await run.drop();
      throw error;
    }
    const entry = await run.finish(outcome);
    const { log, notifier } = this.#parts;
    log.info(`${plan.title}: ${outcome.status} in ${outcome.endedAt - outcome.startedAt} ms`);
    for (const notice of noticesOf(outcome)) log.info(`${plan.title}: the server sent: ${notice}`);
    if (outcome.status !== 'done')
      log.warn(
        `${plan.title}: ${entry.steps
          .map(({ error }) => error ?? '')
          .join(' ')
          .trim()}`,
      );
    const handled = outcome.status !== 'done' && (await options.handleFailure?.(outcome)) === true;
    if (!options.quiet && !handled) {
      // Not awaited: a message that nobody closes must not hold up who ran the plan.
      const ref = { entryId: entry.id };
      void showOutcome({
        plan,
        outcome,
        notifier,
        runUndo: (undo) => this.run({ ...undo, undoes: entry.id }),
        lookAgain: () => runCommand('pgReplication.history.recheck', ref),
        resume: () => runCommand('pgReplication.history.resume', ref),
      });
    }
    return outcome;
  }

  async preview(plan: Plan): Promise<void> {
    await this.#parts.previews.show(this.#addressed(plan));
  }

  /** From here on the plan may lie about: where its connections lead to is what it was made for. */
  #addressed(plan: Plan): Plan {
    return withAddresses(plan, (id) => this.#parts.connections.facts(id));
  }

  /** The connections that may lead elsewhere than when the plan was made; undefined where the person declined. */
  async #confirmMoved(plan: Plan): Promise<ReadonlySet<string> | undefined> {
    const moved = movedServers(plan, (id) => this.#parts.connections.facts(id));
    for (const server of moved) {
      if ((await ask(movedQuestion(plan, server))) !== 'yes') return undefined;
    }
    return new Set(moved.map(({ connectionId }) => connectionId));
  }

  /** The names that were typed; undefined where the person declined. */
  async #confirm(plan: Plan, confirmed: boolean): Promise<ReadonlyMap<string, string> | undefined> {
    const { question, typed } = confirmationFor(plan, (id) => this.#parts.connections.facts(id));
    if (question && !confirmed) {
      const answer = await ask({ ...question, other: 'Show SQL' });
      if (answer === 'other') await this.preview(plan);
      if (answer !== 'yes') return undefined;
    }
    const names = new Map<string, string>();
    for (const { connectionId, name, why } of typed) {
      const prompt = `${why} Type its name, ${name}, to go on.`;
      const answer = await askForName({ title: plan.title, prompt, name });
      if (answer === undefined) return undefined;
      names.set(connectionId, answer);
    }
    return names;
  }

  async #execute(
    plan: Plan,
    allowed: Required<Pick<RunOptions, 'typedNames' | 'moved'>>,
    options: PlanRunOptions,
    run: HistoryRun,
  ): Promise<PlanOutcome> {
    const { service, connections } = this.#parts;
    const how: RunOptions = { ...allowed, ...(options.resume ? { resume: options.resume.outcome } : {}) };
    if (options.quiet) {
      const onProgress = (progress: PlanProgress): Promise<void> => {
        const written = run.heard(progress);
        options.onProgress?.(progress);
        return written;
      };
      return service.run(plan, { ...how, onProgress, ...(options.signal ? { signal: options.signal } : {}) });
    }
    const where = {
      location: vscode.ProgressLocation.Notification,
      title: withoutLinks(plan.title),
      cancellable: true,
    };
    return vscode.window.withProgress(where, async (shown, token) => {
      const cancelled = new AbortController();
      token.onCancellationRequested(() => cancelled.abort());
      const signal = options.signal ? AbortSignal.any([cancelled.signal, options.signal]) : cancelled.signal;
      const onProgress = (progress: PlanProgress): Promise<void> => {
        const written = run.heard(progress);
        const message = progressWords(plan, progress, (id) => connections.facts(id)?.name ?? 'another server');
        shown.report({ message: withoutLinks(message) });
        options.onProgress?.(progress);
        return written;
      };
      return service.run(plan, { ...how, onProgress, signal });
    });
  }
}
