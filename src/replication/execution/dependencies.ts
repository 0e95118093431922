import type { ConnectionFacts } from '../model/connect.ts';
import type { Session } from '../postgres/session.ts';

/** What the executor stands on. */
export interface ExecutorDependencies {
  /** Opens a session for the plan alone; the executor closes it. Rejects with ReplicationError, and once aborted. */
  session(connectionId: string, signal?: AbortSignal): Promise<Session>;
  /** A session that is there anyway, to look at a server and to cancel from. Not closed by the executor. */
  watchSession(connectionId: string): Promise<Session>;
  facts(connectionId: string): ConnectionFacts | undefined;
}
