import type { ServerState } from '../../src/replication/model/serverState.ts';
import type { Snapshot } from '../../src/replication/model/snapshot.ts';
import { createReplicationService } from '../../src/replication/replicationService.ts';
import type { ServerChange } from '../../src/replication/service.ts';
import { paramsOf } from '../support/connect.ts';
import { KnownConnections } from '../support/knownConnections.ts';
import type { TestServer } from '../support/servers/testServer.ts';

/** When the time of the beats begins, milliseconds since the epoch. */
const start = Date.UTC(2026, 10, 20, 12);

/**
 * Real servers read by the real service, at beats that the test makes: each snapshot is given the time of its beat, one
 * second after the one before, however long the machine took. What the test does once a beat has so a steady rate in that
 * time on any machine, and a forecast can be held against the beats that it then took.
 */
export class Beats {
  readonly connections = new KnownConnections();
  readonly #real = createReplicationService({
    connections: this.connections,
    log: { debug: () => {}, info: () => {}, warn: () => {} },
  });
  readonly #states = new Map<string, ServerState>();
  readonly #listeners = new Set<(connectionId: string, change: ServerChange) => void>();
  #count = 0;

  /** What those who follow the servers are given. */
  readonly service = {
    reads: this.#real.reads,
    state: (id: string): ServerState => this.#states.get(id) ?? { phase: 'closed' },
    onDidChange: (listener: (connectionId: string, change: ServerChange) => void): (() => void) => {
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    },
  };

  constructor(servers: Readonly<Record<string, TestServer>>) {
    for (const [id, server] of Object.entries(servers)) this.connections.set(id, paramsOf(server));
  }

  /** How many there were. */
  get count(): number {
    return this.#count;
  }

  /** The time of the last one. */
  get now(): number {
    return start + this.#count * 1000;
  }

  /** Reads these servers, as of the next second. */
  async next(...ids: readonly string[]): Promise<readonly Snapshot[]> {
    this.#count += 1;
    const read: Snapshot[] = [];
    for (const id of ids) {
      const { inventory, pulse } = await this.#real.refresh(id);
      // In the time of the beats there is no gap, however long the machine was busy with something else.
      const { afterGap: _, ...moved } = pulse;
      const snapshot = { inventory, pulse: { ...moved, sampledAt: this.now } };
      read.push(snapshot);
      this.#states.set(id, { phase: 'open', snapshot });
      for (const listener of this.#listeners) listener(id, 'inventory');
    }
    return read;
  }

  async dispose(): Promise<void> {
    this.#listeners.clear();
    await this.#real.dispose();
  }
}
