import type { ConnectionFacts } from '../model/connect.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Session } from '../postgres/session.ts';

/** What the executor stands on. */
export interface ExecutorDependencies {
  /** Opens a session for the plan alone; the executor closes it. Rejects with ReplicationError, and once aborted. */
  session(connectionId: string, signal?: AbortSignal): Promise<Session>;
  /** A session that is there anyway, to look at a server and to cancel from. Not closed by the executor. */
  watchSession(connectionId: string): Promise<Session>;
  /** Reads a server anew, to compare it with what a plan was made from. Rejects with ReplicationError. */
  refresh(connectionId: string): Promise<Snapshot>;
  facts(connectionId: string): ConnectionFacts | undefined;
  /**
   * How long a server whose connection broke in a step gets to answer again, in milliseconds, before nobody can say how
   * the step ended; 5 s where absent.
   */
  readonly patienceMs?: number;
}
