import type { RunState } from '../../protocol/publication.ts';
import type { Plan } from '../../replication/model/plan.ts';
import type { PlanRunner } from '../services.ts';
import { type RunEnd, runForm } from './formServer.ts';
import { planSql } from './planText.ts';

/** What the page of every form that runs a plan asks for alike. */
export type DeskRequest = 'stop' | 'dismiss' | 'copySql' | 'openSql';

/** What a desk needs of a form. */
export interface FormDeskParts<Update> {
  readonly plans: PlanRunner;
  readonly post: (message: Update | RunState) => void;
  /** To the clipboard. */
  readonly copy: (text: string) => Promise<void>;
  readonly dismiss: () => void;
  /** The plan of the draft as it is. Throws ReplicationError where there is none yet. */
  readonly plan: () => Plan | Promise<Plan>;
}

/** What forms that run plans do alike: one run at a time that can be stopped, the SQL, and the end of the panel. */
export class FormDesk<Update> {
  readonly #parts: FormDeskParts<Update>;
  #running: AbortController | null = null;
  #disposed = false;

  constructor(parts: FormDeskParts<Update>) {
    this.#parts = parts;
  }

  /** Something is under way that may change a server. */
  get running(): boolean {
    return this.#running !== null;
  }

  /** The panel was closed. */
  get disposed(): boolean {
    return this.#disposed;
  }

  /** To the page. What ends after the panel was closed has nobody to tell. */
  readonly post = (message: Update | RunState): void => {
    if (!this.#disposed) this.#parts.post(message);
  };

  /** Does what is asked for. Rejects with ReplicationError where there is no plan yet to show. */
  async answer(request: DeskRequest): Promise<void> {
    const { copy, dismiss, plan, plans } = this.#parts;
    switch (request) {
      case 'stop':
        this.#running?.abort();
        return;
      case 'dismiss':
        dismiss();
        return;
      case 'copySql':
        return copy(planSql(await plan()));
      case 'openSql':
        return plans.preview(await plan());
    }
  }

  /**
   * Does `work`, which may run a plan, telling the page how it goes; Stop and the end of the panel stop it. Not to be
   * called while something is `running`. Rejects as `work` does.
   */
  async run<Result>(work: (run: (plan: Plan) => Promise<RunEnd>) => Promise<Result>): Promise<Result> {
    const running = new AbortController();
    this.#running = running;
    try {
      return await work((plan) => runForm(this.#parts.plans, plan, this.post, running.signal));
    } finally {
      this.#running = null;
    }
  }

  /** The panel was closed: nobody will press Stop any more, so a run that still waits is stopped. */
  dispose(): void {
    this.#disposed = true;
    this.#running?.abort();
  }
}
