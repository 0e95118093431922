import { readProbe, type Probe } from '../catalog/probe.ts';
import { PulseReader } from '../catalog/pulseReader.ts';
import { readSnapshot } from '../catalog/readSnapshot.ts';
import type { ConnectionSource, ConnectParams } from '../model/connect.ts';
import type { Pulse, Snapshot } from '../model/snapshot.ts';
import { openSession, type Session } from '../postgres/session.ts';
import type { ServiceLog } from '../service.ts';
import { BeatSchedule } from './beatSchedule.ts';
import type { Clock } from './clock.ts';
import { Gate } from './gate.ts';

/** Reads what moves on one server. */
export interface PulseReads {
  /** `deadlineMs`: the connection is given up where the answer takes longer. */
  read(deadlineMs: number): Promise<Pulse>;
}

/** How a server is read; a test gives one of its own. All reject with ReplicationError. */
export interface ServerReads {
  open(params: ConnectParams): Promise<Session>;
  /** `statementTimeoutMs`: as ConnectionTarget's. */
  probe(session: Session, statementTimeoutMs: number): Promise<Probe>;
  snapshot(session: Session, probe: Probe, connectionId: string): Promise<Snapshot>;
  /** What moves on the server of a session. */
  pulses(session: Session, probe: Probe, connectionId: string): PulseReads;
}

/** Reads real servers. */
export const serverReads: ServerReads = {
  open: (params) => openSession(params),
  probe: readProbe,
  snapshot: readSnapshot,
  pulses: (session, probe, connectionId) => new PulseReader(session, probe, connectionId),
};

/** How many connections are made at once by watching alone: each costs both sides some work. */
const connectingAtOnce = 16;

/** What all watched servers share: the schedule of their samples, and the gates they connect through. */
export class Watching {
  readonly connections: ConnectionSource;
  readonly log: ServiceLog;
  readonly clock: Clock;
  readonly reads: ServerReads;
  readonly schedule: BeatSchedule;
  readonly #gates = [new Gate(connectingAtOnce), new Gate(connectingAtOnce)] as const;

  constructor(parts: Pick<Watching, 'connections' | 'log' | 'clock' | 'reads'>) {
    this.connections = parts.connections;
    this.log = parts.log;
    this.clock = parts.clock;
    this.reads = parts.reads;
    this.schedule = new BeatSchedule(parts.clock, (jumpedMs) => {
      const why = 'the machine slept, this program was stopped, or the clock was set';
      parts.log.info(
        `no samples were taken for a while: the clock jumped by ${Math.round(jumpedMs / 1000)} s (${why})`,
      );
    });
  }

  /** The gate for a server that failed so often in a row: those that stay away keep nobody else waiting. */
  gate(failures: number): Gate {
    return this.#gates[failures > 1 ? 1 : 0];
  }
}
