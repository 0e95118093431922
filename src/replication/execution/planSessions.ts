import type { Step } from '../model/plan.ts';
import type { Session } from '../postgres/session.ts';
import type { ExecutorDependencies } from './dependencies.ts';
import { refuseAnotherServer } from './sameServer.ts';

/** Setting a time limit takes no time: a server silent for this long, in milliseconds, is taken for lost. */
const silenceMs = 15_000;

/** The sessions of one running plan: one a connection, opened when a step needs it, closed together. */
export class PlanSessions {
  readonly #dependencies: ExecutorDependencies;
  readonly #open = new Map<string, Session>();
  /** The statement_timeout that was set last, in milliseconds, by session. */
  readonly #timeouts = new WeakMap<Session, number>();

  constructor(dependencies: ExecutorDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * The session of a step's connection, with the step's time limit set, or the connection's own where it has none.
   * Rejects with ReplicationError; 'stalePlan' where the connection leads elsewhere than when the plan was made.
   */
  async ready(step: Step, signal?: AbortSignal): Promise<Session> {
    const { connectionId } = step;
    const session = this.#open.get(connectionId) ?? (await this.#dependencies.session(connectionId, signal));
    this.#open.set(connectionId, session);
    await refuseAnotherServer(step, session);
    const timeout = Math.round(
      step.wait?.limitMs ?? this.#dependencies.facts(connectionId)?.target.statementTimeoutMs ?? 0,
    );
    if (this.#timeouts.get(session) !== timeout) {
      await session.execute(`SET statement_timeout = ${timeout}`, {
        doing: 'set the time limit of the statement',
        deadlineMs: silenceMs,
      });
      this.#timeouts.set(session, timeout);
    }
    return session;
  }

  /** Closes all of them. Never rejects. */
  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((session) => session.close()));
    this.#open.clear();
  }
}
