import type { ConnectParams } from './model/connect.ts';
import type { Blocker, Plan, PlanOutcome, PlanProgress } from './model/plan.ts';
import type { ServerState } from './model/serverState.ts';
import type { Inventory, Snapshot } from './model/snapshot.ts';
import type { TableDetails } from './model/table.ts';
import type { OnDemandReads } from './reads.ts';

/** What of a server changed: its state (opened, failed…), what exists on it, or only what moves. */
export type ServerChange = 'state' | 'inventory' | 'pulse';

/** Where the service writes what it does. Messages never hold a secret. */
export interface ServiceLog {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

export interface RunOptions {
  /**
   * Hears each step. A promise that it gives for 'started' or 'finished' is waited for (2 s at the most) before the plan
   * goes on, so that what is written down of it is never behind.
   */
  readonly onProgress?: (progress: PlanProgress) => unknown;
  readonly signal?: AbortSignal;
  /** For production servers: connection id to the name the person typed. */
  readonly typedNames?: ReadonlyMap<string, string>;
  /** Connections of which the person said that they may lead elsewhere than when the plan was made. */
  readonly moved?: ReadonlySet<string>;
  /**
   * Goes on where this outcome of the same plan stopped: what it says is done isn't run again. What the plan was made from
   * is compared again, but for what its steps changed; that has to be as they left it.
   */
  readonly resume?: PlanOutcome;
}

/**
 * The one face of the shared replication service: snapshots in, plans out. It never shows anything and never
 * imports VS Code. Every method that touches a server rejects with ReplicationError.
 */
export interface ReplicationService {
  /** How a connection stands, from memory. Never connects. */
  state(connectionId: string): ServerState;
  /** Calls back after each change. Returns the way to stop it. */
  onDidChange(listener: (connectionId: string, change: ServerChange) => void): () => void;
  /**
   * The snapshot, connecting first where needed. A failure is remembered: until its pause has passed this
   * rejects with the same error without touching the server. Concurrent calls share one attempt.
   */
  open(connectionId: string): Promise<Snapshot>;
  /**
   * Reads inventory and pulse again, no earlier than now, and what the role may do; connects again at once where it
   * had failed.
   */
  refresh(connectionId: string): Promise<Snapshot>;
  /** Closes the sessions and forgets state and snapshot (also after a connection was edited or removed). */
  close(connectionId: string): Promise<void>;
  /**
   * Keeps the connections open and reads their pulse at every beat until the returned function is called;
   * a lost one is retried with growing pauses. Several watchers of one connection share its beat (the shortest).
   */
  watch(connectionIds: readonly string[], intervalMs: number): () => void;
  /** Columns and unique indexes of tables, read on demand. Tables that are gone are left out. */
  tableDetails(connectionId: string, tableOids: readonly number[]): Promise<readonly TableDetails[]>;
  /** Opens a session with these params, reads the inventory, closes it. For trying a connection and for typed publishers. */
  inspect(params: ConnectParams, signal?: AbortSignal): Promise<Inventory>;
  /** Transactions that keep a slot from being created on this server now, oldest first. */
  blockers(connectionId: string): Promise<readonly Blocker[]>;
  /**
   * Runs a plan step by step. Resolves with the outcome also where a step failed; rejects only where nothing
   * was run: readOnlyConnection, notConfirmed, unknownConnection, stalePlan (what it was made from has changed), or the
   * failure to read a server that it was made from. Then re-reads the servers it touched.
   */
  run(plan: Plan, options?: RunOptions): Promise<PlanOutcome>;
  /**
   * Looks at the servers for what became of steps whose outcome isn't known (`Step.effect`), and gives the outcome
   * with what was found: 'done', 'pending' (it didn't happen), or still 'unknown' where nothing tells.
   */
  recheck(plan: Plan, outcome: PlanOutcome): Promise<PlanOutcome>;
  /** What is read only when somebody asks. */
  readonly reads: OnDemandReads;
  /** Ends everything. */
  dispose(): Promise<void>;
}
