import { LagMonitor } from '../../../src/replication/lag/monitor.ts';
import type { ConnectionFacts, ConnectionSource } from '../../../src/replication/model/connect.ts';
import type { ServerState } from '../../../src/replication/model/serverState.ts';
import type { Pulse } from '../../../src/replication/model/snapshot.ts';
import type { StreamLag } from '../../../src/replication/model/stream.ts';
import { SampleStore } from '../../../src/replication/samples/sampleStore.ts';
import type { ReplicationService, ServerChange } from '../../../src/replication/service.ts';
import { facts, type ServerOptions, snapshot, start } from './handmade.ts';

/** A service played by hand: servers appear, beat, fail and go, and the monitor sees it. */
export class Stage {
  /** The clock, milliseconds since the epoch. */
  now = start;
  readonly #connections = new Map<string, ConnectionFacts>();
  readonly #states = new Map<string, ServerState>();
  readonly #listeners = new Set<(connectionId: string, change: ServerChange) => void>();

  readonly monitor: LagMonitor;
  /** What streams showed over time. */
  readonly samples = new SampleStore();
  readonly service: Pick<ReplicationService, 'state' | 'onDidChange'> = {
    state: (id) => this.#states.get(id) ?? { phase: 'closed' },
    onDidChange: (listener) => {
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    },
  };
  readonly connections: Pick<ConnectionSource, 'all' | 'facts'> = {
    all: () => [...this.#connections.values()],
    facts: (id) => this.#connections.get(id),
  };

  constructor(...servers: readonly ServerOptions[]) {
    this.monitor = new LagMonitor({ service: this.service, connections: this.connections, now: () => this.now });
    this.monitor.onDidSample((measured) => {
      for (const lag of measured) this.samples.record(lag);
    });
    for (const server of servers) this.open(server);
  }

  open(options: ServerOptions): void {
    this.#connections.set(options.id, facts(options));
    this.#set(
      options.id,
      {
        phase: 'open',
        snapshot: snapshot({ ...options, pulse: { sampledAt: this.now, serverTime: this.now, ...options.pulse } }),
      },
      'inventory',
    );
  }

  /** One more second, in which each named server shows what it showed before and what is given. */
  beat(pulses: Readonly<Record<string, Partial<Pulse>>>, stepMs = 1000): void {
    this.now += stepMs;
    for (const [id, more] of Object.entries(pulses)) {
      const state = this.#states.get(id);
      if (state?.phase !== 'open') throw new Error(`${id} is not open`);
      const pulse = { ...state.snapshot.pulse, sampledAt: this.now, serverTime: this.now, ...more };
      this.#set(id, { phase: 'open', snapshot: { ...state.snapshot, pulse } }, 'pulse');
    }
  }

  /** The server answers slowly: it is sampled only so often, milliseconds. */
  slow(id: string, slowEveryMs: number): void {
    const state = this.#states.get(id);
    if (state?.phase !== 'open') throw new Error(`${id} is not open`);
    this.#set(id, { ...state, slowEveryMs }, 'pulse');
  }

  fail(id: string, message: string): void {
    const state = this.#states.get(id);
    const past = state === undefined || state.phase === 'closed' ? null : state.snapshot;
    this.#set(
      id,
      { phase: 'failed', error: { kind: 'refused', message }, attempts: 1, retryAt: null, snapshot: past },
      'state',
    );
  }

  /** A server that was never reached. */
  refuse(options: ServerOptions, message: string): void {
    this.#connections.set(options.id, facts(options));
    this.fail(options.id, message);
  }

  remove(id: string): void {
    this.#connections.delete(id);
    this.#set(id, { phase: 'closed' }, 'state');
  }

  /** The lag of the only stream. */
  get lag(): StreamLag {
    const [lag, another] = this.monitor.lags();
    if (!lag || another) throw new Error(`${this.monitor.lags().length} streams`);
    return lag;
  }

  #set(id: string, state: ServerState, change: ServerChange): void {
    this.#states.set(id, state);
    for (const listener of this.#listeners) listener(id, change);
  }
}
