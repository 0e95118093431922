import { readBlockers } from './catalog/blockers.ts';
import { readProbe } from './catalog/probe.ts';
import { readInventory } from './catalog/readSnapshot.ts';
import { readTableDetails } from './catalog/tableDetails.ts';
import type { ExecutorDependencies } from './execution/dependencies.ts';
import { recheckPlan } from './execution/recheck.ts';
import type { ConnectionSource, ConnectParams } from './model/connect.ts';
import { ReplicationError } from './model/errors.ts';
import type { Blocker, Plan, PlanOutcome } from './model/plan.ts';
import type { ServerState } from './model/serverState.ts';
import type { Inventory, Snapshot } from './model/snapshot.ts';
import type { TableDetails } from './model/table.ts';
import { onDemandReads } from './onDemandReads.ts';
import { openSession, type Session } from './postgres/session.ts';
import type { OnDemandReads } from './reads.ts';
import type { ReplicationService, RunOptions, ServerChange, ServiceLog } from './service.ts';
import { systemClock } from './watching/clock.ts';
import { WatchedServer } from './watching/watchedServer.ts';
import { serverReads, Watching } from './watching/watching.ts';

/** What the service is built from. */
interface ServiceParts {
  readonly connections: ConnectionSource;
  readonly log: ServiceLog;
  /** As ExecutorDependencies.patienceMs. */
  readonly patienceMs?: number;
}

/** Builds the shared replication service over the given connections. */
export function createReplicationService(parts: ServiceParts): ReplicationService {
  return new DefaultReplicationService(parts);
}

class DefaultReplicationService implements ReplicationService {
  readonly #connections: ConnectionSource;
  readonly #log: ServiceLog;
  readonly #patienceMs: number | undefined;
  readonly #watching: Watching;
  readonly #servers = new Map<string, WatchedServer>();
  readonly #listeners = new Set<(connectionId: string, change: ServerChange) => void>();
  /** Listeners that have failed, which was said. */
  readonly #failing = new WeakSet<(connectionId: string, change: ServerChange) => void>();

  readonly reads: OnDemandReads;

  constructor(parts: ServiceParts) {
    this.#connections = parts.connections;
    this.#log = parts.log;
    this.#patienceMs = parts.patienceMs;
    this.#watching = new Watching({ ...parts, clock: systemClock, reads: serverReads });
    this.reads = onDemandReads({
      watchSession: (connectionId) => this.#server(connectionId).session(),
      ownSession: (connectionId) => this.#planSession(connectionId),
      connections: this.#connections,
    });
  }

  state(connectionId: string): ServerState {
    return this.#servers.get(connectionId)?.state ?? { phase: 'closed' };
  }

  onDidChange(listener: (connectionId: string, change: ServerChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  open(connectionId: string): Promise<Snapshot> {
    return this.#server(connectionId).open();
  }

  refresh(connectionId: string): Promise<Snapshot> {
    return this.#server(connectionId).refresh();
  }

  async close(connectionId: string): Promise<void> {
    await this.#servers.get(connectionId)?.close();
  }

  watch(connectionIds: readonly string[], intervalMs: number): () => void {
    const stops = connectionIds.map((connectionId) => this.#server(connectionId).watch(intervalMs));
    return () => {
      for (const stop of stops) stop();
    };
  }

  async tableDetails(connectionId: string, tableOids: readonly number[]): Promise<readonly TableDetails[]> {
    return readTableDetails(await this.#server(connectionId).session(), tableOids);
  }

  async inspect(params: ConnectParams, signal?: AbortSignal): Promise<Inventory> {
    const session = await openSession(params, signal);
    const stop = (): void => void session.close();
    signal?.addEventListener('abort', stop, { once: true });
    // Aborted while the last of the connection was made: then no event comes any more.
    if (signal?.aborted) stop();
    try {
      return await readInventory(session, await readProbe(session, params.statementTimeoutMs), '');
    } catch (error) {
      if (signal?.aborted) throw new ReplicationError('cancelled', 'The connection attempt was cancelled.');
      throw error;
    } finally {
      signal?.removeEventListener('abort', stop);
      await session.close();
    }
  }

  async blockers(connectionId: string): Promise<readonly Blocker[]> {
    return readBlockers(await this.#server(connectionId).session(), connectionId);
  }

  async run(plan: Plan, options: RunOptions = {}): Promise<PlanOutcome> {
    // Loaded with the first change: watching needs none of it.
    const { executePlan } = await import('./executor.ts');
    const outcome = await executePlan(plan, this.#executor, options);
    this.#log.info(`plan "${plan.title}": ${outcome.status} in ${outcome.endedAt - outcome.startedAt} ms`);
    await this.#readAfter(plan);
    return outcome;
  }

  async recheck(plan: Plan, outcome: PlanOutcome): Promise<PlanOutcome> {
    const found = await recheckPlan(plan, outcome, this.#executor);
    this.#log.info(`plan "${plan.title}": looked at again: ${found.status}`);
    await this.#readAfter(plan);
    return found;
  }

  async dispose(): Promise<void> {
    this.#listeners.clear();
    await Promise.all([...this.#servers.values()].map((server) => server.close()));
    this.#servers.clear();
  }

  /**
   * What the servers look like after a plan belongs to its outcome, and CREATE and DROP SUBSCRIPTION change a publisher
   * that no step names. One that can't be read shows that by its own state.
   */
  async #readAfter(plan: Plan): Promise<void> {
    const open = [...this.#servers].filter(([, server]) => server.state.phase === 'open').map(([id]) => id);
    const changed = new Set([...plan.steps.map((step) => step.connectionId), ...open]);
    await Promise.allSettled([...changed].map((connectionId) => this.refresh(connectionId)));
  }

  get #executor(): ExecutorDependencies {
    return {
      session: (connectionId, signal) => this.#planSession(connectionId, signal),
      watchSession: (connectionId) => this.#server(connectionId).session(),
      refresh: (connectionId) => this.refresh(connectionId),
      facts: (connectionId) => this.#connections.facts(connectionId),
      ...(this.#patienceMs === undefined ? {} : { patienceMs: this.#patienceMs }),
    };
  }

  /** One who listens and fails must not cost the connection, nor keep the others from hearing. */
  #tell(connectionId: string, change: ServerChange): void {
    for (const listener of this.#listeners) {
      try {
        listener(connectionId, change);
      } catch (error) {
        if (this.#failing.has(listener)) continue;
        this.#failing.add(listener);
        const name = this.#connections.facts(connectionId)?.name ?? connectionId;
        const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.#log.warn(`${name}: what it showed was not taken everywhere (said once): ${what}`);
      }
    }
  }

  async #planSession(connectionId: string, signal?: AbortSignal): Promise<Session> {
    return openSession(await this.#connections.params(connectionId), signal);
  }

  #server(connectionId: string): WatchedServer {
    const known = this.#servers.get(connectionId);
    if (known) return known;
    const server = new WatchedServer(connectionId, this.#watching, (change) => this.#tell(connectionId, change));
    this.#servers.set(connectionId, server);
    return server;
  }
}
