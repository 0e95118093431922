import type { ErrorDescription } from './errors.ts';
import type { Lsn } from './lsn.ts';
import type { Statement } from './statement.ts';

/** none: can be undone; lossy: something is lost (data position, retained WAL, an object); severe: type the name. */
export type Risk = 'none' | 'lossy' | 'severe';

/** Which database of which server a step was made for; `systemIdentifier` is null where it could not be read. */
export interface PlannedServer {
  readonly systemIdentifier: string | null;
  readonly database: string;
  /** Where its WAL ended when the plan was made: the same server never falls behind it. Absent where nobody knows. */
  readonly lsn?: Lsn;
  /**
   * Where the connection led to, "db-1:5432". A restored copy has the identifier of the server it was made of, so the
   * person is asked where this has changed. Absent where nobody knows.
   */
  readonly address?: string;
}

/** An object that a plan is about. */
export interface PlanSubject {
  readonly kind: 'publication' | 'subscription' | 'slot' | 'table';
  readonly name: string;
  /** Of a table. */
  readonly schema?: string;
}

/** How a step is taken back. */
export interface StepUndo {
  readonly title: string;
  readonly statement: Statement;
  /** It comes after the undo of all other steps: a refresh that takes over what those brought back. */
  readonly afterwards?: true;
}

/** One statement on one server. */
export interface Step {
  /** Within the plan: "1", "2"… */
  readonly id: string;
  readonly connectionId: string;
  /** The connection's name when the plan was made. */
  readonly serverName: string;
  /**
   * What the connection led to when the plan was made: by the time it is run (a preview, an undo of last week) it may
   * have been edited, and the statement must not reach another server. Absent where nobody knows.
   */
  readonly plannedFor?: PlannedServer;
  /**
   * Known connections to other servers that the statement changes too: CREATE SUBSCRIPTION makes a slot on the
   * publisher. Their marks (read-only, production) count as those of the step's own. Absent where there are none.
   */
  readonly alsoChanges?: readonly { readonly connectionId: string; readonly serverName: string }[];
  /** What it does, a verb phrase: "Create the replication slot orders_sub". */
  readonly title: string;
  readonly statement: Statement;
  /** False for what PostgreSQL refuses in a transaction block (CREATE SUBSCRIPTION with a slot, …). */
  readonly transactional: boolean;
  readonly risk: Risk;
  /** What is lost, in words; null where nothing is. */
  readonly consequence: string | null;
  /** How to take it back; null where it can't be. */
  readonly undo: StepUndo | null;
  /** Why it can't be taken back, a sentence; said before the plan is run. Only where `undo` is null. */
  readonly noUndo?: string;
  /** It only waits: there is nothing to take back, and it keeps no other step from being taken back. */
  readonly changesNothing?: true;
  /**
   * For steps that may wait for other transactions (slot creation, CREATE SUBSCRIPTION): how long they may,
   * in milliseconds, and on which connections the transactions to wait for can be seen. Always bounded.
   */
  readonly wait: { readonly limitMs: number; readonly blockersOn: readonly string[] } | null;
  /**
   * Gives a row as soon as the step has been carried out. Asked where the connection broke while it ran, and before a
   * resumed plan runs it again. Absent where nothing in the catalogs tells.
   */
  readonly effect?: Statement;
  /**
   * The effect goes by again without anybody's doing (an emptied table is filled, workers start): that it isn't there any
   * more when the plan is resumed means nothing.
   */
  readonly passing?: true;
  /**
   * Carried out a second time it changes nothing more (a reload, a refresh, the same connection string). Where nothing
   * tells whether it was carried out, a resumed plan runs it again instead of asking the person.
   */
  readonly repeatable?: true;
  /**
   * The objects on its server that it changes, of those that the plan was made from; all of them where absent. When the
   * plan is resumed, the others still have to be as they were.
   */
  readonly touches?: readonly PlanSubject[];
  /** What has to be looked for after the step was cancelled or ran out of time; absent where nothing can stay behind. */
  readonly leftovers?: readonly Leftover[];
}

/** Something a step makes that a cancelled or timed-out step could leave behind on a server. */
export interface Leftover {
  readonly connectionId: string;
  /** As it is said: "the replication slot orders_sub on shop-primary". */
  readonly what: string;
  /** A query that gives a row as long as it is there. */
  readonly probe: Statement;
  /** Makes the server let go of a half-made one; null where the server does so by itself. */
  readonly release: Statement | null;
}

/** An object as it was when a plan was made from it. */
export interface PlanBasis extends PlanSubject {
  readonly connectionId: string;
  readonly serverName: string;
  /** What `fingerprintOf` (operations/basis.ts) gave; empty where there was no such object. */
  readonly fingerprint: string;
}

/** A change before it is anything else. Feeds the preview, the confirmation, the executor and the history. */
export interface Plan {
  readonly id: string;
  /** A verb phrase: "Create publication orders_pub". */
  readonly title: string;
  readonly steps: readonly Step[];
  /** What the plan was made from; compared with the servers before it runs. Absent for an undo. */
  readonly basis?: readonly PlanBasis[];
  /** The entry of the history whose plan it takes back; absent for any other plan. */
  readonly undoes?: string;
  /** What stays behind or must be done by hand afterwards, in words. */
  readonly remarks: readonly string[];
}

/** Something to say about a choice before it is run. `field` names the input it belongs to. */
export interface Problem {
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly field?: string;
  /** The table it is about ("schema.name" as identifiers, for display). */
  readonly object?: string;
}

/** A transaction that a waiting step waits for. */
export interface Blocker {
  readonly connectionId: string;
  readonly pid: number;
  readonly user: string | null;
  readonly applicationName: string | null;
  readonly database: string | null;
  /** Null where the role may not see it. */
  readonly state: string | null;
  /** Seconds since the transaction began; null where the role may not see it. */
  readonly ageSeconds: number | null;
  /** Prepared transactions have a gid instead of a running backend. */
  readonly preparedGid: string | null;
}

/** What the executor tells while it runs. */
export type PlanProgress =
  | { readonly type: 'started'; readonly stepId: string }
  | {
      readonly type: 'waiting';
      readonly stepId: string;
      readonly blockers: readonly Blocker[];
      readonly remainingMs: number;
    }
  | { readonly type: 'finished'; readonly stepId: string; readonly tookMs: number; readonly notices: readonly string[] }
  | { readonly type: 'failed'; readonly stepId: string; readonly error: ErrorDescription };

export type StepStatus = 'pending' | 'done' | 'failed' | 'unknown' | 'skipped';

/** How one step ended. `unknown`: the connection broke while it ran, so nobody can say yet. */
export interface StepOutcome {
  readonly stepId: string;
  readonly status: StepStatus;
  /** Milliseconds; null where it didn't run. */
  readonly tookMs: number | null;
  /** Warnings and notices the server sent. */
  readonly notices: readonly string[];
  readonly error: ErrorDescription | null;
  /** The server's answer never arrived; that it is done was found out afterwards, by `Step.effect`. */
  readonly foundOut?: true;
}

export interface PlanOutcome {
  readonly planId: string;
  readonly status: 'done' | 'failed' | 'cancelled' | 'unknown';
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly steps: readonly StepOutcome[];
}
