import { ReplicationError } from '../model/errors.ts';
import type { Step } from '../model/plan.ts';
import { keepOutOfLog } from '../postgres/quietLog.ts';
import type { Session } from '../postgres/session.ts';
import { holdsPlainSecret } from '../postgres/statement.ts';
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
   * The session of a step's connection, with the step's time limit set, or the connection's own where it has none; what
   * holds a password is kept out of the server's log.
   * Rejects with ReplicationError; 'stalePlan' where the connection leads elsewhere than when the plan was made.
   */
  async ready(step: Step, signal?: AbortSignal): Promise<Session> {
    const { connectionId } = step;
    const before = this.#open.get(connectionId);
    if (before && !before.closed) {
      try {
        return await this.#prepare(step, before);
      } catch (error) {
        if (!ReplicationError.is(error, 'connectionLost')) throw error;
        // It broke between two steps, with nothing under way: another one will do.
      }
    }
    this.#open.delete(connectionId);
    await before?.close();
    const session = await this.#dependencies.session(connectionId, signal);
    this.#open.set(connectionId, session);
    return this.#prepare(step, session);
  }

  async #prepare(step: Step, session: Session): Promise<Session> {
    const { connectionId } = step;
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
    if (holdsPlainSecret(step.statement)) {
      await keepOutOfLog(session, { doing: 'keep the password out of the server’s log', deadlineMs: silenceMs });
    }
    return session;
  }

  /** Closes all of them. Never rejects. */
  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((session) => session.close()));
    this.#open.clear();
  }
}
