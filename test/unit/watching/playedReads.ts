import type { Probe } from '../../../src/replication/catalog/probe.ts';
import { ReplicationError } from '../../../src/replication/model/errors.ts';
import type { Pulse } from '../../../src/replication/model/snapshot.ts';
import type { Session } from '../../../src/replication/postgres/session.ts';
import type { ServerReads } from '../../../src/replication/watching/watching.ts';
import { snapshot } from '../lag/handmade.ts';
import type { ManualClock } from './manualClock.ts';

/** What a played server is like. */
interface Manner {
  /** How long an answer takes, milliseconds. */
  tookMs: number;
  /** How long connecting takes, milliseconds. */
  connectMs: number;
  /** Connecting fails. */
  refuses: boolean;
}

/** Servers played in memory, by connection: their answers take as long as they are told, and are counted. */
export class PlayedReads implements ServerReads {
  readonly #clock: ManualClock;
  readonly #manners = new Map<string, Manner>();
  readonly #lost = new Map<string, (error: ReplicationError) => void>();
  readonly #underWay = new Map<string, number>();
  /** When samples were asked for, by connection. */
  readonly sampled = new Map<string, number[]>();
  /** When each connection was begun. */
  readonly connectedAt: number[] = [];
  connecting = 0;
  mostConnecting = 0;
  /** The most samples of one server that were under way at once. */
  mostUnderWay = 0;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  /** How this server behaves; may be changed at any time. */
  of(host: string): Manner {
    const known = this.#manners.get(host);
    if (known) return known;
    const manner = { tookMs: 5, connectMs: 20, refuses: false };
    this.#manners.set(host, manner);
    return manner;
  }

  /** Breaks the connection to a server. */
  lose(host: string): void {
    this.#lost.get(host)?.(new ReplicationError('connectionLost', 'The connection was lost.'));
  }

  readonly open: ServerReads['open'] = async ({ host }) => {
    this.connectedAt.push(this.#clock.now());
    this.connecting += 1;
    this.mostConnecting = Math.max(this.mostConnecting, this.connecting);
    await this.#wait(this.of(host).connectMs);
    this.connecting -= 1;
    if (this.of(host).refuses) throw new ReplicationError('refused', 'Refused.');
    const session = {
      closed: false,
      onLost: (listener: (error: ReplicationError) => void) => {
        this.#lost.set(host, listener);
        return () => this.#lost.delete(host);
      },
      close: () => Promise.resolve(),
    };
    return session as unknown as Session;
  };

  readonly probe: ServerReads['probe'] = async () => ({ version: '18.4' }) as Probe;

  readonly snapshot: ServerReads['snapshot'] = async (_session, _probe, connectionId) => {
    const { tookMs } = this.of(connectionId);
    await this.#wait(tookMs);
    return snapshot({ id: connectionId, pulse: { sampledAt: this.#clock.now(), tookMs } });
  };

  readonly pulses: ServerReads['pulses'] = (_session, _probe, connectionId) => ({
    read: (deadlineMs) => this.#pulse(connectionId, deadlineMs),
  });

  async #pulse(connectionId: string, deadlineMs: number): Promise<Pulse> {
    const sentAt = this.#clock.now();
    this.sampled.set(connectionId, [...(this.sampled.get(connectionId) ?? []), sentAt]);
    const underWay = (this.#underWay.get(connectionId) ?? 0) + 1;
    this.#underWay.set(connectionId, underWay);
    this.mostUnderWay = Math.max(this.mostUnderWay, underWay);
    const { tookMs } = this.of(connectionId);
    await this.#wait(Math.min(tookMs, deadlineMs));
    this.#underWay.set(connectionId, underWay - 1);
    if (tookMs > deadlineMs) {
      this.lose(connectionId);
      throw new ReplicationError('connectionLost', 'The connection was lost: no answer in time.');
    }
    const answeredAt = this.#clock.now();
    const times = { sampledAt: (sentAt + answeredAt) / 2, tookMs: answeredAt - sentAt };
    return snapshot({ id: connectionId, pulse: times }).pulse;
  }

  async #wait(ms: number): Promise<void> {
    await new Promise<void>((resolve) => this.#clock.after(ms, resolve));
  }
}
