import type net from 'node:net';

import { Relay, type RelayTarget } from '../support/servers/relay.ts';

/** Bytes a second pass in steps of so many milliseconds. */
const stepMs = 20;

/**
 * A TCP way to a server on loopback that counts what passes, and can be throttled, stopped without a word (as a
 * network that swallows everything) and cut. What is stopped stays in the sockets' buffers and passes afterwards.
 */
export class MeteredRelay extends Relay {
  readonly #pumps = new Set<() => void>();
  #bytesPerSecond = Infinity;
  #paused = false;
  #toClient = 0;
  #toServer = 0;

  /** Opens a relay to a server, on a free port. */
  static async open(target: RelayTarget): Promise<MeteredRelay> {
    const relay = new MeteredRelay(target);
    await relay.mend();
    return relay;
  }

  /** Bytes handed on so far: from the server to clients, and back. */
  get passed(): { readonly toClient: number; readonly toServer: number } {
    return { toClient: this.#toClient, toServer: this.#toServer };
  }

  /** How fast bytes pass from now on, each way of each connection; Infinity lets them through as they come. */
  throttle(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond;
    this.#pumpAll();
  }

  /** Nothing passes any more, and nobody is told. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#pumpAll();
  }

  /** Drops every connection, and refuses new ones. */
  async cut(): Promise<void> {
    this.drop('reset');
    await this.refuse();
  }

  /** Lets new connections through. */
  async mend(): Promise<void> {
    await this.listen();
  }

  protected override join(client: net.Socket, server: net.Socket): void {
    this.#connect(client, server, (bytes) => (this.#toServer += bytes));
    this.#connect(server, client, (bytes) => (this.#toClient += bytes));
  }

  #connect(from: net.Socket, to: net.Socket, count: (bytes: number) => void): void {
    let timer: NodeJS.Timeout | undefined;
    const pump = (): void => {
      if (timer !== undefined || this.#paused || from.destroyed) return;
      const most = Math.max(1, Math.round((this.#bytesPerSecond * stepMs) / 1000));
      const waiting = from.readableLength;
      const chunk = waiting === 0 ? null : (from.read(Math.min(waiting, most)) as Buffer | null);
      if (chunk === null) return;
      count(chunk.length);
      to.write(chunk);
      timer = setTimeout(
        () => {
          timer = undefined;
          pump();
        },
        this.#bytesPerSecond === Infinity ? 0 : stepMs,
      );
    };
    this.#pumps.add(pump);
    from.on('readable', pump);
    from.once('close', () => {
      clearTimeout(timer);
      this.#pumps.delete(pump);
    });
  }

  #pumpAll(): void {
    for (const pump of this.#pumps) pump();
  }
}
