import type { Pulse } from '../model/snapshot.ts';
import type { Cluster } from '../topology/clusters.ts';
import { DatabaseActivity } from './databaseActivity.ts';
import { PositionHistory } from './positions.ts';
import { PositionRate } from './rate.ts';

/** What is remembered of one server's WAL, however many connections lead to it. */
export interface ServerTrace {
  readonly systemIdentifier: string | null;
  readonly positions: PositionHistory;
  readonly written: PositionRate;
  readonly activity: DatabaseActivity;
}

/** The traces of all servers, by connection. */
export class ServerTraces {
  #traces = new Map<string, ServerTrace>();

  /** The trace of the server that the connection leads to. */
  of(connectionId: string): ServerTrace | undefined {
    return this.#traces.get(connectionId);
  }

  /** Takes what a connection's pulse showed. */
  record(connectionId: string, pulse: Pulse): void {
    const { afterGap, currentLsn, databaseWrites = [], flushedLsn, sampledAt, startedAt } = pulse;
    const trace = this.#traces.get(connectionId);
    trace?.positions.record(sampledAt, flushedLsn ?? currentLsn, afterGap);
    trace?.written.record(sampledAt, currentLsn, startedAt, afterGap);
    trace?.activity.record(sampledAt, databaseWrites);
  }

  /** Shares a trace among the connections of each server; begins anew where another server has taken its place. */
  arrange(clusters: readonly Cluster[]): void {
    for (const { members } of clusters) {
      const systemIdentifier = members[0]?.snapshot.inventory.server.systemIdentifier ?? null;
      const earlier = members.map(({ facts }) => this.#traces.get(facts.id));
      const trace = earlier.find((one) => one?.systemIdentifier === systemIdentifier) ?? {
        systemIdentifier,
        positions: new PositionHistory(),
        written: new PositionRate(),
        activity: new DatabaseActivity(),
      };
      for (const { facts } of members) this.#traces.set(facts.id, trace);
    }
  }

  /** Forgets connections that don't exist any more. */
  keepOnly(connectionIds: ReadonlySet<string>): void {
    for (const id of this.#traces.keys()) if (!connectionIds.has(id)) this.#traces.delete(id);
  }
}
