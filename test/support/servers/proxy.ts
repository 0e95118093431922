import type net from 'node:net';

import { DelayedPipe } from './delayedPipe.ts';
import { Relay, type RelayTarget } from './relay.ts';

/** What new connections through a proxy get: the server, a refusal, or silence. */
export type ProxyMode = 'pass' | 'refuse' | 'silent';

/** How slow the way is. */
export interface ProxySpeed {
  /** Milliseconds that every byte takes, each way. */
  readonly latency?: number;
  /** Bytes a second, each way; unlimited unless told. */
  readonly throttle?: number;
}

/** A TCP way to a server on loopback that can be slow, cut, or counted. */
export class Proxy extends Relay {
  #speed: ProxySpeed = {};
  #mode: ProxyMode = 'pass';
  #roundTrips = 0;
  #connections = 0;

  /** Opens a proxy to a server, on a free port. */
  static async open(target: RelayTarget, speed: ProxySpeed = {}): Promise<Proxy> {
    const proxy = new Proxy(target);
    proxy.slow(speed);
    await proxy.listen();
    return proxy;
  }

  /**
   * How many round trips were made: times that the client sent something after the server had the last word
   * (on each connection, logging in included). Bytes sent while the server still owes an answer count once.
   */
  get roundTrips(): number {
    return this.#roundTrips;
  }

  /** How many connections were made in all. */
  get connections(): number {
    return this.#connections;
  }

  /** Sets both counts back to zero. */
  resetCounts(): void {
    this.#roundTrips = 0;
    this.#connections = 0;
  }

  /** Changes the speed, of open connections too. */
  slow(speed: ProxySpeed): void {
    this.#speed = speed;
  }

  /**
   * Drops every open connection and decides what new ones get: `refuse` (nothing listens), `silent` (accepted and
   * never answered), or `pass` (only the open ones were dropped).
   */
  async cut(mode: ProxyMode = 'refuse'): Promise<void> {
    this.#mode = mode;
    this.drop('reset');
    if (mode === 'refuse') {
      await this.refuse();
    } else {
      await this.listen();
    }
  }

  /** Lets new connections through again. */
  async mend(): Promise<void> {
    this.#mode = 'pass';
    this.drop('reset');
    await this.listen();
  }

  protected override accept(client: net.Socket): void {
    this.#connections += 1;
    if (this.#mode !== 'silent') {
      super.accept(client);
      return;
    }
    this.track(client);
    client.resume();
  }

  protected override join(client: net.Socket, server: net.Socket): void {
    let serverSpokeLast = true;
    client.on('data', () => {
      this.#roundTrips += serverSpokeLast ? 1 : 0;
      serverSpokeLast = false;
    });
    server.on('data', () => {
      serverSpokeLast = true;
    });
    const speed = (): ProxySpeed => this.#speed;
    const ways = [new DelayedPipe(speed), new DelayedPipe(speed)] as const;
    client.pipe(ways[0]).pipe(server);
    server.pipe(ways[1]).pipe(client);
    // What is still under way in a slow pipe would keep the process alive until it is due.
    client.once('close', () => {
      for (const way of ways) way.destroy();
    });
  }
}
